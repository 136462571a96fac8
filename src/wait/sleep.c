/* SPDX-License-Identifier: MIT */
/* Time: yield, sleep, now. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "wait/wait.h"

#include <cress/hub.h>

static int yield_slowly(void)
{
	struct cress_hub *hub = cress_wait_begin();

	if (hub == NULL)
		return -1;
	if (cress_hub_is_idle(hub) && hub->slice > 0) {
		hub->slice--;
		return 0;
	}
	cress_hub_push(hub, hub->thread->current, NULL);
	return (int)(intptr_t)cress_hub_switch(hub, hub->thread->current);
}

/*
 * Nothing here needs a frame: what is not short is called last, and so is the
 * switch. The one that goes on leaves its place in the ring to the caller.
 */
NEAR_THE_SWITCH int cress_yield(void)
{
	struct cress_thread *thread = cress_thread_unhindered();
	struct cress_hub *hub = thread == NULL ? NULL : thread->hub;
	cress_t *c, *to;

	if (unlikely(hub == NULL || thread->current->cancelled))
		return yield_slowly();
	c = thread->current;
	if (cress_hub_is_idle(hub) || unlikely(--hub->slice < 0))
		return yield_slowly();
	to = hub->ring[hub->head & hub->mask];
	if (unlikely(!(to->kind & CRESS_KIND_STARTED)))
		return yield_slowly();
	if (hub->tail - hub->head > CRESS_HUB_MANY)
		cress_hub_prefetch(hub, hub->head);
	hub->head++;
	to->state = CRESS_ACTIVE;
	cress_hub_push(hub, c, NULL);
	cress_change_current(thread, c, to);
	return cress_arch_switch_to_int(&to->context, to->value, &c->context);
}

struct sleeper {
	struct cress_timer timer;
	struct cress_waiter waiter;
	struct cress_hub *hub;
	double when;
};

static void on_time(struct cress_timer *timer)
{
	struct sleeper *sleeper = (struct sleeper *)timer;

	cress_wake(sleeper->hub, &sleeper->waiter);
}

static void unlink_sleeper(struct cress_waiter *waiter)
{
	struct sleeper *sleeper = waiter->object;

	cress_timer_remove(&sleeper->hub->timers, &sleeper->timer);
}

static void describe_sleep(const struct cress_waiter *waiter, char *line,
			   size_t size)
{
	const struct sleeper *sleeper = waiter->object;

	if (isinf(sleeper->when))
		snprintf(line, size, "the end of a scope or a kill");
	else
		snprintf(line, size, "the time %.6f", sleeper->when);
}

static const struct cress_wait_kind time_to_come = {
	.what = "a time",
	.unlink = unlink_sleeper,
	.describe = describe_sleep,
};

int cress_sleep(double seconds)
{
	struct sleeper sleeper = {.timer.fire = on_time};
	struct cress_hub *hub;

	if (isnan(seconds)) {
		errno = EINVAL;
		return -1;
	}
	if (seconds <= 0)
		return cress_yield();
	hub = cress_wait_begin();
	if (hub == NULL || cress_timers_reserve(&hub->timers) != 0)
		return -1;
	sleeper.waiter.kind = &time_to_come;
	sleeper.waiter.object = &sleeper;
	sleeper.hub = hub;
	sleeper.when = hub->driver->now(hub) + seconds;
	if (!isinf(seconds))
		cress_timer_add(&hub->timers, &sleeper.timer, sleeper.when);
	return cress_park(hub, &sleeper.waiter);
}

double cress_now(void)
{
	struct cress_thread *thread = cress_thread_self;
	struct timespec now;

	if (thread != NULL && thread->hub != NULL)
		return thread->hub->driver->now(thread->hub);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
