/* SPDX-License-Identifier: MIT */
/*
 * Shadow stacks, on which the processor keeps return addresses once more. A
 * thread that has one when it first calls the library gives one to each of its
 * coroutines, from the start to the end, and all its switches take the long
 * way. Nobody else pays for it.
 */
#ifndef CRESS_CORE_SHADOW_H
#define CRESS_CORE_SHADOW_H

#include "core/thread.h"

/* Does the thread have one? */
static inline int cress_shadow_is_active(const struct cress_thread *thread)
{
	return atomic_load_explicit(&thread->slow, memory_order_relaxed) &
	       CRESS_SLOW_SHADOW;
}

/* Map one for a stack of that size. Its number, or 0 with errno ENOMEM. */
uint32_t cress_shadow_take(struct cress_thread *thread, size_t stack_size);

/* It belongs to `c` from now on, whose context is made. */
void cress_shadow_begin(struct cress_thread *thread, cress_t *c,
			uint32_t number);

/* Unmap one whose owner has been left for good. */
void cress_shadow_give(struct cress_thread *thread, uint32_t number);

/* The thread ends: unmap all. */
void cress_shadows_free(struct cress_thread *thread);

#endif
