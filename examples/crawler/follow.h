/* SPDX-License-Identifier: MIT */
/*
 * The links of a page go into the frontier.
 */
#ifndef CRAWLER_FOLLOW_H
#define CRAWLER_FOLLOW_H

#include "crawl.h"
#include "links.h"

/* Is the URL on a host that the crawl may visit? */
int crawl_may_visit(const struct crawl *crawl, const char *url);

/*
 * Add the links of a page that was read to its end, but for those that are not
 * to be followed. Parks now and then. Returns 0, or -1 with errno: ECANCELED
 * the caller was killed, ENOMEM.
 */
int crawl_follow(struct crawl *crawl, const struct link *page,
		 const struct links *links);

#endif
