/* SPDX-License-Identifier: MIT */
/*
 * The system calls of io and net, through one table of each hub, so that faults
 * can be put between the library and the kernel, or another kernel in its
 * place: hub->syscalls.
 */
#ifndef CRESS_IO_SYSCALLS_H
#define CRESS_IO_SYSCALLS_H

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

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
	int (*socket)(int domain, int type, int protocol);
	int (*socketpair)(int domain, int type, int protocol, int fds[2]);
	int (*pipe2)(int fds[2], int flags);
	int (*bind)(int fd, const struct sockaddr *address, socklen_t size);
	int (*listen)(int fd, int backlog);
	int (*shutdown)(int fd, int how);
	int (*close)(int fd);
	int (*getsockname)(int fd, struct sockaddr *address, socklen_t *size);
	int (*getpeername)(int fd, struct sockaddr *address, socklen_t *size);
	int (*getsockopt)(int fd, int level, int option, void *value,
			  socklen_t *size);
	int (*setsockopt)(int fd, int level, int option, const void *value,
			  socklen_t size);
	int (*fcntl)(int fd, int command, int argument);
	int (*fstat)(int fd, struct stat *status);
	int (*poll)(struct pollfd *fds, nfds_t count, int timeout);
	/* Never blocks; NULL: getaddrinfo() itself, in a worker. */
	int (*getaddrinfo)(const char *node, const char *service,
			   const struct addrinfo *hints,
			   struct addrinfo **result);
};

/* The kernel's; and that of the hub of this thread, if it has one. */
extern struct cress_syscalls cress_syscalls;
const struct cress_syscalls *cress_syscalls_here(void);

#endif
