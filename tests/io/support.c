/* SPDX-License-Identifier: MIT */
/*
 * The runner of the I/O suites and its tools. What goes past the library here
 * never blocks: it says MSG_DONTWAIT or knows that there is room.
 */
#include "io/support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/thread.h"
#include "loop/hub.h"

#include <cress/io.h>

/* Seconds: enough for the slowest emulator, for one test. */
#define DEADLINE 20
#define WATCHDOG 50

static void (*inner)(void);

size_t hub_waits(void)
{
	return cress_thread_self->hub->outside;
}

size_t hub_timers(void)
{
	return cress_thread_self->hub->timers.count;
}

int is_watched(int number)
{
	struct cress_hub *hub = cress_thread_self->hub;
	const struct cress_fd *fd = hub->driver->fd(hub, number);

	return fd != NULL && (fd->watching[0] || fd->watching[1]);
}

static void body_within_a_deadline(void)
{
	cress_scope_t limit;
	size_t waits = hub_waits();

	cress_scope_open(&limit, DEADLINE);
	inner();
	check_int(cress_scope_close(&limit), 0);
	check_int(hub_waits(), waits);
	check_int(hub_timers(), 0);
}

void run_io(void **state)
{
	struct scenario scenario = {body_within_a_deadline};
	void *wrapped = &scenario;
	int before = open_descriptors();

	inner = ((struct scenario *)*state)->body;
	alarm(WATCHDOG);
	run_on_libev(&wrapped);
	alarm(0);
	check_int(open_descriptors(), before);
}

static void *run_call(void *arg)
{
	struct call *call = arg;
	cress_scope_t limit;

	cress_scope_open(&limit, call->limit > 0 ? call->limit : INFINITY);
	call->result = call->make(call);
	call->error = errno;
	cress_scope_close(&limit);
	return NULL;
}

void call_begin(struct call *call)
{
	call->coroutine = cress_spawn(run_call, call);
	check(call->coroutine != NULL);
	settle();
}

int call_is_parked(const struct call *call)
{
	return !cress_is_dead(call->coroutine);
}

/* What it works with lies on its maker's stack: it must not outlive that. */
static void end_by_force(struct call *call)
{
	cress_scope_t shield;

	cress_scope_open(&shield, 2);
	cress_scope_shield(&shield);
	cress_kill(call->coroutine, EPROTO);
	if (cress_join(call->coroutine, NULL) == -1)
		abort();
	cress_scope_close(&shield);
}

void check_call_at(struct call *call, ssize_t result, int error,
		   const char *file, int line)
{
	if (cress_join(call->coroutine, NULL) != 0) {
		suite_check(0, "the call ended", file, line);
		end_by_force(call);
		return;
	}
	check_int_at(call->result, result, "the call's result", file, line);
	if (result == -1)
		check_int_at(call->error, error, "its errno", file, line);
}

ssize_t make_read(struct call *call)
{
	return cress_read(call->fd, call->bytes, call->size);
}

ssize_t make_write(struct call *call)
{
	return cress_write(call->fd, call->bytes, call->size);
}

ssize_t make_recv(struct call *call)
{
	return cress_recv(call->fd, call->bytes, call->size, call->flags);
}

ssize_t make_send(struct call *call)
{
	return cress_send(call->fd, call->bytes, call->size, call->flags);
}

ssize_t make_accept(struct call *call)
{
	return cress_accept4(call->fd, NULL, NULL, 0);
}

ssize_t make_wait_in(struct call *call)
{
	return cress_wait_fd(call->fd, POLLIN);
}

ssize_t make_wait_out(struct call *call)
{
	return cress_wait_fd(call->fd, POLLOUT);
}

ssize_t make_read_full(struct call *call)
{
	return cress_read_full(call->fd, call->bytes, call->size);
}

void settle(void)
{
	/* A sleep, because a yield need not poll. */
	for (int i = 0; i < 3; i++)
		cress_sleep(20e-6);
}

void own_pair(int ends[2])
{
	check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

void foreign_pair(int ends[2])
{
	check_int(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

void drop_own(int ends[2])
{
	check_int(cress_close(ends[0]), 0);
	check_int(cress_close(ends[1]), 0);
}

void drop_foreign(int ends[2])
{
	check_int(close(ends[0]), 0);
	check_int(close(ends[1]), 0);
}

static int is_socket(int fd)
{
	int type;
	socklen_t size = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

size_t fill(int fd)
{
	static const char block[4096];
	size_t sent = 0;
	ssize_t n;

	if (!is_socket(fd)) {
		size_t room = (size_t)fcntl(fd, F_GETPIPE_SZ);

		while (sent < room && (n = write(fd, block, 4096)) > 0)
			sent += (size_t)n;
		return sent;
	}
	while ((n = send(fd, block, sizeof(block), MSG_DONTWAIT)) > 0)
		sent += (size_t)n;
	while ((n = send(fd, block, 1, MSG_DONTWAIT)) > 0)
		sent += (size_t)n;
	return sent;
}

size_t drain_input(int fd)
{
	char block[4096];
	size_t taken = 0;

	while (pending(fd) > 0) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n <= 0)
			break;
		taken += (size_t)n;
	}
	return taken;
}

int pending(int fd)
{
	int count = 0;

	ioctl(fd, FIONREAD, &count);
	return count;
}

void put(int fd, const char *text)
{
	check_int(write(fd, text, strlen(text)), (intmax_t)strlen(text));
}

int has_flag(int fd, int flag)
{
	return (fcntl(fd, F_GETFL) & flag) == flag;
}

int is_made_well(int fd)
{
	return has_flag(fd, O_NONBLOCK) && fcntl(fd, F_GETFD) & FD_CLOEXEC;
}

int tcp_listener(struct sockaddr_storage *address, socklen_t *size, int backlog)
{
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(address, 0, sizeof(*address));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*size = sizeof(*in);
	check_int(bind(fd, (struct sockaddr *)address, *size), 0);
	check_int(listen(fd, backlog), 0);
	check_int(getsockname(fd, (struct sockaddr *)address, size), 0);
	return fd;
}

int file_with(const char *text)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	put(fd, text);
	check_int(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}
