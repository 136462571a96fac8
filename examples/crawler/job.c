/* SPDX-License-Identifier: MIT */
/*
 * A job is loaded before the first request, while nobody minds that the hub
 * waits for the disk; from then on the journal writes.
 */
#include "job.h"

#include <stdio.h>

/* What was settled needs no visit: count it, and list its pages again. */
static int take_up(struct crawl *crawl)
{
	const struct frontier *frontier = &crawl->frontier;
	size_t pages = 0;

	for (struct link *l = frontier->first; l != NULL; l = l->next) {
		/* A start page that has moved took its host along. */
		if (l->state == LINK_REDIRECTED && l->depth == 0 &&
		    l->mentions == NULL &&
		    hosts_add(&crawl->hosts, l->target->url))
			return -1;
		if (!l->is_page || l->state == LINK_QUEUED)
			continue;
		pages++;
		if (crawl->report.list != NULL)
			fprintf(crawl->report.list, "%s\n", l->url);
	}
	if (frontier->first != NULL)
		printf("going on with %zu links known, %zu of them queued, "
		       "and %zu pages read\n",
		       frontier->known.count, frontier->queued, pages);
	return 0;
}

int job_open(struct crawl *crawl)
{
	struct frontier *frontier = &crawl->frontier;
	const char *path = crawl->settings->jobdir;

	if (path == NULL)
		return 0;
	crawl->journal.store = store_open(path);
	if (crawl->journal.store == NULL ||
	    store_load(crawl->journal.store, frontier))
		return -1;
	if (frontier_resume(frontier)) {
		fprintf(stderr, "crawler: %s: its links make no sense\n", path);
		return -1;
	}
	if (take_up(crawl) || journal_start(&crawl->journal)) {
		perror("crawler");
		return -1;
	}
	frontier->journal = &crawl->journal;
	return 0;
}

int job_close(struct crawl *crawl)
{
	int failed = journal_end(&crawl->journal);

	crawl->frontier.journal = NULL;
	store_close(crawl->journal.store);
	return failed;
}
