/* SPDX-License-Identifier: MIT */
/* Loops of the program's own, and echoes on either side of them. */
#include "loop/embed_support.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cress/embed.h>
#include <cress/io.h>

struct ev_loop *make_loop(void)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);

	check(loop != NULL);
	return loop;
}

static void count_up(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	++*(int *)timer->data;
}

void check_clean_at(struct ev_loop *loop, const char *file, int line)
{
	int fired = 0;
	ev_timer timer;

	ev_timer_init(&timer, count_up, 0.001, 0);
	timer.data = &fired;
	ev_now_update(loop);
	ev_timer_start(loop, &timer);
	suite_check(ev_run(loop, 0) == 0, "no watcher left", file, line);
	suite_check(fired == 1, "none counted too few", file, line);
	ev_timer_stop(loop, &timer);
}

void leave_loop(struct ev_loop *loop)
{
	check_int(cress_hub_detach(), 0);
	check_clean(loop);
	ev_loop_destroy(loop);
}

void make_pair(int fds[2])
{
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			 fds) == 0);
}

void *echo_in_coroutine(void *number)
{
	int fd = as_number(number);
	char data[64];
	ssize_t got;

	check_int(cress_fd_adopt(fd), 0);
	while ((got = cress_recv(fd, data, sizeof data, 0)) > 0)
		check_int(cress_write_all(fd, data, (size_t)got), got);
	cress_close(fd);
	return NULL;
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	char data[64];
	ssize_t got = recv(io->fd, data, sizeof data, 0);

	(void)events;
	if (got > 0) {
		check(send(io->fd, data, (size_t)got, 0) == got);
		return;
	}
	ev_io_stop(loop, io);
	close(io->fd);
	free(io);
}

void echo_by_callback(struct ev_loop *loop, int fd)
{
	ev_io *io = malloc(sizeof *io);

	if (!check(io != NULL))
		return;
	ev_io_init(io, on_readable, fd, EV_READ);
	ev_io_start(loop, io);
}
