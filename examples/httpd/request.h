/* SPDX-License-Identifier: MIT */
/*
 * What a client asks for, and the one place that knows how to read it.
 *
 * The parser behind this header is a library that is not developed any more.
 * Nothing of it shows here, so another one only has to fill in the same
 * struct: request.c is all there is to rewrite.
 *
 * A request keeps no text of its own. It points into the buffer that it was
 * parsed from, which must stay where it is while the request is in use.
 */
#ifndef HTTPD_REQUEST_H
#define HTTPD_REQUEST_H

#include <stddef.h>
#include "text.h"

/* The head of a request may be so long, the request line included. */
#define REQUEST_HEAD_MAX 8192

/* A body, which no method here needs, is read and dropped up to this size. */
#define REQUEST_BODY_MAX 65536

enum method { METHOD_GET, METHOD_HEAD, METHOD_OTHER };

/* The header fields that somebody here reads. */
enum header {
	HEADER_HOST,
	HEADER_EXPECT,
	HEADER_ACCEPT_ENCODING,
	HEADER_REFERER,
	HEADER_USER_AGENT,
	HEADER_RANGE,
	HEADER_IF_RANGE,
	HEADER_IF_NONE_MATCH,
	HEADER_IF_MODIFIED_SINCE,
	HEADER_COUNT
};

struct request {
	enum method method;
	int keep_alive;		/* the client wants to go on */
	int is_http_1_0;	/* must be told if the connection stays */
	struct text line;	/* the first one, whole */
	struct text path;	/* as it was sent: still escaped */
	struct text query;	/* without its question mark */
	struct text headers[HEADER_COUNT];
};

/* The state of reading one request, which may come in pieces. */
struct request_parser;

/* Make a parser, ready for a first request. NULL if there is no memory. */
struct request_parser *request_parser_new(void);

void request_parser_free(struct request_parser *parser);

/* Make it ready for the next request. */
void request_parser_reset(struct request_parser *parser);

/*
 * Go on reading the request that starts at `start`, of which `size` bytes have
 * come so far; `*parsed` counts those that were read before, 0 at first. The
 * bytes may lie elsewhere than at the last call. Those of a body are needed
 * only once.
 *
 * Returns 0 if more is needed; 200 if the request is complete, with `*request`
 * filled in and `*parsed` where the next one starts; or the HTTP status of an
 * answer that refuses the request, after which the connection has no meaning.
 */
int request_parse(struct request_parser *parser, const char *start,
		  size_t size, size_t *parsed, struct request *request);

/*
 * Has the head been read, so that what follows is a body? Its bytes need not
 * be kept.
 */
int request_is_in_body(const struct request_parser *parser);

#endif
