/* SPDX-License-Identifier: MIT */
/*
 * The long way into a call on a queue or channel: whose it is, and whether the
 * caller is cancelled. An object belongs to the thread that first uses it, so
 * that a zeroed one in static memory needs no call to say so. And what reports
 * say of one.
 */
#include "sync/handoff.h"

#include <errno.h>
#include <stdio.h>

#include "core/coroutine.h"
#include "core/log.h"

#include <cress/runtime.h>
#include <cress/scope.h>

#define LABEL_SIZE 120

int cress_admit_nowait(struct cress_thread **owner)
{
	struct cress_thread *thread = cress_thread_get();

	if (thread == NULL)
		return -1;
	if (*owner == NULL)
		*owner = thread;
	if (*owner == thread)
		return 0;
	errno = EXDEV;
	return -1;
}

int cress_admit(struct cress_thread **owner)
{
	if (cress_admit_nowait(owner) != 0)
		return -1;
	/* Who must not park counts as cancelled, though by no scope. */
	if (!(*owner)->current->cancelled || cress_scope_error() == 0)
		return 0;
	return cress_wait_begin() == NULL ? -1 : 0;
}

void cress_describe_object(char *line, size_t size, const char *type,
			   const char *name, const void *object)
{
	if (name == NULL)
		snprintf(line, size, "%s %p", type, object);
	else
		snprintf(line, size, "%s \"%s\" (%p)", type, name, object);
}

int cress_misuse(const char *type, const char *name, const void *object,
		 int error, const char *what)
{
	const cress_t *c = cress_current();
	char label[LABEL_SIZE];

	cress_describe_object(label, sizeof label, type, name, object);
	cress_log(CRESS_LOG_ERROR, "%s: coroutine \"%s\" (%p) %s", label,
		  cress_label(c), (const void *)c, what);
	errno = error;
	return -1;
}
