/* SPDX-License-Identifier: MIT */
/*
 * A kernel that makes trouble, put between the library and the real one
 * through the table of system calls: it cuts every transfer, says EINTR and
 * EAGAIN when it likes, and takes its time over files. The stream stays the
 * same, and a call that fails has taken nothing.
 */
#include "io/support.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "io/syscalls.h"

#include <cress/io.h>

#define LONG 4000

static int ends[2];
static unsigned char sent[LONG], got[LONG];
static unsigned calls;
static size_t most; /* bytes that a transfer may move */

/*
 * One call in three is interrupted, one in five refused, but not in turn: an
 * attempt may be two calls, and the second of them would fail for ever.
 */
static int must_refuse(void)
{
	static unsigned x = 12345;
	unsigned draw;

	calls++;
	x = x * 1664525 + 1013904223;
	draw = x >> 16;
	errno = draw % 3 == 0 ? EINTR : EAGAIN;
	return draw % 3 == 0 || draw % 5 == 0;
}

static size_t cut(size_t size)
{
	return size < most ? size : most;
}

static ssize_t cut_read(int fd, void *buf, size_t size)
{
	return must_refuse() ? -1 : read(fd, buf, cut(size));
}

static ssize_t cut_send(int fd, const void *buf, size_t size, int flags)
{
	return must_refuse() ? -1 : send(fd, buf, cut(size), flags);
}

static ssize_t cut_recv(int fd, void *buf, size_t size, int flags)
{
	return must_refuse() ? -1 : recv(fd, buf, cut(size), flags);
}

/* The first part of a vector that is not empty, cut. */
static struct iovec cut_part(const struct iovec *iov, size_t count)
{
	struct iovec part = {NULL, 0};

	for (size_t i = 0; i < count && part.iov_len == 0; i++)
		part = iov[i];
	part.iov_len = cut(part.iov_len);
	return part;
}

static ssize_t cut_readv(int fd, const struct iovec *iov, int count)
{
	struct iovec part = cut_part(iov, (size_t)count);

	return must_refuse() ? -1 : readv(fd, &part, 1);
}

static ssize_t cut_writev(int fd, const struct iovec *iov, int count)
{
	struct iovec part = cut_part(iov, (size_t)count);

	return must_refuse() ? -1 : writev(fd, &part, 1);
}

static ssize_t cut_preadv2(int fd, const struct iovec *iov, int count,
			   off_t offset, int flags)
{
	struct iovec part = cut_part(iov, (size_t)count);

	return must_refuse() ? -1 : preadv2(fd, &part, 1, offset, flags);
}

static ssize_t cut_pwritev2(int fd, const struct iovec *iov, int count,
			    off_t offset, int flags)
{
	struct iovec part = cut_part(iov, (size_t)count);

	return must_refuse() ? -1 : pwritev2(fd, &part, 1, offset, flags);
}

static ssize_t cut_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct iovec part = cut_part(msg->msg_iov, msg->msg_iovlen);
	struct msghdr one = {.msg_iov = &part, .msg_iovlen = 1};

	return must_refuse() ? -1 : recvmsg(fd, &one, flags);
}

static ssize_t cut_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct iovec part = cut_part(msg->msg_iov, msg->msg_iovlen);
	struct msghdr one = {.msg_iov = &part, .msg_iovlen = 1};

	return must_refuse() ? -1 : sendmsg(fd, &one, flags);
}

static struct cress_syscalls real;

static void begin_trouble(size_t size)
{
	real = cress_syscalls;
	calls = 0;
	most = size;
	cress_syscalls.read = cut_read;
	cress_syscalls.readv = cut_readv;
	cress_syscalls.preadv2 = cut_preadv2;
	cress_syscalls.writev = cut_writev;
	cress_syscalls.pwritev2 = cut_pwritev2;
	cress_syscalls.recv = cut_recv;
	cress_syscalls.recvmsg = cut_recvmsg;
	cress_syscalls.send = cut_send;
	cress_syscalls.sendmsg = cut_sendmsg;
}

static void end_trouble(void)
{
	cress_syscalls = real;
	check(calls > 0);
}

static ssize_t write_sent(struct call *call)
{
	return cress_write_all(call->fd, sent, LONG);
}

static ssize_t receive_got(struct call *call)
{
	return cress_recv(call->fd, got, LONG, MSG_WAITALL);
}

