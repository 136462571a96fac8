/* SPDX-License-Identifier: MIT */
/*
 * An echo server: echo [ADDRESS]. One recv and one send per request.
 *
 * All connections of the thread share one read buffer. That is safe because
 * nobody else runs between the recv that fills it and the send that empties
 * it: MSG_DONTWAIT makes that send fail instead of parking. Only what the
 * socket does not take is copied to memory of its own first. So an idle
 * connection holds no buffer, neither on its stack nor elsewhere.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cress.h>
#include "serve.h"

static char buffer[64 * 1024];

/* Write the rest, from memory that the others leave alone while we park. */
static int write_later(int fd, const char *data, size_t size)
{
	char *copy = malloc(size);

	if (copy == NULL)
		return -1;
	memcpy(copy, data, size);
	ssize_t written = cress_write_all(fd, copy, size);
	free(copy);
	return written == (ssize_t)size ? 0 : -1;
}

static void *echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	ssize_t got;

	while ((got = cress_recv(fd, buffer, sizeof buffer, 0)) > 0) {
		ssize_t sent = cress_send(fd, buffer, got, MSG_DONTWAIT);

		if (sent == got)
			continue;
		if (sent < 0 && errno != EAGAIN)
			break;
		sent = sent < 0 ? 0 : sent;
		if (write_later(fd, buffer + sent, got - sent) < 0)
			break;
	}
	cress_close(fd);
	return NULL;
}

static int body(void *address)
{
	int listener = serve_listen(address);

	if (listener < 0)
		return 1;
	serve_accept(listener, echo);
	return 0;
}

int main(int argc, char **argv)
{
	return cress_run(body, argc > 1 ? argv[1] : "127.0.0.1:7000");
}
