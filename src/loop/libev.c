/* SPDX-License-Identifier: MIT */
/*
 * The driver on libev: the one file that knows it.
 *
 * Each descriptor has one ev_io a direction, set up once and left running, so
 * that a request costs no epoll_ctl. When a number is forgotten its watchers
 * are set up anew, which makes libev register the new file even if it had the
 * same number in the same iteration; what still arrives for the old one libev
 * discards by its generation.
 */
#include "loop/hub.h"

#include <ev.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"

#define CHUNK 128		/* descriptors */
#define CHUNK_BYTES (CHUNK * sizeof(struct slot))

struct slot {
	struct cress_fd fd;
	ev_io io[2];
} __attribute__((aligned(64)));

/* So many events are handed on at once. */
#define BATCH 64

struct libev {
	struct ev_loop *loop;
	ev_timer timer;
	ev_async async;
	struct slot **chunks;
	size_t chunk_count;
	size_t event_count;
	struct cress_fd_event events[BATCH];
};

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void on_async(struct ev_loop *loop, ev_async *async, int events)
{
	struct cress_hub *hub = async->data;

	(void)loop;
	(void)events;
	hub->notified(hub);
}

static void hand_on(struct cress_hub *hub)
{
	struct libev *libev = hub->loop;
	size_t count = libev->event_count;

	libev->event_count = 0;
	if (count != 0)
		hub->fds_ready(hub, libev->events, count);
}

/*
 * Events are collected, because what each leads to lies far apart in memory:
 * who handles many can fetch it all at once. But those whom a batch wakes run
 * before the next is looked at, while the caches still know their sockets.
 */
static void report(struct ev_loop *loop, struct slot *slot, int events,
		   enum cress_direction direction)
{
	struct cress_hub *hub = ev_userdata(loop);
	struct libev *libev = hub->loop;

	__builtin_prefetch(&slot->fd);
	/* libev stops the watchers of a descriptor that is not open. */
	if (events & EV_ERROR)
		slot->fd.watching[direction] = 0;
	libev->events[libev->event_count++] =
		(struct cress_fd_event){&slot->fd, direction};
	if (libev->event_count == BATCH) {
		hand_on(hub);
		cress_hub_run_slice(hub);
	}
}

static struct slot *slot_of(ev_io *io, enum cress_direction direction)
{
	return (struct slot *)((char *)(io - direction) -
			       offsetof(struct slot, io));
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	report(loop, slot_of(io, CRESS_READ), events, CRESS_READ);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	report(loop, slot_of(io, CRESS_WRITE), events, CRESS_WRITE);
}

static int libev_open(struct cress_hub *hub)
{
	struct libev *libev = cress_alloc(sizeof *libev);

	if (libev == NULL)
		return -1;
	errno = 0;
	libev->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	if (libev->loop == NULL) {
		cress_free(libev);
		errno = errno == 0 ? ENOMEM : errno;
		return -1;
	}
	ev_set_userdata(libev->loop, hub);
	ev_init(&libev->timer, on_timer);
	ev_async_init(&libev->async, on_async);
	libev->async.data = hub;
	hub->loop = libev;
	return 0;
}

static void libev_close(struct cress_hub *hub)
{
	struct libev *libev = hub->loop;

	for (size_t i = 0; i < libev->chunk_count; i++)
		if (libev->chunks[i] != NULL)
			cress_unmap(libev->chunks[i], CHUNK_BYTES);
	cress_free(libev->chunks);
	ev_loop_destroy(libev->loop);
	cress_free(libev);
}

