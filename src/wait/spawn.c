/* SPDX-License-Identifier: MIT */
/*
 * Spawning: coroutines whose parent is the hub, queued at once or by a timer.
 * Until its time has come, a delayed one is parked on a block of its own.
 */
#include "wait/spawn.h"

#include <errno.h>
#include <math.h>

#include "core/memory.h"
#include "wait/wait.h"

#include <cress/hub.h>

/* In one piece with its callers, because most have no attributes. */
__attribute__((always_inline)) static inline cress_t *
spawn(cress_fn *fn, void *arg, const cress_attr_t *attr)
{
	struct cress_hub *hub = cress_hub_get();
	cress_t *c = cress_spawn_make(hub, fn, arg, attr);

	if (c != NULL)
		cress_spawn_queue(hub, c);
	return c;
}

cress_t *cress_spawn_with(cress_fn *fn, void *arg, const cress_attr_t *attr)
{
	return spawn(fn, arg, attr);
}

cress_t *cress_spawn(cress_fn *fn, void *arg)
{
	return spawn(fn, arg, NULL);
}

int cress_go(cress_fn *fn, void *arg)
{
	cress_t *c = spawn(fn, arg, NULL);

	if (c == NULL)
		return -1;
	cress_drop(c);
	return 0;
}

struct delayed {
	struct cress_timer timer;
	struct cress_waiter waiter;
	struct cress_hub *hub;
	void *arg;
};

static void on_start(struct cress_timer *timer)
{
	struct delayed *delayed = (struct delayed *)timer;
	cress_t *c = delayed->waiter.coroutine;

	c->waiter = NULL;
	cress_hub_push(delayed->hub, c, delayed->arg);
	cress_free(delayed);
}

/* A kill: the coroutine is queued by who interrupts it, and ends there. */
static void unlink_delayed(struct cress_waiter *waiter)
{
	struct delayed *delayed = waiter->object;

	cress_timer_remove(&delayed->hub->timers, &delayed->timer);
	cress_free(delayed);
}

static const struct cress_wait_kind start_time = {
	.what = "the time of its start",
	.unlink = unlink_delayed,
};

cress_t *cress_spawn_after(double seconds, cress_fn *fn, void *arg,
			   const cress_attr_t *attr)
{
	struct cress_hub *hub = cress_hub_get();
	struct delayed *delayed;
	cress_t *c;

	if (isnan(seconds)) {
		errno = EINVAL;
		return NULL;
	}
	if (seconds < 0)
		seconds = 0;
	if (hub == NULL || cress_timers_reserve(&hub->timers) != 0)
		return NULL;
	delayed = cress_alloc(sizeof *delayed);
	if (delayed == NULL)
		return NULL;
	c = cress_spawn_make(hub, fn, arg, attr);
	if (c == NULL) {
		cress_free(delayed);
		return NULL;
	}
	cress_spawn_own(hub, c);
	delayed->timer.fire = on_start;
	delayed->waiter.kind = &start_time;
	delayed->waiter.coroutine = c;
	delayed->waiter.object = delayed;
	delayed->hub = hub;
	delayed->arg = arg;
	c->waiter = &delayed->waiter;
	c->state = CRESS_PARKED;
	if (hub->draining)
		cress_interrupt(hub, c, ECANCELED);
	else if (!isinf(seconds))
		cress_timer_add(&hub->timers, &delayed->timer,
				hub->driver->now(hub) + seconds);
	return c;
}
