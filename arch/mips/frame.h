/* SPDX-License-Identifier: MIT */
/* MIPS, o32. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint32_t sp, pc;		/* 0, 4 */
	uint32_t s0_to_s7[8];		/* 8 and on */
	uint32_t fp;			/* 40 */
	double f20_to_f30[6];		/* 48 and on, each second */
	uint32_t fcsr;			/* 96: without flags */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	/* Every caller has room for four arguments of those that it calls. */
	context->sp = ((uint32_t)top & ~(uint32_t)15) - 16;
	context->pc = (uint32_t)cress_arch_entry + 4;	/* behind its nop */
	context->s0_to_s7[0] = (uint32_t)main;
	context->fp = 0;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("cfc1 %0, $31" : "=r"(context->fcsr));
	context->fcsr &= 0x01000f83;	/* see SAVE_FP */
}

#endif
