/* SPDX-License-Identifier: MIT */
/* What objects do alike: wait, describe themselves, complain of mistakes. */
#include "sync/object.h"

#include <stdio.h>
#include <string.h>

#include "core/coroutine.h"
#include "core/log.h"

#include <cress/runtime.h>

#define LABEL_SIZE 120

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

size_t cress_object_label(const struct cress_object *object, const char *type,
			  char *line, size_t size)
{
	int length;

	if (object == NULL || object->name == NULL)
		length = snprintf(line, size, "%s %p", type,
				  (const void *)object);
	else
		length = snprintf(line, size, "%s \"%s\" (%p)", type,
				  object->name, (const void *)object);
	return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size;
}

void cress_object_describe(const struct cress_waiter *waiter, char *line,
			   size_t size)
{
	cress_t *owner = NULL;
	size_t length = cress_object_label(waiter->object, waiter->kind->what,
					   line, size);

	if (waiter->kind->owner != NULL)
		owner = waiter->kind->owner(waiter);
	if (owner != NULL)
		snprintf(line + length, size - length,
			 ", held by coroutine \"%s\" (%p)", cress_label(owner),
			 (const void *)owner);
}

int cress_object_misused(const struct cress_object *object, const char *type,
			 int error, const char *what)
{
	const cress_t *c = cress_current();
	char label[LABEL_SIZE];

	cress_object_label(object, type, label, sizeof label);
	if (c != NULL)
		cress_log(CRESS_LOG_ERROR, "%s: coroutine \"%s\" (%p) %s",
			  label, cress_label(c), (const void *)c, what);
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
