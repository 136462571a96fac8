/* SPDX-License-Identifier: MIT */
/*
 * Coroutines in a libuv loop: on_libuv [SECONDS]. It does what on_libev does;
 * the side of callbacks uses libuv's own streams.
 *
 * What makes the hub a guest are four handles. The poll handle and the timer
 * call the hub when it is due. The prepare handle, which is called right
 * before the loop sleeps, sets the timer; if a coroutine is ready it starts
 * the idle handle, with which the loop does not sleep at all.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <cress.h>
#include <netinet/in.h>
#include <uv.h>

#include "coroutines.h"

/* The hub in the loop. */

static struct {
	uv_poll_t poll;
	uv_prepare_t prepare;
	uv_idle_t idle;
	uv_timer_t timer;
} hub;

static void on_poll(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)status;
	(void)events;
	cress_hub_run_once();
}

static void on_idle(uv_idle_t *idle)
{
	(void)idle;
	cress_hub_run_once();
}

static void on_timer(uv_timer_t *timer)
{
	(void)timer;
	cress_hub_run_once();
}

static void on_prepare(uv_prepare_t *prepare)
{
	double seconds = cress_hub_timeout();

	if (seconds == 0)
		uv_idle_start(&hub.idle, on_idle);
	else
		uv_idle_stop(&hub.idle);
	if (isinf(seconds)) {
		uv_timer_stop(&hub.timer);
	} else {
		uv_update_time(prepare->loop);
		uv_timer_start(&hub.timer, on_timer,
			       (uint64_t)ceil(seconds * 1e3), 0);
	}
}

/* 0, or -1 after a message. The handles do not keep the loop alive. */
static int hub_start(uv_loop_t *loop)
{
	int fd = cress_hub_fd();

	if (fd < 0) {
		perror("cress_hub_fd");
		return -1;
	}
	uv_poll_init(loop, &hub.poll, fd);
	uv_prepare_init(loop, &hub.prepare);
	uv_idle_init(loop, &hub.idle);
	uv_timer_init(loop, &hub.timer);
	uv_poll_start(&hub.poll, UV_READABLE, on_poll);
	uv_prepare_start(&hub.prepare, on_prepare);
	uv_unref((uv_handle_t *)&hub.poll);
	uv_unref((uv_handle_t *)&hub.prepare);
	uv_unref((uv_handle_t *)&hub.idle);
	uv_unref((uv_handle_t *)&hub.timer);
	return 0;
}

/* The side of callbacks. */

static double patience = 10;
static int clients;

struct connection {
	uv_tcp_t stream;
	uv_timer_t timer;
	int open;		/* handles */
	char data[4096];
};

/* A write under way, with what it writes. */
struct message {
	uv_write_t write;
	char data[];
};

static void on_closed(uv_handle_t *handle)
{
	struct connection *connection = handle->data;

	if (--connection->open == 0)
		free(connection);
}

static void hang_up(struct connection *connection)
{
	uv_close((uv_handle_t *)&connection->stream, on_closed);
	uv_close((uv_handle_t *)&connection->timer, on_closed);
}

static void on_written(uv_write_t *write, int status)
{
	(void)status;
	free(write);
}

static void say(struct connection *connection, const char *data, size_t size)
{
	struct message *message = malloc(sizeof *message + size);
	uv_buf_t buffer;

	if (message == NULL)
		return;
	for (size_t i = 0; i < size; i++)
		message->data[i] = data[i];
	buffer = uv_buf_init(message->data, (unsigned)size);
	if (uv_write(&message->write, (uv_stream_t *)&connection->stream,
		     &buffer, 1, on_written) != 0)
		free(message);
}

static void on_silence(uv_timer_t *timer)
{
	say(timer->data, EMBED_REMINDER, sizeof EMBED_REMINDER - 1);
}

static void offer_buffer(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	struct connection *connection = handle->data;

	(void)size;
	*buffer = uv_buf_init(connection->data, sizeof connection->data);
}

static void on_data(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct connection *connection = stream->data;

	if (got < 0) {
		hang_up(connection);
		return;
	}
	uv_timer_again(&connection->timer);
	say(connection, buffer->base, (size_t)got);
}

static void on_client(uv_stream_t *listener, int status)
{
	struct connection *connection = malloc(sizeof *connection);
	uint64_t time = (uint64_t)(patience * 1e3);

	if (status != 0 || connection == NULL) {
		free(connection);
		return;
	}
	clients++;
	connection->open = 2;
	connection->stream.data = connection->timer.data = connection;
	uv_tcp_init(listener->loop, &connection->stream);
	uv_timer_init(listener->loop, &connection->timer);
	if (uv_accept(listener, (uv_stream_t *)&connection->stream) != 0) {
		hang_up(connection);
		return;
	}
	uv_read_start((uv_stream_t *)&connection->stream, offer_buffer,
		      on_data);
	uv_timer_start(&connection->timer, on_silence, time, time);
}

static int listen_with_callbacks(uv_loop_t *loop, uv_tcp_t *listener)
{
	struct sockaddr_in address;
	int size = sizeof address;
	int error = uv_ip4_addr("127.0.0.1", 0, &address);

	uv_tcp_init(loop, listener);
	listener->data = NULL;
	if (error == 0)
		error = uv_tcp_bind(listener, (struct sockaddr *)&address, 0);
	if (error == 0)
		error = uv_listen((uv_stream_t *)listener, 128, on_client);
	if (error == 0)
		error = uv_tcp_getsockname(
			listener, (struct sockaddr *)&address, &size);
	if (error != 0) {
		fprintf(stderr, "listen: %s\n", uv_strerror(error));
		return -1;
	}
	printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return 0;
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	uv_stop(handle->loop);
}

/* Ours have no data, the connections' have theirs to free. */
static void close_one(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, handle->data != NULL ? on_closed : NULL);
}

int main(int argc, char **argv)
{
	static const int numbers[] = {SIGTERM, SIGINT};
	uv_loop_t *loop = uv_default_loop();
	uv_signal_t signals[2];
	uv_tcp_t listener;

	if (argc > 1)
		patience = atof(argv[1]);
	if (listen_with_callbacks(loop, &listener) != 0)
		return 1;
	for (int i = 0; i < 2; i++) {
		uv_signal_init(loop, &signals[i]);
		signals[i].data = NULL;
		uv_signal_start(&signals[i], on_signal, numbers[i]);
	}

	if (hub_start(loop) != 0 || coroutines_start(patience) != 0)
		return 1;
	uv_run(loop, UV_RUN_DEFAULT);
	uv_walk(loop, close_one, NULL);
	uv_run(loop, UV_RUN_DEFAULT);
	cress_hub_detach();

	printf("clients: %d of callbacks, %d of coroutines\n", clients,
	       coroutines_clients());
	return uv_loop_close(loop) == 0 ? 0 : 1;
}
