/* SPDX-License-Identifier: MIT */
/* z/Architecture, 64 bits. arch/README.md explains; switch.S has offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint64_t r6_to_r13[8];		/* 0 and on */
	uint64_t pc, sp;		/* 64, 72: r14 and r15 */
	uint64_t f8_to_f15[8];		/* 80 and on */
	uint32_t fpc;			/* 144 */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	/* Every caller keeps 160 bytes for those that it calls. */
	context->sp = ((uint64_t)top & ~(uint64_t)15) - 160;
	context->pc = (uint64_t)cress_arch_entry + 2;	/* behind its nopr */
	context->r6_to_r13[0] = (uint64_t)main;
	context->r6_to_r13[5] = 0;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("stfpc %0" : "=Q"(context->fpc));
}

#endif
