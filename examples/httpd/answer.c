/* SPDX-License-Identifier: MIT */
/*
 * Answers: finds the file, decides on the status, sends head and body.
 *
 * A small file is read into memory and leaves with its head in one send; a
 * large one goes from the disk's cache to the socket by sendfile, its head
 * before it. The file stays open until it is sent, so that its length holds.
 */
#include "answer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cress.h>
#include "mime.h"
#include "path.h"
#include "range.h"
#include "reply.h"
#include "root.h"
#include "send.h"

/* Room for a head without a location; a small body goes right behind it. */
#define HEAD_ROOM 1024
#define SMALL_FILE (32 * 1024)

#define INDEX "index.html"

/* A file that was found for a request. */
struct found {
	int fd;
	struct stat stat;
	char name[PATH_MAX];
};

static struct reply reply_to(const struct request *request, int status)
{
	return (struct reply){
		.status = status,
		.keep_alive = request->keep_alive,
		.is_http_1_0 = request->is_http_1_0,
	};
}

static int send_message(int client, struct reply *reply, int head_only,
			const struct site *site)
{
	size_t room = HEAD_ROOM + reply->query.size +
		      (reply->location != NULL ? strlen(reply->location) : 0);
	char body[128];
	int body_size = snprintf(body, sizeof body,
				 "<!DOCTYPE html>\n<title>%d</title>\n"
				 "<h1>%d %s</h1>\n",
				 reply->status, reply->status,
				 reply_reason(reply->status));
	char *text = malloc(room + sizeof body);

	if (text == NULL)
		return -1;
	reply->type = "text/html";
	reply->has_length = 1;
	reply->length = (uint64_t)body_size;
	size_t size = reply_head(reply, time(NULL), text, room);
	if (!head_only) {
		memcpy(text + size, body, (size_t)body_size);
		size += (size_t)body_size;
	}
	int result = send_bytes(client, text, size, 0, site->patience);
	free(text);
	return result;
}

int answer_refusal(int client, int status, const struct site *site)
{
	struct reply reply = {.status = status};

	return send_message(client, &reply, 0, site);
}

/* A small body: one buffer, one send. */
static int send_small(int client, struct reply *reply, int fd,
		      const struct site *site)
{
	char *text = malloc(HEAD_ROOM + SMALL_FILE);
	int result = -1;

	if (text == NULL)
		return -1;
	size_t head = reply_head(reply, time(NULL), text, HEAD_ROOM);
	ssize_t body = cress_read_full(fd, text + head, reply->length);
	if (head > 0 && body == (ssize_t)reply->length)
		result = send_bytes(client, text, head + (size_t)body, 0,
				    site->patience);
	free(text);
	return result;
}

static int send_large(int client, const struct reply *reply, int fd,
		      const struct site *site)
{
	char text[HEAD_ROOM];
	size_t head = reply_head(reply, time(NULL), text, sizeof text);

	if (head == 0 ||
	    send_bytes(client, text, head, 1, site->patience) < 0)
		return -1;
	return send_file(client, fd, reply->first, reply->length,
			 site->patience);
}

static int send_head(int client, const struct reply *reply,
		     const struct site *site)
{
	char text[HEAD_ROOM];
	size_t head = reply_head(reply, time(NULL), text, sizeof text);

	return send_bytes(client, text, head, 0, site->patience);
}

/* The file is there, and the client wants it, or knows it already. */
static int send_found(int client, const struct request *request,
		      const struct found *file, const struct site *site)
{
	struct reply reply = reply_to(request, 200);
	struct validator validator;
	enum range range = RANGE_NONE;

	validator_make(&validator, &file->stat);
	reply.validator = &validator;
	if (validator_is_known(&validator, request)) {
		reply.status = 304;
		return send_head(client, &reply, site);
	}
	reply.type = mime_type(file->name);
	reply.has_length = 1;
	reply.length = reply.size = (uint64_t)file->stat.st_size;
	/* A range has a meaning for GET only. */
	if (request->method == METHOD_HEAD)
		return send_head(client, &reply, site);
	if (validator_allows_range(&validator, request))
		range = range_parse(request->headers[HEADER_RANGE], reply.size,
				    &reply.first, &reply.last);
	if (range == RANGE_OUTSIDE) {
		reply.status = 416;
		reply.validator = NULL;
		return send_message(client, &reply, 0, site);
	}
	if (range == RANGE_PART) {
		reply.status = 206;
		reply.length = reply.last - reply.first + 1;
	} else {
		reply.first = 0;
	}
	if (reply.first == 0 && reply.length <= SMALL_FILE)
		return send_small(client, &reply, file->fd, site);
	return send_large(client, &reply, file->fd, site);
}

/*
 * Open a file, and wait a while for a descriptor if there is none: those who
 * send nothing must not keep the others from being served.
 */
static int open_patiently(const struct site *site, const char *name)
{
	cress_scope_t limit;
	double pause = 0.01;
	int fd;

	cress_scope_open(&limit, site->patience);
	while ((fd = root_file(site->root, name)) < 0 &&
	       (errno == EMFILE || errno == ENFILE)) {
		int error = errno;

		if (cress_sleep(pause) < 0) {
			errno = error;
			break;
		}
		pause *= 2;
	}
	cress_scope_close(&limit);
	return fd;
}

/* Open `file->name` and look at it. Returns 0, or the status of the failure. */
static int find(const struct site *site, struct found *file)
{
	file->fd = open_patiently(site, file->name);
	if (file->fd >= 0 && fstat(file->fd, &file->stat) == 0)
		return 0;
	int error = errno;
	if (file->fd >= 0)
		cress_close(file->fd);
	if (error == EACCES)
		return 403;
	if (error == EMFILE || error == ENFILE || error == ENOMEM)
		return 503;
	/* Whatever lies outside is not there, and gets no other answer. */
	return 404;
}

/* The name of a directory lacks its slash: relative links would go astray. */
static int send_redirect(int client, const struct request *request,
			 const char *name, const struct site *site)
{
	struct reply reply = reply_to(request, 301);
	char *location = malloc(PATH_ENCODED(strlen(name)));

	if (location == NULL)
		return -1;
	path_encode(name, location);
	reply.location = location;
	reply.query = request->query;
	int result = send_message(client, &reply,
				  request->method == METHOD_HEAD, site);
	free(location);
	return result;
}

static int send_status(int client, const struct request *request, int status,
		       const struct site *site)
{
	struct reply reply = reply_to(request, status);

	return send_message(client, &reply, request->method == METHOD_HEAD,
			    site);
}

int answer(int client, const struct request *request, const struct site *site)
{
	struct found file;
	int has_slash, result;

	if (request->method == METHOD_OTHER)
		return send_status(client, request, 405, site);
	/* Leave room for the index's name. */
	int status = path_decode(request->path, file.name,
				 sizeof file.name - sizeof INDEX, &has_slash);
	if (status == 0)
		status = find(site, &file);
	if (status == 0 && S_ISDIR(file.stat.st_mode)) {
		cress_close(file.fd);
		if (!has_slash)
			return send_redirect(client, request, file.name, site);
		strcat(strcat(file.name, "/"), INDEX);
		status = find(site, &file);
		has_slash = 0;
	}
	if (status != 0)
		return send_status(client, request, status, site);
	if (has_slash || !S_ISREG(file.stat.st_mode))
		result = send_status(client, request, 404, site);
	else
		result = send_found(client, request, &file, site);
	cress_close(file.fd);
	return result;
}
