/* SPDX-License-Identifier: MIT */
/*
 * Handing over: what everybody does who finds another waiting, without a call.
 *
 * None of these waits can end from outside the thread's coroutines, so there
 * is no count of those to keep.
 */
#ifndef CRESS_SYNC_HANDOFF_H
#define CRESS_SYNC_HANDOFF_H

#include "wait/wait.h"

/* Take the first out of a list that is not empty. */
static inline void cress_waiter_pop(struct cress_wait_list *list)
{
	struct cress_waiter *next = list->first->next;

	list->first = next;
	if (next != NULL)
		next->previous = NULL;
	else
		list->last = NULL;
}

/* Wake who is parked on `waiter`, which is out of its list: it succeeds. */
static inline void cress_hand_over(struct cress_hub *hub,
				   struct cress_waiter *waiter)
{
	cress_t *c = waiter->coroutine;

	c->waiter = NULL;
	cress_hub_push(hub, c, NULL);
}

/* The same, and it goes on before the others that are ready, if it may. */
static inline void cress_hand_over_first(struct cress_hub *hub,
					 struct cress_waiter *waiter)
{
	cress_t *c = waiter->coroutine;

	c->waiter = NULL;
	cress_hub_favour(hub, c, NULL);
}

/* The same, but its call fails with `error`. */
static inline void cress_turn_away(struct cress_hub *hub,
				   struct cress_waiter *waiter, int error)
{
	cress_t *c = waiter->coroutine;

	c->waiter = NULL;
	c->saved_errno = error;
	cress_hub_push(hub, c, (void *)(intptr_t)-1);
}

/*
 * A parking call on an object of `*owner` begins the long way. Binds an object
 * that is nobody's yet. Returns 0 if the call may go on and try, or -1 with
 * errno: EXDEV, ENOMEM, or that it is cancelled. Who runs the loop may try as
 * well: only parking is forbidden there.
 */
int cress_admit(struct cress_thread **owner);

/* The same for a call that never parks: only EXDEV and ENOMEM. */
int cress_admit_nowait(struct cress_thread **owner);

/* `TYPE "NAME" (ADDRESS)` for a report. */
void cress_describe_object(char *line, size_t size, const char *type,
			   const char *name, const void *object);

/* A mistake: log who did what to it. Returns -1 with errno = `error`. */
int cress_misuse(const char *type, const char *name, const void *object,
		 int error, const char *what);

/* May the current coroutine go on at once? Else cress_admit() says. */
static inline int cress_admits(const struct cress_thread *owner)
{
	const struct cress_thread *thread = cress_thread_self;

	return owner != NULL && owner == thread && !thread->current->cancelled;
}

#endif
