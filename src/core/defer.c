/* SPDX-License-Identifier: MIT */
/*
 * Handlers that run when a coroutine ends. Each is unlinked before it runs, so
 * that it runs once even if it parks and is killed, or registers another.
 */
#include "core/defer.h"

#include <errno.h>

#include "core/memory.h"

struct cress_defer {
	struct cress_defer *next;
	void (*fn)(void *arg);
	void *arg;
};

int cress_defer(void (*fn)(void *arg), void *arg)
{
	struct cress_thread *thread = cress_thread_get();
	struct cress_defer *defer;

	if (fn == NULL) {
		errno = EINVAL;
		return -1;
	}
	defer = thread == NULL ? NULL : cress_alloc(sizeof *defer);
	if (defer == NULL)
		return -1;
	defer->fn = fn;
	defer->arg = arg;
	defer->next = thread->current->defers;
	thread->current->defers = defer;
	return 0;
}

void cress_run_defers(cress_t *c)
{
	struct cress_defer *defer;

	while ((defer = c->defers) != NULL) {
		struct cress_defer copy = *defer;

		c->defers = defer->next;
		cress_free(defer);
		copy.fn(copy.arg);
	}
}

void cress_free_defers(cress_t *c)
{
	struct cress_defer *defer;

	while ((defer = c->defers) != NULL) {
		c->defers = defer->next;
		cress_free(defer);
	}
}
