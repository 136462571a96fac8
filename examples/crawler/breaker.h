/* SPDX-License-Identifier: MIT */
/*
 * The circuit breaker of each site. When a number of links in a row got no
 * answer at all, the site is left alone for a while; then one link is tried,
 * and if that gets none either, the site is left alone for twice the time.
 * After a number of such trials it is given up, with all its links.
 */
#ifndef CRAWLER_BREAKER_H
#define CRAWLER_BREAKER_H

#include "schedule.h"

/* A site has answered, whatever it said. */
void breaker_closes(struct site *site);

/* A link got no answer, for this reason, and is not tried again. */
void breaker_counts(struct schedule *schedule, struct site *site,
		    const char *reason);

#endif
