/* SPDX-License-Identifier: MIT */
/*
 * The frontier: every URL that the crawl knows, each once, with what became of
 * it and the pages that mention it. Those to visit wait in the schedule.
 *
 * Workers take links, and each that is taken is settled by exactly one of
 * frontier_fine(), _failed() and _redirected(), or put back. The crawl is over
 * when none is queued and none is taken.
 */
#ifndef CRAWLER_FRONTIER_H
#define CRAWLER_FRONTIER_H

#include "alarm.h"
#include "journal.h"
#include "schedule.h"
#include "set.h"

enum link_state {
	LINK_KNOWN,		/* not to be visited: a limit forbids it */
	LINK_QUEUED,
	LINK_TAKEN,
	LINK_FINE,
	LINK_BROKEN,
	LINK_UNREAD,		/* there, but not read to its end */
	LINK_FORBIDDEN,		/* by robots.txt */
	LINK_REDIRECTED
};

/* A page that mentions a link. */
struct mention {
	struct mention *next;
	const struct link *page;
};

struct link {
	struct set_item item;	/* first: the set finds links by it */
	struct link *next;	/* of all, in the order of discovery */
	struct link *next_queued;
	struct site *site;
	struct pace *pace;	/* that it was taken at, while it is taken */
	struct alarm alarm;	/* set while it waits for its time */
	struct mention *mentions;	/* the latest first; none once fine */
	struct link *target;	/* of a redirect */
	char *reason;		/* why it is broken or unread */
	enum link_state state;
	int follow;		/* wanted: look for links in it */
	int followed;		/* the last visit did */
	unsigned depth;		/* steps from a start URL */
	unsigned hops;		/* redirects that led here in a row */
	uint64_t id;		/* counts from 1, in the order of discovery */
	struct link *next_changed;
	int is_changed;		/* the journal knows */
	int is_page;		/* it was read as a page */
	int is_again;		/* an earlier process may have visited it */
	unsigned tries;		/* requests that failed and may do better */
	char url[];
};

struct frontier {
	struct set known;
	struct link *first, *last;
	struct journal *journal;	/* NULL: none */
	struct link **restored;	/* by their ids, while they are restored */
	struct link *deeper;	/* those below the level, the latest first */
	struct schedule schedule;
	size_t queued;
	size_t taken;		/* and not settled */
	size_t visits;		/* all that were ever taken */
	size_t visit_limit;	/* 0: none */
	unsigned depth_limit;
	unsigned level;		/* the depth that is being visited */
};

/* Prepare an empty one; a `visit_limit` of 0 is none. */
void frontier_init(struct frontier *frontier, const struct settings *settings,
		   size_t visit_limit, unsigned depth_limit);

/*
 * `page` mentions `url`, `depth` steps from the start; NULL stands for the
 * user. `follow`: look for links in it. Returns 0, or -1 with errno ENOMEM.
 */
int frontier_add(struct frontier *frontier, const char *url,
		 const struct link *page, unsigned depth, int follow);

/*
 * Take the next link to visit. Parks while there is none but may be one yet.
 * Returns NULL when there is none, or with errno if the caller was killed.
 */
struct link *frontier_take(struct frontier *frontier);

/*
 * The link is to be taken again: at once, which counts as no visit, or at a
 * time to come if `when` is not 0.
 */
void frontier_put_back(struct frontier *frontier, struct link *link,
		       double when);

/* The link is as it should be. */
void frontier_fine(struct frontier *frontier, struct link *link);

/*
 * The link is LINK_BROKEN, _UNREAD or _FORBIDDEN, for a reason in plain words,
 * which is copied.
 */
void frontier_failed(struct frontier *frontier, struct link *link,
		     enum link_state state, const char *reason);

/*
 * The link leads to `url`. More than `limit` redirects in a row, or a loop,
 * make it broken. Returns 0, or -1 with errno ENOMEM.
 */
int frontier_redirected(struct frontier *frontier, struct link *link,
			const char *url, unsigned limit);

/*
 * Is the link, or that which it redirects to in the end, in `state`, which is
 * one that frontier_failed() gives? Returns the reason, or NULL if not.
 */
const char *frontier_reason(const struct link *link, enum link_state state);

void frontier_free(struct frontier *frontier);

/* Find the link of a URL, or make it. Returns NULL without memory. */
struct link *frontier_link(struct frontier *frontier, const char *url);

/*
 * Note the page that mentions a link, once, while that matters. Returns 1, or
 * 0 if it was not to be noted, or -1 without memory.
 */
int frontier_mention(struct link *link, const struct link *page);

/* Forget those pages. */
void frontier_forget_mentions(struct link *link);

/* Put a link into the queue, behind all. */
void frontier_queue(struct frontier *frontier, struct link *link);

/*
 * Restore what was written of an earlier crawl: its links, then their targets
 * and mentions; then resume. Each returns 0, or -1 without memory or if what
 * is given makes no sense.
 */
int frontier_restore(struct frontier *frontier, const struct store_link *row);
int frontier_restore_target(struct frontier *frontier, uint64_t id,
			    uint64_t target);
int frontier_restore_mention(struct frontier *frontier, uint64_t id,
			     uint64_t page);
int frontier_resume(struct frontier *frontier);

#endif
