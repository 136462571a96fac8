/* SPDX-License-Identifier: MIT */
/*
 * The calls that move data through simulated sockets and pipes, and those that
 * ask what they are. Each becomes one of four: put or take, on a stream or of
 * a datagram. None blocks or raises a signal, whatever its flags say.
 */
#include "io/simulated_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "io/simulated.h"

static int refuse(int error)
{
	errno = error;
	return -1;
}

/* `to` may be NULL. */
static ssize_t put(struct cress_end *end, const struct iovec *iov,
		   size_t count, int flags, const struct sockaddr *to,
		   socklen_t tolen)
{
	if (end == NULL)
		return -1;
	if (flags & MSG_OOB)
		return refuse(EOPNOTSUPP);
	if (end->type == SOCK_DGRAM)
		return cress_end_datagram_put(end, iov, count, to, tolen);
	return cress_end_put(end, iov, count);
}

/* `from` and `told` may be NULL; `told` gets MSG_TRUNC. */
static ssize_t take(struct cress_end *end, const struct iovec *iov,
		    size_t count, int flags, struct cress_end_address *from,
		    int *told)
{
	struct cress_end_address sender = {.size = 0};
	size_t size = 0;
	ssize_t n;

	if (end == NULL)
		return -1;
	if (flags & MSG_OOB)
		return refuse(EINVAL);
	if (flags & MSG_ERRQUEUE)
		return refuse(EAGAIN);
	if (end->type != SOCK_DGRAM)
		return cress_end_take(end, iov, count, flags);
	n = cress_end_datagram_take(end, iov, count, flags, &sender);
	if (n < 0)
		return -1;
	if (from != NULL)
		*from = sender;
	for (size_t i = 0; i < count; i++)
		size += iov[i].iov_len;
	if ((size_t)n <= size)
		return n;
	if (told != NULL)
		*told |= MSG_TRUNC;
	return flags & MSG_TRUNC ? n : (ssize_t)size;
}

ssize_t cress_end_read(int fd, void *buf, size_t size)
{
	struct iovec iov = {buf, size};

	return cress_end_readv(fd, &iov, 1);
}

/* Unlike a receive, a read of nothing is done at once. */
ssize_t cress_end_readv(int fd, const struct iovec *iov, int count)
{
	struct cress_end *end = cress_end_find(fd);
	size_t size = 0;

	for (int i = 0; i < count; i++)
		size += iov[i].iov_len;
	if (end != NULL && end->reads && size == 0)
		return 0;
	return take(end, iov, (size_t)count, 0, NULL, NULL);
}

ssize_t cress_end_preadv2(int fd, const struct iovec *iov, int count,
			  off_t offset, int flags)
{
	(void)offset;
	(void)flags;
	return cress_end_readv(fd, iov, count);
}

ssize_t cress_end_write(int fd, const void *buf, size_t size)
{
	struct iovec iov = {(void *)buf, size};

	return put(cress_end_find(fd), &iov, 1, 0, NULL, 0);
}

ssize_t cress_end_writev(int fd, const struct iovec *iov, int count)
{
	return put(cress_end_find(fd), iov, (size_t)count, 0, NULL, 0);
}

ssize_t cress_end_pwritev2(int fd, const struct iovec *iov, int count,
			   off_t offset, int flags)
{
	(void)offset;
	(void)flags;
	return cress_end_writev(fd, iov, count);
}

ssize_t cress_end_recv(int fd, void *buf, size_t size, int flags)
{
	struct iovec iov = {buf, size};

	return take(cress_end_socket(fd), &iov, 1, flags, NULL, NULL);
}

ssize_t cress_end_recvfrom(int fd, void *buf, size_t size, int flags,
			   struct sockaddr *from, socklen_t *fromlen)
{
	struct cress_end_address sender = {.size = 0};
	struct iovec iov = {buf, size};
	ssize_t n = take(cress_end_socket(fd), &iov, 1, flags, &sender, NULL);

	if (n >= 0)
		cress_end_name(&sender, from, fromlen);
	return n;
}

ssize_t cress_end_recvmsg(int fd, struct msghdr *message, int flags)
{
	struct cress_end_address sender = {.size = 0};
	int told = 0;
	ssize_t n;

	if (message == NULL)
		return refuse(EFAULT);
	n = take(cress_end_socket(fd), message->msg_iov, message->msg_iovlen,
		 flags, &sender, &told);
	if (n < 0)
		return -1;
	cress_end_name(&sender, message->msg_name, &message->msg_namelen);
	message->msg_controllen = 0;
	message->msg_flags = told;
	return n;
}

ssize_t cress_end_send(int fd, const void *buf, size_t size, int flags)
{
	struct iovec iov = {(void *)buf, size};

	return put(cress_end_socket(fd), &iov, 1, flags, NULL, 0);
}

