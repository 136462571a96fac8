/* SPDX-License-Identifier: MIT */
/*
 * What of the operating system must be inline: a thread's own variables, and
 * what it has to know of a stack. The build puts the folder of one system on
 * the include path for this; system.c there has the rest.
 */
#ifndef CRESS_CORE_SYSTEM_H
#define CRESS_CORE_SYSTEM_H

#include <stdatomic.h>
#include <stddef.h>

struct arch_context;
struct cress_thread;

extern __thread struct cress_thread *cress_thread_self
	__attribute__((tls_model("initial-exec")));

/*
 * The same while no bit of `slow` is set, NULL otherwise: one comparison tells
 * a switch that a coroutine is this thread's and that nothing holds it up.
 */
extern __thread struct cress_thread *_Atomic cress_thread_plain
	__attribute__((tls_model("initial-exec")));

/* A context begins on the stack at `low`: nobody needs to be told. */
static inline void cress_system_stack(struct arch_context *context, char *low,
				      size_t size, int is_own)
{
	(void)context;
	(void)low;
	(void)size;
	(void)is_own;
}

#endif
