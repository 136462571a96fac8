/* SPDX-License-Identifier: MIT */
/*
 * The journal: what has changed in the frontier and is not in the store yet.
 *
 * A coroutine writes the changes in batches, in a worker thread, so that the
 * hub never waits for the disk. Each batch is the whole frontier's change
 * between two moments in which nobody ran: a page that is settled in it has
 * its links in it, or in an earlier one. Whoever settles a link waits for its
 * batch before it takes the next: so a crawl that is killed has to repeat only
 * what was in flight.
 */
#ifndef CRAWLER_JOURNAL_H
#define CRAWLER_JOURNAL_H

#include "event.h"
#include "store.h"

#include <cress/coroutine.h>

#include <stddef.h>
#include <stdint.h>

struct link;

/* All zero, but for `store`, is one without changes. */
struct journal {
	struct store *store;
	struct link *changed;	/* links, the latest first */
	struct store_mention *mentions;
	size_t mention_count, mention_capacity;
	struct event more;	/* there are changes */
	struct event written;	/* a batch is in the store */
	uint64_t filling;	/* the number of the batch that is filled */
	uint64_t done;		/* the number of the last one written */
	int has_failed;		/* and said so: nothing is written any more */
	cress_t *writer;
};

/* Start to write. Returns 0, or -1 with errno. */
int journal_start(struct journal *journal);

/* Write what is left, and end. Parks. Returns 0, or -1 if writing failed. */
int journal_end(struct journal *journal);

/* A link is new or has changed. NULL is no journal, here and below. */
void journal_link(struct journal *journal, struct link *link);

/* A page mentions a link. Returns 0, or -1 with errno ENOMEM. */
int journal_mention(struct journal *journal, const struct link *link,
		    const struct link *page);

/*
 * Wait until all changes up to now are in the store. Parks. Returns 0, or -1
 * if the caller was killed or writing has failed.
 */
int journal_sync(struct journal *journal);

#endif
