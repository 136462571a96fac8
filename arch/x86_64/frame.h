/* SPDX-License-Identifier: MIT */
/* x86-64, System V ABI. arch/README.md explains; switch.S knows the offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include "shadow_stack.h"

#include <stdint.h>

struct arch_context {
	uint64_t sp, ip;		/* 0: at the return address, 8: it */
	uint64_t rbx, rbp;		/* 16, 24 */
	uint64_t r12, r13, r14, r15;	/* 32, 40, 48, 56 */
	uint32_t mxcsr;			/* 64 */
	uint16_t x87cw;			/* 68 */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	uint64_t *sp = (uint64_t *)((uint64_t)top & ~(uint64_t)15);

	*--sp = (uint64_t)cress_arch_entry + 5;	/* behind a call: see there */
	context->sp = (uint64_t)sp;
	context->ip = *sp;
	context->rbx = (uint64_t)main;
	context->rbp = 0;
}

/* Take over the caller's floating-point control words. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("stmxcsr %0\n\tfnstcw %1"
			 : "=m"(context->mxcsr), "=m"(context->x87cw));
}

#endif