ssize_t cress_end_sendto(int fd, const void *buf, size_t size, int flags,
			 const struct sockaddr *to, socklen_t tolen)
{
	struct iovec iov = {(void *)buf, size};

	return put(cress_end_socket(fd), &iov, 1, flags, to, tolen);
}

/* Descriptors and credentials cannot be sent along. */
ssize_t cress_end_sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct cress_end *end = cress_end_socket(fd);

	if (end == NULL)
		return -1;
	if (message == NULL)
		return refuse(EFAULT);
	if (message->msg_controllen != 0)
		return refuse(ENOTSUP);
	return put(end, message->msg_iov, message->msg_iovlen, flags,
		   message->msg_name, message->msg_namelen);
}

/* What is sent from must be a file, and there is none in a simulation. */
ssize_t cress_end_sendfile(int out, int in, off_t *offset, size_t count)
{
	(void)offset;
	(void)count;
	if (cress_end_find(out) == NULL || cress_end_find(in) == NULL)
		return -1;
	return refuse(EINVAL);
}

int cress_end_getsockopt(int fd, int level, int option, void *value,
			 socklen_t *size)
{
	struct cress_end *end = cress_end_socket(fd);
	int answer;

	if (end == NULL)
		return -1;
	if (level != SOL_SOCKET)
		return refuse(ENOPROTOOPT);
	switch (option) {
	case SO_TYPE:
		answer = end->type;
		break;
	case SO_DOMAIN:
		answer = end->domain;
		break;
	case SO_ACCEPTCONN:
		answer = end->state == CRESS_END_LISTENING;
		break;
	case SO_ERROR:
		answer = end->error;
		end->error = 0;
		break;
	default:
		return refuse(ENOPROTOOPT);
	}
	if (*size > sizeof answer)
		*size = sizeof answer;
	memcpy(value, &answer, *size);
	return 0;
}

/* Nothing that can be set makes a difference here. */
int cress_end_setsockopt(int fd, int level, int option, const void *value,
			 socklen_t size)
{
	(void)level;
	(void)option;
	(void)value;
	(void)size;
	return cress_end_socket(fd) == NULL ? -1 : 0;
}

int cress_end_fcntl(int fd, int command, int argument)
{
	(void)argument;
	if (cress_end_find(fd) == NULL)
		return -1;
	switch (command) {
	case F_GETFL:
		return O_RDWR | O_NONBLOCK;
	case F_GETFD:
		return FD_CLOEXEC;
	case F_SETFL:
	case F_SETFD:
		return 0;
	default:
		return refuse(EINVAL);
	}
}

int cress_end_fstat(int fd, struct stat *status)
{
	struct cress_end *end = cress_end_find(fd);

	if (end == NULL)
		return -1;
	memset(status, 0, sizeof *status);
	status->st_mode = 0600 | (end->type == 0 ? S_IFIFO : S_IFSOCK);
	return 0;
}

/* What of an end that is connected, or may be, is over. */
static int hang_ups(const struct cress_end *end)
{
	int no_input = end->way.ended || end->no_read;

	if (end->type == SOCK_DGRAM || end->state == CRESS_END_LISTENING)
		return 0;
	if (end->type == 0)
		return end->reads ? (end->way.ended ? POLLHUP : 0)
				  : (end->peer == NULL ? POLLERR : 0);
	if (end->state == CRESS_END_FRESH)
		return cress_end_is_near(end) ? 0 : POLLHUP;
	return (no_input ? POLLRDHUP : 0) |
	       (no_input && end->no_write ? POLLHUP : 0);
}

static short poll_one(int fd, int events)
{
	struct cress_end *end = cress_end_find(fd);
	int found = 0;

	if (end == NULL)
		return POLLNVAL;
	if (cress_end_is_readable(end))
		found |= POLLIN | POLLRDNORM;
	if (cress_end_is_writable(end))
		found |= POLLOUT | POLLWRNORM;
	if (end->error != 0)
		found |= POLLERR;
	found |= hang_ups(end);
	return (short)(found & (events | POLLERR | POLLHUP));
}

/* Never waits. A real descriptor among them is an error, not an answer. */
int cress_end_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	int ready = 0;

	(void)timeout;
	for (nfds_t i = 0; i < count; i++)
		if (fds[i].fd >= 0 && fds[i].fd < CRESS_VIRTUAL_FD)
			return refuse(ENOTSUP);
	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = 0;
		if (fds[i].fd >= 0)
			fds[i].revents = poll_one(fds[i].fd, fds[i].events);
		ready += fds[i].revents != 0;
	}
	return ready;
}
