/* SPDX-License-Identifier: MIT */
/*
 * The feed: a line of JSON for each link that is settled. A line is written
 * at once and whole, so what a crawl that was killed has left can be read. One
 * that goes on from a job may write a line again that was in flight.
 */
#ifndef CRAWLER_FEED_H
#define CRAWLER_FEED_H

#include "fetch.h"
#include "frontier.h"

#include <stdio.h>

/* Open the file; `go_on`: behind what is in it. NULL: the reason was said. */
FILE *feed_open(const char *path, int go_on);

/* Write the line of a link that is settled. NULL is no feed. */
void feed_link(FILE *feed, const struct link *link,
	       const struct fetch_answer *answer);

#endif
