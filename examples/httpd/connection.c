/* SPDX-License-Identifier: MIT */
/*
 * Connections: reads one request after the other and has each answered. All
 * that a connection needs lies on the stack of its coroutine.
 *
 * A request must be complete within the site's patience, however its bytes
 * trickle in. When the server ends, who awaits a request is sent home, and who
 * is being answered is told that this was the last one.
 */
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>
#include "access_log.h"
#include "answer.h"
#include "crowd.h"
#include "message.h"
#include "reader.h"
#include "stored.h"

/* So long, at most, a client's last words are taken before the close. */
#define LINGER_SECONDS 1.0

struct connection {
	struct member member;
	struct client client;
	struct reader reader;
};

/*
 * Read a request in time. Returns as reader_next(), or 408: who began a
 * request is told; to be idle is no fault.
 */
static int read_request(struct connection *c, struct request *request)
{
	if (cress_scope_open(&c->member.waiting, c->client.site->patience) < 0)
		return 0;
	c->member.doing = DOING_READ;
	int status = reader_next(&c->reader, request);
	c->member.doing = DOING_ANSWER;
	int ended = cress_scope_close(&c->member.waiting);
	if (status == 0 && ended == ETIMEDOUT && c->reader.has_begun)
		return 408;
	return status;
}

/* Answer from the cache if it can be done at once, or else by and by. */
static int answer_request(struct connection *c, struct request *request)
{
	struct rest rest;
	enum stored stored = stored_answer(&c->client, request, &rest);
	int is_kept = 1;

	if (stored == STORED_SENT || stored == STORED_LOST)
		return stored == STORED_SENT ? 0 : -1;
	/* From here on we may park, and others use the shared buffer. */
	if (reader_is_shared(&c->reader))
		is_kept = reader_keep(&c->reader, request) == 0;
	if (stored == STORED_REST)
		return stored_finish(&c->client, &rest) < 0 || !is_kept ? -1
									: 0;
	return is_kept ? answer(&c->client, request) : -1;
}

static void count(struct connection *c, const struct request *request)
{
	struct access_log *log = c->client.site->log;

	c->member.requests++;
	c->member.sent += c->client.sent;
	if (log != NULL && c->client.status != 0)
		access_log_add(log, &c->client, c->member.peer, request,
			       reader_line(&c->reader));
}

/*
 * To close with bytes unread makes the kernel reset the connection, and the
 * last answer may be lost with it: so tell the client first that no more will
 * come, and take for a while what it sends.
 */
static void linger(struct connection *c)
{
	double patience = c->client.site->patience;
	cress_scope_t limit;

	c->member.doing = DOING_END;
	if (cress_shutdown(c->client.fd, SHUT_WR) < 0 ||
	    cress_scope_open(&limit, patience < LINGER_SECONDS
					     ? patience
					     : LINGER_SECONDS) < 0)
		return;
	while (reader_drain(&c->reader) > 0)
		;
	cress_scope_close(&limit);
}

static void converse(struct connection *c)
{
	const struct crowd *crowd = c->client.site->crowd;
	struct request request;
	int status, result;

	while ((status = read_request(c, &request)) == 200) {
		c->client.status = 0;
		c->client.head = c->client.sent = 0;
		if (crowd->is_ending)
			request.keep_alive = 0;
		result = answer_request(c, &request);
		count(c, &request);
		if (result < 0)
			return;
		if (!request.keep_alive)
			break;
	}
	if (status == 0)
		return;
	if (status != 200) {
		c->client.head = c->client.sent = 0;
		result = message_refuse(&c->client, status);
		count(c, NULL);
		if (result < 0)
			return;
	}
	linger(c);
}

/* Note who it is, and whether it is on this host. */
static void meet(struct connection *c)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&peer;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&peer;

	strcpy(c->member.peer, "-");
	if (getpeername(c->client.fd, (struct sockaddr *)&peer, &size) < 0)
		return;
	if (peer.ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, c->member.peer,
			  sizeof c->member.peer);
		c->client.is_local = ntohl(in->sin_addr.s_addr) >> 24 == 127;
	} else if (peer.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &in6->sin6_addr, c->member.peer,
			  sizeof c->member.peer);
		c->client.is_local = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
			strncmp(c->member.peer, "::ffff:127.", 11) == 0;
	}
}

void connection_serve(int fd, const struct site *site)
{
	struct connection c = {
		.member = {.since = time(NULL)},
		.client = {.fd = fd, .site = site},
		.reader = {.fd = fd},
	};

	c.member.reader = &c.reader;
	meet(&c);
	crowd_enter(site->crowd, &c.member);
	converse(&c);
	crowd_leave(site->crowd, &c.member);
	reader_close(&c.reader);
	cress_close(fd);
}
