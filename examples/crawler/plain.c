/* SPDX-License-Identifier: MIT */
/*
 * A link is plain if nothing of it is to be escaped, unescaped or taken out: a
 * path, relative or from the root, without segments that begin with a dot, and
 * perhaps a query; or the site's own origin in front of a path; or nothing but
 * a fragment. Fragments are cut off, so it matters not what is in them.
 */
#include "plain.h"
#include "site.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int stands_for_itself(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' ||
	       c == '.' || c == '~' || c == '/';
}

/* The length of path and query. Returns -1 if they are not plain. */
static long plain_length(const char *href)
{
	const char *c = href;

	for (; *c != '\0' && *c != '#' && *c != '?'; c++)
		if (!stands_for_itself(*c) ||
		    (*c == '.' && (c == href || c[-1] == '/')))
			return -1;
	if (*c != '?')
		return c - href;
	/* An empty query is none: the mark goes, too. */
	if (c[1] == '\0' || c[1] == '#')
		return -1;
	for (c++; *c != '\0' && *c != '#'; c++)
		if (!stands_for_itself(*c) && *c != '=' && *c != '&')
			return -1;
	return c - href;
}

/* How much of the base is in front of a relative path: all but its name. */
static size_t folder_length(const char *base, size_t origin)
{
	size_t length = origin + strcspn(base + origin, "?");

	while (length > origin && base[length - 1] != '/')
		length--;
	return length;
}

char *plain_resolve(const char *base, const char *href)
{
	size_t origin = site_origin_length(base);
	size_t kept;

	if (strncmp(href, base, origin) == 0 && href[origin] == '/')
		href += origin;
	long length = plain_length(href);
	if (length < 0 || href[0] == '?' || (href[0] == '/' && href[1] == '/'))
		return NULL;
	if (length == 0)
		kept = strlen(base);
	else if (href[0] == '/')
		kept = origin;
	else
		kept = folder_length(base, origin);
	char *url = malloc(kept + (size_t)length + 1);
	if (url == NULL)
		return NULL;
	memcpy(url, base, kept);
	memcpy(url + kept, href, (size_t)length);
	url[kept + (size_t)length] = '\0';
	return url;
}
