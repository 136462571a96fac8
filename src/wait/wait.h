/* SPDX-License-Identifier: MIT */
/*
 * Parking and waking: the one way in which a coroutine waits for something.
 *
 * A waiter lies on the stack of the coroutine that waits, in the list of what
 * it waits for. Either somebody takes it out of the list and wakes it with a
 * result, or its wait is interrupted: then its kind takes it out, and the call
 * fails. Never both, so a call that fails has taken nothing.
 *
 *     struct cress_waiter waiter = {.kind = &kind, .object = object};
 *     struct cress_hub *hub = cress_wait_begin();
 *     if (hub == NULL)
 *             return -1;
 *     cress_waiter_append(&object->waiting, &waiter);
 *     return cress_park(hub, &waiter);
 */
#ifndef CRESS_WAIT_WAIT_H
#define CRESS_WAIT_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include "loop/hub.h"

struct cress_waiter;

struct cress_wait_kind {
	const char *what;	/* "waits for WHAT", in reports */
	/* Can something outside the thread's coroutines end it? */
	int outside;
	/* It is in the program's own memory, which may go before the thread. */
	int borrowed;
	/* Take the waiter out of what it waits for; it may be freed here. */
	void (*unlink)(struct cress_waiter *waiter);
	/*
	 * The same when its thread ends, and its coroutine never runs again to
	 * give back what it holds for the wait. NULL: `unlink` will do.
	 */
	void (*abandon)(struct cress_waiter *waiter);
	/*
	 * Is the wait to go on in spite of `error`? Not 0: it is, and fails
	 * later; or CRESS_WAIT_KEPT: it has what it wants, and will not fail.
	 * NULL: never.
	 */
	int (*refuse)(struct cress_waiter *waiter, int error);
	/* Who has it, borrowed: the wait fails if that one dies. NULL: none. */
	cress_t *(*owner)(const struct cress_waiter *waiter);
	/* Write what it waits for into `line`; NULL: `what` will do. */
	void (*describe)(const struct cress_waiter *waiter, char *line,
			 size_t size);
	/*
	 * No coroutine waits, but something in the list of a coroutine's
	 * joiners. It is out of that list; the coroutine is dead, and may be
	 * the current one, so this neither parks nor switches. The thread's
	 * end calls `unlink` instead, and leaves the list alone.
	 */
	void (*ended)(struct cress_waiter *waiter);
};

#define CRESS_WAIT_KEPT 2

struct cress_waiter {
	struct cress_waiter *next, *previous;
	const struct cress_wait_kind *kind;
	cress_t *coroutine;
	void *object;
};

/* Make a hub of this driver for the calling thread; NULL with errno. */
struct cress_hub *cress_hub_open(const struct cress_driver *driver, void *loop);

/* The hub of the calling thread, made if there is none; NULL with errno. */
static inline struct cress_hub *cress_hub_get(void);

/* The long way of it. */
struct cress_hub *cress_hub_get_slow(void);

/*
 * What every parking call does first: the hub, or NULL with errno if the call
 * may not park: cancelled, in the hub itself, no memory.
 */
static inline struct cress_hub *cress_wait_begin(void);

/* The long way of it. */
struct cress_hub *cress_wait_begin_slow(void);

/*
 * Park the current coroutine until `waiter`, which is in its list, is woken or
 * interrupted. Returns 0, or -1 with errno.
 */
static inline int cress_park(struct cress_hub *hub,
			     struct cress_waiter *waiter);

/* Wake who was parked on `waiter`, which is out of its list already. */
void cress_wake(struct cress_hub *hub, struct cress_waiter *waiter);

/*
 * End the wait of a parked coroutine: its call fails with `error`. Returns 0
 * only if it will not fail for that.
 */
int cress_interrupt(struct cress_hub *hub, cress_t *c, int error);

/* cress_kill() of one that lives, and whose room in the ring is reserved. */
void cress_kill_now(struct cress_hub *hub, cress_t *c, int error);

/* Queue one that is suspended in a raw switch, which fails with `error`. */
void cress_throw_later(struct cress_hub *hub, cress_t *c, int error);

static inline struct cress_hub *cress_hub_get(void)
{
	struct cress_thread *thread = cress_thread_self;

	if (unlikely(thread == NULL || thread->hub == NULL))
		return cress_hub_get_slow();
	return thread->hub;
}

static inline struct cress_hub *cress_wait_begin(void)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_hub *hub = thread == NULL ? NULL : thread->hub;

	/* The hub's own coroutine counts as cancelled. */
	if (unlikely(hub == NULL || thread->current->cancelled ||
		     thread->live >= hub->mask))
		return cress_wait_begin_slow();
	return hub;
}

/* A kind that the compiler knows costs nothing here if nothing is outside. */
__attribute__((always_inline)) static inline int
cress_park_as(struct cress_hub *hub, struct cress_waiter *waiter,
	      const struct cress_wait_kind *kind)
{
	cress_t *c = hub->thread->current;

	waiter->kind = kind;
	waiter->coroutine = c;
	c->waiter = waiter;
	c->state = CRESS_PARKED;
	if (kind->outside)
		hub->outside++;
	return (int)(intptr_t)cress_hub_switch(hub, c);
}

__attribute__((always_inline)) static inline int
cress_park(struct cress_hub *hub, struct cress_waiter *waiter)
{
	return cress_park_as(hub, waiter, waiter->kind);
}

static inline void cress_waiter_append(struct cress_wait_list *list,
				       struct cress_waiter *waiter)
{
	waiter->next = NULL;
	waiter->previous = list->last;
	if (list->last != NULL)
		list->last->next = waiter;
	else
		list->first = waiter;
	list->last = waiter;
}

static inline void cress_waiter_prepend(struct cress_wait_list *list,
					struct cress_waiter *waiter)
{
	waiter->previous = NULL;
	waiter->next = list->first;
	if (list->first != NULL)
		list->first->previous = waiter;
	else
		list->last = waiter;
	list->first = waiter;
}

static inline void cress_waiter_remove(struct cress_wait_list *list,
				       struct cress_waiter *waiter)
{
	if (waiter->previous != NULL)
		waiter->previous->next = waiter->next;
	else
		list->first = waiter->next;
	if (waiter->next != NULL)
		waiter->next->previous = waiter->previous;
	else
		list->last = waiter->previous;
}

/* Take out and wake the first of a list, or all. */
void cress_wake_first(struct cress_hub *hub, struct cress_wait_list *list);
void cress_wake_all(struct cress_hub *hub, struct cress_wait_list *list);

/* One that waits in a plain list: an `unlink` for object = the list. */
void cress_unlink_from_list(struct cress_waiter *waiter);

#endif
