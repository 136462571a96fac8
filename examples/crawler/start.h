/* SPDX-License-Identifier: MIT */
/*
 * Where a crawl starts: the URLs of the command line, and those of a file.
 */
#ifndef CRAWLER_START_H
#define CRAWLER_START_H

#include "crawl.h"

/* Let their hosts in and queue them. Returns 0, or -1: why, was said. */
int start_urls(struct crawl *crawl);

#endif
