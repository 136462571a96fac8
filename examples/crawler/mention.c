/* SPDX-License-Identifier: MIT */
/*
 * Who mentions a link, and why it is of no use to them.
 *
 * Mentions are kept only as long as a link may turn out to be broken: their
 * number is bounded by what is queued, not by what was visited.
 */
#include "frontier.h"

#include <stdlib.h>

int frontier_mention(struct link *link, const struct link *page)
{
	if (page == NULL || link->state == LINK_FINE)
		return 0;
	/* A page adds all its links in one go: it can only be the latest. */
	for (struct mention *m = link->mentions; m != NULL; m = m->next) {
		if (m->page == page)
			return 0;
		if (!page->is_again)
			break;
	}
	struct mention *mention = malloc(sizeof *mention);
	if (mention == NULL)
		return -1;
	mention->page = page;
	mention->next = link->mentions;
	link->mentions = mention;
	return 1;
}

void frontier_forget_mentions(struct link *link)
{
	struct mention *mention = link->mentions;

	link->mentions = NULL;
	while (mention != NULL) {
		struct mention *next = mention->next;

		free(mention);
		mention = next;
	}
}

const char *frontier_reason(const struct link *link, enum link_state state)
{
	while (link->state == LINK_REDIRECTED)
		link = link->target;
	if (link->state != state)
		return NULL;
	return link->reason != NULL ? link->reason : "out of memory";
}
