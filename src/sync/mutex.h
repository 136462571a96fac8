/* SPDX-License-Identifier: MIT */
/* What a mutex is, for the other locks and the condition. */
#ifndef CRESS_SYNC_MUTEX_H
#define CRESS_SYNC_MUTEX_H

#include "sync/object.h"

#include <cress/lock.h>

/* More than this a coroutine cannot hold at once: the count is full. */
#define CRESS_HELD_MAX UINT16_MAX

struct cress_mutex_impl {
	struct cress_object object;
	cress_t *owner;		/* NULL: free, and nobody waits */
} __attribute__((may_alias));

/* Own one that is free. */
static inline void cress_mutex_own(struct cress_mutex_impl *mutex, cress_t *c)
{
	mutex->owner = c;
	c->held++;
}

/* Let the first who waits own it; the caller wakes that one. */
static inline struct cress_waiter *
cress_mutex_hand_over(struct cress_mutex_impl *mutex)
{
	struct cress_waiter *next = cress_object_pop(&mutex->object.waiting);

	mutex->owner = next->coroutine;
	next->coroutine->held++;
	return next;
}

/* The long way of locking: not free, or something is wrong. */
int cress_mutex_lock_slowly(struct cress_mutex_impl *mutex);

/*
 * Why `c` can neither have what this one owns nor wait for it, or 0. An owner
 * whose thread is gone counts as dead.
 */
int cress_mutex_check_owner(const cress_t *owner, const cress_t *c);

/* A kind's `owner`, where the object begins like a mutex. */
cress_t *cress_mutex_owner_of_wait(const struct cress_waiter *waiter);

/* Who the dead owner of a lock leaves it to; gives back the reference. */
void cress_mutex_inherit(cress_t **owner, cress_t *heir);

#endif
