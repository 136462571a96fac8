/* SPDX-License-Identifier: MIT */
/*
 * Waiting for urgent data, and for an end or an error alone.
 *
 * libev waits for readable and writable. To take readable for these would wake
 * the caller again and again while there are data that nobody reads. So each
 * such call makes an epoll of its own, which knows all events, and the loop
 * waits for that to be readable. They are rare, and a call that asks for
 * nothing of the kind pays one comparison a descriptor.
 */
#include "io/urgent.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define READABLE (POLLIN | POLLRDNORM)
#define WRITABLE (POLLOUT | POLLWRNORM)

int cress_urgent_events(short events)
{
	int left = events & (POLLPRI | POLLRDBAND | POLLWRBAND | POLLRDHUP);

	/* These come with the others. */
	if (events & READABLE)
		left &= ~(POLLRDHUP | POLLRDBAND);
	return events & WRITABLE ? left & ~POLLWRBAND : left;
}

int cress_urgent_is(short events)
{
	return !(events & (READABLE | WRITABLE)) ||
	       cress_urgent_events(events) != 0;
}

/* Of all entries that have this descriptor: an epoll takes it once. */
static struct epoll_event sum(const struct pollfd *fds, nfds_t count, int fd)
{
	struct epoll_event event = {.events = 0};

	for (nfds_t i = 0; i < count; i++)
		if (fds[i].fd == fd)
			event.events |=
				(uint32_t)cress_urgent_events(fds[i].events);
	return event;
}

static int add(int epoll, const struct pollfd *fds, nfds_t count, nfds_t i)
{
	struct epoll_event event = {
		.events = (uint32_t)cress_urgent_events(fds[i].events)};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i].fd, &event) == 0)
		return 0;
	if (errno == EEXIST) {
		event = sum(fds, count, fds[i].fd);
		return epoll_ctl(epoll, EPOLL_CTL_MOD, fds[i].fd, &event);
	}
	/* A regular file, which never has any of these. */
	return errno == EPERM ? 0 : -1;
}

int cress_urgent_open(const struct pollfd *fds, nfds_t count)
{
	int epoll = -1;

	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].fd < 0 || !cress_urgent_is(fds[i].events))
			continue;
		if (epoll < 0)
			epoll = epoll_create1(EPOLL_CLOEXEC);
		if (epoll < 0)
			return -2;
		if (add(epoll, fds, count, i) != 0) {
			int saved = errno;

			close(epoll);
			errno = saved;
			return -2;
		}
	}
	return epoll;
}
