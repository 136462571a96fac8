/* SPDX-License-Identifier: MIT */
/*
 * Validators. The tag is made of the size and of the time of the last change
 * in nanoseconds: it changes when the file is written, without reading it.
 */
#define _GNU_SOURCE /* memmem, strptime, timegm */
#include "validator.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DATE_FORMAT "%a, %d %b %Y %H:%M:%S GMT"

void http_date(time_t when, char date[HTTP_DATE_SIZE])
{
	struct tm parts;

	if (gmtime_r(&when, &parts) == NULL ||
	    strftime(date, HTTP_DATE_SIZE, DATE_FORMAT, &parts) == 0)
		date[0] = '\0';
}

void validator_make(struct validator *validator, const struct stat *file)
{
	uint64_t nanoseconds = (uint64_t)file->st_mtim.tv_sec * 1000000000u +
			       (uint64_t)file->st_mtim.tv_nsec;

	validator->modified = file->st_mtim.tv_sec;
	http_date(file->st_mtim.tv_sec, validator->date);
	snprintf(validator->tag, sizeof validator->tag,
		 "\"%" PRIx64 "-%" PRIx64 "\"", nanoseconds,
		 (uint64_t)file->st_size);
}

void validator_mark(struct validator *validator)
{
	size_t size = strlen(validator->tag);

	/* There is room: two numbers in hexadecimal leave a dozen bytes. */
	memcpy(validator->tag + size - 1, "-gz\"", sizeof "-gz\"");
}

/* Read a date in any of its three forms. Returns -1 if it is none. */
static time_t parse_date(struct text text)
{
	static const char *const forms[] = {
		DATE_FORMAT,
		"%a, %d-%b-%y %H:%M:%S GMT",
		"%a %b %d %H:%M:%S %Y",
	};
	char date[40];

	if (text.size >= sizeof date)
		return -1;
	memcpy(date, text.data, text.size);
	date[text.size] = '\0';
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct tm parts = {0};
		const char *end = strptime(date, forms[i], &parts);

		if (end != NULL && *end == '\0')
			return timegm(&parts);
	}
	return -1;
}

static int is_text(struct text text, const char *string)
{
	return text.size == strlen(string) &&
	       memcmp(text.data, string, text.size) == 0;
}

int validator_is_known(const struct validator *validator,
		       const struct request *request)
{
	struct text tags = request->headers[HEADER_IF_NONE_MATCH];
	struct text date = request->headers[HEADER_IF_MODIFIED_SINCE];

	/* A list of tags; the quotes keep one from matching within another. */
	if (tags.data != NULL)
		return is_text(tags, "*") ||
		       memmem(tags.data, tags.size, validator->tag,
			      strlen(validator->tag)) != NULL;
	return date.data != NULL && validator->modified <= parse_date(date);
}

int validator_allows_range(const struct validator *validator,
			   const struct request *request)
{
	struct text wanted = request->headers[HEADER_IF_RANGE];

	return wanted.data == NULL || is_text(wanted, validator->tag) ||
	       is_text(wanted, validator->date);
}
