/* SPDX-License-Identifier: MIT */
/* i386, System V ABI. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdint.h>

struct arch_context {
	uint32_t sp, ip;		/* 0: at the return address, 4: it */
	uint32_t ebx, ebp, esi, edi;	/* 8, 12, 16, 20 */
	uint32_t mxcsr;			/* 24 */
	uint16_t x87cw;			/* 28 */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	/* The return address, and the argument of a hook or of main. */
	uint32_t *sp = (uint32_t *)((uint32_t)top & ~(uint32_t)15) - 5;

	*sp = (uint32_t)cress_arch_entry + 1;	/* the second byte: see there */
	context->sp = (uint32_t)sp;
	context->ip = *sp;
	context->ebx = (uint32_t)main;
	context->ebp = 0;
}

/* Take over the caller's floating-point control words. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("stmxcsr %0\n\tfnstcw %1"
			 : "=m"(context->mxcsr), "=m"(context->x87cw));
}

#endif
