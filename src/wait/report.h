/* SPDX-License-Identifier: MIT */
/* Who waits for what. */
#ifndef CRESS_WAIT_REPORT_H
#define CRESS_WAIT_REPORT_H

#include "loop/hub.h"

/* Log that nothing can ever run, and every waiter. */
void cress_report_deadlock(struct cress_hub *hub);

/* Log every waiter, at this level; returns how many. */
size_t cress_report_waiters(struct cress_thread *thread, int level);

/* The coroutine that waits, main included, after `c`; or NULL. */
cress_t *cress_next_waiter(struct cress_thread *thread, cress_t *c);

#endif
