/* SPDX-License-Identifier: MIT */
/*
 * The head of an answer, as text: nothing is sent here.
 *
 * Lines are appended to a buffer that remembers when it was too small, so that
 * this is asked once, at the end.
 */
#include "reply.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct buffer {
	char *data;
	size_t size, room;
	int is_full;
};

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{200, "OK"},
	{206, "Partial Content"},
	{301, "Moved Permanently"},
	{304, "Not Modified"},
	{400, "Bad Request"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{408, "Request Timeout"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{416, "Range Not Satisfiable"},
	{417, "Expectation Failed"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{503, "Service Unavailable"},
	{505, "HTTP Version Not Supported"},
};

const char *reply_reason(int status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

__attribute__((format(printf, 2, 3)))
static void append(struct buffer *buffer, const char *format, ...)
{
	size_t left = buffer->room - buffer->size;
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(buffer->data + buffer->size, left, format,
			     arguments);
	va_end(arguments);
	if (size < 0 || (size_t)size >= left)
		buffer->is_full = 1;
	else
		buffer->size += (size_t)size;
}

/* HTTP/1.0 closes unless told otherwise, HTTP/1.1 stays. */
static void append_connection(struct buffer *out, const struct reply *reply)
{
	if (!reply->keep_alive)
		append(out, "Connection: close\r\n");
	else if (reply->is_http_1_0)
		append(out, "Connection: keep-alive\r\n");
}

static void append_body_fields(struct buffer *out, const struct reply *reply)
{
	if (reply->type != NULL)
		append(out, "Content-Type: %s\r\n", reply->type);
	if (reply->has_length)
		append(out, "Content-Length: %" PRIu64 "\r\n", reply->length);
	if (reply->encoding != NULL)
		append(out, "Content-Encoding: %s\r\n", reply->encoding);
	if (reply->varies)
		append(out, "Vary: Accept-Encoding\r\n");
	if (reply->status == 206)
		append(out,
		       "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64
		       "\r\n",
		       reply->first, reply->last, reply->size);
	if (reply->status == 416)
		append(out, "Content-Range: bytes */%" PRIu64 "\r\n",
		       reply->size);
	if (reply->validator == NULL)
		return;
	append(out, "Last-Modified: %s\r\nETag: %s\r\nAccept-Ranges: bytes\r\n",
	       reply->validator->date, reply->validator->tag);
}

/* It is needed for every answer, and changes once a second. */
const char *reply_date(time_t now)
{
	static char date[HTTP_DATE_SIZE];
	static time_t last = -1;

	if (now != last) {
		http_date(now, date);
		last = now;
	}
	return date;
}

size_t reply_head(const struct reply *reply, time_t now, char *text,
		  size_t room)
{
	struct buffer out = {text, 0, room, 0};

	append(&out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", reply->status,
	       reply_reason(reply->status), reply_date(now));
	if (reply->field != NULL)
		append(&out, "%s\r\n", reply->field);
	append_connection(&out, reply);
	append_body_fields(&out, reply);
	if (reply->status == 405)
		append(&out, "Allow: GET, HEAD\r\n");
	if (reply->status == 503)
		append(&out, "Retry-After: 1\r\n");
	if (reply->location != NULL)
		append(&out, "Location: %s%s%.*s\r\n", reply->location,
		       reply->query.size > 0 ? "?" : "",
		       (int)reply->query.size, reply->query.data);
	append(&out, "\r\n");
	return out.is_full ? 0 : out.size;
}
