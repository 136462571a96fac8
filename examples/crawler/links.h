/* SPDX-License-Identifier: MIT */
/*
 * The links of an HTML page, found while the page arrives.
 *
 *	struct links links = {.used = 0};
 *	links_feed(&links, "", piece, size);
 *	links_finish(&links);
 *	const struct link_found *link = NULL;
 *	while ((link = links_next(&links, link)) != NULL)
 *		puts(link->href);
 *	links_free(&links);
 */
#ifndef CRAWLER_LINKS_H
#define CRAWLER_LINKS_H

#include <stddef.h>

enum link_use {
	LINK_PAGE,		/* a, area, frame, iframe, meta refresh */
	LINK_RESOURCE,		/* img, link, script and the like */
	LINK_BASE,		/* base: what all others are relative to */
	LINK_NOFOLLOW,		/* as LINK_PAGE, with rel=nofollow */
	LINK_SET		/* srcset: found as its single URLs */
};

struct link_found {
	size_t size;		/* to the next one */
	enum link_use use;
	char href[];		/* as it stands there, entities decoded */
};

/* All zero is a page of which nothing has come yet. */
struct links {
	void *parser;
	char *found;		/* struct link_found, one behind the other */
	size_t used;
	size_t capacity;
	int failed;		/* no memory */
	int nofollow;		/* the page asks for that for all its links */
	char charset[40];	/* what the server says */
	char head[1024];	/* its beginning, until that is whole */
	size_t held;
};

/*
 * Take the next piece of the page, which is in `charset`; "" leaves that to
 * the page. Returns 0, or -1 with errno ENOMEM. Does not park.
 */
int links_feed(struct links *links, const char *charset, const char *piece,
	       size_t size);

/* The page has ended. Returns as links_feed(). */
int links_finish(struct links *links);

/* Return the link that follows `link`, the first for NULL, NULL at the end. */
const struct link_found *links_next(const struct links *links,
				    const struct link_found *link);

/* Free what the page took; it is all zero again. */
void links_free(struct links *links);

#endif
