/* SPDX-License-Identifier: MIT */
/*
 * Answers that are not files. Head and body leave with one send, from memory
 * that is allocated for it: these are no answers to be fast with.
 */
#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "path.h"
#include "send.h"

/* Room for a head without a location. */
#define HEAD_ROOM 1024

struct reply message_reply(const struct client *client,
			   const struct request *request, int status)
{
	return (struct reply){
		.status = status,
		.keep_alive = request->keep_alive,
		.is_http_1_0 = request->is_http_1_0,
		.field = client->site->field,
	};
}

static int send_reply(struct client *client, struct reply *reply,
		      int head_only, const char *body, size_t body_size)
{
	size_t room = HEAD_ROOM + reply->query.size +
		      (reply->location != NULL ? strlen(reply->location) : 0);
	char *text = malloc(room + body_size);
	int result = -1;

	if (text == NULL)
		return -1;
	reply->has_length = 1;
	reply->length = (uint64_t)body_size;
	size_t size = reply_head(reply, time(NULL), text, room);
	client->status = reply->status;
	client->head = size;
	if (size > 0 && !head_only) {
		memcpy(text + size, body, body_size);
		size += body_size;
	}
	if (size > 0)
		result = send_bytes(client, text, size, 0);
	free(text);
	return result;
}

int message_send(struct client *client, const struct request *request,
		 struct reply *reply, const char *type, const char *body,
		 size_t size)
{
	reply->type = type;
	return send_reply(client, reply, request->method == METHOD_HEAD, body,
			  size);
}

static int send_status(struct client *client, struct reply *reply,
		       int head_only)
{
	char body[128];
	int size = snprintf(body, sizeof body,
			    "<!DOCTYPE html>\n<title>%d</title>\n"
			    "<h1>%d %s</h1>\n",
			    reply->status, reply->status,
			    reply_reason(reply->status));

	reply->type = "text/html";
	return send_reply(client, reply, head_only, body, (size_t)size);
}

int message_status(struct client *client, const struct request *request,
		   struct reply *reply)
{
	return send_status(client, reply, request->method == METHOD_HEAD);
}

/* The name of a folder lacks its slash: relative links would go astray. */
int message_redirect(struct client *client, const struct request *request,
		     const char *name)
{
	struct reply reply = message_reply(client, request, 301);
	char *location = malloc(PATH_ENCODED(strlen(name)));

	if (location == NULL)
		return -1;
	path_encode(name, location);
	reply.location = location;
	reply.query = request->query;
	int result = message_status(client, request, &reply);
	free(location);
	return result;
}

int message_refuse(struct client *client, int status)
{
	struct reply reply = {.status = status, .field = client->site->field};

	return send_status(client, &reply, 0);
}
