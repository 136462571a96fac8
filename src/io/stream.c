/* SPDX-License-Identifier: MIT */
/*
 * read, write and their vectors, on any kind of descriptor.
 *
 * An adopted one is O_NONBLOCK: the plain call will do. On a foreign one each
 * attempt must not block by itself: on a socket by MSG_DONTWAIT, elsewhere by
 * RWF_NOWAIT; where neither exists (terminals, event descriptors) poll(2) is
 * asked first. A regular file that is not in memory goes to a worker.
 */
#include <cress/io.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>

#include "core/sanitizer.h"
#include "io/fd.h"
#include "io/offload.h"
#include "io/quiet.h"
#include "io/syscalls.h"

/* A transfer of any of the four kinds. */
struct transfer {
	struct cress_io io;
	const struct iovec *iov;
	int count;
	size_t asked;
};

static const struct cress_syscalls *calls_of(const struct transfer *transfer)
{
	return transfer->io.hub->syscalls;
}

static int prepare(struct transfer *transfer, int fd, const struct iovec *iov,
		   int count, enum cress_direction direction)
{
	if (count < 0 || count > IOV_MAX) {
		errno = EINVAL;
		return -1;
	}
	transfer->iov = iov;
	transfer->count = count;
	transfer->asked = 0;
	for (int i = 0; i < count; i++)
		transfer->asked += iov[i].iov_len;
	/* To read nothing never waits, even where there is nothing to read. */
	if (unlikely(transfer->asked == 0) && direction == CRESS_READ)
		return cress_io_begin_at_once(&transfer->io, fd, direction);
	return cress_io_begin(&transfer->io, fd, direction);
}

