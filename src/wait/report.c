/* SPDX-License-Identifier: MIT */
/* Who waits for what: one line for each coroutine that is parked. */
#include "wait/report.h"

#include <stdio.h>

#include "core/log.h"
#include "wait/wait.h"

#include <cress/runtime.h>

static int waits(const cress_t *c)
{
	return c->state == CRESS_PARKED && c->waiter != NULL;
}

cress_t *cress_next_waiter(struct cress_thread *thread, cress_t *c)
{
	if (c == NULL && waits(&thread->main))
		return &thread->main;
	if (c == &thread->main)
		c = NULL;
	while ((c = cress_next_of_thread(thread, c)) != NULL)
		if (waits(c))
			return c;
	return NULL;
}

static void report_waiter(const cress_t *c, int level)
{
	const struct cress_waiter *waiter = c->waiter;
	char line[160];

	if (waiter->kind->describe != NULL)
		waiter->kind->describe(waiter, line, sizeof line);
	else
		snprintf(line, sizeof line, "%s", waiter->kind->what);
	cress_log(level, "  coroutine \"%s\" (%p) waits for %s",
		  cress_label(c), (const void *)c, line);
}

size_t cress_report_waiters(struct cress_thread *thread, int level)
{
	cress_t *c = NULL;
	size_t count = 0;

	for (; (c = cress_next_waiter(thread, c)) != NULL; count++)
		report_waiter(c, level);
	return count;
}

void cress_report_deadlock(struct cress_hub *hub)
{
	cress_log(CRESS_LOG_ERROR, "deadlock: nothing can ever run again");
	cress_report_waiters(hub->thread, CRESS_LOG_ERROR);
}
