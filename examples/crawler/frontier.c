/* SPDX-License-Identifier: MIT */
/*
 * The frontier of the crawl.
 *
 * A level of depth begins only when the one before it is settled, if there is
 * a depth limit: otherwise a page could be met on a longer way first, and what
 * lies behind it be missed. Redirects keep their depth and go to the head of
 * their queue.
 */
#include "frontier.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

void frontier_init(struct frontier *frontier, const struct settings *settings,
		   size_t visit_limit, unsigned depth_limit)
{
	*frontier = (struct frontier){
		.schedule = {.settings = settings},
		.visit_limit = visit_limit,
		.depth_limit = depth_limit,
	};
	frontier->schedule.alarms.context = &frontier->schedule;
}

/* Put a link into the queue: behind all, or ahead of them. */
static void enqueue(struct frontier *frontier, struct link *link, int ahead)
{
	link->state = LINK_QUEUED;
	frontier->queued++;
	journal_link(frontier->journal, link);
	if (frontier->depth_limit != UINT_MAX &&
	    link->depth > frontier->level) {
		link->next_queued = frontier->deeper;
		frontier->deeper = link;
	} else {
		schedule_put(&frontier->schedule, link, ahead);
	}
}

void frontier_queue(struct frontier *frontier, struct link *link)
{
	enqueue(frontier, link, 0);
}

/* A level is done: the next one is that of the highest links below it. */
static void begin_level(struct frontier *frontier)
{
	struct link *rest = frontier->deeper;

	frontier->level = UINT_MAX;
	for (struct link *l = rest; l != NULL; l = l->next_queued)
		if (l->depth < frontier->level)
			frontier->level = l->depth;
	frontier->deeper = NULL;
	while (rest != NULL) {
		struct link *link = rest;

		rest = link->next_queued;
		frontier->queued--;
		/* They are listed the latest first: this turns them round. */
		enqueue(frontier, link, 1);
	}
}

/* Every URL has one link for the whole crawl, whatever becomes of it. */
struct link *frontier_link(struct frontier *frontier, const char *url)
{
	struct set_item *item = set_find(&frontier->known, url);
	size_t size = strlen(url) + 1;

	if (item != NULL)
		return (struct link *)item;
	struct link *link = calloc(1, sizeof *link + size);
	if (link == NULL)
		return NULL;
	memcpy(link->url, url, size);
	link->item.key = link->url;
	link->depth = UINT_MAX;
	link->site = schedule_site(&frontier->schedule, url);
	if (link->site == NULL || set_add(&frontier->known, &link->item)) {
		free(link);
		return NULL;
	}
	if (frontier->last != NULL)
		frontier->last->next = link;
	else
		frontier->first = link;
	frontier->last = link;
	link->id = frontier->known.count;
	journal_link(frontier->journal, link);
	return link;
}

/* Queue the link, unless it was visited for all that is wanted of it. */
static void want(struct frontier *frontier, struct link *link, int follow,
		 int ahead)
{
	int settled = link->state == LINK_FINE ||
		      link->state == LINK_REDIRECTED;

	if (link->follow < follow) {
		link->follow = follow;
		journal_link(frontier->journal, link);
	}
	if (link->state == LINK_KNOWN ||
	    (settled && link->follow && !link->followed))
		enqueue(frontier, link, ahead);
}

int frontier_add(struct frontier *frontier, const char *url,
		 const struct link *page, unsigned depth, int follow)
{
	struct link *link = frontier_link(frontier, url);

	if (link == NULL)
		return -1;
	if (depth < link->depth) {
		link->depth = depth;
		journal_link(frontier->journal, link);
	}
	if (depth > frontier->depth_limit)
		return 0;
	want(frontier, link, follow, 0);
	int noted = frontier_mention(link, page);

	return noted > 0 ? journal_mention(frontier->journal, link, page) :
			   noted;
}

