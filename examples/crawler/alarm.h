/* SPDX-License-Identifier: MIT */
/*
 * Alarms: things that are to happen at a time. One coroutine waits for all of
 * them. Setting one needs no memory and cannot fail.
 *
 *	struct alarms alarms = {.first = NULL};
 *	alarms_start(&alarms);
 *	alarm_set(&alarms, &retry->alarm, cress_now() + 0.5, retry_now);
 */
#ifndef CRAWLER_ALARM_H
#define CRAWLER_ALARM_H

#include "event.h"

#include <cress/coroutine.h>

/* Part of whatever waits for its time. It must not move while it is set. */
struct alarm {
	struct alarm *child, *sibling;
	double when;			/* on the clock of cress_now() */
	void (*ring)(void *context, struct alarm *alarm);
};

/* All zero, but for `context`, is a clock without alarms. */
struct alarms {
	struct alarm *first;		/* the earliest; the top of the heap */
	void *context;			/* what every ring() is given */
	struct event earlier;
	cress_t *clock;
};

/* Start the coroutine that rings. Returns 0, or -1 with errno. */
int alarms_start(struct alarms *alarms);

/* End it. Alarms that are set never ring then. Parks. */
void alarms_end(struct alarms *alarms);

/* Set an alarm that is not set. ring() must not park. Does not park. */
void alarm_set(struct alarms *alarms, struct alarm *alarm, double when,
	       void (*ring)(void *context, struct alarm *alarm));

#endif
