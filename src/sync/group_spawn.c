/* SPDX-License-Identifier: MIT */
/*
 * Coming into a group: spawn, add, and their opposite.
 *
 * Whoever must wait for a place makes its member before it parks, because that
 * can fail; whoever makes the place lets the member in, because the one who
 * waited may come too late for the group.
 */
#include "sync/group.h"

#include <errno.h>
#include <stdio.h>

#include "wait/spawn.h"

#include <cress/hub.h>

static void unlink_arrival(struct cress_waiter *waiter)
{
	struct cress_group_waiter *arrival = (void *)waiter;

	cress_unlink_from_list(waiter);
	if (arrival->member != NULL)
		cress_member_give(arrival->member);
}

static void describe_arrival(const struct cress_waiter *waiter, char *line,
			     size_t size)
{
	const struct cress_group_waiter *arrival = (const void *)waiter;
	const struct cress_group_impl *g = arrival->group;

	snprintf(line, size,
		 "a place in the group of coroutine \"%s\" (%zu live, the "
		 "limit is %zu)", cress_label(g->scope.owner), g->live,
		 g->limit);
}

static const struct cress_wait_kind place_in_group = {
	.what = "a place in a group",
	.borrowed = 1,
	.unlink = unlink_arrival,
	.describe = describe_arrival,
};

/* Let `member` in, or wait for its place. If that fails it is given back. */
static int enter(struct cress_hub *hub, struct cress_group_impl *g,
		 struct cress_member *member)
{
	struct cress_group_waiter arrival = {.member = member};
	cress_t *c = member->waiter.object;
	int result, saved;

	c->references++;
	if (!cress_group_is_full(g)) {
		cress_member_begin(hub, member);
		return 0;
	}
	/* It must outlive the wait, also if it dies meanwhile. */
	c->references++;
	result = cress_group_park(hub, g, &g->arriving, &arrival,
				  &place_in_group);
	saved = errno;
	c->references -= result != 0;
	cress_drop(c);
	errno = saved;
	return result;
}

/*
 * What may wait asks first whether it may: to be refused can take a while, in
 * which the group may go. Afterwards nobody else runs before the park.
 */
static struct cress_hub *begin(struct cress_group_impl *g)
{
	if (cress_group_takes(g) != 0)
		return NULL;
	if (cress_group_is_full(g))
		return cress_wait_begin();
	return cress_object_enter() == 0 ? cress_hub_get() : NULL;
}

static cress_t *spawn(struct cress_hub *hub, struct cress_group_impl *g,
		      cress_fn *fn, void *arg, const cress_attr_t *attr,
		      const struct cress_member *like)
{
	struct cress_member *member;
	cress_t *c;

	member = hub == NULL ? NULL : cress_member_take(g);
	if (unlikely(member == NULL))
		return NULL;
	c = cress_spawn_make(hub, fn, arg, attr);
	if (unlikely(c == NULL)) {
		cress_member_give(member);
		return NULL;
	}
	member->waiter.object = c;
	member->arg = arg;
	member->fresh = 1;
	if (like != NULL) {
		member->batch = like->batch;
		member->index = like->index;
	}
	if (likely(enter(hub, g, member) == 0))
		return c;
	/* Nothing runs: it has not started. */
	cress_drop(c);
	return NULL;
}

static struct cress_group_impl *get_owning(cress_group_t *group)
{
	struct cress_group_impl *g = cress_group_get(group);

	if (g == NULL || likely(!(g->flags & CRESS_GROUP_WATCH)))
		return g;
	errno = EINVAL;
	return NULL;
}

cress_t *cress_group_spawn_with(cress_group_t *group, cress_fn *fn, void *arg,
				const cress_attr_t *attr)
{
	struct cress_group_impl *g = get_owning(group);

	return g == NULL ? NULL : spawn(begin(g), g, fn, arg, attr, NULL);
}