int cress_io_is_file(int fd)
{
	struct stat status;

	return cress_syscalls_here()->fstat(fd, &status) == 0 &&
	       (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
}

/* A transfer of a file in a worker. */
struct file_job {
	struct cress_job job;
	struct transfer *transfer;
	ssize_t moved;
	int error;
};

/* The plain call. */
static void transfer_file(struct cress_job *job)
{
	struct file_job *file = (struct file_job *)job;
	struct transfer *transfer = file->transfer;
	const struct cress_syscalls *calls = calls_of(transfer);
	int fd = transfer->io.fd->fd;

	if (transfer->io.direction == CRESS_READ)
		file->moved = calls->readv(fd, transfer->iov, transfer->count);
	else
		file->moved = calls->writev(fd, transfer->iov, transfer->count);
	file->error = errno;
}

/* Cancelled in the worker it has moved its data all the same: so it says. */
static ssize_t offload_transfer(struct transfer *transfer)
{
	struct file_job file = {
		.job = {.run = transfer_file, .what = "a file", .keeps = 1},
		.transfer = transfer,
	};

	if (cress_job_run(&file.job) != 0)
		return -1;
	errno = file.error;
	return file.moved;
}

static ssize_t quietly(struct transfer *transfer, int flags)
{
	const struct cress_syscalls *calls = calls_of(transfer);
	int fd = transfer->io.fd->fd;
	struct cress_quiet quiet;
	ssize_t n;

	cress_quiet_begin(&quiet);
	n = flags != 0
		? calls->pwritev2(fd, transfer->iov, transfer->count, -1,
				  flags)
		: calls->writev(fd, transfer->iov, transfer->count);
	cress_quiet_end(&quiet, n < 0 && errno == EPIPE);
	return n;
}

/* A socket's way, for both directions. */
static ssize_t try_socket(struct transfer *transfer)
{
	struct msghdr message = {.msg_iov = (struct iovec *)transfer->iov,
				 .msg_iovlen = (size_t)transfer->count};
	const struct cress_syscalls *calls = calls_of(transfer);
	int fd = transfer->io.fd->fd;

	if (transfer->io.direction == CRESS_READ)
		return calls->recvmsg(fd, &message, MSG_DONTWAIT);
	return calls->sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Neither flag helps: ask whether it would block, then do it. */
static ssize_t try_polled(struct transfer *transfer)
{
	const struct cress_syscalls *calls = calls_of(transfer);
	int reads = transfer->io.direction == CRESS_READ;
	int fd = transfer->io.fd->fd;
	struct pollfd pollfd = {.fd = fd,
				.events = reads ? POLLIN : POLLOUT};
	struct iovec some;

	if (cress_poll_now(&pollfd, 1) == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (reads)
		return calls->readv(fd, transfer->iov, transfer->count);
	/* Writable means room for this much, not for all of it. */
	if (transfer->asked > PIPE_BUF && !cress_io_is_file(fd)) {
		while (transfer->iov->iov_len == 0)
			transfer->iov++;
		some = *transfer->iov;
		if (some.iov_len > PIPE_BUF)
			some.iov_len = PIPE_BUF;
		transfer->iov = &some;
		transfer->count = 1;
	}
	return quietly(transfer, 0);
}

static ssize_t read_nowait(struct transfer *transfer)
{
	ssize_t n = calls_of(transfer)->preadv2(transfer->io.fd->fd,
						transfer->iov, transfer->count,
						-1, RWF_NOWAIT);
	size_t left = n > 0 ? (size_t)n : 0;

	for (const struct iovec *some = transfer->iov; left > 0; some++) {
		size_t size = some->iov_len < left ? some->iov_len : left;

		cress_sanitizer_written(some->iov_base, size);
		left -= size;
	}
	return n;
}

static ssize_t try_foreign(struct transfer *transfer)
{
	int fd = transfer->io.fd->fd;
	ssize_t n = try_socket(transfer);

	if (n >= 0 || errno != ENOTSOCK)
		return n;
	if (transfer->count == 0)
		return 0;
	if (transfer->io.direction == CRESS_READ)
		n = read_nowait(transfer);
	else
		n = quietly(transfer, RWF_NOWAIT);
	if (n >= 0)
		return n;
	if (errno == EOPNOTSUPP || errno == EINVAL || errno == ENOSYS)
		return try_polled(transfer);
	if (errno == EAGAIN && cress_io_is_file(fd))
		return offload_transfer(transfer);
	return n;
}

static ssize_t try_adopted(struct transfer *transfer)
{
	int fd = transfer->io.fd->fd;

	if (transfer->io.fd->socket)
		return try_socket(transfer);
	if (transfer->io.direction == CRESS_READ)
		return calls_of(transfer)->readv(fd, transfer->iov,
						 transfer->count);
	return quietly(transfer, 0);
}

/* O_NONBLOCK keeps a call on it from blocking; a file knows no such thing. */
static int is_plain(const struct transfer *transfer)
{
	return transfer->io.fd->adopted && !transfer->io.fd->file;
}

static ssize_t run(struct transfer *transfer)
{
	struct transfer attempt;
	ssize_t n;

	/* To read nothing never blocks, but some calls would say EAGAIN. */
	if (transfer->asked == 0 && transfer->io.direction == CRESS_READ)
		return calls_of(transfer)->readv(transfer->io.fd->fd,
						 transfer->iov,
						 transfer->count);
	do {
		attempt = *transfer;
		n = is_plain(transfer) ? try_adopted(&attempt)
				       : try_foreign(&attempt);
	} while (cress_io_again(&transfer->io, &n));
	cress_io_moved(&transfer->io, n, transfer->asked);
	return n;
}

ssize_t cress_readv(int fd, const struct iovec *iov, int count)
{
	struct transfer transfer;

	if (prepare(&transfer, fd, iov, count, CRESS_READ) != 0)
		return -1;
	return run(&transfer);
}

ssize_t cress_writev(int fd, const struct iovec *iov, int count)
{
	struct transfer transfer;

	if (prepare(&transfer, fd, iov, count, CRESS_WRITE) != 0)
		return -1;
	return run(&transfer);
}

ssize_t cress_read(int fd, void *buf, size_t count)
{
	struct iovec iov = {buf, count};
	struct transfer transfer;
	ssize_t n;

	if (prepare(&transfer, fd, &iov, 1, CRESS_READ) != 0)
		return -1;
	if (!is_plain(&transfer))
		return run(&transfer);
	do
		n = transfer.io.hub->syscalls->read(fd, buf, count);
	while (cress_io_again(&transfer.io, &n));
	cress_io_moved(&transfer.io, n, count);
	return n;
}

ssize_t cress_write(int fd, const void *buf, size_t count)
{
	struct iovec iov = {(void *)buf, count};
	struct transfer transfer;
	ssize_t n;

	if (prepare(&transfer, fd, &iov, 1, CRESS_WRITE) != 0)
		return -1;
	if (!transfer.io.fd->adopted || !transfer.io.fd->socket)
		return run(&transfer);
	do
		n = transfer.io.hub->syscalls->send(
			fd, buf, count, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (cress_io_again(&transfer.io, &n));
	cress_io_moved(&transfer.io, n, count);
	return n;
}

ssize_t cress_write_all(int fd, const void *buf, size_t count)
{
	size_t done = 0;
	ssize_t n;

	do {
		n = cress_write(fd, (const char *)buf + done, count - done);
		if (n > 0)
			done += (size_t)n;
	} while (n >= 0 && done < count);
	return done > 0 ? (ssize_t)done : n;
}

ssize_t cress_read_full(int fd, void *buf, size_t count)
{
	size_t done = 0;
	ssize_t n;

	do {
		n = cress_read(fd, (char *)buf + done, count - done);
		if (n > 0)
			done += (size_t)n;
	} while (n > 0 && done < count);
	if (n == 0)
		errno = 0;
	return done > 0 ? (ssize_t)done : n;
}
