/* SPDX-License-Identifier: MIT */
/*
 * Validators: what lets a client keep a copy and ask whether it is still good
 * (RFC 9110, sections 8.8 and 13), and the dates of HTTP.
 */
#ifndef HTTPD_VALIDATOR_H
#define HTTPD_VALIDATOR_H

#include <stddef.h>
#include <sys/stat.h>
#include <time.h>
#include "request.h"

/* A date has this many characters, and a final zero. */
#define HTTP_DATE_SIZE 30

struct validator {
	time_t modified;
	char date[HTTP_DATE_SIZE];	/* for Last-Modified */
	char tag[48];			/* for ETag, with its quotes */
};

void validator_make(struct validator *validator, const struct stat *file);

/* Tell the compressed version of the file from the file itself. */
void validator_mark(struct validator *validator);

/* Write `when` as HTTP does: "Sun, 06 Nov 1994 08:49:37 GMT". */
void http_date(time_t when, char date[HTTP_DATE_SIZE]);

/* Does the client have this version of the file already? */
int validator_is_known(const struct validator *validator,
		       const struct request *request);

/*
 * May a range be sent? Only if there is no If-Range, or if it names exactly
 * this version: parts of two versions do not fit together.
 */
int validator_allows_range(const struct validator *validator,
			   const struct request *request);

#endif
