/* SPDX-License-Identifier: MIT */
/*
 * The system calls that move data, through one table, so that faults can be
 * put between the library and the kernel.
 */
#ifndef CRESS_IO_SYSCALLS_H
#define CRESS_IO_SYSCALLS_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct cress_syscalls {
	ssize_t (*read)(int fd, void *buf, size_t count);
	ssize_t (*readv)(int fd, const struct iovec *iov, int count);
	ssize_t (*preadv2)(int fd, const struct iovec *iov, int count,
			   off_t offset, int flags);
	ssize_t (*write)(int fd, const void *buf, size_t count);
	ssize_t (*writev)(int fd, const struct iovec *iov, int count);
	ssize_t (*pwritev2)(int fd, const struct iovec *iov, int count,
			    off_t offset, int flags);
	ssize_t (*recv)(int fd, void *buf, size_t size, int flags);
	ssize_t (*recvfrom)(int fd, void *buf, size_t size, int flags,
			    struct sockaddr *from, socklen_t *fromlen);
	ssize_t (*recvmsg)(int fd, struct msghdr *message, int flags);
	ssize_t (*send)(int fd, const void *buf, size_t size, int flags);
	ssize_t (*sendto)(int fd, const void *buf, size_t size, int flags,
			  const struct sockaddr *to, socklen_t tolen);
	ssize_t (*sendmsg)(int fd, const struct msghdr *message, int flags);
	ssize_t (*sendfile)(int out, int in, off_t *offset, size_t count);
	int (*accept4)(int fd, struct sockaddr *address, socklen_t *size,
		       int flags);
	int (*connect)(int fd, const struct sockaddr *address,
		       socklen_t size);
};

extern struct cress_syscalls cress_syscalls;

#endif
