/* SPDX-License-Identifier: MIT */
/*
 * Media types. The table is short enough to be searched from the top; what
 * web pages are made of stands first. No character set is named: that is for
 * the page itself to say, since a server cannot know it.
 */
#include "mime.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *suffix, *type;
} types[] = {
	{"html", "text/html"},
	{"css", "text/css"},
	{"js", "text/javascript"},
	{"png", "image/png"},
	{"svg", "image/svg+xml"},
	{"jpg", "image/jpeg"},
	{"jpeg", "image/jpeg"},
	{"gif", "image/gif"},
	{"ico", "image/vnd.microsoft.icon"},
	{"webp", "image/webp"},
	{"avif", "image/avif"},
	{"htm", "text/html"},
	{"xhtml", "application/xhtml+xml"},
	{"txt", "text/plain"},
	{"md", "text/markdown"},
	{"csv", "text/csv"},
	{"xml", "text/xml"},
	{"mjs", "text/javascript"},
	{"json", "application/json"},
	{"pdf", "application/pdf"},
	{"woff", "font/woff"},
	{"woff2", "font/woff2"},
	{"ttf", "font/ttf"},
	{"otf", "font/otf"},
	{"wasm", "application/wasm"},
	{"mp3", "audio/mpeg"},
	{"ogg", "audio/ogg"},
	{"mp4", "video/mp4"},
	{"webm", "video/webm"},
	{"gz", "application/gzip"},
	{"zip", "application/zip"},
};

const char *mime_type(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	const char *dot = strrchr(base, '.');

	/* A dot at the beginning hides a file; it begins no suffix. */
	if (dot != NULL && dot != base)
		for (size_t i = 0; i < sizeof types / sizeof *types; i++)
			if (strcasecmp(dot + 1, types[i].suffix) == 0)
				return types[i].type;
	return "application/octet-stream";
}
