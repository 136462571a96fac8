/* SPDX-License-Identifier: MIT */
/* m68k, System V ABI. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint32_t d2_to_d7[6];		/* 0 and on */
	uint32_t a2_to_a6[5];		/* 24 and on */
	uint32_t sp;			/* 44: at the return address */
	uint32_t fpcr;			/* 48 */
	long double fp2_to_fp7[6];	/* 52 and on, 12 bytes each */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	/* The return address, and the argument of a hook or of main. */
	uint32_t *sp = (uint32_t *)((uint32_t)top & ~(uint32_t)3) - 2;

	*sp = (uint32_t)cress_arch_entry + 2;	/* behind its nop */
	context->sp = (uint32_t)sp;
	context->a2_to_a6[0] = (uint32_t)main;
	context->a2_to_a6[4] = 0;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("fmove.l %%fpcr, %0" : "=m"(context->fpcr));
}

#endif
