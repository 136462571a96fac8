/* SPDX-License-Identifier: MIT */
/*
 * To get a site ready: its address first, then its robots.txt.
 */
#ifndef CRAWLER_PREPARE_H
#define CRAWLER_PREPARE_H

#include "crawl.h"

/*
 * Do the next step for the site of a link that was taken, and put the link
 * back. Parks. Returns 0, or -1 if the caller was killed.
 */
int crawl_prepare(struct crawl *crawl, struct link *link);

#endif
