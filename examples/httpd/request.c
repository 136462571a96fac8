/* SPDX-License-Identifier: MIT */
/*
 * Requests, read with libhttp_parser: the only file that knows it.
 *
 * Its callbacks report pieces of text as they come. A name or a value that is
 * cut in two by the network is reported in two pieces, but they are neighbours
 * in the buffer: a span of offsets from the start of the request holds both,
 * and stays right when the buffer moves between two calls.
 *
 * The library is lenient in places; what it lets through and RFC 9112 does not
 * is refused here.
 */
#include "request.h"

#include <ctype.h>
#include <http_parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct span {
	size_t start, end;	/* offsets; none if `end` is 0 */
};

struct request_parser {
	http_parser http;
	const char *start;	/* of the request, during a call */
	struct span target;
	struct span name;	/* of the header field that is being read */
	struct span headers[HEADER_COUNT];
	struct span *value;	/* where its value goes */
	struct span unwanted;	/* there, if nobody reads it */
	size_t body_size;
	int in_value;		/* the last piece was of a value */
	int in_body;
	int is_complete;
	int status;		/* not 0: why the request is refused */
};

#define NAME(string) {string, sizeof string - 1}

static const struct text header_names[HEADER_COUNT] = {
	[HEADER_HOST] = NAME("host"),
	[HEADER_EXPECT] = NAME("expect"),
	[HEADER_ACCEPT_ENCODING] = NAME("accept-encoding"),
	[HEADER_REFERER] = NAME("referer"),
	[HEADER_USER_AGENT] = NAME("user-agent"),
	[HEADER_RANGE] = NAME("range"),
	[HEADER_IF_RANGE] = NAME("if-range"),
	[HEADER_IF_NONE_MATCH] = NAME("if-none-match"),
	[HEADER_IF_MODIFIED_SINCE] = NAME("if-modified-since"),
};

/* Any other result than 0 of a callback stops the library's parser. */
static int refuse(struct request_parser *parser, int status)
{
	parser->status = status;
	return -1;
}

/* A zero byte is allowed nowhere in a head. */
static int extend(struct request_parser *parser, struct span *span,
		  const char *at, size_t size)
{
	if (memchr(at, '\0', size) != NULL)
		return refuse(parser, 400);
	if (span->end == 0)
		span->start = (size_t)(at - parser->start);
	span->end = (size_t)(at - parser->start) + size;
	return 0;
}

static int on_url(http_parser *http, const char *at, size_t size)
{
	struct request_parser *parser = http->data;

	return extend(parser, &parser->target, at, size);
}

static int on_header_field(http_parser *http, const char *at, size_t size)
{
	struct request_parser *parser = http->data;

	if (parser->in_value)
		parser->name = (struct span){0, 0};
	parser->in_value = 0;
	/* "Host :" is read differently by others on the way. */
	if (memchr(at, ' ', size) != NULL)
		return refuse(parser, 400);
	return extend(parser, &parser->name, at, size);
}

/* The name is complete: see whether anybody wants the value. */
static int begin_value(struct request_parser *parser)
{
	const char *name = parser->start + parser->name.start;
	size_t size = parser->name.end - parser->name.start;

	parser->in_value = 1;
	parser->value = &parser->unwanted;
	/* Trailers, which come after a body, mean nothing here. */
	for (int i = 0; i < HEADER_COUNT && !parser->in_body; i++) {
		if (header_names[i].size != size ||
		    strncasecmp(header_names[i].data, name, size) != 0)
			continue;
		if (i == HEADER_HOST && parser->headers[i].end != 0)
			return refuse(parser, 400);
		parser->headers[i] = (struct span){0, 0};
		parser->value = &parser->headers[i];
	}
	return 0;
}

static int on_header_value(http_parser *http, const char *at, size_t size)
{
	struct request_parser *parser = http->data;

	if (!parser->in_value && begin_value(parser) < 0)
		return -1;
	return extend(parser, parser->value, at, size);
}

/* Returns the status that refuses what the whole head says, or 0. */
static int judge_head(const struct request_parser *parser)
{
	const http_parser *http = &parser->http;
	int has_length = http->content_length != UINT64_MAX;

	if (strncmp(parser->start + parser->target.end, " HTTP/", 6) != 0)
		return 400;
	if (http->http_major != 1)
		return 505;
	if (http->http_minor >= 1 && parser->headers[HEADER_HOST].end == 0)
		return 400;
	if (has_length && http->content_length > REQUEST_BODY_MAX)
		return 413;
	/* A client that asks before it sends a body is told not to. */
	if (parser->headers[HEADER_EXPECT].end == 0 || http->http_minor == 0)
		return 0;
	if (http->method != HTTP_GET && http->method != HTTP_HEAD)
		return 405;
	if (http->flags & F_CHUNKED || (has_length && http->content_length > 0))
		return 417;
	return 0;
}

static int on_headers_complete(http_parser *http)
{
	struct request_parser *parser = http->data;
	int status = judge_head(parser);

	parser->in_body = 1;
	return status != 0 ? refuse(parser, status) : 0;
}

static int on_body(http_parser *http, const char *at, size_t size)
{
	struct request_parser *parser = http->data;

	(void)at;
	parser->body_size += size;
	return parser->body_size > REQUEST_BODY_MAX ? refuse(parser, 413) : 0;
}

