/* SPDX-License-Identifier: MIT */
/* Leaving one coroutine for another: what the scheduler builds on. */
#ifndef CRESS_CORE_SWITCH_H
#define CRESS_CORE_SWITCH_H

#include <errno.h>

#include "core/sanitizer.h"
#include "core/thread.h"

/*
 * Not 0 if a switch to `to` takes more than the short way: something is to be
 * done for the thread, or C++ exceptions are in flight on a side.
 */
static inline uint64_t cress_special(const struct cress_thread *thread,
				     const cress_t *to)
{
	const struct cress_exceptions *globals = thread->exceptions;
	uint64_t slow = atomic_load_explicit(&thread->slow,
					     memory_order_relaxed);

	if (likely(slow != CRESS_SLOW_CXX))
		return slow;
	return (uintptr_t)globals->caught | globals->uncaught |
	       (uintptr_t)to->exceptions.caught | to->exceptions.uncaught;
}

/*
 * `to` is the current coroutine from now on, with its own errno; that is
 * written only if it differs, so that no switch waits for the one before.
 */
static inline void cress_change_current(struct cress_thread *thread,
					cress_t *from, cress_t *to)
{
	int number = *thread->errno_address;

	thread->current = to;
	from->saved_errno = number;
	if (to->saved_errno != number)
		*thread->errno_address = to->saved_errno;
}

/* The way of cress_transfer() when cress_special() is not 0. */
void *cress_transfer_slow(struct cress_thread *thread, cress_t *from,
			  cress_t *to, void *value);

/* Give `to` a stack. 0, or -1 with errno and nothing changed. */
int cress_start(struct cress_thread *thread, cress_t *to);

/*
 * End a coroutine that has not started: no stack, no entry, just its death
 * with `error`. Who waits for it is told; its parent is not.
 */
void cress_end_unstarted(cress_t *c, int error);

/*
 * Free the block of the current coroutine, which is dead, if no handle is left;
 * after the coming switch if somebody still looks at it there. The block's
 * memory stays, so that the switch may save into it.
 */
static inline void cress_bury(struct cress_thread *thread, cress_t *dead);

/* Its long way: somebody looks on, or there is no handle. */
void cress_bury_slowly(struct cress_thread *thread, cress_t *dead);

/* The last handle of `c`, suspended in a raw switch, went. */
void cress_force_exit(cress_t *c);

/*
 * Run `to`, which is suspended or freshly started, and hand it `value`.
 * Everything that `to` must find is in place before the stack changes, so this
 * ends in a jump, and `to` returns to its caller without a frame between.
 */
static inline void *cress_transfer(struct cress_thread *thread, cress_t *from,
				   cress_t *to, void *value)
{
	uint64_t special = cress_special(thread, to);

	cress_change_current(thread, from, to);
	if (unlikely(special != 0))
		return cress_transfer_slow(thread, from, to, value);
	return cress_arch_switch(&to->context, value, &from->context);
}

/*
 * The same for one that has ended, and will not be back: nothing is saved, and
 * if it was reached by jumps alone, the processor foresees that whoever started
 * it goes on. So callers end in a call of this.
 */
static inline void cress_transfer_last(struct cress_thread *thread,
				       cress_t *from, cress_t *to, void *value)
{
	thread->current = to;
	if (to->saved_errno != *thread->errno_address)
		*thread->errno_address = to->saved_errno;
	if (unlikely(cress_special(thread, to) != 0))
		cress_transfer_slow(thread, from, to, value);
	else
		cress_arch_switch_last(&to->context, value, &from->context);
}

static inline void cress_bury(struct cress_thread *thread, cress_t *dead)
{
	unsigned slow = atomic_load_explicit(&thread->slow,
					     memory_order_relaxed);

	if (unlikely(slow & CRESS_SLOW_ARRIVAL || dead->references == 0))
		cress_bury_slowly(thread, dead);
}

#endif
