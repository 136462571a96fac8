/* SPDX-License-Identifier: MIT */
/*
 * The schedule: which of the links that wait has its turn. Each waits at its
 * site, and each site at its pace; paces that may begin a request now take
 * turns, and so do the sites of one pace. So a host with many links, or one
 * that is slow, keeps no other from its turn.
 *
 * Whatever is taken is released again. While a site is got ready only one
 * link of it is under way: it is put back afterwards.
 */
#ifndef CRAWLER_SCHEDULE_H
#define CRAWLER_SCHEDULE_H

#include "alarm.h"
#include "event.h"
#include "pace.h"
#include "set.h"
#include "settings.h"
#include "site.h"

#include <stddef.h>

struct link;

/* All zero, but for `settings`, is an empty one. */
struct schedule {
	const struct settings *settings;
	struct set sites, paces;
	struct alarms alarms;
	struct pace *first, *last;	/* those that may begin a request */
	size_t waiting;		/* links that were put and not taken */
	struct event changed;	/* there is something to take */
};

/* Find the site of a URL, or make it. Returns NULL without memory. */
struct site *schedule_site(struct schedule *schedule, const char *url);

/* Queue a link, whose `site` is set: behind all of its site, or ahead. */
void schedule_put(struct schedule *schedule, struct link *link, int ahead);

/* Queue it behind all, at a time to come. */
void schedule_put_at(struct schedule *schedule, struct link *link,
		     double when);

/* Take the next link, or return NULL: none may go now. */
struct link *schedule_take(struct schedule *schedule);

/* A link that was taken is done, or was put back. */
void schedule_release(struct schedule *schedule, struct link *link);

/* All links of a site that is not held wait until a time. */
void schedule_hold(struct schedule *schedule, struct site *site, double when);

/* Let the site go at the pace of its address instead of its name. */
int schedule_by_address(struct schedule *schedule, struct site *site);

void schedule_free(struct schedule *schedule);

#endif
