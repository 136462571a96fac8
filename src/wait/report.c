/* SPDX-License-Identifier: MIT */
/* The report of a deadlock: one line for each coroutine that waits. */
#include "wait/report.h"

#include <stdio.h>

#include "core/log.h"
#include "wait/wait.h"

#include <cress/runtime.h>

static void report_waiter(const cress_t *c)
{
	const struct cress_waiter *waiter = c->waiter;
	char line[160];

	if (waiter->kind->describe != NULL)
		waiter->kind->describe(waiter, line, sizeof line);
	else
		snprintf(line, sizeof line, "%s", waiter->kind->what);
	cress_log(CRESS_LOG_ERROR, "  coroutine \"%s\" (%p) waits for %s",
		  cress_label(c), (const void *)c, line);
}

void cress_report_deadlock(struct cress_hub *hub)
{
	struct cress_thread *thread = hub->thread;
	cress_t *c = NULL;

	cress_log(CRESS_LOG_ERROR, "deadlock: nothing can ever run again");
	if (thread->main.waiter != NULL)
		report_waiter(&thread->main);
	while ((c = cress_next_of_thread(thread, c)) != NULL)
		if (c->state == CRESS_PARKED && c->waiter != NULL)
			report_waiter(c);
}
