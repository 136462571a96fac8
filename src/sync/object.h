/* SPDX-License-Identifier: MIT */
/*
 * What all that coroutines coordinate with has in common: a name, lines of
 * those who wait, and the words for what happens to them.
 *
 * A parking call enters, tries, and waits if it must. What an object has to
 * give is handed over by whoever wakes: the waiter owns it before it runs. So
 * nobody who comes later can be first, and a waiter that is cancelled after
 * that keeps it and returns it, as after any wake. None of these waits can end
 * from outside the thread's coroutines, so there is no count of those to keep.
 */
#ifndef CRESS_SYNC_OBJECT_H
#define CRESS_SYNC_OBJECT_H

#include <errno.h>

#include "wait/wait.h"

/*
 * The first members of every object with one line. What has more lines, or
 * notes its thread, begins with the name, too; its type is its kinds' `what`.
 */
struct cress_object {
	const char *name;
	struct cress_wait_list waiting;
};

static inline int cress_object_fail(int error)
{
	errno = error;
	return -1;
}

/* `TYPE "NAME" (ADDRESS)` into `line`; returns its length. */
size_t cress_object_label(const void *object, const char *type, char *line,
			  size_t size);

/* For the kinds: a waiter's `object` is what begins with a name. */
void cress_object_describe(const struct cress_waiter *waiter, char *line,
			   size_t size);

/* The same, where it waits in the line of a struct cress_object. */
void cress_object_unlink(struct cress_waiter *waiter);

/*
 * A mistake in the program: log who did `what` to the object, which may be
 * NULL. Returns -1 with errno = `error`.
 */
int cress_object_misused(const void *object, const char *type, int error,
			 const char *what);

/*
 * Zero all `size` bytes of a struct cress_object and its like; NULL is
 * allowed. 0, or -1 with a logged EBUSY if somebody waits.
 */
int cress_object_fini(struct cress_object *object, const char *type,
		      size_t size);

/* The long way of the two below; `owner` may be NULL. */
int cress_object_enter_slowly(struct cress_thread **owner);

/* Does `*owner` belong to this thread? Binds what is nobody's yet. EXDEV. */
int cress_object_own(struct cress_thread **owner);

/*
 * A parking call begins. 0 if it may go on and try, or -1 with errno because
 * the caller is cancelled. Who runs the loop may try as well: only parking is
 * forbidden there.
 */
static inline int cress_object_enter(void)
{
	const struct cress_thread *thread = cress_thread_self;

	if (likely(thread != NULL && !thread->current->cancelled))
		return 0;
	return cress_object_enter_slowly(NULL);
}

/* Is it this thread's, and may the caller go on? Else the next one says. */
static inline int cress_object_admits(const struct cress_thread *owner)
{
	const struct cress_thread *thread = cress_thread_self;

	return owner != NULL && owner == thread && !thread->current->cancelled;
}

/* The same with what belongs to the thread that first uses it: EXDEV, too. */
static inline int cress_object_enter_own(struct cress_thread **owner)
{
	if (likely(cress_object_admits(*owner)))
		return 0;
	return cress_object_enter_slowly(owner);
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

/* Take the first one out of a line that has one. */
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

/* Wake who is parked on `waiter`, out of its line: its park returns this. */
static inline void cress_object_wake_with(struct cress_hub *hub,
					  struct cress_waiter *waiter,
					  int result)
{
	cress_t *c = waiter->coroutine;

	c->waiter = NULL;
	cress_hub_push(hub, c, (void *)(intptr_t)result);
}

/* The same, with success. */
static inline void cress_object_wake(struct cress_hub *hub,
				     struct cress_waiter *waiter)
{
	cress_object_wake_with(hub, waiter, 0);
}

/* The same, and it goes on before the others that are ready, if it may. */
static inline void cress_object_wake_first(struct cress_hub *hub,
					   struct cress_waiter *waiter)
{
	cress_t *c = waiter->coroutine;

	c->waiter = NULL;
	cress_hub_favour(hub, c, NULL);
}

/* The same, but its call fails with `error`. */
static inline void cress_object_turn_away(struct cress_hub *hub,
					  struct cress_waiter *waiter,
					  int error)
{
	cress_t *c = waiter->coroutine;

	c->waiter = NULL;
	c->saved_errno = error;
	cress_hub_push(hub, c, (void *)(intptr_t)-1);
}

/*
 * Park in the object's line, after entering. 0 when woken, or -1 with errno.
 * Called last, it costs no frame; and what all are suspended in at one place,
 * the processor returns to as it foresees.
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
