/* SPDX-License-Identifier: MIT */
/* AArch64, AAPCS64. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint64_t sp, pc;		/* 0, 8 */
	uint64_t x19_to_x28[10];	/* 16 and on, in pairs */
	uint64_t x29, fpcr;		/* 96, 104 */
	uint64_t d8_to_d15[8];		/* 112 and on, in pairs */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	context->sp = (uint64_t)top & ~(uint64_t)15;
	context->pc = (uint64_t)cress_arch_entry + 4;	/* behind its nop */
	context->x19_to_x28[0] = (uint64_t)main;
	context->x29 = 0;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("mrs %0, fpcr" : "=r"(context->fpcr));
}

#endif
