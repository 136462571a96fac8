/* SPDX-License-Identifier: MIT */
/*
 * The hub as a guest.
 *
 * The host's loop runs on main's stack. For a turn main switches to the hub's
 * coroutine and counts as queued until the hub switches back: so nobody else
 * can resume it in the middle of its loop. Main is also the only one that must
 * not park, which makes its `cancelled` stay set, as the hub's own does.
 *
 * The hub can also get here because main is suspended in a raw switch, and
 * whoever it went to has parked. Nobody would run the loop until that switch
 * is answered, so it fails when a turn has not answered it.
 */
#include "loop/host.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"

#include <cress/runtime.h>

/* A turn ends after the slice that reaches this many seconds. */
#define TURN 200e-6

void cress_host_begin(struct cress_hub *hub, int host)
{
	cress_t *main = &hub->thread->main;

	hub->hosted = host;
	hub->explicit = 1;
	main->kind |= CRESS_KIND_HOST;
	main->cancelled = 1;
}

void cress_host_end(struct cress_hub *hub)
{
	cress_t *main = &hub->thread->main;

	hub->hosted = CRESS_HOST_NONE;
	main->kind &= (uint8_t)~CRESS_KIND_HOST;
	main->cancelled = 0;
}

void cress_host_missed(int error)
{
	cress_log(CRESS_LOG_ERROR,
		  "error %d (%s) came to main while it runs the loop", error,
		  strerror(error));
}

static int has_drops(const struct cress_hub *hub)
{
	return (atomic_load_explicit(&hub->thread->slow,
				     memory_order_relaxed) &
		CRESS_SLOW_DROPS) != 0;
}

int cress_host_is_due(const struct cress_hub *hub)
{
	if (!cress_hub_is_idle(hub) || hub->due != NULL || has_drops(hub))
		return 1;
	return hub->timers.count != 0 &&
	       cress_timers_next(&hub->timers) <=
		       hub->driver->now((struct cress_hub *)hub);
}

void cress_host_turn(struct cress_hub *hub)
{
	struct cress_thread *thread = hub->thread;
	cress_t *main = &thread->main;

	if (cress_thread_self != thread || thread->current != main)
		cress_fatal("the loop in which cress is a guest was run "
			    "outside the main coroutine of its thread");
	hub->in_turn = 1;
	main->state = CRESS_QUEUED;
	hub->coroutine->state = CRESS_ACTIVE;
	cress_transfer(thread, main, hub->coroutine, hub);
}

/* Back to the host, which goes on behind its turn or in its raw switch. */
static void give_back(struct cress_hub *hub)
{
	cress_t *main = &hub->thread->main;

	/* It has detached meanwhile, from a raw switch that was answered. */
	if (!hub->hosted)
		return;
	/* Its raw switch has been interrupted, and it has its place. */
	if (!hub->in_turn && main->state == CRESS_QUEUED)
		return;
	if (!hub->in_turn) {
		main->error = EDEADLK;
		main->saved_errno = EDEADLK;
	}
	hub->in_turn = 0;
	hub->coroutine->state = CRESS_IDLE_HUB;
	main->state = CRESS_ACTIVE;
	cress_transfer(hub->thread, hub->coroutine, main, NULL);
}

void cress_host_serve(struct cress_hub *hub)
{
	double start = hub->driver->now(hub);
	double now = start;

	if (hub->hosted == CRESS_HOST_FOREIGN)
		hub->driver->poll(hub, 0);
	hub->poll_next = 0;
	if (has_drops(hub))
		cress_collect();
	do {
		cress_timers_run(&hub->timers, now);
		cress_hub_run_slice(hub, 1);
		now = hub->driver->now(hub);
	} while (!cress_hub_is_idle(hub) && !hub->poll_next &&
		 now - start < TURN);
	if (hub->hosted == CRESS_HOST_FOREIGN)
		hub->driver->settle(hub);
	give_back(hub);
}
