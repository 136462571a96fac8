/* SPDX-License-Identifier: MIT */
/* PowerPC, ELFv1 and ELFv2. arch/README.md explains; switch.S has offsets. */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include "abi.h"

#include <stdalign.h>
#include <stdint.h>

struct arch_context {
	alignas(16) uint64_t sp;	/* 0 */
	uint64_t pc;			/* 8 */
	uint64_t r14_to_r31[18];	/* 16 and on */
	double f14_to_f31[18];		/* 160 and on */
	uint64_t cr, toc;		/* 304, 312 */
	uint64_t v20_to_v31[24];	/* 320 and on */
	double fpscr;			/* 512 */
};

void cress_arch_entry(void);

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	uint64_t entry = (uint64_t)cress_arch_entry;
	uint64_t sp = ((uint64_t)top & ~(uint64_t)15) - HEADER;

#if _CALL_ELF != 2
	entry = *(const uint64_t *)entry;
#endif
	*(uint64_t *)sp = 0;		/* ends chains of frames */
	context->sp = sp;
	context->pc = entry + 4;	/* behind its nop */
	context->r14_to_r31[0] = (uint64_t)main;
}

/* Take over the caller's floating-point control word. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("mffs %0" : "=d"(context->fpscr));
}

#endif
