/* SPDX-License-Identifier: MIT */
/*
 * Byte ranges. A number that is too large for 64 bits counts as the largest
 * one: it lies behind the end of every file, which is all that matters.
 */
#include "range.h"

#include <string.h>
#include <strings.h>

static const char unit[] = "bytes=";

static int skip(struct text *text, char c)
{
	if (text->size == 0 || text->data[0] != c)
		return 0;
	text->data++;
	text->size--;
	return 1;
}

static void skip_space(struct text *text)
{
	while (skip(text, ' ') || skip(text, '\t'))
		;
}

/* Read a number. Returns whether there was one. */
static int number(struct text *text, uint64_t *value)
{
	const char *start = text->data;

	*value = 0;
	while (text->size > 0 && *text->data >= '0' && *text->data <= '9') {
		unsigned digit = (unsigned)(*text->data - '0');

		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, digit, value))
			*value = UINT64_MAX / 10;
		text->data++;
		text->size--;
	}
	return text->data != start;
}

enum range range_parse(struct text header, uint64_t size, uint64_t *first,
		       uint64_t *last)
{
	size_t prefix = sizeof unit - 1;

	if (header.size < prefix ||
	    strncasecmp(header.data, unit, prefix) != 0)
		return RANGE_NONE;
	header.data += prefix;
	header.size -= prefix;

	skip_space(&header);
	int has_first = number(&header, first);
	if (!skip(&header, '-'))
		return RANGE_NONE;
	int has_last = number(&header, last);
	skip_space(&header);
	if (header.size > 0 || (!has_first && !has_last))
		return RANGE_NONE;

	/* "-5" are the last five bytes. */
	if (!has_first) {
		if (*last == 0 || size == 0)
			return RANGE_OUTSIDE;
		*first = *last < size ? size - *last : 0;
		*last = size - 1;
		return RANGE_PART;
	}
	if (has_last && *last < *first)
		return RANGE_NONE;
	if (*first >= size)
		return RANGE_OUTSIDE;
	if (!has_last || *last >= size)
		*last = size - 1;
	return RANGE_PART;
}
