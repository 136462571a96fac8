/* SPDX-License-Identifier: MIT */
/* The system calls of a simulation, as the table of syscalls.h names them. */
#ifndef CRESS_IO_SIMULATED_CALLS_H
#define CRESS_IO_SIMULATED_CALLS_H

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

ssize_t cress_end_read(int fd, void *buf, size_t size);
ssize_t cress_end_readv(int fd, const struct iovec *iov, int count);
ssize_t cress_end_preadv2(int fd, const struct iovec *iov, int count,
			  off_t offset, int flags);
ssize_t cress_end_write(int fd, const void *buf, size_t size);
ssize_t cress_end_writev(int fd, const struct iovec *iov, int count);
ssize_t cress_end_pwritev2(int fd, const struct iovec *iov, int count,
			   off_t offset, int flags);
ssize_t cress_end_recv(int fd, void *buf, size_t size, int flags);
ssize_t cress_end_recvfrom(int fd, void *buf, size_t size, int flags,
			   struct sockaddr *from, socklen_t *fromlen);
ssize_t cress_end_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t cress_end_send(int fd, const void *buf, size_t size, int flags);
ssize_t cress_end_sendto(int fd, const void *buf, size_t size, int flags,
			 const struct sockaddr *to, socklen_t tolen);
ssize_t cress_end_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t cress_end_sendfile(int out, int in, off_t *offset, size_t count);
int cress_end_getsockopt(int fd, int level, int option, void *value,
			 socklen_t *size);
int cress_end_setsockopt(int fd, int level, int option, const void *value,
			 socklen_t size);
int cress_end_fcntl(int fd, int command, int argument);
int cress_end_fstat(int fd, struct stat *status);
int cress_end_poll(struct pollfd *fds, nfds_t count, int timeout);
int cress_end_close(int fd);
int cress_end_shutdown(int fd, int how);
int cress_end_bind(int fd, const struct sockaddr *address, socklen_t size);
int cress_end_listen(int fd, int backlog);
int cress_end_connect(int fd, const struct sockaddr *address, socklen_t size);
int cress_end_accept4(int fd, struct sockaddr *address, socklen_t *size,
		      int flags);
int cress_end_getsockname(int fd, struct sockaddr *address, socklen_t *size);
int cress_end_getpeername(int fd, struct sockaddr *address, socklen_t *size);
int cress_end_getaddrinfo(const char *node, const char *service,
			  const struct addrinfo *hints,
			  struct addrinfo **result);

#endif
