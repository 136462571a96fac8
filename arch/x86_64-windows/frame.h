/* SPDX-License-Identifier: MIT */
/*
 * x86-64, Windows. arch/README.md explains; switch.S knows the offsets. The
 * first four words are a machine frame, as unwinders know it: of the words
 * between the address and the stack pointer they read nothing.
 */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <stdalign.h>
#include <stdint.h>

struct arch_context {
	alignas(16) uint64_t ip;	/* 0: where it goes on */
	uint64_t rbx, rbp;		/* 8, 16 */
	uint64_t sp;			/* 24: when it has returned there */
	uint64_t rdi, rsi;		/* 32, 40 */
	uint64_t r12, r13, r14, r15;	/* 48, 56, 64, 72 */
	uint64_t base, limit, lowest;	/* 80, 88, 96: what the thread's */
	uint32_t guaranteed;		/* 104: block says of its stack */
	uint32_t mxcsr;			/* 108 */
	uint16_t x87cw;			/* 112 */
	uint64_t handlers;		/* 120: a list that lies on it */
	alignas(16) uint64_t xmm[10][2];	/* 128: xmm6 to xmm15 */
};

void cress_arch_entry(void);

/*
 * Say what the system may know of the stack: all of it is [lowest, base), and
 * what lies below `limit` is its guard, if there is one: a page that nobody can
 * touch, and above it what is left to those who handle an overflow.
 */
static inline void arch_context_init_stack(struct arch_context *context,
					   void *lowest, void *limit,
					   void *base)
{
	uint64_t guard = (uint64_t)limit - (uint64_t)lowest;

	context->base = (uint64_t)base;
	context->limit = (uint64_t)limit;
	context->lowest = (uint64_t)lowest;
	context->guaranteed = guard == 0 ? 0 : (uint32_t)guard - 4096;
}

/*
 * Make `context` call main(value) on the stack that ends at `top`. Until
 * arch_context_init_stack() says more, all below that may be the stack.
 */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	uint64_t *sp = (uint64_t *)((uint64_t)top & ~(uint64_t)15);

	sp -= 2;
	*sp = 0;			/* the entry has no caller */
	sp -= 4;			/* where callees may put arguments */
	sp[-1] = (uint64_t)cress_arch_entry;
	context->sp = (uint64_t)sp;
	context->ip = sp[-1];
	context->rbx = (uint64_t)main;
	context->rbp = 0;
	context->handlers = UINT64_MAX;	/* none */
	arch_context_init_stack(context, (void *)65536, (void *)65536, top);
}

/* The thread's table of the variables that it has copies of. */
static inline char **arch_thread_copies(void)
{
	char **copies;

	__asm__("mov %%gs:0x58, %0" : "=r"(copies));
	return copies;
}

/* Take over the caller's floating-point control words. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	__asm__ volatile("stmxcsr %0\n\tfnstcw %1"
			 : "=m"(context->mxcsr), "=m"(context->x87cw));
}

#endif