static int on_message_complete(http_parser *http)
{
	struct request_parser *parser = http->data;

	/* What follows is the next request: the parser must not see it. */
	parser->is_complete = 1;
	http_parser_pause(http, 1);
	return 0;
}

static const http_parser_settings settings = {
	.on_url = on_url,
	.on_header_field = on_header_field,
	.on_header_value = on_header_value,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

struct request_parser *request_parser_new(void)
{
	struct request_parser *parser = malloc(sizeof *parser);

	if (parser != NULL)
		request_parser_reset(parser);
	return parser;
}

void request_parser_free(struct request_parser *parser)
{
	free(parser);
}

void request_parser_reset(struct request_parser *parser)
{
	memset(parser, 0, sizeof *parser);
	http_parser_init(&parser->http, HTTP_REQUEST);
	parser->http.data = parser;
}

int request_is_in_body(const struct request_parser *parser)
{
	return parser->in_body;
}

static struct text to_text(const struct request_parser *parser,
			   struct span span)
{
	const char *data = parser->start + span.start;
	size_t size = span.end - span.start;

	while (size > 0 && (data[size - 1] == ' ' || data[size - 1] == '\t'))
		size--;
	return (struct text){span.end != 0 ? data : NULL, size};
}

static struct text url_part(struct text target, int field,
			    const struct http_parser_url *url)
{
	if (!(url->field_set & 1 << field))
		return (struct text){NULL, 0};
	return (struct text){target.data + url->field_data[field].off,
			     url->field_data[field].len};
}

/* The usual target: a path, and a query perhaps. */
static int split_path(struct text target, struct request *request)
{
	const char *mark = memchr(target.data, '?', target.size);

	request->path = target;
	request->query = (struct text){NULL, 0};
	if (mark == NULL)
		return 0;
	request->path.size = (size_t)(mark - target.data);
	request->query.data = mark + 1;
	request->query.size = target.size - request->path.size - 1;
	return 0;
}

/* The target is a path, or the URL of one. Returns 0, or -1. */
static int split_target(struct text target, struct request *request)
{
	struct http_parser_url url;

	if (target.data != NULL && target.data[0] == '/' &&
	    memchr(target.data, '#', target.size) == NULL)
		return split_path(target, request);
	http_parser_url_init(&url);
	if (target.data == NULL ||
	    http_parser_parse_url(target.data, target.size, 0, &url) != 0)
		return -1;
	request->query = url_part(target, UF_QUERY, &url);
	request->path = url_part(target, UF_PATH, &url);
	if (request->path.data == NULL)
		request->path = (struct text){"/", 1};
	return request->path.data[0] == '/' ? 0 : -1;
}

/* The first line, from the method to the version. */
static struct text first_line(const struct request_parser *parser)
{
	const char *at = parser->start;
	const char *end = at + parser->target.end + strlen(" HTTP/1.1");

	while (*at == '\r' || *at == '\n')
		at++;
	return (struct text){at, (size_t)(end - at)};
}

static int fill_in(const struct request_parser *parser,
		   struct request *request)
{
	const http_parser *http = &parser->http;

	request->method = http->method == HTTP_GET    ? METHOD_GET
			  : http->method == HTTP_HEAD ? METHOD_HEAD
						      : METHOD_OTHER;
	request->keep_alive = http_should_keep_alive(http);
	request->is_http_1_0 = http->http_minor == 0;
	request->line = first_line(parser);
	for (int i = 0; i < HEADER_COUNT; i++)
		request->headers[i] = to_text(parser, parser->headers[i]);
	/* What other methods are about need not be a path: "*". */
	if (request->method == METHOD_OTHER) {
		request->path = (struct text){"/", 1};
		request->query = (struct text){NULL, 0};
		return 200;
	}
	int result = split_target(to_text(parser, parser->target), request);
	return result < 0 ? 400 : 200;
}

/* The library knows its methods by name: is this one possible at least? */
static int status_of_error(const struct request_parser *parser, size_t size)
{
	const char *at = parser->start;
	const char *end = at + size;

	if (parser->status != 0)
		return parser->status;
	if (HTTP_PARSER_ERRNO(&parser->http) == HPE_HEADER_OVERFLOW)
		return 431;
	if (HTTP_PARSER_ERRNO(&parser->http) != HPE_INVALID_METHOD)
		return 400;
	while (at < end && (*at == '\r' || *at == '\n'))
		at++;
	for (; at < end && *at != ' '; at++)
		if (!isgraph((unsigned char)*at) ||
		    strchr("()<>@,;:\\\"/[]?={}", *at) != NULL)
			return 400;
	return 501;
}

int request_parse(struct request_parser *parser, const char *start,
		  size_t size, size_t *parsed, struct request *request)
{
	parser->start = start;
	*parsed += http_parser_execute(&parser->http, &settings,
				       start + *parsed, size - *parsed);
	if (parser->is_complete)
		return fill_in(parser, request);
	if (HTTP_PARSER_ERRNO(&parser->http) != HPE_OK)
		return status_of_error(parser, size);
	if (parser->in_body || *parsed < REQUEST_HEAD_MAX)
		return 0;
	/* No header field was seen yet: the request line fills it all. */
	return parser->name.end == 0 ? 414 : 431;
}
