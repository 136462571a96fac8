/* SPDX-License-Identifier: MIT */
/*
 * Waiting for many descriptors at once.
 *
 * A poll parks on one waiter, and puts one more into the list of each
 * descriptor and direction. The first event, the time-out and an interruption
 * each take all of them out again. What is ready poll(2) itself says, before
 * the wait and after it. Events that the loop does not know come by an epoll,
 * which is one more of those descriptors.
 */
#include <cress/io.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/fd.h"
#include "io/syscalls.h"
#include "io/urgent.h"

/* So many descriptors need no allocation. */
#define FEW 4

#define WRITABLE (POLLOUT | POLLWRNORM)
#define READABLE (POLLIN | POLLRDNORM)

struct cress_poll {
	struct cress_timer timer;
	struct cress_waiter waiter;
	struct cress_hub *hub;
	struct cress_fd_waiter *members;
	size_t count;
	int urgent;		/* an epoll, or -1 */
	int for_ever;		/* there is no time-out */
	int timed_out;
	int events;		/* of the member that ended it */
};

static void leave_lists(struct cress_poll *poll)
{
	for (size_t i = 0; i < poll->count; i++)
		cress_fd_waiter_remove(poll->hub, &poll->members[i]);
	cress_timer_remove(&poll->hub->timers, &poll->timer);
}

static void unlink_poll(struct cress_waiter *waiter)
{
	leave_lists(waiter->object);
}

static void describe_poll(const struct cress_waiter *waiter, char *line,
			  size_t size)
{
	const struct cress_poll *poll = waiter->object;
	const struct cress_fd *fd = poll->count == 0
		? NULL : poll->members[0].waiter.object;

	if (fd == NULL && poll->for_ever)
		snprintf(line, size, "the end of a scope or a kill");
	else if (fd == NULL)
		snprintf(line, size, "a time");
	else
		snprintf(line, size, "descriptor %d and %zu more", fd->fd,
			 poll->count - 1);
}

/*
 * As for a single one: nothing outside acts on simulated descriptors; nor does
 * it where there is none.
 */
static const struct cress_wait_kind one_of_many[] = {{
	.what = "descriptors",
	.outside = 1,
	.unlink = unlink_poll,
	.describe = describe_poll,
}, {
	.what = "simulated descriptors, or none",
	.unlink = unlink_poll,
	.describe = describe_poll,
}};

void cress_poll_ready(struct cress_hub *hub, struct cress_fd_waiter *waiter)
{
	struct cress_poll *poll = waiter->poll;

	poll->events = waiter->direction == CRESS_READ ? POLLIN : POLLOUT;
	leave_lists(poll);
	cress_wake(hub, &poll->waiter);
}

static void on_time(struct cress_timer *timer)
{
	struct cress_poll *poll = (struct cress_poll *)timer;

	poll->timed_out = 1;
	leave_lists(poll);
	cress_wake(poll->hub, &poll->waiter);
}

static int add_member(struct cress_poll *poll, int fd, int direction)
{
	struct cress_fd_waiter *member = &poll->members[poll->count];

	*member = (struct cress_fd_waiter){
		.waiter = {.kind = one_of_many,
			   .coroutine = poll->hub->thread->current,
			   .object = poll->hub->driver->fd(poll->hub, fd)},
		.direction = (enum cress_direction)direction,
		.poll = poll,
	};
	if (member->waiter.object == NULL)
		return -1;
	poll->count++;
	return 0;
}

static int add_members(struct cress_poll *poll, const struct pollfd *fds,
		       nfds_t count)
{
	if (poll->urgent >= 0 &&
	    add_member(poll, poll->urgent, CRESS_READ) != 0)
		return -1;
	for (nfds_t i = 0; i < count; i++) {
		short events = fds[i].events;

		if (fds[i].fd < 0)
			continue;
		/* Without an event it is in a list for who closes it. */
		if (!(events & WRITABLE) || events & ~WRITABLE) {
			if (add_member(poll, fds[i].fd, CRESS_READ) != 0)
				return -1;
			poll->members[poll->count - 1].unwatched =
				poll->urgent >= 0 && !(events & READABLE);
		}
		if (events & WRITABLE &&
		    add_member(poll, fds[i].fd, CRESS_WRITE) != 0)
			return -1;
	}
	return 0;
}

static void begin_wait(struct cress_poll *poll)
{
	poll->timer.fire = on_time;
	poll->waiter.kind = &one_of_many[poll->hub->driver->simulated ||
					 poll->count == 0];
	poll->waiter.object = poll;
}

