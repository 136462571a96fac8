/* SPDX-License-Identifier: MIT */
/*
 * Sending with limited patience: one loop for both sources. A scope is opened
 * for each piece; the calls within go on until that piece is gone, however
 * little each of them moves.
 */
#include "send.h"

#include <sys/types.h>
#include <cress.h>

/* One call moves at most this much, so that others get their turn. */
#define CALL_MAX (1024 * 1024)

/* What is to be sent still: memory if `data` is not NULL, else a file. */
struct source {
	const char *data;
	int file;
	off_t offset;
	uint64_t left;
	int flags;
};

static ssize_t send_some(int client, struct source *source)
{
	size_t size = source->left < CALL_MAX ? source->left : CALL_MAX;

	if (source->data == NULL)
		return cress_sendfile(client, source->file, &source->offset,
				      size);
	ssize_t sent = cress_send(client, source->data, size, source->flags);
	if (sent > 0)
		source->data += sent;
	return sent;
}

/* Send until a piece is gone, or all. Returns 0, or -1. */
static int send_piece(int client, struct source *source)
{
	uint64_t moved = 0;

	while (moved < SEND_PIECE && source->left > 0) {
		ssize_t sent = send_some(client, source);

		/* A file that ends early cannot keep what its head said. */
		if (sent <= 0)
			return -1;
		moved += (uint64_t)sent;
		source->left -= (uint64_t)sent;
	}
	return 0;
}

static int send_all(struct client *client, struct source *source)
{
	int result = 0;

	while (result == 0 && source->left > 0) {
		cress_scope_t limit;
		uint64_t before = source->left;

		if (cress_scope_open(&limit, client->site->patience) < 0)
			return -1;
		result = send_piece(client->fd, source);
		cress_scope_close(&limit);
		client->sent += before - source->left;
	}
	return result;
}

int send_bytes(struct client *client, const char *data, size_t size, int more)
{
	struct source source = {data, -1, 0, size, more ? MSG_MORE : 0};

	return send_all(client, &source);
}

int send_file(struct client *client, int file, uint64_t first, uint64_t size)
{
	struct source source = {NULL, file, (off_t)first, size, 0};

	return send_all(client, &source);
}
