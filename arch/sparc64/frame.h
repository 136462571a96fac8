/* SPDX-License-Identifier: MIT */
/* SPARC V9, 64 bits. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint64_t sp;			/* 0: without the bias */
	uint64_t pc;			/* 8: of the call, as in o7 */
	uint64_t fsr;			/* 16 */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	/* The least frame: l0 to l7 and i0 to i7, and six arguments. */
	uint64_t *sp = (uint64_t *)((uint64_t)top & ~(uint64_t)15) - 22;

	sp[0] = (uint64_t)main;
	sp[14] = 0;			/* ends chains of frames */
	sp[15] = 0;
	context->sp = (uint64_t)sp;
	context->pc = (uint64_t)cress_arch_entry;	/* returns go behind */
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("stx %%fsr, %0" : "=m"(context->fsr));
}

#endif
