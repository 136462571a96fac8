/* SPDX-License-Identifier: MIT */
/*
 * Alarms in a pairing heap: the links are in the alarms themselves, and the
 * earliest is always at the top. None is ever taken out before its time.
 */
#include "alarm.h"

#include <cress/hub.h>
#include <cress/scope.h>

#include <math.h>
#include <stddef.h>

/* Make one heap of two: the later top becomes a child of the earlier one. */
static struct alarm *meld(struct alarm *a, struct alarm *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	if (b->when < a->when) {
		struct alarm *c = a;

		a = b;
		b = c;
	}
	b->sibling = a->child;
	a->child = b;
	return a;
}

/* Take the top: its children are melded in pairs, and the pairs in turn. */
static struct alarm *pop(struct alarms *alarms)
{
	struct alarm *top = alarms->first;
	struct alarm *rest = top->child;
	struct alarm *pairs = NULL;

	while (rest != NULL) {
		struct alarm *a = rest;
		struct alarm *b = a->sibling;

		rest = b == NULL ? NULL : b->sibling;
		a = meld(a, b);
		a->sibling = pairs;
		pairs = a;
	}
	alarms->first = NULL;
	while (pairs != NULL) {
		struct alarm *next = pairs->sibling;

		alarms->first = meld(alarms->first, pairs);
		pairs = next;
	}
	return top;
}

void alarm_set(struct alarms *alarms, struct alarm *alarm, double when,
	       void (*ring)(void *context, struct alarm *alarm))
{
	alarm->child = NULL;
	alarm->sibling = NULL;
	alarm->when = when;
	alarm->ring = ring;
	alarms->first = meld(alarms->first, alarm);
	if (alarms->first == alarm)
		event_wake(&alarms->earlier);
}

/* The clock: sleeps until the first alarm, or until one is set before it. */
static void *ring_all(void *arg)
{
	struct alarms *alarms = arg;
	cress_scope_t nap;

	for (;;) {
		while (alarms->first != NULL &&
		       alarms->first->when <= cress_now()) {
			struct alarm *due = pop(alarms);

			due->ring(alarms->context, due);
		}
		double when = alarms->first != NULL ? alarms->first->when :
						      INFINITY;
		if (cress_scope_open_at(&nap, when))
			return NULL;
		int failed = event_wait(&alarms->earlier);
		if (cress_scope_close(&nap) == 0 && failed)
			return NULL;
	}
}

int alarms_start(struct alarms *alarms)
{
	cress_attr_t attr = {.name = "alarms"};

	alarms->clock = cress_spawn_with(ring_all, alarms, &attr);
	return alarms->clock == NULL ? -1 : 0;
}

void alarms_end(struct alarms *alarms)
{
	if (alarms->clock == NULL)
		return;
	cress_kill(alarms->clock, CRESS_EXIT);
	cress_join(alarms->clock, NULL);
	alarms->clock = NULL;
}
