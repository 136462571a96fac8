/* SPDX-License-Identifier: MIT */
/*
 * The pace: how many requests may be under way to one domain, or to one IP
 * address, and how much time must lie between two of them.
 */
#ifndef CRAWLER_PACE_H
#define CRAWLER_PACE_H

#include "alarm.h"
#include "set.h"
#include "settings.h"

/* One domain or address. The schedule keeps them. */
struct pace {
	struct set_item item;	/* first: the set finds paces by it */
	struct alarm alarm;	/* set while `waits` */
	struct pace *next_ready;
	struct site *first, *last;	/* sites that have links waiting */
	size_t limit;		/* requests at the same time; 0: none */
	size_t active;		/* requests under way */
	double delay;		/* between the beginnings of two */
	double least;		/* what the delay is at least */
	double next;		/* when the next one may begin */
	int waits;		/* for that time */
	int is_ready;		/* in the list of those that may begin one */
	char name[];
};

/* Make one for `name`, or return NULL. To be freed with free(). */
struct pace *pace_new(const struct settings *settings, const char *name);

/* May a request begin, but for the time? */
int pace_has_room(const struct pace *pace);

/* A request begins: when may the next one? */
void pace_begin(struct pace *pace, const struct settings *settings,
		double now);

/*
 * AutoThrottle: an answer with this status came so long after its request, so
 * the delay changes if the settings want that.
 */
void pace_adjust(struct pace *pace, const struct settings *settings,
		 double latency, long status);

/* Let at least so much time pass between two, or from now on. */
void pace_slow(struct pace *pace, double delay);
void pace_pause(struct pace *pace, double until);

#endif
