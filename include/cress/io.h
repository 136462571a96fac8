/* SPDX-License-Identifier: MIT */
/*
 * Input and output that parks the caller instead of blocking the thread.
 *
 * A call that mirrors a POSIX call has its name, arguments, result and errors
 * behind the prefix, and the manual page of the original holds, with these
 * differences: it parks where the original would block, whatever O_NONBLOCK
 * says; MSG_DONTWAIT asks for EAGAIN instead; it never sees EINTR; it never
 * raises SIGPIPE; and it fails with the errors of hub.h when it is cancelled,
 * and then has moved nothing. EBADF also means that the descriptor was closed
 * with cress_close() while the caller was parked on it. After close(2), which
 * tells nobody, a call may fail so as well, or wait for ever.
 *
 * A descriptor that the library made, or that was given to cress_fd_adopt(),
 * is cheapest: it stays registered with the event loop, so that a request
 * costs one receive and one send. It must be closed with cress_close(). On any
 * other the library works too, never changes its flags, and keeps no
 * registration after a call. A descriptor that the library makes is
 * O_NONBLOCK and O_CLOEXEC.
 *
 * Any number of coroutines may wait for one descriptor and direction: those
 * that read, write or accept are served one at a time in order, those that
 * poll are all woken. A coroutine whose descriptors are always ready yields
 * after a number of calls, so that the others run too.
 *
 *     int fd;
 *     while ((fd = cress_accept4(listener, NULL, NULL, 0)) >= 0)
 *             cress_go(serve, (void *)(intptr_t)fd);
 *
 * Regular files are read and written directly where the kernel has the data
 * at hand, and in a worker thread where it has not (offload.h).
 * All calls may park unless they say otherwise; any coroutine of any thread.
 * MSG_DONTWAIT neither parks nor yields. What a call returns is what the kernel
 * said last: no other coroutine runs between the two.
 */
#ifndef CRESS_IO_H
#define CRESS_IO_H

#include <poll.h>
#include <stddef.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As read(2). */
ssize_t cress_read(int fd, void *buf, size_t count);

/* As readv(2). */
ssize_t cress_readv(int fd, const struct iovec *iov, int iovcnt);

/* As write(2). May write less than asked, as a non-blocking write does. */
ssize_t cress_write(int fd, const void *buf, size_t count);

/* As writev(2). May write less than asked. */
ssize_t cress_writev(int fd, const struct iovec *iov, int iovcnt);

/*
 * As recv(2). With MSG_WAITALL it returns what it has when it is cancelled or
 * fails midway, with errno set; -1 only if that is nothing.
 */
ssize_t cress_recv(int fd, void *buf, size_t len, int flags);

/* As recvfrom(2). */
ssize_t cress_recvfrom(int fd, void *buf, size_t len, int flags,
		       struct sockaddr *from, socklen_t *fromlen);

/* As recvmsg(2). */
ssize_t cress_recvmsg(int fd, struct msghdr *msg, int flags);

/* As send(2). May send less than asked on a stream. */
ssize_t cress_send(int fd, const void *buf, size_t len, int flags);

/* As sendto(2). */
ssize_t cress_sendto(int fd, const void *buf, size_t len, int flags,
		     const struct sockaddr *to, socklen_t tolen);

/* As sendmsg(2). */
ssize_t cress_sendmsg(int fd, const struct msghdr *msg, int flags);

/* As sendfile(2). May send less than asked. */
ssize_t cress_sendfile(int out, int in, off_t *offset, size_t count);

/*
 * As accept4(2); the new descriptor is O_NONBLOCK and O_CLOEXEC whatever
 * `flags` says, and adopted. EMFILE and its like are returned at once: back
 * off before the next call.
 */
int cress_accept4(int fd, struct sockaddr *addr, socklen_t *addrlen,
		  int flags);

/*
 * As connect(2). When it is cancelled the attempt goes on in the kernel, as
 * after EINTR: close the descriptor.
 */
