/* SPDX-License-Identifier: MIT */
/*
 * What of the operating system must be inline, on Windows: a thread's own
 * variables, and the bounds of a stack.
 *
 * The compiler emulates __thread there, by calls and with memory that it frees
 * before a thread's end is told. So the variables lie where the system itself
 * keeps such things: a section that every thread gets a copy of, found by the
 * number of this program or library in a table of the thread.
 */
#ifndef CRESS_CORE_SYSTEM_H
#define CRESS_CORE_SYSTEM_H

#include <stdatomic.h>
#include <stddef.h>

#include "arch/switch.h"

struct cress_thread;

struct cress_own {
	struct cress_thread *self;
	struct cress_thread *_Atomic plain;
};

/* The original of the copies, and what start-up files know of them. */
extern struct cress_own cress_own_original;
extern char *_tls_start;
extern unsigned long _tls_index;

static inline struct cress_own *cress_own(void)
{
	size_t offset = (size_t)((char *)&cress_own_original -
				 (char *)&_tls_start);

	return (struct cress_own *)(arch_thread_copies()[_tls_index] + offset);
}

#define cress_thread_self (cress_own()->self)

/* As on other systems: the same, or NULL while something holds switches up. */
#define cress_thread_plain (cress_own()->plain)

/* The guard of a stack, see guard.c there. */
#define CRESS_GUARD_PAGES 5
#define CRESS_PAGE ((size_t)4096)

/* A context begins on the stack at `low`; the system is to know its bounds. */
static inline void cress_system_stack(struct arch_context *context, char *low,
				      size_t size, int is_own)
{
	size_t guard = is_own ? 0 : CRESS_GUARD_PAGES * CRESS_PAGE;

	arch_context_init_stack(context, low, low + guard, low + size);
}

#endif
