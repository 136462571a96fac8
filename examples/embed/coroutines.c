/* SPDX-License-Identifier: MIT */
/*
 * An echo server of coroutines, which does not know whose loop it lives in.
 *
 * Compare it with callbacks.c and the three hosts: there a connection is a
 * structure, a callback for data and another for time; here it is a loop.
 */
#include "coroutines.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>

#include "../serve.h"

static double patience;
static int clients;

/* As cress_recv(), but with ETIMEDOUT when the client is silent. */
static ssize_t receive(int fd, char *data, size_t size)
{
	cress_scope_t scope;

	if (cress_scope_open(&scope, patience) != 0)
		return -1;
	ssize_t got = cress_recv(fd, data, size, 0);
	if (cress_scope_close(&scope) == ETIMEDOUT) {
		errno = ETIMEDOUT;
		return -1;
	}
	return got;
}

static void *echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char data[4096];
	ssize_t got;

	clients++;
	for (;;) {
		got = receive(fd, data, sizeof data);
		if (got < 0 && errno == ETIMEDOUT) {
			strcpy(data, EMBED_REMINDER);
			got = sizeof EMBED_REMINDER - 1;
		}
		if (got <= 0 || cress_write_all(fd, data, got) != got)
			break;
	}
	cress_close(fd);
	return NULL;
}

static void *serve(void *arg)
{
	int listener = serve_listen("127.0.0.1:0");

	if (listener >= 0) {
		serve_accept(listener, echo);
		cress_close(listener);
	}
	return arg;
}

int coroutines_start(double seconds)
{
	patience = seconds;
	if (cress_go(serve, NULL) == 0)
		return 0;
	perror("spawn");
	return -1;
}

int coroutines_clients(void)
{
	return clients;
}