/* Park until a member is ready or the time is up: `when` on the hub's clock. */
static int wait_for(struct cress_poll *poll, double when)
{
	if (cress_wait_begin() == NULL ||
	    cress_timers_reserve(&poll->hub->timers) != 0)
		return -1;
	begin_wait(poll);
	poll->for_ever = isinf(when) != 0;
	for (size_t i = 0; i < poll->count; i++)
		cress_fd_waiter_add(poll->hub, &poll->members[i], 0);
	if (!poll->for_ever)
		cress_timer_add(&poll->hub->timers, &poll->timer, when);
	return cress_park(poll->hub, &poll->waiter);
}

int cress_poll_now(struct pollfd *fds, nfds_t count)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	int ready;

	do
		ready = calls->poll(fds, count, 0);
	while (ready < 0 && errno == EINTR);
	return ready;
}

static int poll_with(struct cress_hub *hub, struct pollfd *fds, nfds_t count,
		     double when, int urgent)
{
	struct cress_fd_waiter few[2 * FEW + 1];
	struct cress_fd_waiter *members = few;
	int ready = 0, result = 0;

	if (count > FEW) {
		members = cress_alloc_array(2 * count + 1, sizeof *members);
		if (members == NULL)
			return -1;
	}
	while (ready == 0 && result == 0) {
		struct cress_poll call = {.hub = hub, .members = members,
					  .urgent = urgent};

		result = add_members(&call, fds, count);
		if (result == 0)
			result = wait_for(&call, when);
		if (result == 0)
			ready = cress_poll_now(fds, count);
		/* What woke it may be nothing that was asked for. */
		if (call.timed_out || hub->driver->now(hub) >= when)
			break;
	}
	if (members != few)
		cress_free(members);
	return result != 0 ? -1 : ready;
}

static int poll_until(struct cress_hub *hub, struct pollfd *fds, nfds_t count,
		      double when)
{
	int urgent = hub->driver->simulated ? -1
					    : cress_urgent_open(fds, count);
	int ready, saved;

	if (likely(urgent == -1))
		return poll_with(hub, fds, count, when, -1);
	if (urgent < 0)
		return -1;
	ready = poll_with(hub, fds, count, when, urgent);
	saved = errno;
	close(urgent);
	errno = saved;
	return ready;
}

int cress_poll_seconds(struct pollfd *fds, nfds_t count, double seconds)
{
	struct cress_hub *hub = cress_io_hub();
	int ready;

	if (hub == NULL || cress_io_turn(hub) != 0)
		return -1;
	if (count > INT_MAX) {
		errno = EINVAL;
		return -1;
	}
	ready = cress_poll_now(fds, count);
	if (ready != 0 || seconds == 0)
		return ready;
	return poll_until(hub, fds, count, hub->driver->now(hub) + seconds);
}

int cress_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return cress_poll_seconds(fds, count,
				  timeout < 0 ? INFINITY : timeout * 1e-3);
}

/* A member that is in its list, where a close finds it, but never watched. */
int cress_io_pause(struct cress_io *io, double seconds)
{
	struct cress_fd_waiter member;
	struct cress_poll call = {.hub = io->hub, .members = &member};
	double when = io->hub->driver->now(io->hub) + seconds;

	if (cress_wait_begin() == NULL ||
	    cress_timers_reserve(&io->hub->timers) != 0 ||
	    add_member(&call, io->fd->fd, io->direction) != 0)
		return -1;
	begin_wait(&call);
	member.unwatched = 1;
	cress_fd_waiter_add(io->hub, &member, 0);
	cress_timer_add(&io->hub->timers, &call.timer, when);
	if (cress_park(io->hub, &call.waiter) != 0 || cress_io_is_stale(io))
		return -1;
	return 0;
}

/* Lighter than a poll: no system call but the loop's own. */
int cress_wait_fd(int fd, int events)
{
	struct cress_fd_waiter members[2];
	struct cress_poll call = {.members = members};
	struct pollfd pollfd = {.fd = fd, .events = (short)events};

	if (events == 0 || events & ~(POLLIN | POLLOUT)) {
		errno = EINVAL;
		return -1;
	}
	call.hub = cress_io_hub();
	if (call.hub == NULL || cress_io_turn(call.hub) != 0)
		return -1;
	if (events & POLLIN && add_member(&call, fd, CRESS_READ) != 0)
		return -1;
	if (events & POLLOUT && add_member(&call, fd, CRESS_WRITE) != 0)
		return -1;
	if (call.hub->syscalls->fcntl(fd, F_GETFD, 0) < 0)
		return -1;
	if (wait_for(&call, INFINITY) != 0)
		return -1;
	/* One direction woke it; the other may be ready too. */
	if (call.count == 2 && cress_poll_now(&pollfd, 1) > 0)
		call.events |= pollfd.revents & events;
	return call.events;
}
