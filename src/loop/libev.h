/* SPDX-License-Identifier: MIT */
/*
 * What the files of the libev driver share; nobody else includes it, and
 * nobody else knows libev.
 *
 * libev counts active watchers, and ev_run() returns when there is none. In a
 * loop of our own ours count; in a host's none does, but one reference that
 * the hub holds while it needs the loop. So each start is followed by
 * ev_unref() there, and each stop preceded by ev_ref().
 */
#ifndef CRESS_LOOP_LIBEV_H
#define CRESS_LOOP_LIBEV_H

#include <ev.h>

#include "loop/hub.h"
#include "loop/notice.h"

#define CRESS_LIBEV_CHUNK 128		/* descriptors */

/* So many events are handed on at once. */
#define CRESS_LIBEV_BATCH 64

struct cress_slot {
	struct cress_fd fd;
	ev_io io[2];
	struct cress_slot *next_changed;
	int changed;		/* is in that list */
} __attribute__((aligned(64)));

struct cress_libev {
	struct ev_loop *loop;	/* NULL: the host has destroyed its own */
	ev_timer timer;
	struct cress_slot **chunks;
	size_t chunk_count;
	struct cress_slot *changed;	/* libev will tell the kernel of them */
	size_t event_count;
	struct cress_fd_event events[CRESS_LIBEV_BATCH];

	/* Notices from other threads. */
	struct cress_notice notice;
	ev_io noticed;
	int notice_wanted;

	/* In a host's loop. */
	int attached;
	int held;		/* the reference */
	double armed;		/* when the timer fires */
	ev_prepare prepare;
	ev_check check;
	ev_idle idle;
	ev_cleanup cleanup;

	/* For a foreign host. */
	int outer;		/* the descriptor that it polls, or -1 */
	int lost;		/* libev has taken itself another epoll */

	ev_fork fork;		/* it is about to do so */
	ev_idle awake;		/* must not sleep this once */
};

static inline void cress_libev_start_io(struct cress_libev *libev, ev_io *io)
{
	if (unlikely(libev->loop == NULL))
		return;
	ev_io_start(libev->loop, io);
	if (unlikely(libev->attached))
		ev_unref(libev->loop);
}

/* Also one that libev has stopped itself, and that was counted down so. */
static inline void cress_libev_stop_io(struct cress_libev *libev, ev_io *io)
{
	if (unlikely(libev->loop == NULL))
		return;
	if (unlikely(libev->attached))
		ev_ref(libev->loop);
	ev_io_stop(libev->loop, io);
}

/* The table of descriptors; those that are of the driver have its comments. */
struct cress_fd *cress_libev_fd(struct cress_hub *hub, int fd);
struct cress_fd *cress_libev_known_fd(struct cress_hub *hub, int fd);
void cress_libev_watch(struct cress_hub *hub, struct cress_fd *fd,
		       enum cress_direction direction);
void cress_libev_unwatch(struct cress_hub *hub, struct cress_fd *fd,
			 enum cress_direction direction);
void cress_libev_forget(struct cress_hub *hub, struct cress_fd *fd);
void cress_libev_free_fds(struct cress_libev *libev);

/*
 * Before libev tells the kernel of watchers: give up those of descriptors that
 * are not open, which it takes for a bug that it aborts for. Of those that have
 * changed, or of all. Returns whether there was one; its waiters are ready.
 */
int cress_libev_check_changed(struct cress_hub *hub);
int cress_libev_check_all(struct cress_hub *hub);

/* Call `fn` for all watchers of descriptors that are started. */
void cress_libev_each_io(struct cress_libev *libev,
			 void (*fn)(struct cress_libev *libev, ev_io *io));

/* Tell io of the events that were collected. */
void cress_libev_hand_on(struct cress_hub *hub);

/* What the watchers of descriptors call. */
void cress_libev_on_readable(struct ev_loop *loop, ev_io *io, int events);
void cress_libev_on_writable(struct ev_loop *loop, ev_io *io, int events);

int cress_libev_expect_notify(struct cress_hub *hub, int expect);
void cress_libev_forked(struct cress_hub *hub);
void cress_libev_poll(struct cress_hub *hub, double seconds);

/* Set up the watcher that learns of another epoll. */
void cress_libev_expect_fork(struct cress_hub *hub);

/* Into the loop of a host, and out of it. */
void cress_libev_enter(struct cress_hub *hub, struct ev_loop *loop);
void cress_libev_leave(struct cress_libev *libev);

/* For a foreign host. */
int cress_libev_descriptor(struct cress_hub *hub);
void cress_libev_settle(struct cress_hub *hub);

#endif
