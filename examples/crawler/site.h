/* SPDX-License-Identifier: MIT */
/*
 * A site: a scheme, host and port, and what is to be known before its pages
 * are asked for: its address, and its robots.txt.
 */
#ifndef CRAWLER_SITE_H
#define CRAWLER_SITE_H

#include "alarm.h"
#include "pace.h"
#include "robots.h"
#include "set.h"

#include <stddef.h>

enum site_stage {
	SITE_NEW,		/* its address is not known */
	SITE_UNASKED,		/* its robots.txt was not read */
	SITE_OPEN,
	SITE_TRIAL,		/* it gave no answers: one link is tried */
	SITE_GONE		/* given up; `reason` says why */
};

enum site_hold {
	HELD_NOT,
	HELD_BY_A_LINK,		/* until that is released */
	HELD_FOR_A_TIME
};

struct site {
	struct set_item item;	/* first: the set finds sites by it */
	struct alarm alarm;	/* set while it is held for a time */
	struct site *next;	/* in the queue of its pace */
	struct pace *pace;
	struct link *first, *last;	/* links that wait for their turn */
	enum site_stage stage;
	int is_queued;		/* in the queue of its pace */
	enum site_hold is_held;	/* must its links wait? */
	unsigned tries;		/* of getting it ready */
	size_t failures;	/* links in a row that got no answer */
	size_t trials;		/* in a row that got none either */
	struct robots *robots;	/* NULL: everything is allowed */
	int is_forbidden;	/* by a robots.txt that cannot be read */
	char *reason;
	char address[64];	/* its first, numeric; "": not known here */
	char told[512];		/* "host:port:addresses", for libcurl; or "" */
	char origin[];		/* "http://host:port" */
};

/* Make the site that a URL is on, or return NULL; and free it. */
struct site *site_new(const char *url);
void site_free(struct site *site);

/* Copy the name of its host, without the port and brackets. */
void site_host(const struct site *site, char *host, size_t size);

/* How long the origin at the beginning of a URL in our spelling is. */
size_t site_origin_length(const char *url);

/* Not an error of getaddrinfo(3): they are small. */
#define SITE_KILLED 1000000

/*
 * Look up its address. Parks. Returns 0; the error of getaddrinfo(3) if there
 * is none; or SITE_KILLED if the caller was.
 */
int site_resolve(struct site *site);

/* May the URL, which is on the site, be fetched? */
int site_allows(const struct site *site, const char *url);

/* No more requests go to it. */
void site_give_up(struct site *site, const char *reason);

#endif
