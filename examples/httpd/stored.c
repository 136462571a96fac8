/* SPDX-License-Identifier: MIT */
/*
 * Answers from the cache. One that stays connected with HTTP/1.1 gets the
 * entry's bytes as they are. For the others a line is put between head and
 * body, and the kernel gathers the pieces.
 *
 * A client that does not take all at once gets the rest from a copy of the
 * head, whose date may change meanwhile, and from the entry's own body.
 */
#include "stored.h"

#include <errno.h>
#include <string.h>
#include <cress.h>
#include "cache.h"
#include "encoding.h"
#include "send.h"

#define CLOSE "Connection: close\r\n\r\n"
#define KEEP_ALIVE "Connection: keep-alive\r\n\r\n"

/* An answer in pieces: head, the end of the head, body. */
struct pieces {
	struct iovec at[3];
	int count;
	size_t size;
};

static void add(struct pieces *pieces, const char *data, size_t size)
{
	pieces->at[pieces->count++] = (struct iovec){(char *)data, size};
	pieces->size += size;
}

/* The blank line at the end of `head` makes place for one more field. */
static void add_head(struct pieces *pieces, const struct head *head,
		     const struct request *request)
{
	const char *end = request->keep_alive ? KEEP_ALIVE : CLOSE;

	if (request->keep_alive && !request->is_http_1_0) {
		add(pieces, head->data, head->size);
		return;
	}
	add(pieces, head->data, head->size - 2);
	add(pieces, end, strlen(end));
}

/* Keep what is needed to go on behind the first `sent` bytes. */
static void keep(struct rest *rest, const struct pieces *pieces,
		 struct entry *entry, size_t body_size, size_t sent)
{
	rest->entry = entry;
	rest->head_size = 0;
	rest->body_size = body_size;
	for (int i = 0; i < pieces->count; i++) {
		const struct iovec *piece = &pieces->at[i];

		if (piece->iov_base == entry_body(entry))
			break;
		size_t size = piece->iov_len;
		/* Pieces of a head in one with the body end where it does. */
		if (rest->head_size + size > pieces->size - body_size)
			size = pieces->size - body_size - rest->head_size;
		memcpy(rest->text + rest->head_size, piece->iov_base, size);
		rest->head_size += size;
	}
	rest->head = sent < rest->head_size ? sent : rest->head_size;
	rest->body = sent - rest->head;
	entry_retain(entry);
}

static ssize_t send_pieces(int fd, struct pieces *pieces)
{
	struct msghdr message = {.msg_iov = pieces->at,
				 .msg_iovlen = (size_t)pieces->count};

	if (pieces->count == 1)
		return cress_send(fd, pieces->at[0].iov_base, pieces->size,
				  MSG_DONTWAIT);
	return cress_sendmsg(fd, &message, MSG_DONTWAIT);
}

static enum stored send_now(struct client *client,
			    const struct request *request,
			    struct entry *entry, struct rest *rest)
{
	int is_known = validator_is_known(&entry->validator, request);
	const struct head *head = is_known ? &entry->known : &entry->head;
	size_t body_size = is_known || request->method == METHOD_HEAD
				   ? 0
				   : entry->body_size;
	struct pieces pieces = {.count = 0};

	add_head(&pieces, head, request);
	client->status = is_known ? 304 : 200;
	client->head = pieces.size;
	if (body_size > 0 && pieces.count == 1) {
		/* The body lies right behind its head: one piece. */
		pieces.at[0].iov_len += body_size;
		pieces.size += body_size;
	} else if (body_size > 0) {
		add(&pieces, entry_body(entry), body_size);
	}
	ssize_t sent = send_pieces(client->fd, &pieces);
	if (sent < 0 && errno != EAGAIN)
		return STORED_LOST;
	sent = sent < 0 ? 0 : sent;
	client->sent += (uint64_t)sent;
	if ((size_t)sent == pieces.size)
		return STORED_SENT;
	keep(rest, &pieces, entry, body_size, (size_t)sent);
	return STORED_REST;
}

enum stored stored_answer(struct client *client, const struct request *request,
			  struct rest *rest)
{
	const struct site *site = client->site;
	int wants_gzip = site->compresses &&
			 encoding_wants_gzip(
				 request->headers[HEADER_ACCEPT_ENCODING]);

	/* Parts of a file are cut out of the file itself. */
	if (request->method == METHOD_OTHER ||
	    request->headers[HEADER_RANGE].data != NULL)
		return STORED_NOT;
	struct entry *entry = cache_find(site->cache, request->path,
					 wants_gzip, time(NULL));
	if (entry == NULL)
		return STORED_NOT;
	return send_now(client, request, entry, rest);
}

int stored_finish(struct client *client, struct rest *rest)
{
	int result = send_bytes(client, rest->text + rest->head,
				rest->head_size - rest->head,
				rest->body_size > 0);

	const char *body = entry_body(rest->entry);
	if (result == 0)
		result = send_bytes(client, body + rest->body,
				    rest->body_size - rest->body, 0);
	entry_release(rest->entry);
	return result;
}

int stored_send(struct client *client, const struct request *request,
		struct entry *entry)
{
	struct rest rest;
	enum stored result = send_now(client, request, entry, &rest);

	if (result == STORED_REST)
		return stored_finish(client, &rest);
	return result == STORED_SENT ? 0 : -1;
}