/* Send all of it from one end to the other, cut into such pieces. */
static void carry(ssize_t (*receive)(struct call *), size_t size)
{
	struct call in = {.make = receive, .fd = ends[0]};
	struct call out = {.make = write_sent, .fd = ends[1]};

	memset(got, 0, sizeof(got));
	begin_trouble(size);
	call_begin(&in);
	call_begin(&out);
	check_call(&out, LONG, 0);
	check_call(&in, LONG, 0);
	end_trouble();
	check(memcmp(sent, got, LONG) == 0);
}

static ssize_t read_got(struct call *call)
{
	return cress_read_full(call->fd, got, LONG);
}

static void make_pattern(void)
{
	for (size_t i = 0; i < LONG; i++)
		sent[i] = (unsigned char)(i * 11 + i / 255);
}

static const size_t sizes[] = {1, 2, 3, 7, 64, 1000, LONG};

/* R41, R42 */
static void a_stream_of_sockets_survives_any_cut(void)
{
	make_pattern();
	for (size_t i = 0; i < COUNT(sizes) && suite_failures() == 0; i++) {
		own_pair(ends);
		carry(read_got, sizes[i]);
		carry(receive_got, sizes[i]);
		drop_own(ends);
	}
	for (size_t i = 0; i < COUNT(sizes) && suite_failures() == 0; i++) {
		foreign_pair(ends);
		carry(read_got, sizes[i]);
		carry(receive_got, sizes[i]);
		drop_foreign(ends);
	}
}

/* R41, R42 */
static void a_stream_of_pipes_survives_any_cut(void)
{
	make_pattern();
	for (size_t i = 0; i < COUNT(sizes) && suite_failures() == 0; i++) {
		check_int(cress_pipe2(ends, 0), 0);
		carry(read_got, sizes[i]);
		drop_own(ends);
	}
	for (size_t i = 0; i < COUNT(sizes) && suite_failures() == 0; i++) {
		check_int(pipe(ends), 0);
		carry(read_got, sizes[i]);
		drop_foreign(ends);
	}
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate_is_open, entered;

static ssize_t not_in_memory(int fd, const struct iovec *iov, int count,
			     off_t offset, int flags)
{
	(void)fd;
	(void)iov;
	(void)count;
	(void)offset;
	check(flags == RWF_NOWAIT);
	errno = EAGAIN;
	return -1;
}

static ssize_t read_slowly(int fd, const struct iovec *iov, int count)
{
	pthread_mutex_lock(&lock);
	__atomic_store_n(&entered, 1, __ATOMIC_RELAXED);
	while (!gate_is_open)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	return readv(fd, iov, count);
}

static void set_gate(int open)
{
	pthread_mutex_lock(&lock);
	gate_is_open = open;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void slow_disk(struct call *call)
{
	real = cress_syscalls;
	entered = 0;
	set_gate(0);
	cress_syscalls.preadv2 = not_in_memory;
	cress_syscalls.readv = read_slowly;
	call_begin(call);
	while (__atomic_load_n(&entered, __ATOMIC_RELAXED) == 0)
		check_int(cress_sleep(0.001), 0);
}

/* R43 */
static void a_slow_disk_parks_only_its_reader(void)
{
	struct call call = {.make = make_read, .size = 3};

	call.fd = file_with("hello");
	slow_disk(&call);
	settle();
	check(call_is_parked(&call));
	set_gate(1);
	check_call(&call, 3, 0);
	cress_syscalls = real;

	check(memcmp(call.bytes, "hel", 3) == 0);
	check_int(lseek(call.fd, 0, SEEK_CUR), 3);
	close(call.fd);
}

/* R43, D7: what a worker has read is returned, or it was not read */
static void a_read_from_a_slow_disk_loses_nothing_when_cancelled(void)
{
	struct call call = {.make = make_read, .size = 3};

	call.fd = file_with("hello");
	slow_disk(&call);
	check_int(cress_kill(call.coroutine, EPROTO), 0);
	settle();
	set_gate(1);
	cress_join(call.coroutine, NULL);
	cress_syscalls = real;

	if (call.result == -1)
		check_int(lseek(call.fd, 0, SEEK_CUR), 0);
	else
		check_int(lseek(call.fd, 0, SEEK_CUR), call.result);
	close(call.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_stream_of_sockets_survives_any_cut),
		on_io(a_stream_of_pipes_survives_any_cut),
		on_io(a_slow_disk_parks_only_its_reader),
		on_io(a_read_from_a_slow_disk_loses_nothing_when_cancelled),
	};

	return suite_run(tests);
}
