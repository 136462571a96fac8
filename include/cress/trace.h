/* SPDX-License-Identifier: MIT */
/*
 * Tracing: a function that sees every switch of a thread.
 *
 * It is called in the target, before the target goes on, with the coroutine
 * that was left and the one that goes on. Death by return is a switch to the
 * parent, death by error a throw to it. A switch to a dead coroutine or to
 * oneself is reported with the target that was finally chosen. It must accept
 * events that it does not know. While it runs, no event is reported.
 *
 *     static int show(int event, cress_t *from, cress_t *to, void *context)
 *     {
 *             printf("%s -> %s\n", cress_name(from), cress_name(to));
 *             return 0;
 *     }
 *
 *     cress_set_trace(show, NULL, NULL, NULL);
 */
#ifndef CRESS_TRACE_H
#define CRESS_TRACE_H

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cress_event {
	CRESS_EVENT_SWITCH = 1,
	CRESS_EVENT_THROW = 2
};

/*
 * A trace function. It returns 0; any other value is an error that is raised
 * in the target as if thrown at it, and ends the tracing. A target that has
 * not started then dies without running. It must not switch or park.
 */
typedef int cress_trace_fn(int event, cress_t *from, cress_t *to,
			   void *context);

/*
 * Trace the calling thread with `fn`; NULL ends it. The function that was set
 * before, and its context, are stored in `*old_fn` and `*old_context` where
 * these are not NULL. Returns 0, or -1 with errno ENOMEM. Does not park.
 */
int cress_set_trace(cress_trace_fn *fn, void *context,
		    cress_trace_fn **old_fn, void **old_context);

/*
 * Return the calling thread's trace function, NULL if there is none, and store
 * its context in `*context` unless that is NULL.
 */
cress_trace_fn *cress_get_trace(void **context);

#ifdef __cplusplus
}
#endif

#endif
