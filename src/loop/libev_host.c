/* SPDX-License-Identifier: MIT */
/*
 * The hub in a loop of libev that the program runs itself.
 *
 * Before the loop waits, on_prepare() sees to it that it does not wait too
 * long; after it, on_check() gives the hub its turn, as the last of all that
 * are due. An idle watcher keeps the loop from sleeping while a coroutine is
 * ready: whatever else is ready or not, each round has a turn.
 */
#include "loop/libev.h"

#include <math.h>

#include "loop/host.h"

/* No time that the timer could be set to. */
#define STALE (-1.0)

/* Start and stop one of ours in a host's loop; nothing if it is so already. */
#define host_start(loop, kind, watcher) \
	do { \
		if (!ev_is_active(watcher)) { \
			ev_##kind##_start(loop, watcher); \
			ev_unref(loop); \
		} \
	} while (0)
#define host_stop(loop, kind, watcher) \
	do { \
		if (ev_is_active(watcher)) { \
			ev_ref(loop); \
			ev_##kind##_stop(loop, watcher); \
		} \
	} while (0)

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct cress_libev *libev = timer->data;

	(void)loop;
	(void)events;
	libev->armed = STALE;
}

/* Let the hub keep ev_run() from returning, or not. */
static void hold(struct cress_libev *libev, int want)
{
	if (want && !libev->held)
		ev_ref(libev->loop);
	else if (!want && libev->held)
		ev_unref(libev->loop);
	libev->held = want;
}

/* Wake up when the first timer is due. One that is due already needs none. */
static void arm(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	double next = cress_timers_next(&hub->timers);
	double wait;
	int active = ev_is_active(&libev->timer);

	if (next == libev->armed)
		return;
	libev->armed = next;
	if (isinf(next)) {
		host_stop(libev->loop, timer, &libev->timer);
		return;
	}
	/* libev aborts if one that is active has a negative interval. */
	wait = next - hub->driver->now(hub);
	if (wait <= 0) {
		libev->armed = STALE;
		return;
	}
	/* A repeating one: it stays active when it has fired. */
	libev->timer.repeat = wait;
	ev_now_update(libev->loop);
	ev_timer_again(libev->loop, &libev->timer);
	if (!active)
		ev_unref(libev->loop);
}

/* The loop is about to wait; it must not, if there is something to do. */
static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct cress_hub *hub = prepare->data;
	struct cress_libev *libev = hub->loop;

	(void)events;
	cress_libev_check_changed(hub);
	arm(hub);
	hold(libev, cress_host_is_needed(hub));
	if (cress_host_is_due(hub))
		host_start(loop, idle, &libev->idle);
	else
		host_stop(loop, idle, &libev->idle);
}

/* It has waited, and called whoever is more urgent. */
static void on_check(struct ev_loop *loop, ev_check *check, int events)
{
	struct cress_hub *hub = check->data;

	(void)loop;
	(void)events;
	cress_libev_hand_on(hub);
	if (cress_host_is_due(hub))
		cress_host_turn(hub);
	hold(hub->loop, cress_host_is_needed(hub));
}

/* Only for the loop not to sleep. */
static void on_idle(struct ev_loop *loop, ev_idle *idle, int events)
{
	(void)loop;
	(void)idle;
	(void)events;
}

void cress_libev_leave(struct cress_libev *libev)
{
	cress_libev_each_io(libev, cress_libev_stop_io);
	host_stop(libev->loop, timer, &libev->timer);
	host_stop(libev->loop, prepare, &libev->prepare);
	host_stop(libev->loop, check, &libev->check);
	host_stop(libev->loop, idle, &libev->idle);
	host_stop(libev->loop, fork, &libev->fork);
	ev_cleanup_stop(libev->loop, &libev->cleanup);
	hold(libev, 0);
	libev->loop = NULL;
	libev->attached = 0;
}

/* The host destroys its loop: stand still until there is another. */
static void on_cleanup(struct ev_loop *loop, ev_cleanup *cleanup, int events)
{
	(void)loop;
	(void)events;
	cress_libev_leave(cleanup->data);
}

void cress_libev_enter(struct cress_hub *hub, struct ev_loop *loop)
{
	struct cress_libev *libev = hub->loop;

	libev->loop = loop;
	libev->attached = 1;
	libev->armed = INFINITY;
	ev_prepare_init(&libev->prepare, on_prepare);
	ev_check_init(&libev->check, on_check);
	ev_idle_init(&libev->idle, on_idle);
	ev_cleanup_init(&libev->cleanup, on_cleanup);
	/* After whatever else there is, so as to see what it has led to. */
	ev_set_priority(&libev->prepare, EV_MINPRI);
	ev_set_priority(&libev->check, EV_MINPRI);
	libev->prepare.data = libev->check.data = hub;
	ev_init(&libev->timer, on_timer);
	libev->timer.data = libev->cleanup.data = libev;
	host_start(loop, prepare, &libev->prepare);
	host_start(loop, check, &libev->check);
	ev_cleanup_start(loop, &libev->cleanup);
	cress_libev_expect_fork(hub);
	/* Should the loop be running, it must get to on_prepare(). */
	hold(libev, 1);
}

