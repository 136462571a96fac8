/* SPDX-License-Identifier: MIT */
/* Leaving one coroutine for another: what the scheduler builds on. */
#ifndef CRESS_CORE_SWITCH_H
#define CRESS_CORE_SWITCH_H

#include <errno.h>

#include "core/thread.h"

/* The way of cress_transfer() when cress_thread.slow is not 0. */
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
void cress_bury(struct cress_thread *thread, cress_t *dead);

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
	thread->current = to;
	to->state = CRESS_RUNNING;
	from->saved_errno = *thread->errno_address;
	*thread->errno_address = to->saved_errno;
	if (unlikely(atomic_load_explicit(&thread->slow,
					  memory_order_relaxed) != 0))
		return cress_transfer_slow(thread, from, to, value);
	return cress_arch_switch(&from->context, &to->context, value);
}

#endif