static double libev_now(struct cress_hub *hub)
{
	struct timespec now;

	(void)hub;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void run_with_timer(struct libev *libev, double seconds)
{
	ev_now_update(libev->loop);
	ev_timer_set(&libev->timer, seconds, 0);
	ev_timer_start(libev->loop, &libev->timer);
	ev_run(libev->loop, EVRUN_ONCE);
	ev_timer_stop(libev->loop, &libev->timer);
}

static void libev_poll(struct cress_hub *hub, double seconds)
{
	struct libev *libev = hub->loop;

	if (seconds == 0)
		ev_run(libev->loop, EVRUN_NOWAIT);
	else if (isinf(seconds))
		ev_run(libev->loop, EVRUN_ONCE);
	else
		run_with_timer(libev, seconds);
	hand_on(hub);
}

static void init_watchers(struct slot *slot)
{
	ev_io_init(&slot->io[CRESS_READ], on_readable, slot->fd.fd, EV_READ);
	ev_io_init(&slot->io[CRESS_WRITE], on_writable, slot->fd.fd, EV_WRITE);
}

/* Make the table reach the chunk. 0, or -1 with errno ENOMEM. */
static int grow_table(struct libev *libev, size_t chunk)
{
	size_t count = libev->chunk_count * 2;
	struct slot **chunks;

	if (chunk < libev->chunk_count)
		return 0;
	if (count <= chunk)
		count = chunk + 8;
	chunks = cress_alloc(count * sizeof(*chunks));
	if (chunks == NULL)
		return -1;
	if (libev->chunk_count != 0)
		memcpy(chunks, libev->chunks,
		       libev->chunk_count * sizeof *chunks);
	cress_free(libev->chunks);
	libev->chunks = chunks;
	libev->chunk_count = count;
	return 0;
}

static struct slot *make_chunk(struct libev *libev, size_t chunk)
{
	struct slot *slots;

	if (grow_table(libev, chunk) != 0)
		return NULL;
	slots = cress_map(CHUNK_BYTES);
	if (slots == NULL)
		return NULL;
	for (size_t i = 0; i < CHUNK; i++) {
		slots[i].fd.fd = (int)(chunk * CHUNK + i);
		init_watchers(&slots[i]);
	}
	libev->chunks[chunk] = slots;
	return slots;
}

static struct cress_fd *libev_fd(struct cress_hub *hub, int fd)
{
	struct libev *libev = hub->loop;
	size_t chunk = (size_t)fd / CHUNK;
	struct slot *slots;

	if (fd < 0) {
		errno = EBADF;
		return NULL;
	}
	if (likely(chunk < libev->chunk_count &&
		   libev->chunks[chunk] != NULL))
		slots = libev->chunks[chunk];
	/* A number far out of range must not cost a table that reaches it. */
	else if (fcntl(fd, F_GETFD) < 0 ||
		 (slots = make_chunk(libev, chunk)) == NULL)
		return NULL;
	return &slots[(size_t)fd % CHUNK].fd;
}

static struct cress_fd *libev_known_fd(struct cress_hub *hub, int fd)
{
	struct libev *libev = hub->loop;
	size_t chunk = (size_t)fd / CHUNK;

	if (fd < 0 || chunk >= libev->chunk_count ||
	    libev->chunks[chunk] == NULL)
		return NULL;
	return &libev->chunks[chunk][(size_t)fd % CHUNK].fd;
}

static void libev_watch(struct cress_hub *hub, struct cress_fd *fd,
			enum cress_direction direction)
{
	struct libev *libev = hub->loop;
	struct slot *slot = (struct slot *)fd;

	fd->watching[direction] = 1;
	/* Unseen, a foreign number may mean another file than last time. */
	if (!fd->adopted)
		ev_io_set(&slot->io[direction], fd->fd,
			  direction == CRESS_READ ? EV_READ : EV_WRITE);
	ev_io_start(libev->loop, &slot->io[direction]);
}

static void libev_unwatch(struct cress_hub *hub, struct cress_fd *fd,
			  enum cress_direction direction)
{
	struct libev *libev = hub->loop;
	struct slot *slot = (struct slot *)fd;

	fd->watching[direction] = 0;
	ev_io_stop(libev->loop, &slot->io[direction]);
}

static void libev_forget(struct cress_hub *hub, struct cress_fd *fd)
{
	libev_unwatch(hub, fd, CRESS_READ);
	libev_unwatch(hub, fd, CRESS_WRITE);
	init_watchers((struct slot *)fd);
}

static int libev_expect_notify(struct cress_hub *hub, int expect)
{
	struct libev *libev = hub->loop;

	if (expect)
		ev_async_start(libev->loop, &libev->async);
	else
		ev_async_stop(libev->loop, &libev->async);
	return 0;
}

static void libev_notify(struct cress_hub *hub)
{
	struct libev *libev = hub->loop;

	ev_async_send(libev->loop, &libev->async);
}

const struct cress_driver cress_driver_libev = {
	.open = libev_open,
	.close = libev_close,
	.now = libev_now,
	.poll = libev_poll,
	.fd = libev_fd,
	.known_fd = libev_known_fd,
	.watch = libev_watch,
	.unwatch = libev_unwatch,
	.forget = libev_forget,
	.expect_notify = libev_expect_notify,
	.notify = libev_notify,
};
