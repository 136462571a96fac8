/* SPDX-License-Identifier: MIT */
/*
 * Paths, as strings only: no file is looked at here.
 *
 * The escapes are resolved first and once; what they stand for is then treated
 * like any other byte, so that "%2e%2e%2f" climbs no higher than "../". After
 * path_decode() a name has no component that leads up.
 */
#include "path.h"

#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take the next byte of `*path`, an escape or not. Returns it, or -1. */
static int next_byte(struct text *path)
{
	const char *at = path->data;
	size_t used = 1;
	int byte = (unsigned char)at[0];

	if (byte == '%') {
		if (path->size < 3 || hex_digit(at[1]) < 0 ||
		    hex_digit(at[2]) < 0)
			return -1;
		byte = hex_digit(at[1]) << 4 | hex_digit(at[2]);
		used = 3;
	}
	path->data += used;
	path->size -= used;
	/* A zero byte would end the name early for the system. */
	return byte == 0 ? -1 : byte;
}

static int is_component(const char *start, const char *end, const char *text)
{
	size_t size = (size_t)(end - start);

	return size == strlen(text) && memcmp(start, text, size) == 0;
}

/*
 * The component from `start` to `end` is complete. Returns where the next one
 * goes, or NULL if it leads out of the root, which starts at `name`.
 */
static char *end_component(char *name, char *start, char *end)
{
	if (start == end || is_component(start, end, "."))
		return start;
	if (!is_component(start, end, "..")) {
		*end = '/';
		return end + 1;
	}
	if (start == name)
		return NULL;
	/* Drop the component before, whose slash is right behind us. */
	for (start--; start > name && start[-1] != '/'; start--)
		;
	return start;
}

int path_decode(struct text path, char *name, size_t room, int *is_directory)
{
	char *start = name, *end = name;

	while (path.size > 0) {
		int byte = next_byte(&path);

		if (byte < 0)
			return 400;
		/* Room for this byte, a slash after it, and a dot. */
		if ((size_t)(end - name) + 3 > room)
			return 414;
		if (byte != '/') {
			*end++ = (char)byte;
			continue;
		}
		start = end = end_component(name, start, end);
		if (start == NULL)
			return 400;
	}
	int is_open = start != end && !is_component(start, end, ".") &&
		      !is_component(start, end, "..");
	end = end_component(name, start, end);
	if (end == NULL)
		return 400;
	*is_directory = !is_open;
	/* What is complete ends in a slash, if it is not empty. */
	strcpy(end == name ? end : end - 1, end == name ? "." : "");
	return 0;
}

size_t path_encode(const char *name, char *out)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	static const char digits[] = "0123456789ABCDEF";
	char *end = out;

	*end++ = '/';
	if (strcmp(name, ".") == 0)
		name = "";
	for (; *name != '\0'; name++) {
		unsigned char byte = (unsigned char)*name;

		if (strchr(plain, byte) != NULL) {
			*end++ = (char)byte;
			continue;
		}
		*end++ = '%';
		*end++ = digits[byte >> 4];
		*end++ = digits[byte & 15];
	}
	if (end > out + 1)
		*end++ = '/';
	*end = '\0';
	return (size_t)(end - out);
}
