/* SPDX-License-Identifier: MIT */
/*
 * The head of an answer: status line and header fields.
 */
#ifndef HTTPD_REPLY_H
#define HTTPD_REPLY_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "validator.h"

/* What an answer says. All zero but the status is a valid one. */
struct reply {
	int status;
	int keep_alive;
	int is_http_1_0;		/* the client's version */
	int has_length;
	uint64_t length;		/* of the body, if has_length */
	const char *type;		/* of the body; NULL: it has none */
	const char *encoding;		/* of the body; NULL: as it is */
	int varies;			/* another client gets another one */
	const char *field;		/* one more header field, or NULL */
	const struct validator *validator;	/* of the file; NULL: none */
	const char *location;		/* where else to go; NULL: nowhere */
	struct text query;		/* that goes behind the location */
	uint64_t first, last, size;	/* for 206; `size` for 416 too */
};

/*
 * Write the head for `reply`, sent at `now`, into `out`, with a final zero.
 * Returns its length, or 0 if `room` is too small.
 */
size_t reply_head(const struct reply *reply, time_t now, char *out,
		  size_t room);

/* Return `now` as HTTP writes it; the text is good until the next call. */
const char *reply_date(time_t now);

/* Return what the status is called. */
const char *reply_reason(int status);

#endif
