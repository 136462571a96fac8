/* SPDX-License-Identifier: MIT */
/*
 * An echo server written with libev's callbacks: one watcher a connection,
 * started once and left running, and the epoll backend.
 */
#include "echo.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void on_message(struct ev_loop *loop, ev_io *watcher, int events)
{
	(void)events;
	if (echo_turn(watcher->fd))
		return;
	ev_io_stop(loop, watcher);
	close(watcher->fd);
	free(watcher);
}

static void on_connection(struct ev_loop *loop, ev_io *listener, int events)
{
	int fd;

	(void)events;
	while ((fd = echo_accept(listener->fd)) >= 0) {
		ev_io *watcher = malloc(sizeof(*watcher));
		if (watcher == NULL) {
			close(fd);
			continue;
		}
		ev_io_init(watcher, on_message, fd, EV_READ);
		ev_io_start(loop, watcher);
	}
}

int main(int argc, char **argv)
{
	struct ev_loop *loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	ev_io listener;

	if (argc != 2 || loop == NULL)
		return 2;
	ev_io_init(&listener, on_connection, echo_listen(argv[1]), EV_READ);
	ev_io_start(loop, &listener);
	ev_run(loop, 0);
	return 0;
}
