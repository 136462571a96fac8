/* SPDX-License-Identifier: MIT */
/* PowerPC, 32 bits. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdalign.h>
#include <stdint.h>

struct arch_context {
	alignas(16) uint32_t sp;	/* 0 */
	uint32_t pc;			/* 4 */
	uint32_t r14_to_r31[18];	/* 8 and on */
	double f14_to_f31[18];		/* 80 and on, in pairs */
	double fpscr;			/* 224 */
	uint32_t cr;			/* 232 */
	alignas(16) uint32_t v20_to_v31[48];	/* 240 and on, in pairs */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	/* A frame's first words: the chain of frames, what main returns to. */
	uint32_t sp = ((uint32_t)top & ~(uint32_t)15) - 16;

	*(uint32_t *)sp = 0;		/* ends the chain */
	context->sp = sp;
	context->pc = (uint32_t)cress_arch_entry + 4;	/* behind its nop */
	context->r14_to_r31[0] = (uint32_t)main;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("mffs %0" : "=d"(context->fpscr));
}

#endif