cress_t *cress_group_spawn(cress_group_t *group, cress_fn *fn, void *arg)
{
	return cress_group_spawn_with(group, fn, arg, NULL);
}

int cress_group_go(cress_group_t *group, cress_fn *fn, void *arg)
{
	cress_t *c = cress_group_spawn_with(group, fn, arg, NULL);

	if (c == NULL)
		return -1;
	cress_drop(c);
	return 0;
}

cress_t *cress_group_try_spawn(cress_group_t *group, cress_fn *fn, void *arg,
			       const cress_attr_t *attr)
{
	struct cress_group_impl *g = get_owning(group);

	if (g == NULL || cress_group_takes(g) != 0)
		return NULL;
	if (cress_group_is_full(g)) {
		errno = EAGAIN;
		return NULL;
	}
	return spawn(cress_hub_get(), g, fn, arg, attr, NULL);
}

cress_t *cress_group_spawn_for(struct cress_group_impl *g, cress_fn *fn,
			       void *arg, struct cress_batch *batch,
			       size_t index)
{
	struct cress_member like = {.batch = batch, .index = index};

	return spawn(begin(g), g, fn, arg, NULL, &like);
}

cress_t *cress_group_spawn_helper(struct cress_group_impl *g, cress_fn *fn,
				  void *arg, struct cress_batch *batch)
{
	struct cress_hub *hub = cress_hub_get();
	struct cress_member *member;
	cress_t *c;

	if (hub == NULL || cress_group_takes(g) != 0)
		return NULL;
	member = cress_member_take(g);
	if (member == NULL)
		return NULL;
	c = cress_spawn_make(hub, fn, arg, NULL);
	if (c == NULL) {
		cress_member_give(member);
		return NULL;
	}
	member->waiter.object = c;
	member->batch = batch;
	member->fresh = 1;
	member->helper = 1;
	c->references++;
	cress_member_begin(hub, member);
	return c;
}

int cress_group_add(cress_group_t *group, cress_t *c)
{
	struct cress_group_impl *g = cress_group_get(group);
	int error = g == NULL ? 0 : cress_misowned(c);
	struct cress_member *member;
	struct cress_hub *hub;

	if (g == NULL)
		return -1;
	if (error == 0 && c == g->scope.owner)
		error = EDEADLK;
	if (error == 0 && c->kind & (CRESS_KIND_MAIN | CRESS_KIND_HUB))
		error = EINVAL;
	if (error == 0 && cress_member_find(g, c) != NULL)
		error = EEXIST;
	if (error != 0)
		return cress_object_fail(error);
	hub = begin(g);
	/* Room for a kill, which may hit one that never was in the ring. */
	if (hub == NULL || cress_hub_reserve(hub) != 0)
		return -1;
	member = cress_member_take(g);
	if (member == NULL)
		return -1;
	member->waiter.object = c;
	return enter(hub, g, member);
}

int cress_group_discard(cress_group_t *group, cress_t *c)
{
	struct cress_group_impl *g = cress_group_get(group);
	int error = g == NULL ? 0 : cress_misowned(c);
	struct cress_member *member;

	if (g == NULL)
		return -1;
	if (error != 0)
		return cress_object_fail(error);
	member = cress_member_find(g, c);
	if (member == NULL || member->helper)
		return cress_object_fail(ENOENT);
	cress_member_leave(member);
	cress_group_settle(c->thread->hub, g);
	cress_drop(c);
	return 0;
}

int cress_group_wait_free(cress_group_t *group)
{
	struct cress_group_waiter arrival = {.member = NULL};
	struct cress_group_impl *g = cress_group_get(group);
	struct cress_hub *hub = g == NULL ? NULL : begin(g);

	if (hub == NULL)
		return -1;
	if (!cress_group_is_full(g))
		return 0;
	return cress_group_park(hub, g, &g->arriving, &arrival,
				&place_in_group);
}
