/* SPDX-License-Identifier: MIT */
/*
 * A TCP proxy: tcp_proxy LISTEN-ADDRESS TARGET-ADDRESS.
 *
 * Each connection has two coroutines, one per direction, each a plain loop of
 * read and write: a slow receiver slows its sender down by itself. The end of
 * one direction is passed on as a half-close, and the other goes on. A failure
 * shuts down both sockets, which ends the other direction's loop too.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>
#include "serve.h"

#define DIAL_SECONDS 10
#define CHUNK (16 * 1024)

static const char *target;

struct direction {
	int from, to;
};

static void *pump(void *arg)
{
	const struct direction *way = arg;
	char chunk[CHUNK];
	ssize_t got;

	while ((got = cress_recv(way->from, chunk, sizeof chunk, 0)) > 0)
		if (cress_write_all(way->to, chunk, got) < got)
			break;
	if (got == 0) {
		cress_shutdown(way->to, SHUT_WR);
	} else {
		cress_shutdown(way->from, SHUT_RDWR);
		cress_shutdown(way->to, SHUT_RDWR);
	}
	return NULL;
}

static int dial_target(void)
{
	cress_scope_t limit;

	cress_scope_open(&limit, DIAL_SECONDS);
	int fd = cress_dial("tcp", target);
	int error = errno;
	cress_scope_close(&limit);
	if (fd < 0)
		fprintf(stderr, "%s: %s\n", target, strerror(error));
	return fd;
}

/*
 * `up` lies on this stack, so the coroutine that uses it must have ended
 * before this function returns: a shield keeps a kill from cutting that short.
 */
static void relay(int client, int server)
{
	struct direction up = {client, server};
	struct direction down = {server, client};
	cress_scope_t shield;
	cress_t *upward = cress_spawn(pump, &up);

	if (upward == NULL)
		return;
	pump(&down);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	cress_join(upward, NULL);
	cress_scope_close(&shield);
}

static void *serve(void *arg)
{
	int client = (int)(intptr_t)arg;
	int server = dial_target();

	if (server >= 0) {
		relay(client, server);
		cress_close(server);
	}
	cress_close(client);
	return NULL;
}

static int body(void *address)
{
	int listener = serve_listen(address);

	if (listener < 0)
		return 1;
	serve_accept(listener, serve);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: tcp_proxy LISTEN-ADDRESS TARGET-ADDRESS\n",
		      stderr);
		return 2;
	}
	target = argv[2];
	return cress_run(body, argv[1]);
}
