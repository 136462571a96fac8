/* SPDX-License-Identifier: MIT */
/*
 * All connections together. Whoever waits for one to leave sleeps in a scope
 * without a deadline, and whoever leaves cancels that scope: a scope that is
 * cancelled is a wake-up.
 */
#include "crowd.h"

#include <errno.h>
#include <math.h>

/* Sleep until somebody leaves, or `seconds` have gone. Returns 0, or -1. */
static int wait_change(struct crowd *crowd, double seconds)
{
	if (cress_scope_open(&crowd->change, seconds) < 0)
		return -1;
	crowd->has_waiter = 1;
	cress_sleep(INFINITY);
	crowd->has_waiter = 0;
	return cress_scope_close(&crowd->change) == ECANCELED ? 0 : -1;
}

static void wake(struct crowd *crowd)
{
	if (crowd->has_waiter)
		cress_scope_cancel(&crowd->change);
}

int crowd_take_place(struct crowd *crowd)
{
	while (crowd->count >= crowd->limit)
		if (wait_change(crowd, INFINITY) < 0)
			return -1;
	crowd->count++;
	return 0;
}

void crowd_give_place(struct crowd *crowd)
{
	crowd->count--;
	wake(crowd);
}

void crowd_enter(struct crowd *crowd, struct member *member)
{
	member->previous = NULL;
	member->next = crowd->first;
	if (crowd->first != NULL)
		crowd->first->previous = member;
	crowd->first = member;
	member->number = ++crowd->ever;
	crowd->present++;
}

void crowd_leave(struct crowd *crowd, struct member *member)
{
	if (member->previous != NULL)
		member->previous->next = member->next;
	else
		crowd->first = member->next;
	if (member->next != NULL)
		member->next->previous = member->previous;
	crowd->present--;
}

int crowd_is_idle(const struct member *member)
{
	return member->doing == DOING_READ && !member->reader->has_begun;
}

void crowd_end(struct crowd *crowd)
{
	crowd->is_ending = 1;
	for (struct member *m = crowd->first; m != NULL; m = m->next)
		if (crowd_is_idle(m))
			cress_scope_cancel(&m->waiting);
}

void crowd_wait_end(struct crowd *crowd, double seconds)
{
	double until = cress_now() + seconds;

	while (crowd->count > 0 && !crowd->is_hurried) {
		double left = until - cress_now();

		if (left <= 0 || wait_change(crowd, left) < 0)
			return;
	}
}

void crowd_hurry(struct crowd *crowd)
{
	crowd->is_hurried = 1;
	wake(crowd);
}
