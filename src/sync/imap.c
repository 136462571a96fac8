/* SPDX-License-Identifier: MIT */
/*
 * Imaps: a feeder that spawns members ahead of a reader.
 *
 * The feeder is a member of the group too, a hidden one, which takes no place.
 * So the group cannot close while it lives, and whoever is told of an end finds
 * imap and group in place. Records stay in the imap's queue until they are
 * read: in the order of their beginnings, or of their ends.
 */
#include "sync/imap.h"

#include <errno.h>
#include <string.h>

#include "sync/group.h"

#include <cress/map.h>

/* What lies in a cress_imap_t. */
struct cress_imap_impl {
	struct cress_batch batch;
	struct cress_batch feeding;	/* the feeder's */
	const void *open;		/* its own address while it is open */
	struct cress_group_impl *group;	/* NULL: it is closed */
	struct cress_imap_impl *next, *previous;	/* of the group's */
	cress_t *owner;
	cress_fn *fn;
	cress_source_fn *source;
	void *source_arg;
	void *const *items;
	size_t count;			/* items left in the array */
	size_t begun;
	size_t window;
	size_t under_way;		/* begun, and not read */
	size_t running;
	struct cress_member *first, *last;
	struct cress_wait_list readers, room, closing;
	int error;			/* what ended the source */
	uint8_t unordered;
	uint8_t fed;			/* the feeder has ended */
	uint8_t is_closing;
} __attribute__((may_alias));

_Static_assert(sizeof(struct cress_imap_impl) <= sizeof(cress_imap_t) - 32,
	       "room to grow");

static struct cress_hub *hub_of(const struct cress_imap_impl *it)
{
	return it->group->scope.owner->thread->hub;
}

static const struct cress_wait_kind room_in_window = {
	.what = "room in the window of an imap",
	.borrowed = 1,
	.unlink = cress_unlink_from_list,
};

static const struct cress_wait_kind result_of_imap = {
	.what = "a result of an imap",
	.borrowed = 1,
	.unlink = cress_unlink_from_list,
};

static void enqueue(struct cress_imap_impl *it, struct cress_member *member)
{
	member->later = NULL;
	if (it->first != NULL)
		it->last->later = member;
	else
		it->first = member;
	it->last = member;
}

/* Take the next result out, if it is there. */
static int take(struct cress_imap_impl *it, cress_group_result_t *result)
{
	struct cress_member *member = it->first;

	if (member == NULL || !member->done)
		return 0;
	it->first = member->later;
	it->under_way--;
	cress_member_report(member, result);
	cress_member_give(member);
	cress_wake_first(hub_of(it), &it->room);
	return 1;
}

static int is_exhausted(const struct cress_imap_impl *it)
{
	return it->fed && it->first == NULL && it->running == 0;
}

/* Something has ended: serve those who wait. */
static void deliver(struct cress_imap_impl *it)
{
	struct cress_group_waiter *reader;

	while ((reader = (void *)it->readers.first) != NULL) {
		reader->got = take(it, reader->result);
		if (reader->got == 0 && !is_exhausted(it))
			break;
		if (reader->got == 0 && it->error != 0)
			reader->got = -it->error;
		cress_wake_first(hub_of(it), &it->readers);
	}
	if (it->fed && it->running == 0)
		cress_wake_all(hub_of(it), &it->closing);
}

static void item_began(struct cress_batch *batch, struct cress_member *member)
{
	struct cress_imap_impl *it = (struct cress_imap_impl *)batch;

	it->running++;
	it->under_way++;
	if (!it->unordered)
		enqueue(it, member);
}

static void item_ended(struct cress_batch *batch, struct cress_member *member)
{
	struct cress_imap_impl *it = (struct cress_imap_impl *)batch;

	it->running--;
	if (it->unordered)
		enqueue(it, member);
	deliver(it);
}

static void feeder_ended(struct cress_batch *batch, struct cress_member *member)
{
	struct cress_imap_impl *it = (struct cress_imap_impl *)
		((char *)batch - offsetof(struct cress_imap_impl, feeding));

	/* Killed before it ran, or for want of a stack. */
	if (it->error == 0)
		it->error = member->error;
	it->fed = 1;
	cress_member_give(member);
	deliver(it);
}

static int wait_for_room(struct cress_imap_impl *it)
{
	struct cress_group_waiter waiter = {.need = 0};
	struct cress_hub *hub;

	if (it->window == 0 || it->under_way < it->window)
		return 0;
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	return cress_group_park(hub, it->group, &it->room, &waiter,
				&room_in_window);
}

static int feed_one(struct cress_imap_impl *it)
{
	void *item = NULL;
	cress_t *c;
	int status;

	/* What is closed does not ask for what nobody would get. */
	if (wait_for_room(it) != 0 || cress_object_enter() != 0)
		return -1;
	status = it->source(it->source_arg, &item);
	if (status <= 0)
		return status;
	c = cress_group_spawn_for(it->group, it->fn, item, &it->batch,
				  it->begun);
	if (c == NULL)
		return -1;
	it->begun++;
	cress_release(c);
	return 1;
}

/* The imap stays while this runs: closing it, or the group, waits for it. */
static void *feed(void *arg)
{
	struct cress_imap_impl *it = arg;
	int status;

	do
		status = feed_one(it);
	while (status > 0);
	if (status < 0)
		it->error = errno;
	return NULL;
}

static int next_of_array(void *arg, void **item)
{
	struct cress_imap_impl *it = arg;

	if (it->count == 0)
		return 0;
	it->count--;
	*item = *it->items++;
	return 1;
}

