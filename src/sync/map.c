/* SPDX-License-Identifier: MIT */
/*
 * Maps: a batch of members whose results go straight into the caller's arrays.
 *
 * The batch lies on the caller's stack, so the call does not return while one
 * of its members lives. Nor does the group close before the call has left it:
 * all its members may be dead while its caller is ready, but has not run yet.
 */
#include "cress/map.h"

#include <errno.h>

#include "sync/group.h"

#include <cress/hub.h>

struct map {
	struct cress_batch batch;
	struct cress_wait_list waiting;
	void **results;
	int *errors;
	size_t running;
	size_t first_failed;	/* its index */
	int first_error;
};

static void on_begin(struct cress_batch *batch, struct cress_member *member)
{
	(void)member;
	((struct map *)batch)->running++;
}

static void put(struct map *map, size_t index, void *value, int error)
{
	if (map->results != NULL)
		map->results[index] = value;
	if (map->errors != NULL)
		map->errors[index] = error;
	if (error == 0 || index > map->first_failed)
		return;
	map->first_failed = index;
	map->first_error = error;
}

static void on_end(struct cress_batch *batch, struct cress_member *member)
{
	struct map *map = (struct map *)batch;
	struct cress_group_impl *g = member->group;

	put(map, member->index, member->value, member->error);
	cress_member_give(member);
	if (--map->running == 0)
		cress_wake_all(g->scope.owner->thread->hub, &map->waiting);
}

static const struct cress_wait_kind end_of_items = {
	.what = "the end of the items of a map",
	.borrowed = 1,
	.unlink = cress_unlink_from_list,
};

/* Park until all that were begun have ended. */
static int wait_for_all(struct cress_group_impl *g, struct map *map)
{
	struct cress_group_waiter waiter = {.need = 0};
	struct cress_hub *hub;

	if (map->running == 0)
		return 0;
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	return cress_group_park(hub, g, &map->waiting, &waiter, &end_of_items);
}

/* Nothing may work on the items when the call returns. */
static void end_all(struct cress_group_impl *g, struct map *map)
{
	struct cress_hub *hub;

	if (map->running == 0)
		return;
	hub = g->scope.owner->thread->hub;
	cress_members_kill(hub, g, &map->batch, ECANCELED);
	if (map->running != 0)
		cress_group_park_firmly(hub, g, &map->waiting);
}

static size_t begin_all(struct cress_group_impl *g, struct map *map,
			cress_fn *fn, void *const *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		cress_t *c = cress_group_spawn_for(g, fn, items[i],
						   &map->batch, i);

		if (c == NULL)
			break;
		cress_release(c);
	}
	return i;
}

/* 0 if all have begun and ended, or the errno that kept them from it. */
static int run(struct cress_group_impl *g, struct map *map, cress_fn *fn,
	       void *const *items, size_t count)
{
	size_t begun = begin_all(g, map, fn, items, count);
	int saved;

	if (begun == count && wait_for_all(g, map) == 0)
		return 0;
	saved = errno;
	end_all(g, map);
	while (begun < count)
		put(map, begun++, NULL, ECANCELED);
	return saved;
}

int cress_group_map(cress_group_t *group, cress_fn *fn, void *const *items,
		    size_t count, void **results, int *errors)
{
	struct map map = {
		.batch = {.began = on_begin, .ended = on_end},
		.results = results,
		.errors = errors,
		.first_failed = SIZE_MAX,
	};
	struct cress_group_impl *g = cress_group_get(group);
	int saved;

	if (g == NULL)
		return -1;
	if (fn == NULL || (items == NULL && count > 0) ||
	    g->flags & CRESS_GROUP_WATCH)
		return cress_object_fail(EINVAL);
	g->maps++;
	saved = run(g, &map, fn, items, count);
	if (--g->maps == 0 && g->is_closing)
		cress_group_settle(g->scope.owner->thread->hub, g);
	return saved == 0 ? map.first_error : cress_object_fail(saved);
}

int cress_group_apply(cress_group_t *group, cress_fn *fn, void *arg,
		      void **value)
{
	return cress_group_map(group, fn, &arg, 1, value, NULL);
}
