/* SPDX-License-Identifier: MIT */
/*
 * Coroutines in GLib's main loop: on_glib [SECONDS]. It does what on_libev
 * does, and a program with GTK would do the same.
 *
 * What makes the hub a guest is the GSource below, and nothing else: GLib asks
 * it before it sleeps, polls its descriptor, and calls it when it is due.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cress.h>
#include <glib-unix.h>

#include "callbacks.h"
#include "coroutines.h"

/* The hub as a source of events. */

struct hub_source {
	GSource source;
	gpointer tag;
};

static gboolean prepare(GSource *source, gint *milliseconds)
{
	double seconds = cress_hub_timeout();

	(void)source;
	/* Up, or it would wake too early and spin for the rest. */
	*milliseconds = seconds > 1e6 ? -1 : (gint)ceil(seconds * 1e3);
	return seconds == 0;
}

static gboolean check(GSource *source)
{
	struct hub_source *hub = (struct hub_source *)source;

	return g_source_query_unix_fd(source, hub->tag) != 0 ||
	       cress_hub_timeout() == 0;
}

static gboolean dispatch(GSource *source, GSourceFunc unused, gpointer data)
{
	(void)source;
	(void)unused;
	(void)data;
	return cress_hub_run_once() >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static GSourceFuncs functions = {
	.prepare = prepare,
	.check = check,
	.dispatch = dispatch,
};

/* NULL after a message. */
static GSource *hub_source_new(void)
{
	struct hub_source *hub;
	int fd = cress_hub_fd();

	if (fd < 0) {
		perror("cress_hub_fd");
		return NULL;
	}
	hub = (struct hub_source *)g_source_new(&functions, sizeof *hub);
	hub->tag = g_source_add_unix_fd(&hub->source, fd, G_IO_IN);
	g_source_attach(&hub->source, NULL);
	return &hub->source;
}

/* The side of callbacks. */

static double patience = 10;

struct connection {
	int fd;
	guint timer;
};

static gboolean on_silence(gpointer data)
{
	struct connection *connection = data;

	callbacks_remind(connection->fd);
	return G_SOURCE_CONTINUE;
}

static void start_timer(struct connection *connection)
{
	connection->timer = g_timeout_add((guint)(patience * 1e3), on_silence,
					  connection);
}

static gboolean on_data(gint fd, GIOCondition condition, gpointer data)
{
	struct connection *connection = data;

	(void)condition;
	g_source_remove(connection->timer);
	if (callbacks_echo(fd) == 0) {
		start_timer(connection);
		return G_SOURCE_CONTINUE;
	}
	close(fd);
	g_free(connection);
	return G_SOURCE_REMOVE;
}

static gboolean on_client(gint listener, GIOCondition condition, gpointer data)
{
	struct connection *connection;
	int fd = callbacks_accept(listener);

	(void)condition;
	(void)data;
	if (fd < 0)
		return G_SOURCE_CONTINUE;
	connection = g_new(struct connection, 1);
	connection->fd = fd;
	start_timer(connection);
	g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_data, connection);
	return G_SOURCE_CONTINUE;
}

static gboolean on_signal(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv)
{
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);
	GSource *hub;

	if (argc > 1)
		patience = atof(argv[1]);
	int fd = callbacks_listen();
	if (fd < 0)
		return 1;
	g_unix_fd_add(fd, G_IO_IN, on_client, NULL);
	g_unix_signal_add(SIGTERM, on_signal, loop);
	g_unix_signal_add(SIGINT, on_signal, loop);

	hub = hub_source_new();
	if (hub == NULL || coroutines_start(patience) != 0)
		return 1;
	g_main_loop_run(loop);
	g_source_destroy(hub);
	g_source_unref(hub);
	cress_hub_detach();

	printf("clients: %d of callbacks, %d of coroutines\n",
	       callbacks_clients(), coroutines_clients());
	g_main_loop_unref(loop);
	return 0;
}
