/* SPDX-License-Identifier: MIT */
/*
 * URLs in the one spelling under which the crawler knows a page: absolute,
 * http or https, scheme and host in lower case, no default port, no dots in
 * the path, no fragment, and whatever must be escaped is escaped.
 */
#ifndef CRAWLER_URL_H
#define CRAWLER_URL_H

#include <stddef.h>

/* What became of a link. */
enum url_kind {
	URL_GOOD,
	URL_FOREIGN,		/* mailto: and the like */
	URL_UNREADABLE,
	URL_NO_MEMORY
};

/*
 * Read a URL that a person typed; "localhost:8080/a" will do. Returns a string
 * to free, or NULL.
 */
char *url_from_user(const char *text);

/*
 * Make a base for links of a URL in this spelling. Returns NULL without
 * memory.
 */
struct url_base *url_base(const char *url);
void url_base_free(struct url_base *base);

/*
 * Resolve the link `href`, as it stands in a page, against `base`. On URL_GOOD
 * there is a string to free in `*url`.
 */
enum url_kind url_resolve(struct url_base *base, const char *href, char **url);

/*
 * Find the host of a URL in this spelling, behind "//" and any "user@". That
 * of an IPv6 number begins with its bracket and ends before the other one.
 */
const char *url_host(const char *url, size_t *length);

#endif