/* Will there never again be a link to take? */
static int is_over(const struct frontier *frontier)
{
	if (frontier->visit_limit != 0 &&
	    frontier->visits >= frontier->visit_limit)
		return 1;
	return frontier->queued == 0 && frontier->taken == 0;
}

/* Take a link if there is one that may be taken now. */
static struct link *take_now(struct frontier *frontier)
{
	struct link *link = schedule_take(&frontier->schedule);

	if (link == NULL && frontier->deeper != NULL &&
	    frontier->taken == 0 && frontier->schedule.waiting == 0) {
		begin_level(frontier);
		link = schedule_take(&frontier->schedule);
	}
	return link;
}

struct link *frontier_take(struct frontier *frontier)
{
	struct link *link = NULL;

	while (!is_over(frontier) && (link = take_now(frontier)) == NULL)
		if (event_wait(&frontier->schedule.changed))
			return NULL;
	errno = 0;
	if (link == NULL)
		return NULL;
	link->state = LINK_TAKEN;
	link->followed = link->follow;
	frontier->queued--;
	frontier->taken++;
	frontier->visits += link->site->stage == SITE_OPEN ||
			    link->site->stage == SITE_TRIAL;
	if (is_over(frontier))
		event_wake_all(&frontier->schedule.changed);
	return link;
}

/* A link is no longer taken. The last one may end a level, or the crawl. */
static void release(struct frontier *frontier, struct link *link)
{
	frontier->taken--;
	schedule_release(&frontier->schedule, link);
	if (frontier->taken == 0)
		event_wake_all(&frontier->schedule.changed);
}

void frontier_put_back(struct frontier *frontier, struct link *link,
		       double when)
{
	link->state = LINK_QUEUED;
	frontier->queued++;
	if (when > 0) {
		frontier->visits--;
		schedule_put_at(&frontier->schedule, link, when);
	} else {
		schedule_put(&frontier->schedule, link, 1);
	}
	release(frontier, link);
}

/* A link that was taken has its verdict. */
static void settle(struct frontier *frontier, struct link *link,
		   enum link_state state)
{
	link->state = state;
	journal_link(frontier->journal, link);
	release(frontier, link);
}

void frontier_fine(struct frontier *frontier, struct link *link)
{
	/* Meanwhile it may have become wanted as a page, too. */
	settle(frontier, link, LINK_FINE);
	want(frontier, link, link->follow, 0);
	if (link->state == LINK_FINE)
		frontier_forget_mentions(link);
}

void frontier_failed(struct frontier *frontier, struct link *link,
		     enum link_state state, const char *reason)
{
	free(link->reason);
	link->reason = strdup(reason);
	settle(frontier, link, state);
}

/* Do the redirects from one link lead to the other? They make no circle. */
static int leads_to(const struct link *from, const struct link *to)
{
	while (from != NULL && from != to)
		from = from->target;
	return from == to;
}

int frontier_redirected(struct frontier *frontier, struct link *link,
			const char *url, unsigned limit)
{
	struct link *target;

	if (link->hops >= limit) {
		frontier_failed(frontier, link, LINK_BROKEN,
				"too many redirects");
		return 0;
	}
	target = frontier_link(frontier, url);
	if (target == NULL) {
		frontier_failed(frontier, link, LINK_UNREAD, "out of memory");
		return -1;
	}
	if (leads_to(target, link)) {
		frontier_failed(frontier, link, LINK_BROKEN, "redirect loop");
		return 0;
	}
	link->target = target;
	if (target->state == LINK_KNOWN) {
		target->depth = link->depth;
		target->hops = link->hops + 1;
		journal_link(frontier->journal, target);
	}
	want(frontier, target, link->followed, 1);
	settle(frontier, link, LINK_REDIRECTED);
	return 0;
}

void frontier_free(struct frontier *frontier)
{
	struct link *link = frontier->first;

	while (link != NULL) {
		struct link *next = link->next;

		frontier_forget_mentions(link);
		free(link->reason);
		free(link);
		link = next;
	}
	free(frontier->restored);
	set_free(&frontier->known);
	schedule_free(&frontier->schedule);
}
