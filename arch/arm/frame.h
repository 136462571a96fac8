/* SPDX-License-Identifier: MIT */
/* ARM, AAPCS32. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint32_t sp, pc;		/* 0, 4 */
	uint32_t r4_to_r11[8];		/* 8 and on */
	uint64_t d8_to_d15[8];		/* 40 and on */
	uint32_t fpscr;			/* 104 */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	context->sp = (uint32_t)top & ~(uint32_t)15;
	context->pc = (uint32_t)cress_arch_entry + 4;	/* behind its nop */
	context->r4_to_r11[0] = (uint32_t)main;
	context->r4_to_r11[3] = 0;	/* r7 and r11 end chains of frames */
	context->r4_to_r11[7] = 0;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
#ifdef __ARM_FP
	__asm__ volatile("vmrs %0, fpscr" : "=r"(context->fpscr));
#else
	(void)context;
#endif
}

#endif
