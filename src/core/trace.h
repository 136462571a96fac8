/* SPDX-License-Identifier: MIT */
/* Calls of the trace function. */
#ifndef CRESS_CORE_TRACE_H
#define CRESS_CORE_TRACE_H

#include "core/thread.h"

/*
 * Report the switch from thread->trace_from to the current coroutine. Returns
 * 0, or -1 if the function failed: then the current one's error is set.
 */
int cress_trace_arrival(struct cress_thread *thread);

/* Report a switch of `c`, the current coroutine, to itself. */
void cress_trace_self(struct cress_thread *thread, cress_t *c);

#endif
