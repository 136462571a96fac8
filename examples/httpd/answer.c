/* SPDX-License-Identifier: MIT */
/*
 * Answers: finds what is asked for and decides in which way it is sent.
 *
 * A small file is read into memory and leaves with its head in one send; a
 * large one goes from the disk's cache to the socket by sendfile, its head
 * before it. The file stays open until it is sent, so that its length holds.
 */
#include "answer.h"

#include <stdlib.h>
#include <string.h>
#include <cress.h>
#include "connections.h"
#include "encoding.h"
#include "find.h"
#include "listing.h"
#include "message.h"
#include "mime.h"
#include "range.h"
#include "send.h"
#include "small.h"

/* Room for a head without a location. */
#define HEAD_ROOM 1024

/* Send a head, and the part of a file that it speaks of unless `fd` is -1. */
static int send_large(struct client *client, const struct reply *reply, int fd)
{
	char text[HEAD_ROOM];
	size_t head = reply_head(reply, time(NULL), text, sizeof text);

	client->status = reply->status;
	client->head = head;
	if (head == 0 || send_bytes(client, text, head, fd >= 0) < 0)
		return -1;
	return fd < 0 ? 0 : send_file(client, fd, reply->first, reply->length);
}

/* A large file, or a part of one. */
static int send_from_file(struct client *client, const struct request *request,
			  const struct found *file, const struct form *form)
{
	const struct found *from = form->has_packed ? &form->packed : file;
	struct reply reply = message_reply(client, request, 200);
	struct validator validator;
	enum range range = RANGE_NONE;

	validator_make(&validator, &file->stat);
	if (form->has_packed) {
		validator_mark(&validator);
		reply.encoding = "gzip";
	}
	reply.validator = &validator;
	reply.varies = form->varies;
	if (validator_is_known(&validator, request)) {
		reply.status = 304;
		return send_large(client, &reply, -1);
	}
	reply.type = mime_type(file->name);
	reply.has_length = 1;
	reply.length = reply.size = (uint64_t)from->stat.st_size;
	/* A range has a meaning for GET only. */
	if (request->method == METHOD_HEAD)
		return send_large(client, &reply, -1);
	if (!form->has_packed && validator_allows_range(&validator, request))
		range = range_parse(request->headers[HEADER_RANGE], reply.size,
				    &reply.first, &reply.last);
	if (range == RANGE_OUTSIDE) {
		reply.status = 416;
		reply.validator = NULL;
		return message_status(client, request, &reply);
	}
	if (range == RANGE_PART) {
		reply.status = 206;
		reply.length = reply.last - reply.first + 1;
	} else {
		reply.first = 0;
	}
	return send_large(client, &reply, from->fd);
}

/* Parts are parts of the file as it is: there is no telling of a packed one. */
static int has_range(const struct request *request)
{
	return request->headers[HEADER_RANGE].data != NULL;
}

static int send_found(struct client *client, const struct request *request,
		      const struct found *file, time_t now)
{
	const struct site *site = client->site;
	struct form form = {
		.varies = site->compresses &&
			  encoding_is_worth_it(mime_type(file->name)),
		.wants_gzip = encoding_wants_gzip(
			request->headers[HEADER_ACCEPT_ENCODING]),
	};
	int result = 1;

	if (form.varies && form.wants_gzip && !has_range(request))
		form.has_packed = find_packed(site, file, &form.packed) == 0;
	if (!has_range(request))
		result = small_send(client, request, file, &form, now);
	if (result > 0)
		result = send_from_file(client, request, file, &form);
	if (form.has_packed)
		cress_close(form.packed.fd);
	return result;
}

struct listing {
	const struct found *folder;
	size_t size;
};

static void *list_in_worker(void *arg)
{
	struct listing *listing = arg;

	return listing_make(listing->folder->fd, listing->folder->name,
			    &listing->size);
}

static int send_listing(struct client *client, const struct request *request,
			const struct found *folder)
{
	struct listing listing = {folder, 0};
	void *page = NULL;

	int result = cress_offload(list_in_worker, &listing, &page);
	int status = result == 0 && page != NULL ? 200 : 503;
	struct reply reply = message_reply(client, request, status);
	if (status == 200)
		result = message_send(client, request, &reply, "text/html",
				      page, listing.size);
	else
		result = message_status(client, request, &reply);
	free(page);
	return result;
}

static int is_connections(const struct client *client,
			  const struct request *request)
{
	size_t size = sizeof CONNECTIONS_PATH - 1;

	return client->site->shows_connections && client->is_local &&
	       request->path.size == size &&
	       memcmp(request->path.data, CONNECTIONS_PATH, size) == 0;
}

static int send_connections(struct client *client,
			    const struct request *request)
{
	struct reply reply = message_reply(client, request, 200);
	size_t size;
	char *page = connections_page(client->site->crowd, &size);

	if (page == NULL)
		return -1;
	int result = message_send(client, request, &reply, "text/plain", page,
				  size);
	free(page);
	return result;
}

int answer(struct client *client, const struct request *request)
{
	time_t now = time(NULL);
	struct found file;
	int result, status = 405;

	if (request->method != METHOD_OTHER) {
		if (is_connections(client, request))
			return send_connections(client, request);
		status = find(client->site, request->path, &file);
	}
	if (status == 301)
		return message_redirect(client, request, file.name);
	if (status != 0) {
		struct reply reply = message_reply(client, request, status);

		return message_status(client, request, &reply);
	}
	if (file.is_folder)
		result = send_listing(client, request, &file);
	else
		result = send_found(client, request, &file, now);
	cress_close(file.fd);
	return result;
}
