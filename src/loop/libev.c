/* SPDX-License-Identifier: MIT */
/*
 * The driver on libev: polling, events, notices.
 *
 * The loop is one of our own, made by the driver, or a host's that the hub is
 * attached to. In both, events are collected, and handed on when libev has
 * called all watchers or the batch is full.
 */
#include "loop/libev.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "loop/epoll.h"
#include "loop/host.h"

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void on_notice(struct ev_loop *loop, ev_io *io, int events)
{
	struct cress_hub *hub = io->data;
	struct cress_libev *libev = hub->loop;

	(void)loop;
	(void)events;
	cress_notice_take(&libev->notice);
	if (hub->notified != NULL)
		hub->notified(hub);
}

void cress_libev_hand_on(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	size_t count = libev->event_count;

	libev->event_count = 0;
	if (count != 0)
		hub->fds_ready(hub, libev->events, count);
}

/*
 * Events are collected, because what each leads to lies far apart in memory:
 * who handles many can fetch it all at once. But those whom a batch wakes run
 * before the next is looked at, while the caches still know their sockets; all
 * of them, or one that the next poll tells of once more would read in between,
 * and then be woken in vain.
 */
static void report(ev_io *io, int events, enum cress_direction direction)
{
	char *first = (char *)(io - direction);
	struct cress_slot *slot =
		(void *)(first - offsetof(struct cress_slot, io));
	struct cress_hub *hub = io->data;
	struct cress_libev *libev = hub->loop;

	__builtin_prefetch(&slot->fd);
	/* The kernel has refused it: libev has stopped its watchers. */
	if (unlikely(events & EV_ERROR)) {
		if (libev->attached && slot->fd.watching[direction])
			ev_ref(libev->loop);
		slot->fd.watching[direction] = 0;
		hub->fd_failed(hub, &slot->fd);
		return;
	}
	libev->events[libev->event_count++] =
		(struct cress_fd_event){&slot->fd, direction};
	if (libev->event_count < CRESS_LIBEV_BATCH)
		return;
	cress_libev_hand_on(hub);
	if (libev->attached)
		cress_host_turn(hub);
	else
		cress_hub_run_slice(hub, CRESS_LIBEV_BATCH);
}

void cress_libev_on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	report(io, events, CRESS_READ);
}

void cress_libev_on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	report(io, events, CRESS_WRITE);
}

static struct ev_loop *new_loop(void)
{
	struct ev_loop *loop;

	errno = 0;
	loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	if (loop == NULL && errno == 0)
		errno = ENOMEM;
	return loop;
}

static int libev_open(struct cress_hub *hub)
{
	struct cress_libev *libev = cress_alloc(sizeof *libev);
	struct ev_loop *host = hub->loop;

	if (libev == NULL)
		return -1;
	if (host == NULL && (libev->loop = new_loop()) == NULL) {
		cress_free(libev);
		return -1;
	}
	hub->loop = libev;
	ev_init(&libev->timer, on_timer);
	libev->noticed.data = hub;
	libev->notice.fd = -1;
	libev->outer = -1;
	if (host != NULL)
		cress_libev_enter(hub, host);
	else
		cress_libev_expect_fork(hub);
	return 0;
}

/* From a host's loop into one of our own. */
static int libev_leave(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	struct ev_loop *own;

	if (libev->loop != NULL && !libev->attached)
		return 0;
	own = new_loop();
	if (own == NULL)
		return -1;
	cress_libev_hand_on(hub);
	if (libev->attached)
		cress_libev_leave(libev);
	libev->loop = own;
	ev_init(&libev->timer, on_timer);
	cress_libev_expect_fork(hub);
	/* The new loop knows none of them. */
	cress_libev_check_all(hub);
	cress_libev_each_io(libev, cress_libev_start_io);
	return 0;
}

static void libev_close(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;

	if (libev->attached)
		cress_libev_leave(libev);
	else if (libev->loop != NULL)
		ev_loop_destroy(libev->loop);
	cress_libev_free_fds(libev);
	cress_notice_close(&libev->notice);
	if (libev->outer >= 0)
		close(libev->outer);
	cress_free(libev);
}

static double libev_now(struct cress_hub *hub)
{
	struct timespec now;

	(void)hub;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void on_awake(struct ev_loop *loop, ev_idle *idle, int events)
{
	(void)events;
	ev_idle_stop(loop, idle);
}

/* libev is about to get itself another epoll, and to tell it of all. */
static void on_fork(struct ev_loop *loop, ev_fork *fork, int events)
{
	struct cress_hub *hub = fork->data;
	struct cress_libev *libev = hub->loop;

	(void)events;
	libev->lost = 1;
	if (cress_libev_check_all(hub) && !libev->attached)
		ev_idle_start(loop, &libev->awake);
}

void cress_libev_expect_fork(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;

	ev_idle_init(&libev->awake, on_awake);
	ev_fork_init(&libev->fork, on_fork);
	libev->fork.data = hub;
	ev_fork_start(libev->loop, &libev->fork);
	ev_unref(libev->loop);
}

static void run_with_timer(struct cress_libev *libev, double seconds)
{
	ev_now_update(libev->loop);
	ev_timer_set(&libev->timer, seconds, 0);
	ev_timer_start(libev->loop, &libev->timer);
	ev_run(libev->loop, EVRUN_ONCE);
	ev_timer_stop(libev->loop, &libev->timer);
}

void cress_libev_poll(struct cress_hub *hub, double seconds)
{
	struct cress_libev *libev = hub->loop;

	if (libev->changed != NULL && cress_libev_check_changed(hub))
		seconds = 0;
	if (seconds == 0)
		ev_run(libev->loop, EVRUN_NOWAIT);
	else if (isinf(seconds))
		ev_run(libev->loop, EVRUN_ONCE);
	else
		run_with_timer(libev, seconds);
	cress_libev_hand_on(hub);
}

int cress_libev_expect_notify(struct cress_hub *hub, int expect)
{
	struct cress_libev *libev = hub->loop;

	if (expect == libev->notice_wanted)
		return 0;
	if (expect) {
		if (cress_notice_open(&libev->notice) != 0)
			return -1;
		ev_io_init(&libev->noticed, on_notice, libev->notice.fd,
			   EV_READ);
		cress_libev_start_io(libev, &libev->noticed);
	} else {
		cress_libev_stop_io(libev, &libev->noticed);
	}
	libev->notice_wanted = expect;
	hub->unsettled = 1;
	return 0;
}

static void libev_notify(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;

	cress_notice_give(&libev->notice);
}

/* libev makes itself a new epoll when it next runs. */
void cress_libev_forked(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;

	if (libev->loop != NULL)
		ev_loop_fork(libev->loop);
	if (libev->notice_wanted && cress_notice_renew(&libev->notice) != 0) {
		cress_libev_stop_io(libev, &libev->noticed);
		libev->notice_wanted = 0;
	}
	if (libev->outer >= 0)
		libev->outer = cress_epoll_renew(libev->outer);
	hub->unsettled = 1;
}

const struct cress_driver cress_driver_libev = {
	.open = libev_open,
	.close = libev_close,
	.now = libev_now,
	.poll = cress_libev_poll,
	.fd = cress_libev_fd,
	.known_fd = cress_libev_known_fd,
	.watch = cress_libev_watch,
	.unwatch = cress_libev_unwatch,
	.forget = cress_libev_forget,
	.expect_notify = cress_libev_expect_notify,
	.notify = libev_notify,
	.forked = cress_libev_forked,
	.leave = libev_leave,
	.descriptor = cress_libev_descriptor,
	.settle = cress_libev_settle,
};
