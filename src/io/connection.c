/* SPDX-License-Identifier: MIT */
/*
 * accept, connect, shutdown, sendfile: the calls that have no flag against
 * blocking. On a foreign descriptor that is not O_NONBLOCK a time-out of the
 * socket stands in for one during the call, so that its flags, which it may
 * share with other processes, are left alone.
 */
#include <cress/io.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/quiet.h"
#include "io/syscalls.h"

#define LOOK_AGAIN 1e-3		/* seconds */

struct brake {
	const struct cress_syscalls *calls;
	int fd;
	int option;		/* 0: not needed */
	struct timeval old;
};

static void brake(struct brake *brake, const struct cress_io *io)
{
	struct timeval shortest = {.tv_usec = 1};
	socklen_t size = sizeof brake->old;
	int flags;

	brake->calls = io->hub->syscalls;
	brake->fd = io->fd->fd;
	brake->option = 0;
	if (io->fd->adopted)
		return;
	flags = brake->calls->fcntl(brake->fd, F_GETFL, 0);
	if (flags < 0 || flags & O_NONBLOCK)
		return;
	brake->option = io->direction == CRESS_READ ? SO_RCVTIMEO : SO_SNDTIMEO;
	if (brake->calls->getsockopt(brake->fd, SOL_SOCKET, brake->option,
				     &brake->old, &size) != 0 ||
	    brake->calls->setsockopt(brake->fd, SOL_SOCKET, brake->option,
				     &shortest, sizeof shortest) != 0)
		brake->option = 0;
}

static void release(struct brake *brake)
{
	int saved = errno;

	if (brake->option != 0)
		brake->calls->setsockopt(brake->fd, SOL_SOCKET, brake->option,
					 &brake->old, sizeof brake->old);
	errno = saved;
}

/* A foreign one could block in between: whether it would is asked first. */
static int is_ready(const struct cress_io *io)
{
	struct pollfd pollfd = {
		.fd = io->fd->fd,
		.events = io->direction == CRESS_READ ? POLLIN : POLLOUT,
	};

	if (io->fd->adopted || cress_poll_now(&pollfd, 1) != 0)
		return 1;
	errno = EAGAIN;
	return 0;
}

static ssize_t try_accept(struct cress_io *io, struct sockaddr *address,
			  socklen_t *size, int flags)
{
	struct brake rein;
	int fd;

	if (!is_ready(io))
		return -1;
	brake(&rein, io);
	/* One that has gone again in the queue is nobody's error. */
	do
		fd = io->hub->syscalls->accept4(io->fd->fd, address, size,
						flags);
	while (fd < 0 && errno == ECONNABORTED);
	release(&rein);
	return fd;
}

int cress_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
	struct cress_io io;
	ssize_t accepted;

	flags |= SOCK_NONBLOCK | SOCK_CLOEXEC;
	if (cress_io_begin(&io, fd, CRESS_READ) != 0)
		return -1;
	do
		accepted = try_accept(&io, address, size, flags);
	while (cress_io_again(&io, &accepted));
	if (accepted < 0)
		return -1;
	/* Without memory for its entry it works like a foreign one. */
	if (io.fd->adopted)
		cress_io_adopt_like(io.hub, (int)accepted, io.fd);
	else
		cress_io_adopt_new(io.hub, (int)accepted);
	return (int)accepted;
}

static int try_connect(struct cress_io *io, const struct sockaddr *address,
		       socklen_t size)
{
	struct brake rein;
	int result;

	brake(&rein, io);
	result = io->hub->syscalls->connect(io->fd->fd, address, size);
	release(&rein);
	return result;
}

int cress_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	struct cress_io io;
	int result, others;	/* another call began it */

	if (cress_io_begin(&io, fd, CRESS_WRITE) != 0)
		return -1;
	/* A Unix listener that is full: nothing tells when it is not. */
	while ((result = try_connect(&io, address, size)) != 0 &&
	       errno == EAGAIN)
		if (cress_io_pause(&io, LOOK_AGAIN) != 0)
			return -1;
	if (result == 0)
		return 0;
	if (errno != EINPROGRESS && errno != EINTR && errno != EALREADY)
		return -1;
	others = errno == EALREADY;
	if (cress_io_wait(&io) != 0)
		return -1;
	/* Once more: it tells the outcome, whatever has asked before. */
	result = try_connect(&io, address, size);
	return result == 0 || (errno == EISCONN && !others) ? 0 : -1;
}

int cress_shutdown(int fd, int how)
{
	int result = cress_syscalls_here()->shutdown(fd, how);
	int saved = errno;

	if (result == 0 && how != SHUT_WR)
		cress_io_retry(fd, CRESS_READ);
	if (result == 0 && how != SHUT_RD)
		cress_io_retry(fd, CRESS_WRITE);
	errno = saved;
	return result;
}

/*
 * A foreign pipe has no time-out to set; what fits into it when it is writable
 * never blocks.
 */
static ssize_t try_sendfile(struct cress_io *io, int in, off_t *offset,
			    size_t count)
{
	struct cress_quiet quiet;
	struct brake rein;
	ssize_t n;

	if (!is_ready(io))
		return -1;
	brake(&rein, io);
	if (!io->fd->adopted && rein.option == 0 && count > PIPE_BUF &&
	    !(rein.calls->fcntl(io->fd->fd, F_GETFL, 0) & O_NONBLOCK))
		count = PIPE_BUF;
	cress_quiet_begin(&quiet);
	n = io->hub->syscalls->sendfile(io->fd->fd, in, offset, count);
	/* What was moved before it broke counts, and the signal comes too. */
	cress_quiet_end(&quiet, n < 0 ? errno == EPIPE : (size_t)n < count);
	release(&rein);
	return n;
}

ssize_t cress_sendfile(int out, int in, off_t *offset, size_t count)
{
	struct cress_io io;
	ssize_t n;

	if (cress_io_begin(&io, out, CRESS_WRITE) != 0)
		return -1;
	do
		n = try_sendfile(&io, in, offset, count);
	while (cress_io_again(&io, &n));
	return n;
}
