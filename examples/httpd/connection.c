/* SPDX-License-Identifier: MIT */
/*
 * Connections: reads one request after the other and has each answered.
 *
 * The unread bytes of a connection lie in `in` from `start` to `end`: the
 * request that is being read, and what was pipelined behind it. A whole head
 * stays in there until its answer is sent. A request must be complete within
 * the site's patience, however its bytes trickle in.
 */
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cress.h>

/* Room to read a body, piece by piece, behind the largest head. */
#define SCRATCH 4096

/* So long, at most, a client's last words are taken before the close. */
#define LINGER_SECONDS 1.0

struct connection {
	int client;
	const struct site *site;
	struct request_parser *parser;
	size_t start, end;
	char in[REQUEST_HEAD_MAX + SCRATCH];
};

/* Read at most `room` bytes behind `end`. Returns as recv does. */
static ssize_t receive(struct connection *c, size_t room)
{
	ssize_t got = cress_recv(c->client, c->in + c->end, room, 0);

	if (got > 0)
		c->end += (size_t)got;
	return got;
}

/*
 * Make room behind what is unread: it moves to the front. There it is shorter
 * than REQUEST_HEAD_MAX as long as its head is not complete, and was read in
 * pieces of SCRATCH afterwards: so there is always room for the next piece.
 */
static void compact(struct connection *c)
{
	memmove(c->in, c->in + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
}

/*
 * Read one request. Returns 200, the status that refuses it, or 0 if the
 * client is gone, or will not say anything.
 */
static int read_in_time(struct connection *c, struct request *request,
			size_t *parsed)
{
	size_t head = 0, room;

	*parsed = 0;
	request_parser_reset(c->parser);
	for (;;) {
		int status = 0;

		if (c->end > c->start + *parsed)
			status = request_parse(c->parser, c->in + c->start,
					       c->end - c->start, parsed,
					       request);
		if (status != 0)
			return status;
		compact(c);
		room = REQUEST_HEAD_MAX - c->end;
		/* The head stays, the pieces of a body overwrite each other. */
		if (request_is_in_body(c->parser)) {
			head = head != 0 ? head : *parsed;
			*parsed = c->end = head;
			room = SCRATCH;
		}
		if (receive(c, room) <= 0)
			return 0;
	}
}

static int read_request(struct connection *c, struct request *request)
{
	cress_scope_t limit;
	size_t parsed;

	if (cress_scope_open(&limit, c->site->patience) < 0)
		return 0;
	int status = read_in_time(c, request, &parsed);
	int is_late = cress_scope_close(&limit) == ETIMEDOUT;
	/* Who began a request is told; to be idle is no fault. */
	if (status == 0 && is_late && parsed > 0)
		return 408;
	if (status == 200)
		c->start += parsed;
	return status;
}

/*
 * To close with bytes unread makes the kernel reset the connection, and the
 * last answer may be lost with it: so tell the client first that no more will
 * come, and take for a while what it sends.
 */
static void linger(struct connection *c)
{
	double patience = c->site->patience;
	cress_scope_t limit;

	if (cress_shutdown(c->client, SHUT_WR) < 0 ||
	    cress_scope_open(&limit, patience < LINGER_SECONDS
					     ? patience
					     : LINGER_SECONDS) < 0)
		return;
	do {
		c->start = c->end = 0;
	} while (receive(c, sizeof c->in) > 0);
	cress_scope_close(&limit);
}

static void converse(struct connection *c)
{
	struct request request;
	int status;

	while ((status = read_request(c, &request)) == 200) {
		if (answer(c->client, &request, c->site) < 0)
			return;
		if (!request.keep_alive)
			break;
	}
	if (status == 0)
		return;
	if (status != 200 && answer_refusal(c->client, status, c->site) < 0)
		return;
	linger(c);
}

void connection_serve(int client, const struct site *site)
{
	struct connection *c = malloc(sizeof *c);
	struct request_parser *parser = request_parser_new();

	if (c != NULL && parser != NULL) {
		c->client = client;
		c->site = site;
		c->parser = parser;
		c->start = c->end = 0;
		converse(c);
	}
	request_parser_free(parser);
	free(c);
	cress_close(client);
}
