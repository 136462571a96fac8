/* SPDX-License-Identifier: MIT */
/* MIPS, n64. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint64_t sp, pc;		/* 0, 8 */
	uint64_t s0_to_s7[8];		/* 16 and on */
	uint64_t gp, fp;		/* 80, 88 */
	double f24_to_f31[8];		/* 96 and on */
	uint32_t fcsr;			/* 160: without flags */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	context->sp = (uint64_t)top & ~(uint64_t)15;
	context->pc = (uint64_t)cress_arch_entry + 4;	/* behind its nop */
	context->s0_to_s7[0] = (uint64_t)main;
	context->fp = 0;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("cfc1 %0, $31" : "=r"(context->fcsr));
	context->fcsr &= 0x01000f83;	/* see SAVE_FP */
}

#endif
