/* SPDX-License-Identifier: MIT */
/*
 * robots.txt by RFC 9309: the rules of one site for one robot.
 *
 *	struct robots *robots = robots_parse(text, size, "cress-crawler");
 *	if (robots_allow(robots, "/private/?q"))
 *		...
 *	robots_free(robots);
 */
#ifndef CRAWLER_ROBOTS_H
#define CRAWLER_ROBOTS_H

#include <stddef.h>

/* What is behind this is not read. */
#define ROBOTS_BYTES ((size_t)500 * 1024)

/* The rules for one robot. */
struct robots {
	struct rule *rules;
	double delay;		/* the Crawl-delay in seconds, or 0 */
	int failed;		/* no memory */
};

/*
 * Read the rules in `text` that hold for the robot `agent`: those of every
 * group that names it, or of the groups for `*` if none does. Whatever cannot
 * be read is skipped. Returns NULL without memory.
 */
struct robots *robots_parse(const char *text, size_t size, const char *agent);

/*
 * May `target`, the path and query of a URL, be fetched? The rule with the
 * longest pattern that matches decides; of two equals the one that allows.
 */
int robots_allow(const struct robots *robots, const char *target);

/* NULL is allowed. */
void robots_free(struct robots *robots);

#endif
