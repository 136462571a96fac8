/* SPDX-License-Identifier: MIT */
/*
 * Descriptors and waiting for them: what every call of io is built on.
 *
 * A call first tries; if the kernel has nothing it waits and tries again:
 *
 *     struct cress_io io;
 *     if (cress_io_begin(&io, fd, CRESS_READ) != 0)
 *             return -1;
 *     do
 *             n = recv(fd, ...);
 *     while (cress_io_again(&io, n));
 *     return n;
 */
#ifndef CRESS_IO_FD_H
#define CRESS_IO_FD_H

#include <poll.h>
#include <sys/types.h>

#include "wait/wait.h"

struct cress_poll;

/* One who waits for a direction of a descriptor, its `object`. */
struct cress_fd_waiter {
	struct cress_waiter waiter;
	enum cress_direction direction;
	struct cress_poll *poll;	/* wants to be told, not served */
	int unwatched;		/* waits for no more than a close */
};

/* Put it into its list, at the end or the front; and out again. */
void cress_fd_waiter_add(struct cress_hub *hub, struct cress_fd_waiter *waiter,
			 int first);
void cress_fd_waiter_remove(struct cress_hub *hub,
			    struct cress_fd_waiter *waiter);

/* Take out and wake one, as its kind demands. */
void cress_fd_waiter_wake(struct cress_hub *hub,
			  struct cress_fd_waiter *waiter);

/* A descriptor that a poll waits for is ready: end the poll. */
void cress_poll_ready(struct cress_hub *hub, struct cress_fd_waiter *waiter);

/* A call under way. */
struct cress_io {
	struct cress_hub *hub;
	struct cress_fd *fd;
	enum cress_direction direction;
	uint32_t generation;	/* of the number, when the call began */
	int first;		/* it has waited: it may go before the others */
};

/*
 * Begin a call: a cancelled one fails, one that has had its share of calls that
 * never parked yields, and one on a drained stream waits. 0, or -1 with errno.
 */
int cress_io_begin(struct cress_io *io, int fd, enum cress_direction direction);

/* The same for a call that needs nothing to be there: it does not wait. */
int cress_io_begin_at_once(struct cress_io *io, int fd,
			   enum cress_direction direction);

/*
 * The first half of that: fail if cancelled, and yield if it is the others'
 * turn. 0, or -1 with errno.
 */
int cress_io_turn(struct cress_hub *hub);

/* The same for a call that must not park at all. */
int cress_io_begin_nowait(struct cress_io *io, int fd,
			  enum cress_direction direction);

/* Was the number closed, and perhaps reused, meanwhile? Sets EBADF then. */
int cress_io_is_stale(const struct cress_io *io);

/* Wait until the call may be tried again. 0, or -1 with errno. */
int cress_io_wait(struct cress_io *io);

/* Wait for so long, as one whom a cress_close() finds. 0, or -1 with errno. */
int cress_io_pause(struct cress_io *io, double seconds);

/* Was `result` a refusal for now, and may the call be tried again? */
static inline int cress_io_again(struct cress_io *io, ssize_t *result)
{
	if (likely(*result >= 0))
		return 0;
	if (errno == EINTR)
		return 1;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return 0;
	return cress_io_wait(io) == 0;
}

/*
 * On a stream that moved less than asked the next call would be refused: let it
 * wait first.
 */
static inline void cress_io_moved(struct cress_io *io, ssize_t moved,
				  size_t asked)
{
	if (moved > 0 && (size_t)moved < asked && io->fd->adopted &&
	    io->fd->stream)
		io->fd->drained[io->direction] = 1;
}

/* The state of io in a hub, made at the first call; NULL with errno. */
struct cress_hub *cress_io_hub(void);

/* poll(2) without waiting, and without EINTR. */
int cress_poll_now(struct pollfd *fds, nfds_t count);

/* cress_poll() with seconds, INFINITY for ever. */
int cress_poll_seconds(struct pollfd *fds, nfds_t count, double seconds);

/* Is it a regular file, or a disk? */
int cress_io_is_file(int fd);

/* The number is not open, or the kernel will not tell when it is ready. */
void cress_io_failed(struct cress_hub *hub, struct cress_fd *fd);

/* Let all who wait for this direction of `fd` try again. */
void cress_io_retry(int fd, enum cress_direction direction);

/* Adopt one that was just made O_NONBLOCK, whatever its number meant before. */
int cress_io_adopt_new(struct cress_hub *hub, int fd);

/* The same for one of the type of `model`, which saves asking. */
int cress_io_adopt_like(struct cress_hub *hub, int fd,
			const struct cress_fd *model);

#endif