int cress_connect(int fd, const struct sockaddr *addr, socklen_t addrlen);

/* As shutdown(2); wakes those who wait in that direction. Does not park. */
int cress_shutdown(int fd, int how);

/*
 * As poll(2), with milliseconds. A descriptor that is not open is reported as
 * POLLNVAL. To wait for more than input and output, urgent data or a hang-up
 * alone, takes a descriptor for so long: EMFILE, ENFILE; ENOMEM, ENOSPC.
 */
int cress_poll(struct pollfd *fds, nfds_t nfds, int timeout);

/*
 * As select(2). `timeout` is left as it is, NULL waits for ever; a negative,
 * or of a million microseconds and more, is EINVAL, as is an `nfds` beyond
 * FD_SETSIZE. Without descriptors it only sleeps. The sets are changed only if
 * it succeeds. To wait for `exceptfds` has the errors of cress_poll(). More
 * than 16 descriptors cost an allocation, which may fail with ENOMEM;
 * cress_poll() is the better call for many.
 */
int cress_select(int nfds, fd_set *readfds, fd_set *writefds,
		 fd_set *exceptfds, struct timeval *timeout);

/*
 * As close(2), for any descriptor: those who are parked on it are woken with
 * EBADF first. After it the number may be reused at once. Does not park; never
 * fails with EINTR.
 */
int cress_close(int fd);

/*
 * As socket(2), socketpair(2) and pipe2(2), for descriptors that are adopted,
 * O_NONBLOCK and O_CLOEXEC. These do not park.
 */
int cress_socket(int domain, int type, int protocol);
int cress_socketpair(int domain, int type, int protocol, int fds[2]);
int cress_pipe2(int fds[2], int flags);

/*
 * Hand a descriptor over to the library of this thread: it is made
 * O_NONBLOCK, and from now on belongs to calls of this thread; close it with
 * cress_close(). To adopt it twice does nothing.
 *
 * Returns 0, or -1 with errno: EBADF, ENOMEM. Does not park.
 */
int cress_fd_adopt(int fd);

/*
 * Take a descriptor back from the library, to use it elsewhere or to close it
 * with close(2). It stays O_NONBLOCK. Who is parked on it is woken with EBADF.
 *
 * Returns 0, or -1 with errno: EBADF, EINVAL it was not adopted. Does not
 * park.
 */
int cress_fd_abandon(int fd);

/*
 * Park until `fd` is ready for one of `events`: POLLIN, POLLOUT or both.
 *
 * Returns those that it is ready for; errors and hang-ups count as ready for
 * what was asked. Or -1 with errno: EBADF, EINVAL other events.
 */
int cress_wait_fd(int fd, int events);

/*
 * Write all of `count` bytes. Returns `count`; less with errno set if it
 * failed midway; or -1 with errno if nothing was written.
 */
ssize_t cress_write_all(int fd, const void *buf, size_t count);

/*
 * Read until `count` bytes are there or the input ends. Returns how many;
 * errno is 0 if the input ended, and tells the error if it failed midway. Or
 * -1 with errno if nothing was read.
 */
ssize_t cress_read_full(int fd, void *buf, size_t count);

/*
 * What the two calls above are where a program asks for offsets or times of 64
 * bits on a processor of 32; nobody need write these names. cress_sendfile()
 * without fails with EOVERFLOW at the end of what its offset can say.
 */
#if defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
ssize_t cress_sendfile64(int out, int in, off_t *offset, size_t count);
#define cress_sendfile cress_sendfile64
#endif
#if defined(_TIME_BITS) && _TIME_BITS == 64
int cress_select64(int nfds, fd_set *readfds, fd_set *writefds,
		   fd_set *exceptfds, struct timeval *timeout);
#define cress_select cress_select64
#endif

#ifdef __cplusplus
}
#endif

#endif
