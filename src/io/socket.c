/* SPDX-License-Identifier: MIT */
/*
 * Receiving and sending on sockets. MSG_DONTWAIT keeps the kernel from blocking
 * whoever's the descriptor is, and MSG_NOSIGNAL keeps SIGPIPE away.
 */
#include <cress/io.h>

#include <errno.h>

#include "io/fd.h"
#include "io/syscalls.h"

/* A call with MSG_DONTWAIT neither parks nor yields. */
static int begin(struct cress_io *io, int fd, enum cress_direction direction,
		 int flags)
{
	if (flags & MSG_DONTWAIT)
		return cress_io_begin_nowait(io, fd, direction);
	return cress_io_begin(io, fd, direction);
}

static int again(struct cress_io *io, ssize_t *result, int flags)
{
	if (flags & MSG_DONTWAIT)
		return *result < 0 && errno == EINTR;
	return cress_io_again(io, result);
}

static ssize_t receive_once(int fd, void *buf, size_t size, int flags)
{
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_READ, flags) != 0)
		return -1;
	do
		n = cress_syscalls.recv(fd, buf, size, flags | MSG_DONTWAIT);
	while (again(&io, &n, flags));
	if (!(flags & (MSG_PEEK | MSG_OOB)))
		cress_io_moved(&io, n, size);
	return n;
}

ssize_t cress_recv(int fd, void *buf, size_t size, int flags)
{
	size_t done = 0;
	ssize_t n;

	if (likely(!(flags & MSG_WAITALL) ||
		   flags & (MSG_PEEK | MSG_DONTWAIT)))
		return receive_once(fd, buf, size, flags);
	flags &= ~MSG_WAITALL;
	do {
		n = receive_once(fd, (char *)buf + done, size - done, flags);
		if (n > 0)
			done += (size_t)n;
	} while (n > 0 && done < size);
	return done > 0 ? (ssize_t)done : n;
}

ssize_t cress_recvfrom(int fd, void *buf, size_t size, int flags,
		       struct sockaddr *from, socklen_t *fromlen)
{
	struct cress_io io;
	ssize_t n;

	if (from == NULL)
		return cress_recv(fd, buf, size, flags);
	if (begin(&io, fd, CRESS_READ, flags) != 0)
		return -1;
	do
		n = cress_syscalls.recvfrom(fd, buf, size, flags | MSG_DONTWAIT,
					    from, fromlen);
	while (again(&io, &n, flags));
	return n;
}

ssize_t cress_recvmsg(int fd, struct msghdr *message, int flags)
{
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_READ, flags) != 0)
		return -1;
	do
		n = cress_syscalls.recvmsg(fd, message, flags | MSG_DONTWAIT);
	while (again(&io, &n, flags));
	return n;
}

ssize_t cress_send(int fd, const void *buf, size_t size, int flags)
{
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_WRITE, flags) != 0)
		return -1;
	do
		n = cress_syscalls.send(fd, buf, size,
					flags | MSG_DONTWAIT | MSG_NOSIGNAL);
	while (again(&io, &n, flags));
	cress_io_moved(&io, n, size);
	return n;
}

ssize_t cress_sendto(int fd, const void *buf, size_t size, int flags,
		     const struct sockaddr *to, socklen_t tolen)
{
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_WRITE, flags) != 0)
		return -1;
	do
		n = cress_syscalls.sendto(fd, buf, size,
					  flags | MSG_DONTWAIT | MSG_NOSIGNAL,
					  to, tolen);
	while (again(&io, &n, flags));
	return n;
}

ssize_t cress_sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_WRITE, flags) != 0)
		return -1;
	do
		n = cress_syscalls.sendmsg(fd, message,
					   flags | MSG_DONTWAIT | MSG_NOSIGNAL);
	while (again(&io, &n, flags));
	return n;
}
