/* SPDX-License-Identifier: MIT */
/*
 * select(2), made of a poll: the sets become an array of descriptors, and what
 * poll(2) said last becomes the sets. They are written only at the end, so a
 * call that fails has changed nothing.
 */
#include <cress/io.h>

#include <errno.h>
#include <math.h>

#include "core/memory.h"
#include "io/fd.h"

/* So many descriptors need no allocation. */
#define FEW 16

/* What makes a descriptor readable, writable and exceptional to the kernel. */
#define IN (POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define OUT (POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)
#define EXCEPT POLLPRI

struct sets {
	int end;
	fd_set *set[3];
};

static const short asked[3] = {POLLIN, POLLOUT, POLLPRI};
static const short answers[3] = {IN, OUT, EXCEPT};

static int fail(int error)
{
	errno = error;
	return -1;
}

/* The seconds of a time-out, or -1 if it is none. */
static double seconds_of(const struct timeval *timeout)
{
	if (timeout == NULL)
		return INFINITY;
	if (timeout->tv_sec < 0 || timeout->tv_usec < 0 ||
	    timeout->tv_usec >= 1000000)
		return -1;
	return (double)timeout->tv_sec + (double)timeout->tv_usec * 1e-6;
}

static short events_of(const struct sets *sets, int fd)
{
	short events = 0;

	for (int i = 0; i < 3; i++)
		if (sets->set[i] != NULL && FD_ISSET(fd, sets->set[i]))
			events |= asked[i];
	return events;
}

/* List those that are in a set, or only count them. */
static nfds_t list(const struct sets *sets, struct pollfd *fds)
{
	nfds_t count = 0;

	for (int fd = 0; fd < sets->end; fd++) {
		short events = events_of(sets, fd);

		if (events != 0 && fds != NULL)
			fds[count] = (struct pollfd){fd, events, 0};
		count += events != 0;
	}
	return count;
}

/*
 * How many bits would be set; or -1 with errno EBADF. What has only hung up,
 * and was not asked whether it is readable, does not count: nor will it, and
 * so it is no longer asked, or the wait would spin.
 */
static int count_ready(struct pollfd *fds, nfds_t count)
{
	int ready = 0;

	for (nfds_t i = 0; i < count; i++) {
		int before = ready;

		if (fds[i].revents & POLLNVAL)
			return fail(EBADF);
		for (int k = 0; k < 3; k++)
			ready += fds[i].events & asked[k] &&
				 fds[i].revents & answers[k];
		if (fds[i].revents != 0 && ready == before)
			fds[i].fd = ~fds[i].fd;
	}
	return ready;
}

static int wait_for(struct pollfd *fds, nfds_t count, double seconds)
{
	double end = isinf(seconds) ? seconds : cress_now() + seconds;
	int ready = cress_poll_seconds(fds, count, seconds);

	while (ready > 0) {
		ready = count_ready(fds, count);
		if (ready != 0)
			break;
		seconds = isinf(end) ? end : end - cress_now();
		ready = cress_poll_seconds(fds, count,
					   seconds > 0 ? seconds : 0);
	}
	return ready;
}

/* Take out what is not ready. One that was left out has no answer. */
static void write_sets(const struct sets *sets, const struct pollfd *fds,
		       nfds_t count)
{
	for (nfds_t i = 0; i < count; i++) {
		int fd = fds[i].fd < 0 ? ~fds[i].fd : fds[i].fd;

		for (int k = 0; k < 3; k++)
			if (fds[i].events & asked[k] &&
			    !(fds[i].revents & answers[k]))
				FD_CLR(fd, sets->set[k]);
	}
}

int cress_select(int nfds, fd_set *readfds, fd_set *writefds,
		 fd_set *exceptfds, struct timeval *timeout)
{
	struct sets sets = {nfds, {readfds, writefds, exceptfds}};
	double seconds = seconds_of(timeout);
	struct pollfd few[FEW];
	struct pollfd *fds = few;
	nfds_t count;
	int ready;

	if (nfds < 0 || nfds > FD_SETSIZE || seconds < 0)
		return fail(EINVAL);
	count = list(&sets, NULL);
	if (count > FEW) {
		fds = cress_alloc_array(count, sizeof *fds);
		if (fds == NULL)
			return -1;
	}
	list(&sets, fds);
	ready = wait_for(fds, count, seconds);
	if (ready >= 0)
		write_sets(&sets, fds, count);
	if (fds != few)
		cress_free(fds);
	return ready;
}
