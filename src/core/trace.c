/* SPDX-License-Identifier: MIT */
/*
 * The trace function of a thread. It runs in the target, before the target
 * goes on; while it runs, and once it has failed, tracing is off.
 */
#include "core/trace.h"

#include <errno.h>

int cress_set_trace(cress_trace_fn *fn, void *context,
		    cress_trace_fn **old_fn, void **old_context)
{
	struct cress_thread *thread = cress_thread_get();

	if (thread == NULL)
		return -1;
	if (old_fn != NULL)
		*old_fn = thread->trace;
	if (old_context != NULL)
		*old_context = thread->trace_context;
	thread->trace = fn;
	thread->trace_context = context;
	cress_thread_slow(thread, CRESS_SLOW_TRACE, fn != NULL);
	return 0;
}

cress_trace_fn *cress_get_trace(void **context)
{
	struct cress_thread *thread = cress_thread_self;

	if (context != NULL)
		*context = thread == NULL ? NULL : thread->trace_context;
	return thread == NULL ? NULL : thread->trace;
}

int cress_trace_arrival(struct cress_thread *thread)
{
	cress_t *to = thread->current;
	int saved = errno;
	int error;

	if (thread->in_trace)
		return 0;
	thread->in_trace = 1;
	error = thread->trace(to->error != 0 ? CRESS_EVENT_THROW
					     : CRESS_EVENT_SWITCH,
			      thread->trace_from, to, thread->trace_context);
	thread->in_trace = 0;
	errno = saved;
	if (error == 0)
		return 0;
	cress_set_trace(NULL, NULL, NULL, NULL);
	to->error = cress_is_error(error) ? error : EINVAL;
	errno = to->error == CRESS_EXIT ? ECANCELED : to->error;
	return -1;
}

void cress_trace_self(struct cress_thread *thread, cress_t *c)
{
	if (thread->trace == NULL)
		return;
	thread->trace_from = c;
	cress_trace_arrival(thread);
}
