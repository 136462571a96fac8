/* SPDX-License-Identifier: MIT */
/*
 * A victim that ignores its errors, and one that nobody will ever wake. Both
 * leave the place as they found it.
 */
#include "cancel/storm.h"

#include <stdio.h>
#include <string.h>

#include "core/thread.h"
#include "loop/hub.h"

/* Calls after which the others must have had their turns. */
#define ENOUGH 100000

static struct place place;
static cress_scope_t scope;
static int stop;

static void set_up(const struct park_point *point)
{
	memset(&place, 0, sizeof(place));
	place.ends[0] = place.ends[1] = place.file = -1;
	place.point = point;
	point->set_up(&place);
}

static void *ignore_errors(void *unused)
{
	size_t calls = 0;

	check_int(cress_scope_open(&scope, 0), 0);
	for (; !stop && calls < ENOUGH; calls++)
		check_int(place.point->call(&place), -1);
	check(calls < ENOUGH);
	check_int(cress_scope_close(&scope), ETIMEDOUT);
	return unused;
}

void row_storm(const struct park_point *point)
{
	int failures = suite_failures();
	cress_t *victim;

	/* These never fail at once. */
	if (point->traits & (RAW | SURE))
		return;
	set_up(point);
	stop = 0;
	victim = cress_spawn(ignore_errors, NULL);
	for (int i = 0; i < 3; i++)
		check_int(cress_sleep(100e-6), 0);
	stop = 1;
	check_int(cress_join(victim, NULL), 0);
	point->tear_down(&place);
	if (suite_failures() != failures)
		fprintf(stderr, "\tin a storm of %s\n", point->name);
}

static void *make_call(void *unused)
{
	(void)unused;
	place.point->call(&place);
	return NULL;
}

void row_deadlock(const struct park_point *point)
{
	static const cress_attr_t attr = {.name = "the victim"};
	struct cress_hub *hub = cress_thread_self->hub;
	int failures = suite_failures();
	cress_t *victim;

	if (point->traits & (BRIEF | RAW))
		return;
	set_up(point);
	victim = cress_spawn_with(make_call, NULL, &attr);
	for (int i = 0; i < 64; i++)
		cress_yield();
	/* One that tries again at times may just be about to. */
	if (victim->state == CRESS_PARKED && hub->outside == 0 &&
	    hub->timers.count == 0) {
		log_clear();
		check_refuses(cress_sleep(INFINITY), EDEADLK);
		check_int(log_lines_with("\"the victim\""), 1);
		log_clear();
	}
	check_int(cress_kill(victim, EPROTO), 0);
	if (point->traits & (STAYS | KEEPS | SURE))
		point->wake(&place);
	check_int(cress_join(victim, NULL), 0);
	point->tear_down(&place);
	if (suite_failures() != failures)
		fprintf(stderr, "\tin a deadlock at %s\n", point->name);
}
