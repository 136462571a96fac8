/* SPDX-License-Identifier: MIT */
/* LoongArch, LP64D. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint64_t sp, pc;		/* 0, 8 */
	uint64_t fp, s0_to_s8[9];	/* 16 and on */
	uint64_t fs0_to_fs7[8];		/* 96 and on */
	uint32_t fcsr;			/* 160: without flags */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	context->sp = (uint64_t)top & ~(uint64_t)15;
	context->pc = (uint64_t)cress_arch_entry + 4;	/* behind its nop */
	context->fp = 0;
	context->s0_to_s8[0] = (uint64_t)main;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	uint32_t fcsr;

	__asm__ volatile("movfcsr2gr %0, $fcsr0" : "=r"(fcsr));
	context->fcsr = fcsr & 0x31f;	/* see SAVE_FP */
}

#endif
