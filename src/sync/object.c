/* SPDX-License-Identifier: MIT */
/*
 * What objects do alike when it takes longer: let a caller in, have it wait,
 * say what it waits for, complain of mistakes.
 *
 * A queue or channel belongs to the thread that first uses it, so that a
 * zeroed one in static memory needs no call to say so. The others may go from
 * thread to thread as long as nobody waits and nobody has them.
 */
#include "sync/object.h"

#include <stdio.h>
#include <string.h>

#include "core/coroutine.h"
#include "core/log.h"

#include <cress/runtime.h>
#include <cress/scope.h>

#define LABEL_SIZE 120

int cress_object_own(struct cress_thread **owner)
{
	struct cress_thread *thread = cress_thread_get();

	if (thread == NULL)
		return -1;
	if (*owner == NULL)
		*owner = thread;
	return *owner == thread ? 0 : cress_object_fail(EXDEV);
}

int cress_object_enter_slowly(struct cress_thread **owner)
{
	const struct cress_thread *thread;

	if (owner != NULL && cress_object_own(owner) != 0)
		return -1;
	thread = cress_thread_self;
	/* Who must not park counts as cancelled, though by no scope. */
	if (thread == NULL || !thread->current->cancelled ||
	    cress_scope_error() == 0)
		return 0;
	return cress_wait_begin() == NULL ? -1 : 0;
}

int cress_object_wait(struct cress_object *object,
		      const struct cress_wait_kind *kind)
{
	struct cress_hub *hub = cress_wait_begin();
	struct cress_waiter waiter;

	if (unlikely(hub == NULL))
		return -1;
	if (unlikely(cress_object_is_foreign(&object->waiting, hub)))
		return cress_object_fail(EXDEV);
	waiter.kind = kind;
	waiter.object = object;
	cress_waiter_append(&object->waiting, &waiter);
	return cress_park(hub, &waiter);
}

void cress_object_unlink(struct cress_waiter *waiter)
{
	struct cress_object *object = waiter->object;

	cress_waiter_remove(&object->waiting, waiter);
}

size_t cress_object_label(const void *object, const char *type, char *line,
			  size_t size)
{
	const char *name = object == NULL ? NULL : *(const char *const *)object;
	int length;

	if (name == NULL)
		length = snprintf(line, size, "%s %p", type, object);
	else
		length = snprintf(line, size, "%s \"%s\" (%p)", type, name,
				  object);
	return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size;
}

void cress_object_describe(const struct cress_waiter *waiter, char *line,
			   size_t size)
{
	cress_t *owner = NULL;
	size_t length = cress_object_label(waiter->object,
					   waiter->kind->what, line, size);

	if (waiter->kind->owner != NULL)
		owner = waiter->kind->owner(waiter);
	if (owner != NULL)
		snprintf(line + length, size - length,
			 ", held by coroutine \"%s\" (%p)", cress_label(owner),
			 (const void *)owner);
}

int cress_object_misused(const void *object, const char *type, int error,
			 const char *what)
{
	const cress_t *c = cress_current();
	char line[LABEL_SIZE];

	cress_object_label(object, type, line, sizeof line);
	if (c != NULL)
		cress_log(CRESS_LOG_ERROR, "%s: coroutine \"%s\" (%p) %s",
			  line, cress_label(c), (const void *)c, what);
	return cress_object_fail(error);
}

int cress_object_fini(struct cress_object *object, const char *type,
		      size_t size)
{
	if (object == NULL)
		return 0;
	if (object->waiting.first != NULL)
		return cress_object_misused(object, type, EBUSY,
					    "destroys it while others wait");
	memset(object, 0, size);
	return 0;
}
