/* SPDX-License-Identifier: MIT */
/*
 * The journal. Links that changed are linked through themselves and copied
 * only when their batch is made: one that changes twice is written once.
 */
#include "journal.h"
#include "frontier.h"

#include <cress/hub.h>
#include <cress/offload.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void journal_link(struct journal *journal, struct link *link)
{
	if (journal == NULL || link->is_changed)
		return;
	link->is_changed = 1;
	link->next_changed = journal->changed;
	journal->changed = link;
	event_wake(&journal->more);
}

int journal_mention(struct journal *journal, const struct link *link,
		    const struct link *page)
{
	if (journal == NULL)
		return 0;
	if (journal->mention_count == journal->mention_capacity) {
		size_t capacity = 2 * journal->mention_capacity + 256;
		struct store_mention *mentions = reallocarray(
			journal->mentions, capacity, sizeof *mentions);

		if (mentions == NULL)
			return -1;
		journal->mentions = mentions;
		journal->mention_capacity = capacity;
	}
	journal->mentions[journal->mention_count++] =
		(struct store_mention){link->id, page->id};
	event_wake(&journal->more);
	return 0;
}

static int has_changes(const struct journal *journal)
{
	return journal->changed != NULL || journal->mention_count > 0;
}

/* Copy a link as it is now: it may change while the copy is written. */
static int copy_link(struct store_link *row, const struct link *link)
{
	*row = (struct store_link){
		.id = link->id,
		.url = link->url,
		.target = link->target != NULL ? link->target->id : 0,
		/* What is in flight has to be fetched again. */
		.state = link->state == LINK_TAKEN ? LINK_QUEUED : link->state,
		.follow = link->follow,
		.followed = link->followed,
		.is_page = link->is_page,
		.depth = link->depth,
		.hops = link->hops,
	};
	if (link->reason == NULL)
		return 0;
	row->reason = strdup(link->reason);
	return row->reason == NULL ? -1 : 0;
}

static void free_batch(struct store_batch *batch)
{
	for (size_t i = 0; i < batch->link_count; i++)
		free(batch->links[i].reason);
	free(batch->links);
	free(batch->mentions);
}

/* Move all changes into a batch. Nobody runs meanwhile. */
static int make_batch(struct journal *journal, struct store_batch *batch)
{
	size_t count = 0;

	*batch = (struct store_batch){.store = journal->store};
	for (struct link *l = journal->changed; l != NULL; l = l->next_changed)
		count++;
	batch->links = calloc(count + 1, sizeof *batch->links);
	if (batch->links == NULL)
		return -1;
	for (struct link *l = journal->changed; l != NULL;
	     l = l->next_changed) {
		l->is_changed = 0;
		if (copy_link(&batch->links[batch->link_count++], l))
			return -1;
	}
	batch->mentions = journal->mentions;
	batch->mention_count = journal->mention_count;
	journal->changed = NULL;
	journal->mentions = NULL;
	journal->mention_count = journal->mention_capacity = 0;
	journal->filling++;
	return 0;
}

static void *write_in_worker(void *batch)
{
	return store_write(batch) ? batch : NULL;
}

/* Write one batch. Returns 0, or -1: the caller was killed, or it failed. */
static int write_batch(struct journal *journal)
{
	struct store_batch batch;
	void *failed = &batch;
	uint64_t number = journal->filling;

	if (make_batch(journal, &batch)) {
		free_batch(&batch);
		fputs("crawler: no memory to write the crawl down\n", stderr);
		return -1;
	}
	if (cress_offload(write_in_worker, &batch, &failed) != 0)
		failed = &batch;
	free_batch(&batch);
	if (failed == NULL)
		journal->done = number;
	return failed == NULL ? 0 : -1;
}

/* The writer. What fails is not tried again: the crawl ends. */
static void *write_all(void *arg)
{
	struct journal *journal = arg;

	for (;;) {
		while (!has_changes(journal))
			if (event_wait(&journal->more))
				return NULL;
		journal->has_failed = write_batch(journal) != 0;
		event_wake_all(&journal->written);
		if (journal->has_failed)
			return NULL;
	}
}

int journal_start(struct journal *journal)
{
	cress_attr_t attr = {.name = "journal"};

	journal->filling = 1;
	journal->writer = cress_spawn_with(write_all, journal, &attr);
	return journal->writer == NULL ? -1 : 0;
}

int journal_sync(struct journal *journal)
{
	if (journal == NULL)
		return 0;
	uint64_t number = journal->filling - !has_changes(journal);

	while (!journal->has_failed && journal->done < number)
		if (event_wait(&journal->written))
			return -1;
	return journal->has_failed ? -1 : 0;
}

int journal_end(struct journal *journal)
{
	int failed = 0;

	if (journal->writer != NULL) {
		failed = journal_sync(journal);
		cress_kill(journal->writer, CRESS_EXIT);
		cress_join(journal->writer, NULL);
		journal->writer = NULL;
	}
	free(journal->mentions);
	journal->mentions = NULL;
	return failed;
}
