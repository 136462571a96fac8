/* SPDX-License-Identifier: MIT */
/*
 * A program that runs its own libev loop, and coroutines in it: on_libev
 * [SECONDS]. Two echo servers, one of callbacks and one of coroutines; either
 * reminds a client that has been silent for so many seconds. SIGTERM and
 * SIGINT end it.
 *
 * All that it takes is in main(): attach, run, detach.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cress.h>
#include <ev.h>

#include "callbacks.h"
#include "coroutines.h"

static double patience = 10;

struct connection {
	ev_io io;
	ev_timer timer;
	struct connection *next, **link;
};

static struct connection *connections;

static void hang_up(struct ev_loop *loop, struct connection *connection)
{
	ev_io_stop(loop, &connection->io);
	ev_timer_stop(loop, &connection->timer);
	*connection->link = connection->next;
	if (connection->next != NULL)
		connection->next->link = connection->link;
	close(connection->io.fd);
	free(connection);
}

static void on_data(struct ev_loop *loop, ev_io *io, int events)
{
	struct connection *connection = (struct connection *)io;

	(void)events;
	if (callbacks_echo(io->fd) == 0)
		ev_timer_again(loop, &connection->timer);
	else
		hang_up(loop, connection);
}

static void on_silence(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct connection *connection = timer->data;

	(void)loop;
	(void)events;
	callbacks_remind(connection->io.fd);
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
	int fd = callbacks_accept(io->fd);
	struct connection *connection = malloc(sizeof *connection);

	(void)events;
	if (fd < 0 || connection == NULL) {
		if (fd >= 0)
			close(fd);
		free(connection);
		return;
	}
	ev_io_init(&connection->io, on_data, fd, EV_READ);
	ev_io_start(loop, &connection->io);
	ev_timer_init(&connection->timer, on_silence, 0, patience);
	connection->timer.data = connection;
	ev_timer_again(loop, &connection->timer);
	connection->next = connections;
	connection->link = &connections;
	if (connections != NULL)
		connections->link = &connection->next;
	connections = connection;
}

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)watcher;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

int main(int argc, char **argv)
{
	static const int numbers[] = {SIGTERM, SIGINT};
	struct ev_loop *loop = ev_default_loop(0);
	ev_signal signals[2];
	ev_io listener;

	if (argc > 1)
		patience = atof(argv[1]);
	int fd = callbacks_listen();
	if (loop == NULL || fd < 0)
		return 1;
	ev_io_init(&listener, on_client, fd, EV_READ);
	ev_io_start(loop, &listener);
	for (int i = 0; i < 2; i++) {
		ev_signal_init(&signals[i], on_signal, numbers[i]);
		ev_signal_start(loop, &signals[i]);
	}

	if (cress_hub_attach(loop) != 0 || coroutines_start(patience) != 0)
		return 1;
	ev_run(loop, 0);
	cress_hub_detach();
	while (connections != NULL)
		hang_up(loop, connections);

	printf("clients: %d of callbacks, %d of coroutines\n",
	       callbacks_clients(), coroutines_clients());
	ev_loop_destroy(loop);
	return 0;
}
