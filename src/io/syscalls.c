/* SPDX-License-Identifier: MIT */
/* The table of system calls, with the C library's own in it. */
#include "io/syscalls.h"

#include <sys/sendfile.h>
#include <unistd.h>

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
};
