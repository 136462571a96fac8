/* SPDX-License-Identifier: MIT */
/*
 * Receiving and sending on sockets. MSG_DONTWAIT keeps the kernel from blocking
 * whoever's the descriptor is, and MSG_NOSIGNAL keeps SIGPIPE away.
 */
#include <cress/io.h>

#include <errno.h>

#include "io/fd.h"
#include "io/syscalls.h"

/* Neither parks nor yields; the kernel never waits for its error queue. */
#define DOES_NOT_WAIT (MSG_DONTWAIT | MSG_ERRQUEUE)

static int begin(struct cress_io *io, int fd, enum cress_direction direction,
		 int flags)
{
	if (flags & DOES_NOT_WAIT)
		return cress_io_begin_nowait(io, fd, direction);
	return cress_io_begin(io, fd, direction);
}

static int again(struct cress_io *io, ssize_t *result, int flags)
{
	if (flags & DOES_NOT_WAIT)
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
		n = io.hub->syscalls->recv(fd, buf, size, flags | MSG_DONTWAIT);
	while (again(&io, &n, flags));
	if (!(flags & (MSG_PEEK | MSG_OOB)))
		cress_io_moved(&io, n, size);
	return n;
}

/* MSG_WAITALL means something on a stream only, and not to who only looks. */
static int waits_for_all(int fd, int flags)
{
	int type;
	socklen_t size = sizeof type;

	if (likely(!(flags & MSG_WAITALL)) ||
	    flags & (MSG_PEEK | DOES_NOT_WAIT))
		return 0;
	return cress_syscalls_here()->getsockopt(fd, SOL_SOCKET, SO_TYPE, &type,
						 &size) == 0 &&
	       type == SOCK_STREAM;
}

/* Receive until `buf` is full, `done` bytes of it being there already. */
static ssize_t receive_all(int fd, void *buf, size_t size, int flags)
{
	size_t done = 0;
	ssize_t n;

	do {
		n = receive_once(fd, (char *)buf + done, size - done,
				 flags & ~MSG_WAITALL);
		if (n > 0)
			done += (size_t)n;
	} while (n > 0 && done < size);
	return done > 0 ? (ssize_t)done : n;
}

ssize_t cress_recv(int fd, void *buf, size_t size, int flags)
{
	if (unlikely(waits_for_all(fd, flags)))
		return receive_all(fd, buf, size, flags);
	return receive_once(fd, buf, size, flags);
}

ssize_t cress_recvfrom(int fd, void *buf, size_t size, int flags,
		       struct sockaddr *from, socklen_t *fromlen)
{
	struct cress_io io;
	ssize_t n;

	if (from == NULL)
		return cress_recv(fd, buf, size, flags);
	if (waits_for_all(fd, flags)) {
		n = receive_all(fd, buf, size, flags);
		if (n >= 0 && fromlen != NULL)
			*fromlen = 0;
		return n;
	}
	if (begin(&io, fd, CRESS_READ, flags) != 0)
		return -1;
	do
		n = io.hub->syscalls->recvfrom(fd, buf, size,
					       flags | MSG_DONTWAIT, from,
					       fromlen);
	while (again(&io, &n, flags));
	return n;
}

/* What is missing of a message on a stream: fill the rest of its buffers. */
static ssize_t receive_rest(int fd, const struct msghdr *message, int flags,
			    size_t done)
{
	size_t skip = done;

	for (size_t i = 0; i < (size_t)message->msg_iovlen; i++) {
		const struct iovec *iov = &message->msg_iov[i];
		size_t missing;
		ssize_t n;

		if (skip >= iov->iov_len) {
			skip -= iov->iov_len;
			continue;
		}
		missing = iov->iov_len - skip;
		n = receive_all(fd, (char *)iov->iov_base + skip, missing,
				flags);
		skip = 0;
		if (n > 0)
			done += (size_t)n;
		if (n < (ssize_t)missing)
			break;
	}
	return (ssize_t)done;
}

ssize_t cress_recvmsg(int fd, struct msghdr *message, int flags)
{
	int all = message != NULL && waits_for_all(fd, flags);
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_READ, flags) != 0)
		return -1;
	do
		n = io.hub->syscalls->recvmsg(fd, message,
					      (flags & ~MSG_WAITALL) |
						      MSG_DONTWAIT);
	while (again(&io, &n, flags));
	return all && n > 0 ? receive_rest(fd, message, flags, (size_t)n) : n;
}

ssize_t cress_send(int fd, const void *buf, size_t size, int flags)
{
	struct cress_io io;
	ssize_t n;

	if (begin(&io, fd, CRESS_WRITE, flags) != 0)
		return -1;
	do
		n = io.hub->syscalls->send(fd, buf, size,
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
		n = io.hub->syscalls->sendto(fd, buf, size,
					     flags | MSG_DONTWAIT |
						     MSG_NOSIGNAL,
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
		n = io.hub->syscalls->sendmsg(
			fd, message, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
	while (again(&io, &n, flags));
	return n;
}
