/* SPDX-License-Identifier: MIT */
/*
 * Waiting for descriptors.
 *
 * Each direction of a descriptor has one list. Those that move data are served
 * one at a time, in order; one that finds nothing after all goes to the front
 * again. Those that poll are all woken. A waiter's `object` is its descriptor.
 *
 * An adopted descriptor's watcher stays started while its coroutine works, and
 * is stopped when an event comes that nobody waits for. Any other's is started
 * and stopped around each wait, because its owner may close it unseen.
 */
#include "io/fd.h"

#include <stdio.h>

#include "io/simulated.h"
#include "io/syscalls.h"

#include <cress/hub.h>

/* So many calls in a row need not park before the others get their turn. */
#define IO_BUDGET 64

static struct cress_wait_list *list_of(struct cress_fd_waiter *waiter)
{
	struct cress_fd *fd = waiter->waiter.object;

	return &fd->waiting[waiter->direction];
}

void cress_fd_waiter_remove(struct cress_hub *hub,
			    struct cress_fd_waiter *waiter)
{
	struct cress_fd *fd = waiter->waiter.object;
	enum cress_direction direction = waiter->direction;

	cress_waiter_remove(list_of(waiter), &waiter->waiter);
	if (waiter->poll != NULL)
		fd->polls[direction]--;
	if (!fd->adopted && fd->waiting[direction].first == NULL &&
	    fd->watching[direction])
		hub->driver->unwatch(hub, fd, direction);
}

void cress_fd_waiter_add(struct cress_hub *hub, struct cress_fd_waiter *waiter,
			 int first)
{
	struct cress_fd *fd = waiter->waiter.object;
	enum cress_direction direction = waiter->direction;

	if (first)
		cress_waiter_prepend(list_of(waiter), &waiter->waiter);
	else
		cress_waiter_append(list_of(waiter), &waiter->waiter);
	if (waiter->poll != NULL)
		fd->polls[direction]++;
	if (unlikely(waiter->unwatched))
		return;
	/* A foreign number may mean another file than when others came. */
	if (!fd->watching[direction] || !fd->adopted)
		hub->driver->watch(hub, fd, direction);
}

static void unlink_waiter(struct cress_waiter *waiter)
{
	cress_fd_waiter_remove(waiter->coroutine->thread->hub,
			       (struct cress_fd_waiter *)waiter);
}

static void describe_fd(const struct cress_waiter *waiter, char *line,
			size_t size)
{
	const struct cress_fd_waiter *fd_waiter =
		(const struct cress_fd_waiter *)waiter;
	const struct cress_fd *fd = waiter->object;

	snprintf(line, size, "descriptor %d to be %s", fd->fd,
		 fd_waiter->direction == CRESS_READ ? "readable" : "writable");
}

/* Only coroutines act on simulated ones: such a wait may be a deadlock. */
static const struct cress_wait_kind readiness[] = {{
	.what = "a descriptor",
	.outside = 1,
	.unlink = unlink_waiter,
	.describe = describe_fd,
}, {
	.what = "a simulated descriptor",
	.unlink = unlink_waiter,
	.describe = describe_fd,
}};

void cress_fd_waiter_wake(struct cress_hub *hub,
			  struct cress_fd_waiter *waiter)
{
	if (waiter->poll != NULL) {
		cress_poll_ready(hub, waiter);
		return;
	}
	cress_fd_waiter_remove(hub, waiter);
	cress_wake(hub, &waiter->waiter);
}

/* Tell all that poll; each takes its waiters out of all its lists itself. */
static void wake_polls(struct cress_hub *hub, struct cress_fd *fd,
		       enum cress_direction direction)
{
	struct cress_waiter *waiter = fd->waiting[direction].first;

	while (waiter != NULL) {
		struct cress_fd_waiter *fd_waiter =
			(struct cress_fd_waiter *)waiter;

		if (fd_waiter->poll == NULL) {
			waiter = waiter->next;
			continue;
		}
		cress_poll_ready(hub, fd_waiter);
		waiter = fd->waiting[direction].first;
	}
}

static void on_ready(struct cress_hub *hub, struct cress_fd *fd,
		     enum cress_direction direction)
{
	struct cress_wait_list *list = &fd->waiting[direction];
	struct cress_fd_waiter *first;

	fd->drained[direction] = 0;
	if (fd->polls[direction] != 0)
		wake_polls(hub, fd, direction);
	first = (struct cress_fd_waiter *)list->first;
	/* One that was woken before will come and take what there is. */
	if (fd->woken[direction])
		return;
	if (first == NULL) {
		if (fd->watching[direction])
			hub->driver->unwatch(hub, fd, direction);
		return;
	}
	fd->woken[direction] = 1;
	cress_fd_waiter_wake(hub, first);
}

