/* SPDX-License-Identifier: MIT */
/*
 * Content codings (RFC 9110, section 12.5.3). The field is a list of names,
 * each with a quality from 0 to 1 behind it; qualities are kept as thousandths
 * because three digits are all that the standard allows.
 */
#include "encoding.h"

#include <string.h>
#include <strings.h>

#define UNNAMED (-1)
#define BEST 1000

static int is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct text trim(struct text text)
{
	while (text.size > 0 && is_space(text.data[0])) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && is_space(text.data[text.size - 1]))
		text.size--;
	return text;
}

/* Cut off what stands before the first `mark`, and the mark with it. */
static struct text cut(struct text *text, char mark)
{
	const char *end = text->size > 0
				  ? memchr(text->data, mark, text->size)
				  : NULL;
	struct text before = *text;

	if (end == NULL) {
		text->size = 0;
		return trim(before);
	}
	before.size = (size_t)(end - text->data);
	text->data = end + 1;
	text->size -= before.size + 1;
	return trim(before);
}

/* "q=0.5" as thousandths. What cannot be read wants nothing. */
static int quality(struct text parameter)
{
	int value = 0, digit = 100;

	if (parameter.size == 0)
		return BEST;
	if (parameter.size < 3 || strncasecmp(parameter.data, "q=", 2) != 0)
		return 0;
	if (parameter.data[2] == '1')
		return BEST;
	for (size_t i = 4; i < parameter.size && digit > 0; i++, digit /= 10) {
		if (parameter.data[i] < '0' || parameter.data[i] > '9')
			return 0;
		value += (parameter.data[i] - '0') * digit;
	}
	return value;
}

static int is_name(struct text text, const char *name)
{
	return text.size == strlen(name) &&
	       strncasecmp(text.data, name, text.size) == 0;
}

int encoding_wants_gzip(struct text field)
{
	int gzip = UNNAMED, any = UNNAMED, identity = UNNAMED;

	while (field.size > 0) {
		struct text parameters = cut(&field, ',');
		struct text name = cut(&parameters, ';');
		int value = quality(trim(parameters));

		if (is_name(name, "gzip") || is_name(name, "x-gzip"))
			gzip = value;
		else if (is_name(name, "*"))
			any = value;
		else if (is_name(name, "identity"))
			identity = value;
	}
	if (gzip == UNNAMED)
		gzip = any;
	return gzip > 0 && gzip >= identity;
}

int encoding_is_worth_it(const char *type)
{
	static const char *const types[] = {
		"application/json", "application/xhtml+xml",
		"application/wasm", "image/svg+xml", "font/ttf", "font/otf",
	};

	if (strncmp(type, "text/", 5) == 0)
		return 1;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(type, types[i]) == 0)
			return 1;
	return 0;
}
