/* SPDX-License-Identifier: MIT */
/*
 * What all objects of sync share: a name, and those who wait, in the order in
 * which they came.
 *
 * What an object has to give is handed over by whoever wakes: the waiter owns
 * it before it runs. So nobody who comes later can be first, and a waiter that
 * is cancelled after that keeps it and returns it, as after any wake.
 */
#ifndef CRESS_SYNC_OBJECT_H
#define CRESS_SYNC_OBJECT_H

#include <errno.h>

#include "wait/wait.h"

/* The first members of every object. The type of one is its kind's `what`. */
struct cress_object {
	const char *name;
	struct cress_wait_list waiting;
};

/* For a kind: object = the struct cress_object, in whose list it waits. */
void cress_object_unlink(struct cress_waiter *waiter);
void cress_object_describe(const struct cress_waiter *waiter, char *line,
			   size_t size);

/* "mutex "accounts" (0x7f..)" into `line`; returns its length. */
size_t cress_object_label(const struct cress_object *object, const char *type,
			  char *line, size_t size);

/*
 * A mistake in the program: log who did `what` to the object, which may be
 * NULL. Returns -1 with errno = `error`.
 */
int cress_object_misused(const struct cress_object *object, const char *type,
			 int error, const char *what);

/*
 * Zero all `size` bytes of an object; NULL is allowed. 0, or -1 with a logged
 * EBUSY if somebody waits.
 */
int cress_object_fini(struct cress_object *object, const char *type,
		      size_t size);

static inline int cress_object_fail(int error)
{
	errno = error;
	return -1;
}

/* The hub of those who wait, who are some; NULL with errno EXDEV. */
static inline struct cress_hub *
cress_object_hub(const struct cress_wait_list *list)
{
	struct cress_thread *thread = list->first->coroutine->thread;

	if (likely(thread == cress_thread_self))
		return thread->hub;
	errno = EXDEV;
	return NULL;
}

/* Do coroutines of another thread wait here? */
static inline int cress_object_is_foreign(const struct cress_wait_list *list,
					  const struct cress_hub *hub)
{
	return list->first != NULL &&
	       list->first->coroutine->thread != hub->thread;
}

/* Take the first one out of a list that has one. */
static inline struct cress_waiter *
cress_object_pop(struct cress_wait_list *list)
{
	struct cress_waiter *first = list->first;

	list->first = first->next;
	if (first->next != NULL)
		first->next->previous = NULL;
	else
		list->last = NULL;
	return first;
}

/*
 * Park in the object's list. 0 when woken, or -1 with errno. Called last, it
 * costs no frame; and what all are suspended in at one place, the processor
 * returns to as it foresees.
 */
int cress_object_wait(struct cress_object *object,
		      const struct cress_wait_kind *kind);

/* Wake all. 0, or -1 with errno EXDEV and nobody woken. */
static inline int cress_object_wake_all(struct cress_object *object)
{
	struct cress_hub *hub;

	if (object->waiting.first == NULL)
		return 0;
	hub = cress_object_hub(&object->waiting);
	if (unlikely(hub == NULL))
		return -1;
	cress_wake_all(hub, &object->waiting);
	return 0;
}

#endif
