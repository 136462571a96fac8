/* SPDX-License-Identifier: MIT */
/*
 * An event out of a scope: a waiter sleeps for ever in one of its own, and to
 * wake it is to cancel that. A condition of the library would not do: its mutex
 * would let others run between the check and the wait.
 *
 * The waiters lie on the stacks of their coroutines, linked in the order in
 * which they came. A waiter is linked exactly as long as nobody has woken it:
 * the waker takes it out, or it takes itself out when its wait failed.
 */
#include "event.h"

#include <cress/hub.h>
#include <cress/scope.h>

#include <errno.h>
#include <math.h>
#include <stddef.h>

struct event_waiter {
	struct event_waiter *next;
	struct event_waiter *prev;
	cress_scope_t scope;
	int woken;
};

static void append(struct event *event, struct event_waiter *waiter)
{
	waiter->prev = event->last;
	if (event->last != NULL)
		event->last->next = waiter;
	else
		event->first = waiter;
	event->last = waiter;
}

static void take_out(struct event *event, struct event_waiter *waiter)
{
	if (waiter->prev != NULL)
		waiter->prev->next = waiter->next;
	else
		event->first = waiter->next;

	if (waiter->next != NULL)
		waiter->next->prev = waiter->prev;
	else
		event->last = waiter->prev;
}

int event_wait(struct event *event)
{
	struct event_waiter waiter = {.woken = 0};

	if (cress_scope_open(&waiter.scope, INFINITY))
		return -1;
	append(event, &waiter);
	cress_sleep(INFINITY);
	cress_scope_close(&waiter.scope);
	if (waiter.woken)
		return 0;

	/* Not ours: a kill, or the end of a scope further out. */
	int error = errno;
	take_out(event, &waiter);
	errno = error;
	return -1;
}

void event_wake(struct event *event)
{
	struct event_waiter *waiter = event->first;

	if (waiter == NULL)
		return;
	take_out(event, waiter);
	waiter->woken = 1;
	cress_scope_cancel(&waiter->scope);
}

void event_wake_all(struct event *event)
{
	while (event->first != NULL)
		event_wake(event);
}
