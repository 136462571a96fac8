/* SPDX-License-Identifier: MIT */
/* RISC-V, both sizes. arch/README.md explains; switch.S has the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uintptr_t sp, pc;		/* words */
	uintptr_t s0_to_s11[12];
	double fs0_to_fs11[12];		/* behind 14 of them */
	uint32_t frm;			/* 96 bytes on: the rounding mode */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	context->sp = (uintptr_t)top & ~(uintptr_t)15;
	context->pc = (uintptr_t)cress_arch_entry + 4;	/* behind its nop */
	context->s0_to_s11[0] = 0;
	context->s0_to_s11[1] = (uintptr_t)main;
}

/* Take over the caller's rounding mode. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("frrm %0" : "=r"(context->frm));
}

#endif