static int start(struct cress_imap_impl *it, size_t window, unsigned flags)
{
	struct cress_group_impl *g = it->group;
	cress_t *feeder;

	it->batch.began = item_began;
	it->batch.ended = item_ended;
	it->feeding.ended = feeder_ended;
	it->window = window;
	it->unordered = (flags & CRESS_IMAP_UNORDERED) != 0;
	feeder = cress_group_spawn_helper(g, feed, it, &it->feeding);
	if (feeder == NULL)
		return -1;
	cress_release(feeder);
	it->owner = cress_current();
	it->open = it;
	it->next = g->imaps;
	if (g->imaps != NULL)
		g->imaps->previous = it;
	g->imaps = it;
	return 0;
}

static int is_known(const struct cress_group_impl *g,
		    const cress_imap_t *imap)
{
	const struct cress_imap_impl *it = g->imaps;

	while (it != NULL && (const void *)it != imap)
		it = it->next;
	return it != NULL;
}

/* The group to work in, if everything is there; NULL with errno. */
static struct cress_group_impl *check(const cress_imap_t *imap,
				      const cress_group_t *group, cress_fn *fn,
				      unsigned flags)
{
	struct cress_group_impl *g = cress_group_get(group);

	if (g == NULL)
		return NULL;
	if (imap != NULL && fn != NULL && !(flags & ~CRESS_IMAP_UNORDERED) &&
	    !(g->flags & CRESS_GROUP_WATCH) && !is_known(g, imap))
		return g;
	errno = EINVAL;
	return NULL;
}

int cress_imap_open(cress_imap_t *imap, cress_group_t *group, cress_fn *fn,
		    cress_source_fn *next, void *source, size_t window,
		    unsigned flags)
{
	struct cress_group_impl *g = check(imap, group, fn, flags);
	struct cress_imap_impl *it = (struct cress_imap_impl *)imap;

	if (g == NULL)
		return -1;
	if (next == NULL)
		return cress_object_fail(EINVAL);
	memset(imap, 0, sizeof *imap);
	it->group = g;
	it->fn = fn;
	it->source = next;
	it->source_arg = source;
	return start(it, window, flags);
}

int cress_imap_open_array(cress_imap_t *imap, cress_group_t *group,
			  cress_fn *fn, void *const *items, size_t count,
			  size_t window, unsigned flags)
{
	struct cress_group_impl *g = check(imap, group, fn, flags);
	struct cress_imap_impl *it = (struct cress_imap_impl *)imap;

	if (g == NULL)
		return -1;
	if (items == NULL && count > 0)
		return cress_object_fail(EINVAL);
	memset(imap, 0, sizeof *imap);
	it->group = g;
	it->fn = fn;
	it->source = next_of_array;
	it->source_arg = it;
	it->items = items;
	it->count = count;
	return start(it, window, flags);
}

/* 0 if it is open and the caller's thread's, or an errno. */
static int check_open(const struct cress_imap_impl *it)
{
	if (it == NULL || it->open != it)
		return EINVAL;
	return cress_misowned(it->owner);
}

int cress_imap_next(cress_imap_t *imap, cress_group_result_t *result)
{
	struct cress_imap_impl *it = (struct cress_imap_impl *)imap;
	struct cress_group_waiter reader = {.result = result};
	const struct cress_member *self;
	int error = check_open(it);
	struct cress_hub *hub;

	if (error == 0 && (it->group == NULL || it->is_closing))
		error = ESHUTDOWN;
	if (error != 0)
		return cress_object_fail(error);
	if (take(it, result))
		return 1;
	if (is_exhausted(it))
		return it->error == 0 ? 0 : cress_object_fail(it->error);
	self = cress_member_find(it->group, cress_current());
	if (self != NULL && self->batch == &it->batch)
		return cress_object_fail(EDEADLK);
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	if (cress_group_park(hub, it->group, &it->readers, &reader,
			     &result_of_imap) != 0)
		return -1;
	return reader.got < 0 ? cress_object_fail((int)-reader.got)
			      : (int)reader.got;
}

static void detach(struct cress_imap_impl *it)
{
	it->group = NULL;
	it->first = NULL;
}

void cress_imaps_detach(struct cress_group_impl *g)
{
	for (struct cress_imap_impl *it = g->imaps; it != NULL; it = it->next)
		detach(it);
	g->imaps = NULL;
}

/* Give back what nobody has read; all have ended. */
static void leave(struct cress_imap_impl *it)
{
	struct cress_group_impl *g = it->group;

	while (it->first != NULL) {
		struct cress_member *member = it->first;

		it->first = member->later;
		cress_member_give(member);
	}
	if (it->next != NULL)
		it->next->previous = it->previous;
	if (it->previous != NULL)
		it->previous->next = it->next;
	else
		g->imaps = it->next;
	detach(it);
}

int cress_imap_close(cress_imap_t *imap)
{
	struct cress_imap_impl *it = (struct cress_imap_impl *)imap;
	int error = check_open(it);
	int saved = errno;

	if (error == 0 && it->owner != cress_current())
		error = EPERM;
	if (error != 0)
		return cress_object_fail(error);
	it->is_closing = 1;
	if (it->group != NULL && !(it->fed && it->running == 0)) {
		struct cress_group_impl *g = it->group;
		struct cress_hub *hub = hub_of(it);

		cress_members_kill(hub, g, &it->feeding, ECANCELED);
		cress_members_kill(hub, g, &it->batch, ECANCELED);
		if (!it->fed || it->running != 0)
			cress_group_park_firmly(hub, g, &it->closing);
	}
	/* The group may have closed meanwhile. */
	if (it->group != NULL)
		leave(it);
	it->open = NULL;
	errno = saved;
	return 0;
}