static struct cress_waiter *first_of(const struct cress_fd_event *event)
{
	return event->fd->waiting[event->direction].first;
}

/* Where the coroutine goes on: so much of its stack its first calls touch. */
static void prefetch_stack(const cress_t *c)
{
	const char *stack = arch_context_stack(&c->context);

	for (size_t i = 0; i < 5; i++)
		__builtin_prefetch(stack + i * 64);
}

/*
 * First let the memory come that the wake-ups and those who are woken will
 * touch: what would be a chain of misses for each comes at once for all.
 */
static void on_events(struct cress_hub *hub,
		      const struct cress_fd_event *events, size_t count)
{
	const struct cress_waiter *first;

	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(first_of(&events[i]));
	for (size_t i = 0; i < count; i++)
		if ((first = first_of(&events[i])) != NULL) {
			__builtin_prefetch(&first->coroutine->context);
			__builtin_prefetch(&first->coroutine->special);
		}
	for (size_t i = 0; i < count; i++)
		if ((first = first_of(&events[i])) != NULL)
			prefetch_stack(first->coroutine);
	for (size_t i = 0; i < count; i++)
		on_ready(hub, events[i].fd, events[i].direction);
}

/* Descriptors outlive nothing: the driver frees them with the loop. */
static void open_io(struct cress_hub *hub)
{
	hub->fds_ready = on_events;
	hub->fd_failed = cress_io_failed;
	hub->syscalls = &cress_syscalls;
	if (hub->driver->simulated)
		cress_simulated_open(hub);
}

struct cress_hub *cress_io_hub(void)
{
	struct cress_hub *hub = cress_hub_get();

	if (likely(hub != NULL) && unlikely(hub->syscalls == NULL))
		open_io(hub);
	return hub;
}

const struct cress_syscalls *cress_syscalls_here(void)
{
	struct cress_thread *thread = cress_thread_self;

	if (thread == NULL || thread->hub == NULL)
		return &cress_syscalls;
	return cress_io_hub()->syscalls;
}

int cress_io_is_stale(const struct cress_io *io)
{
	if (io->fd->generation == io->generation)
		return 0;
	errno = EBADF;
	return 1;
}

int cress_io_wait(struct cress_io *io)
{
	struct cress_fd_waiter waiter = {
		.waiter = {.kind = &readiness[io->hub->driver->simulated],
			   .object = io->fd},
		.direction = io->direction,
	};

	if (cress_wait_begin() == NULL)
		return -1;
	io->hub->thread->current->io_count = 0;
	cress_fd_waiter_add(io->hub, &waiter, io->first);
	if (cress_park(io->hub, &waiter.waiter) != 0 || cress_io_is_stale(io))
		return -1;
	/* From now on the next in the list may be woken. */
	io->fd->woken[io->direction] = 0;
	io->first = 1;
	return 0;
}

int cress_io_begin_nowait(struct cress_io *io, int fd,
			  enum cress_direction direction)
{
	io->hub = cress_io_hub();
	if (unlikely(io->hub == NULL))
		return -1;
	io->fd = io->hub->driver->fd(io->hub, fd);
	if (unlikely(io->fd == NULL))
		return -1;
	io->generation = io->fd->generation;
	io->direction = direction;
	io->first = 0;
	return 0;
}

int cress_io_turn(struct cress_hub *hub)
{
	cress_t *c = hub->thread->current;

	if (unlikely(c->cancelled || c == hub->coroutine) &&
	    cress_wait_begin() == NULL)
		return -1;
	if (likely(++c->io_count < IO_BUDGET))
		return 0;
	c->io_count = 0;
	return cress_yield();
}

static inline int begin(struct cress_io *io, int fd,
			enum cress_direction direction)
{
	struct cress_hub *hub = cress_io_hub();

	if (unlikely(hub == NULL))
		return -1;
	/* Even a call that is bound to fail takes its turn. */
	if (unlikely(cress_io_begin_nowait(io, fd, direction) != 0)) {
		int saved = errno;

		if (cress_io_turn(hub) == 0)
			errno = saved;
		return -1;
	}
	if (unlikely(cress_io_turn(hub) != 0))
		return -1;
	return cress_io_is_stale(io) ? -1 : 0;
}

int cress_io_begin(struct cress_io *io, int fd, enum cress_direction direction)
{
	if (unlikely(begin(io, fd, direction) != 0))
		return -1;
	if (io->fd->drained[direction] || io->fd->waiting[direction].first)
		return cress_io_wait(io);
	return 0;
}

int cress_io_begin_at_once(struct cress_io *io, int fd,
			   enum cress_direction direction)
{
	return begin(io, fd, direction);
}
