/* SPDX-License-Identifier: MIT */
/*
 * Any processor whose C library has <ucontext.h>: slow, but it needs nothing
 * else. It has the meaning of the ports by hand, so it is also the oracle that
 * tests/arch compares them with. A context must not be moved or copied, because
 * the library keeps pointers into it.
 */
#ifndef CRESS_ARCH_FRAME_H
#define CRESS_ARCH_FRAME_H

#include <fenv.h>
#include <ucontext.h>

/* Tells the tests which port they test. */
#define CRESS_ARCH_UCONTEXT 1

struct arch_context {
	ucontext_t machine;
	void *sp;		/* at first; later only the C library knows */
	fenv_t isolated;	/* the control words it was left with */
	fenv_t arriving;	/* the control words to go on with */
	void (*main)(void *value);
	void *value;
	void *(*hook)(void *value);
};

void cress_arch_entry(unsigned int high, unsigned int low);

void cress_arch_init(struct arch_context *context, void *top,
		     void (*main)(void *value));

/* Make `context` call main(value) on the stack that ends at `top`. */
static inline void arch_context_init(struct arch_context *context, void *top,
				     void (*main)(void *value))
{
	cress_arch_init(context, top, main);
}

/* Take over the caller's floating-point control words. */
static inline void arch_context_init_fp(struct arch_context *context)
{
	fegetenv(&context->isolated);
}

#endif
