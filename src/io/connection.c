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

#include <cress/hub.h>

struct brake {
	int fd;
	int option;		/* 0: not needed */
	struct timeval old;
};

static void brake(struct brake *brake, const struct cress_io *io)
{
	struct timeval shortest = {.tv_usec = 1};
	socklen_t size = sizeof brake->old;
	int flags;

	brake->fd = io->fd->fd;
	brake->option = 0;
	if (io->fd->adopted)
		return;
	flags = fcntl(brake->fd, F_GETFL);
	if (flags < 0 || flags & O_NONBLOCK)
		return;
	brake->option = io->direction == CRESS_READ ? SO_RCVTIMEO : SO_SNDTIMEO;
	if (getsockopt(brake->fd, SOL_SOCKET, brake->option, &brake->old,
		       &size) != 0 ||
	    setsockopt(brake->fd, SOL_SOCKET, brake->option, &shortest,
		       sizeof shortest) != 0)
		brake->option = 0;
}

static void release(struct brake *brake)
{
	int saved = errno;

	if (brake->option != 0)
		setsockopt(brake->fd, SOL_SOCKET, brake->option, &brake->old,
			   sizeof brake->old);
	errno = saved;
}

/* A foreign one could block in between: whether it would is asked first. */
static int is_ready(const struct cress_io *io)
{
	struct pollfd pollfd = {
		.fd = io->fd->fd,
		.events = io->direction == CRESS_READ ? POLLIN : POLLOUT,
	};

	if (io->fd->adopted || poll(&pollfd, 1, 0) != 0)
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
	fd = cress_syscalls.accept4(io->fd->fd, address, size, flags);
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
	while (cress_io_again(&io, &accepted) ||
	       (accepted < 0 && errno == ECONNABORTED));
	if (accepted < 0)
		return -1;
	/* Without memory for its entry it works like a foreign one. */
	if (io.fd->adopted)
		cress_io_adopt_like(io.hub, (int)accepted, io.fd);
	else
		cress_io_adopt_new(io.hub, (int)accepted);
	return (int)accepted;
}

static int connection_error(int fd)
{
	socklen_t size;
	int error;

	size = sizeof error;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return errno;
	return error;
}

int cress_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	struct cress_io io;
	struct brake rein;
	int result;

	if (cress_io_begin(&io, fd, CRESS_WRITE) != 0)
		return -1;
	for (;;) {
		brake(&rein, &io);
		result = cress_syscalls.connect(fd, address, size);
		release(&rein);
		if (result == 0)
			return 0;
		/* A Unix socket whose listener is full cannot be waited for. */
		if (errno != EAGAIN)
			break;
		if (cress_sleep(1e-3) != 0)
			return -1;
	}
	if (errno != EINPROGRESS && errno != EINTR && errno != EALREADY)
		return -1;
	if (cress_io_wait(&io) != 0)
		return -1;
	errno = connection_error(fd);
	return errno == 0 ? 0 : -1;
}

int cress_shutdown(int fd, int how)
{
	int result = shutdown(fd, how);
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
	    !(fcntl(io->fd->fd, F_GETFL) & O_NONBLOCK))
		count = PIPE_BUF;
	cress_quiet_begin(&quiet);
	n = cress_syscalls.sendfile(io->fd->fd, in, offset, count);
	cress_quiet_end(&quiet, n < 0 && errno == EPIPE);
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
