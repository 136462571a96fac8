/* SPDX-License-Identifier: MIT */
/* The table of system calls, with the C library's own in it. */
#include "io/syscalls.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not every C library has these. The offset goes in two words, low first. */
#ifndef CRESS_HAVE_PREADV2
static ssize_t preadv2(int fd, const struct iovec *iov, int count,
		       off_t offset, int flags)
{
	return syscall(SYS_preadv2, fd, iov, count, (long)offset,
		       (long)((uint64_t)offset >> 32), flags);
}

static ssize_t pwritev2(int fd, const struct iovec *iov, int count,
			off_t offset, int flags)
{
	return syscall(SYS_pwritev2, fd, iov, count, (long)offset,
		       (long)((uint64_t)offset >> 32), flags);
}
#endif

/* glibc declares the addresses as transparent unions; a table cannot. */
static ssize_t plain_recvfrom(int fd, void *buf, size_t size, int flags,
			      struct sockaddr *from, socklen_t *fromlen)
{
	return recvfrom(fd, buf, size, flags, from, fromlen);
}

static ssize_t plain_sendto(int fd, const void *buf, size_t size, int flags,
			    const struct sockaddr *to, socklen_t tolen)
{
	return sendto(fd, buf, size, flags, to, tolen);
}

static int plain_accept4(int fd, struct sockaddr *address, socklen_t *size,
			 int flags)
{
	return accept4(fd, address, size, flags);
}

static int plain_connect(int fd, const struct sockaddr *address,
			 socklen_t size)
{
	return connect(fd, address, size);
}

static int plain_bind(int fd, const struct sockaddr *address, socklen_t size)
{
	return bind(fd, address, size);
}

static int plain_getsockname(int fd, struct sockaddr *address,
			     socklen_t *size)
{
	return getsockname(fd, address, size);
}

static int plain_getpeername(int fd, struct sockaddr *address,
			     socklen_t *size)
{
	return getpeername(fd, address, size);
}

/* The commands that the library uses take no other argument than a number. */
static int plain_fcntl(int fd, int command, int argument)
{
	return fcntl(fd, command, argument);
}

struct cress_syscalls cress_syscalls = {
	.read = read,
	.readv = readv,
	.preadv2 = preadv2,
	.write = write,
	.writev = writev,
	.pwritev2 = pwritev2,
	.recv = recv,
	.recvfrom = plain_recvfrom,
	.recvmsg = recvmsg,
	.send = send,
	.sendto = plain_sendto,
	.sendmsg = sendmsg,
	.sendfile = sendfile,
	.accept4 = plain_accept4,
	.connect = plain_connect,
	.socket = socket,
	.socketpair = socketpair,
	.pipe2 = pipe2,
	.bind = plain_bind,
	.listen = listen,
	.shutdown = shutdown,
	.close = close,
	.getsockname = plain_getsockname,
	.getpeername = plain_getpeername,
	.getsockopt = getsockopt,
	.setsockopt = setsockopt,
	.fcntl = plain_fcntl,
	.fstat = fstat,
	.poll = poll,
};
