/* SPDX-License-Identifier: MIT */
/*
 * The hub's own coroutine, and its rounds.
 *
 * After a poll, all that are ready then run before the next one; if they are
 * few, so do those that become ready meanwhile, for a while. A poll costs as
 * much as many switches, and reports again what nobody has had the time to
 * read: so it comes seldom under load, but never later than LONGEST_ROUND.
 */
#include "loop/hub.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "loop/host.h"

#include <cress/runtime.h>

#define FIRST_RING 64
#define SHORT_SLICE 64		/* switches between two looks at the clock */
#define LONG_SLICE 1024		/* the same, if they take next to no time */
#define LITTLE_TIME 4e-6	/* seconds; less than that is next to none */
#define MUCH_TIME 1e-3		/* seconds; a slice is to take no more */
#define FULL_ROUND 1024		/* switches after which a round may end */
#define SHORT_ROUND 200e-6	/* seconds likewise */
#define LONGEST_ROUND 100e-3	/* seconds after which it must */

int cress_hub_grow(struct cress_hub *hub)
{
	size_t size = hub->ring == NULL ? FIRST_RING : (hub->mask + 1) * 2;
	size_t count = hub->tail - hub->head;
	cress_t **ring;

	while (size <= hub->thread->live + 1)
		size *= 2;
	ring = cress_alloc_array(size, sizeof *ring);
	if (ring == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		ring[i] = hub->ring[(hub->head + i) & hub->mask];
	cress_free(hub->ring);
	hub->ring = ring;
	hub->mask = size - 1;
	hub->head = 0;
	hub->tail = count;
	return 0;
}

/*
 * A look at the clock costs as much as some switches. So as long as those of a
 * slice did hardly more than switch, the next one is twice as long. Where they
 * compute, it is as short as must be for timers to come in time.
 */
static void adapt_slice(struct cress_hub *hub, double now)
{
	double took = now - hub->looked;

	if (took >= MUCH_TIME) {
		hub->slice_size = (int)(hub->slice_size * (MUCH_TIME / took));
		if (hub->slice_size < 1)
			hub->slice_size = 1;
	} else if (took < LITTLE_TIME) {
		hub->slice_size *= 2;
		if (hub->slice_size > LONG_SLICE)
			hub->slice_size = LONG_SLICE;
	} else if (hub->slice_size >= SHORT_SLICE) {
		hub->slice_size = SHORT_SLICE;
	} else if (took < MUCH_TIME / 2) {
		hub->slice_size *= 2;
	}
	hub->looked = now;
}

void cress_hub_add_due(struct cress_hub *hub, struct cress_due *due)
{
	due->next = NULL;
	if (hub->due == NULL)
		hub->due_end = &hub->due;
	*hub->due_end = due;
	hub->due_end = &due->next;
	/* The next switch goes to the hub. */
	hub->slice = 0;
	hub->picks = 0;
}

/* Those that are added meanwhile wait for their turn. */
static void run_due(struct cress_hub *hub, struct cress_hub *context)
{
	struct cress_due *due = hub->due;

	hub->due = NULL;
	while (due != NULL) {
		struct cress_due *next = due->next;

		due->run(due, context);
		due = next;
	}
}

void cress_hub_drop_due(struct cress_hub *hub)
{
	run_due(hub, NULL);
}

static int round_is_over(struct cress_hub *hub)
{
	double now, elapsed;

	if (hub->poll_next || cress_hub_is_idle(hub))
		return 1;
	now = hub->driver->now(hub);
	elapsed = now - hub->polled;
	adapt_slice(hub, now);
	if (elapsed >= LONGEST_ROUND)
		return 1;
	/* Timers need no poll, and do not wait for a long batch to end. */
	cress_timers_run(&hub->timers, now);
	return hub->ran >= hub->batch &&
	       (elapsed >= SHORT_ROUND || hub->ran >= FULL_ROUND);
}

static void poll_and_wake(struct cress_hub *hub)
{
	double next = cress_timers_next(&hub->timers);
	double wait = 0;

	hub->poll_next = 0;
	if (cress_hub_is_idle(hub) && hub->due == NULL) {
		wait = next - hub->driver->now(hub);
		if (wait < 0)
			wait = 0;
	}
	hub->driver->poll(hub, wait);
	hub->polled = hub->looked = hub->driver->now(hub);
	cress_timers_run(&hub->timers, hub->polled);
	hub->batch = hub->tail - hub->head;
	hub->ran = 0;
}

void cress_hub_run_slice(struct cress_hub *hub, int least)
{
	int size = hub->slice_size < least ? least : hub->slice_size;

	if (cress_hub_is_idle(hub))
		return;
	/* Who picks sees every switch. */
	hub->slice = hub->driver->pick == NULL ? size : 0;
	hub->picks = SHORT_SLICE;
	/* One for two switches; slices of one have it in turn. */
	hub->favours = hub->slice + (hub->favours & 1);
	hub->ran += hub->slice != 0 ? (size_t)hub->slice : SHORT_SLICE;
	hub->coroutine->state = CRESS_IDLE_HUB;
	cress_hub_switch(hub, hub->coroutine);
}

static void *hub_main(void *arg)
{
	struct cress_hub *hub = arg;

	while (!hub->stop) {
		/* What is unwound by it may make others ready. */
		if (atomic_load_explicit(&hub->thread->slow,
					 memory_order_relaxed) &
		    CRESS_SLOW_DROPS)
			cress_collect();
		if (unlikely(hub->due != NULL))
			run_due(hub, hub);
		if (hub->hosted) {
			cress_host_serve(hub);
			continue;
		}
		if (cress_hub_is_idle(hub) && hub->outside == 0 &&
		    hub->timers.count == 0 && hub->reports == 0 &&
		    hub->due == NULL)
			hub->deadlocked(hub);
		else if (round_is_over(hub))
			poll_and_wake(hub);
		cress_hub_run_slice(hub, 1);
	}
	return NULL;
}

/* Take the next ready one, skipping those whose end has come unseen. */
static cress_t *pop(struct cress_hub *hub)
{
	size_t i = 0;
	cress_t *c;

	if (hub->driver->pick != NULL)
		i = hub->driver->pick(hub, hub->tail - hub->head);
	c = hub->ring[(hub->head + i) & hub->mask];
	/* The others keep their order. */
	for (; i > 0; i--)
		hub->ring[(hub->head + i) & hub->mask] =
			hub->ring[(hub->head + i - 1) & hub->mask];
	hub->head++;
	return c;
}

/* Is its last reference all that keeps one suspended in a raw switch? */
static int unwinds(const cress_t *c)
{
	for (; c != NULL && c->references == 1; c = c->parent)
		if (c->state == CRESS_ACTIVE)
			return 1;
	return 0;
}

/* Start a spawned one, or end it: it was killed, or there is no stack. */
static int start(struct cress_hub *hub, cress_t *c)
{
	int error = c->kill_error;

	if (error == 0 && cress_start(hub->thread, c) == 0)
		return 0;
	if (error == 0) {
		error = errno;
		cress_log(CRESS_LOG_ERROR,
			  "coroutine \"%s\" got no stack: %s",
			  cress_label(c), strerror(error));
	}
	c->references++;
	cress_end_unstarted(c, error);
	/* Nobody can be unwound in the middle of a switch. */
	if (unlikely(unwinds(c)))
		cress_drop_later(c);
	else
		cress_drop(c);
	return -1;
}

static int slice_is_over(struct cress_hub *hub, cress_t *from)
{
	if (hub->driver->left != NULL && hub->driver->left(hub, from)) {
		hub->poll_next = 1;
		return 1;
	}
	if (hub->driver->pick != NULL)
		return --hub->picks < 0;
	return hub->slice < 0;
}

void *cress_hub_switch_slow(struct cress_hub *hub, cress_t *from)
{
	cress_t *to;

	/* A slice ends in the hub, unless it is the hub that starts one. */
	if (from != hub->coroutine && slice_is_over(hub, from))
		goto to_hub;
	while (!cress_hub_is_idle(hub)) {
		to = pop(hub);
		if (!(to->kind & CRESS_KIND_STARTED) && start(hub, to) != 0)
			continue;
		to->state = CRESS_ACTIVE;
		if (to == from)
			return to->value;
		return cress_transfer(hub->thread, from, to, to->value);
	}
	if (from == hub->coroutine) {
		from->state = CRESS_ACTIVE;
		return NULL;
	}
to_hub:
	to = hub->coroutine;
	to->state = CRESS_ACTIVE;
	return cress_transfer(hub->thread, from, to, to->value);
}

struct cress_hub *cress_hub_make(struct cress_thread *thread,
				 const struct cress_driver *driver, void *loop)
{
	static const cress_attr_t attr = {.name = "hub"};
	struct cress_hub *hub = cress_alloc(sizeof *hub);

	if (hub == NULL)
		return NULL;
	hub->thread = thread;
	hub->driver = driver;
	hub->loop = loop;
	hub->slice_size = SHORT_SLICE;
	if (cress_hub_grow(hub) != 0)
		goto no_ring;
	if (driver->open(hub) != 0)
		goto no_loop;
	hub->coroutine = cress_make(thread, hub_main, hub, &attr, NULL,
				    CRESS_KIND_HUB);
	if (hub->coroutine == NULL ||
	    cress_start(thread, hub->coroutine) != 0)
		goto no_coroutine;
	hub->coroutine->state = CRESS_IDLE_HUB;
	/* It must not park: so its calls never take the short way. */
	hub->coroutine->cancelled = 1;
	thread->hub = hub;
	return hub;

no_coroutine:
	cress_release(hub->coroutine);
	driver->close(hub);
no_loop:
	cress_free(hub->ring);
no_ring:
	cress_free(hub);
	return NULL;
}

static void free_rest(struct cress_hub *hub)
{
	if (hub->closing != NULL)
		hub->closing(hub);
	hub->driver->close(hub);
	cress_timers_free(&hub->timers);
	cress_free(hub->ring);
	hub->thread->hub = NULL;
	cress_free(hub);
}

/* The hub's coroutine ends like any other, with main as its parent. */
void cress_hub_free(struct cress_hub *hub)
{
	struct cress_thread *thread = hub->thread;
	cress_t *coroutine = hub->coroutine;

	hub->stop = 1;
	coroutine->parent = thread->current;
	thread->current->references++;
	coroutine->state = CRESS_ACTIVE;
	cress_transfer(thread, thread->current, coroutine, hub);
	cress_drop(coroutine);
	free_rest(hub);
}

void cress_hub_abandon(struct cress_hub *hub)
{
	hub->coroutine->references--;
	free_rest(hub);
}
