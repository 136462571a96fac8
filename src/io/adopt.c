/* SPDX-License-Identifier: MIT */
/*
 * Whose a descriptor is: adopting, giving back, closing, making.
 *
 * Whenever a number changes its meaning its generation is counted up, so that
 * who was woken for the old file, but has not run yet, leaves the new one
 * alone.
 */
#include <cress/io.h>

#include <errno.h>
#include <fcntl.h>

#include "io/fd.h"
#include "io/syscalls.h"

/* A pipe or a terminal is a stream as well: short means drained. */
static void learn_type(struct cress_fd *fd)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	int type = SOCK_STREAM;
	socklen_t size = sizeof type;
	int saved = errno;

	fd->socket = calls->getsockopt(fd->fd, SOL_SOCKET, SO_TYPE, &type,
				       &size) == 0;
	fd->stream = type == SOCK_STREAM;
	fd->file = !fd->socket && cress_io_is_file(fd->fd);
	errno = saved;
}

/* Wake all with EBADF; from here on the number means nothing to the library. */
static void forget(struct cress_hub *hub, struct cress_fd *fd)
{
	for (int i = CRESS_READ; i <= CRESS_WRITE; i++) {
		while (fd->waiting[i].first != NULL)
			cress_interrupt(hub, fd->waiting[i].first->coroutine,
					EBADF);
		fd->woken[i] = 0;
		fd->drained[i] = 0;
	}
	hub->driver->forget(hub, fd);
	fd->adopted = 0;
	fd->generation++;
}

/* The entry of a number, if this thread has one that may hold anything. */
static struct cress_fd *known(int fd)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_hub *hub = thread == NULL ? NULL : thread->hub;

	return hub == NULL ? NULL : hub->driver->known_fd(hub, fd);
}

static struct cress_fd *adopt_new(struct cress_hub *hub, int number)
{
	struct cress_fd *fd = hub->driver->fd(hub, number);

	if (fd == NULL)
		return NULL;
	/* Always: a foreign file may have had the number, and gone unseen. */
	forget(hub, fd);
	fd->adopted = 1;
	return fd;
}

int cress_io_adopt_new(struct cress_hub *hub, int number)
{
	struct cress_fd *fd = adopt_new(hub, number);

	if (fd == NULL)
		return -1;
	learn_type(fd);
	return 0;
}

int cress_io_adopt_like(struct cress_hub *hub, int number,
			const struct cress_fd *model)
{
	struct cress_fd *fd = adopt_new(hub, number);

	if (fd == NULL)
		return -1;
	fd->socket = model->socket;
	fd->stream = model->stream;
	fd->file = 0;
	return 0;
}

int cress_fd_adopt(int number)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	int flags = calls->fcntl(number, F_GETFL, 0);
	struct cress_hub *hub;
	struct cress_fd *fd;

	if (flags < 0)
		return -1;
	hub = cress_io_hub();
	fd = hub == NULL ? NULL : hub->driver->fd(hub, number);
	if (fd == NULL)
		return -1;
	if (fd->adopted)
		return 0;
	if (!(flags & O_NONBLOCK) &&
	    calls->fcntl(number, F_SETFL, flags | O_NONBLOCK) != 0)
		return -1;
	if (fd->waiting[0].first == NULL && fd->waiting[1].first == NULL)
		forget(hub, fd);
	fd->adopted = 1;
	learn_type(fd);
	return 0;
}

int cress_fd_abandon(int number)
{
	struct cress_fd *fd = known(number);

	if (cress_syscalls_here()->fcntl(number, F_GETFD, 0) < 0)
		return -1;
	if (fd == NULL || !fd->adopted) {
		errno = EINVAL;
		return -1;
	}
	forget(cress_thread_self->hub, fd);
	return 0;
}

static void retry(struct cress_hub *hub, struct cress_fd *fd,
		  enum cress_direction direction)
{
	struct cress_waiter *waiter;

	fd->drained[direction] = 0;
	while ((waiter = fd->waiting[direction].first) != NULL)
		cress_fd_waiter_wake(hub, (struct cress_fd_waiter *)waiter);
}

void cress_io_retry(int number, enum cress_direction direction)
{
	struct cress_fd *fd = known(number);

	if (fd != NULL)
		retry(cress_thread_self->hub, fd, direction);
}

/* Without memory in the kernel each tries again, and then waits again. */
void cress_io_failed(struct cress_hub *hub, struct cress_fd *fd)
{
	if (hub->syscalls->fcntl(fd->fd, F_GETFD, 0) < 0) {
		forget(hub, fd);
		return;
	}
	retry(hub, fd, CRESS_READ);
	retry(hub, fd, CRESS_WRITE);
}

int cress_close(int number)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	struct cress_fd *fd = known(number);

	if (fd != NULL)
		forget(cress_thread_self->hub, fd);
	/* Linux has closed it even when it says EINTR. */
	return calls->close(number) == 0 || errno == EINTR ? 0 : -1;
}

/* Adopt what was just made, or close it again. */
static int keep(struct cress_hub *hub, int fd)
{
	int saved;

	if (fd < 0)
		return -1;
	if (cress_io_adopt_new(hub, fd) == 0)
		return fd;
	saved = errno;
	hub->syscalls->close(fd);
	errno = saved;
	return -1;
}

static int keep_both(struct cress_hub *hub, int fds[2])
{
	int saved;

	if (keep(hub, fds[0]) < 0) {
		saved = errno;
		hub->syscalls->close(fds[1]);
	} else if (keep(hub, fds[1]) < 0) {
		saved = errno;
		cress_close(fds[0]);
	} else {
		return 0;
	}
	errno = saved;
	return -1;
}

int cress_socket(int domain, int type, int protocol)
{
	struct cress_hub *hub = cress_io_hub();

	type |= SOCK_NONBLOCK | SOCK_CLOEXEC;
	if (hub == NULL)
		return -1;
	return keep(hub, hub->syscalls->socket(domain, type, protocol));
}

int cress_socketpair(int domain, int type, int protocol, int fds[2])
{
	struct cress_hub *hub = cress_io_hub();

	type |= SOCK_NONBLOCK | SOCK_CLOEXEC;
	if (hub == NULL ||
	    hub->syscalls->socketpair(domain, type, protocol, fds) != 0)
		return -1;
	return keep_both(hub, fds);
}

int cress_pipe2(int fds[2], int flags)
{
	struct cress_hub *hub = cress_io_hub();

	flags |= O_NONBLOCK | O_CLOEXEC;
	if (hub == NULL || hub->syscalls->pipe2(fds, flags) != 0)
		return -1;
	return keep_both(hub, fds);
}
