/* SPDX-License-Identifier: MIT */
/*
 * A frontier that goes on where an earlier one was: its links in the order of
 * their ids, then where they lead to, then who mentions them. Whatever a file
 * may hold, an id that is not there is refused.
 */
#include "frontier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Ids count from 1 without a gap: the list of links by them is an array. */
static struct link *link_of(const struct frontier *frontier, uint64_t id)
{
	if (id == 0 || id > frontier->known.count)
		return NULL;
	return frontier->restored[id - 1];
}

int frontier_restore(struct frontier *frontier, const struct store_link *row)
{
	size_t count = frontier->known.count;

	if (row->id != count + 1 || row->state < LINK_KNOWN ||
	    row->state > LINK_REDIRECTED || row->state == LINK_TAKEN)
		return -1;
	if ((count & (count - 1)) == 0) {
		struct link **restored =
			reallocarray(frontier->restored, 2 * count + 1,
				     sizeof(struct link *));

		if (restored == NULL)
			return -1;
		frontier->restored = restored;
	}
	struct link *link = frontier_link(frontier, row->url);
	if (link == NULL || link->id != row->id)
		return -1;
	frontier->restored[count] = link;
	link->state = (enum link_state)row->state;
	link->follow = row->follow;
	link->followed = row->followed;
	link->is_page = row->is_page;
	link->is_again = 1;
	link->depth = row->depth;
	link->hops = row->hops;
	if (row->reason != NULL)
		link->reason = strdup(row->reason);
	return 0;
}

int frontier_restore_target(struct frontier *frontier, uint64_t id,
			    uint64_t target)
{
	struct link *link = link_of(frontier, id);

	if (link == NULL || link_of(frontier, target) == NULL)
		return -1;
	link->target = link_of(frontier, target);
	return 0;
}

int frontier_restore_mention(struct frontier *frontier, uint64_t id,
			     uint64_t page)
{
	struct link *link = link_of(frontier, id);
	struct link *by = link_of(frontier, page);

	if (link == NULL || by == NULL)
		return -1;
	return frontier_mention(link, by) < 0 ? -1 : 0;
}

/* Does a redirect without a target, or in a circle, stand in the file? */
static int is_sound(const struct frontier *frontier, const struct link *link)
{
	size_t hops = frontier->known.count;

	while (link->state == LINK_REDIRECTED && link->target != NULL &&
	       hops-- > 0)
		link = link->target;
	return link->state != LINK_REDIRECTED;
}

int frontier_resume(struct frontier *frontier)
{
	int failed = 0;

	for (struct link *l = frontier->first; l != NULL; l = l->next) {
		failed |= !is_sound(frontier, l);
		if (l->state == LINK_QUEUED)
			frontier_queue(frontier, l);
	}
	free(frontier->restored);
	frontier->restored = NULL;
	return failed ? -1 : 0;
}
