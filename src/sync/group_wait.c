/* SPDX-License-Identifier: MIT */
/*
 * Waiting for members: for all, for some, for the next; and the wait of the
 * one who closes, which nothing but the end of the last member ends.
 */
#include "sync/group.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "core/log.h"

#include <cress/hub.h>

static void describe_ends(const struct cress_waiter *waiter, char *line,
			  size_t size)
{
	const struct cress_group_impl *g =
		((const struct cress_group_waiter *)waiter)->group;
	const cress_t *c = g->first == NULL ? NULL : g->first->waiter.object;

	snprintf(line, size,
		 "the members of the group of coroutine \"%s\" (%zu live, "
		 "the first is \"%s\" %p)", cress_label(g->scope.owner),
		 g->live, c == NULL ? "" : cress_label(c), (const void *)c);
}

static void describe_result(const struct cress_waiter *waiter, char *line,
			    size_t size)
{
	const struct cress_group_impl *g =
		((const struct cress_group_waiter *)waiter)->group;

	snprintf(line, size,
		 "a result of the group of coroutine \"%s\" (%zu live)",
		 cress_label(g->scope.owner), g->live);
}

/* Nothing but the end of all ends it: a throw is for the next parking call. */
static int stay(struct cress_waiter *waiter, int error)
{
	cress_t *c = waiter->coroutine;
	const struct cress_thread *thread = c->thread;

	if (error == EDEADLK && thread->current == thread->hub->coroutine)
		return 0;
	c->pending_throw = error;
	c->cancelled = 1;
	return 1;
}

static const struct cress_wait_kind end_of_members = {
	.what = "the end of a group's members",
	.borrowed = 1,
	.unlink = cress_unlink_from_list,
	.describe = describe_ends,
};

static const struct cress_wait_kind end_of_killed = {
	.what = "the end of a group's members",
	.borrowed = 1,
	.unlink = cress_unlink_from_list,
	.refuse = stay,
	.describe = describe_ends,
};

static const struct cress_wait_kind result_of_group = {
	.what = "a result of a group",
	.borrowed = 1,
	.unlink = cress_unlink_from_list,
	.describe = describe_result,
};

int cress_group_park(struct cress_hub *hub, struct cress_group_impl *g,
		     struct cress_wait_list *list,
		     struct cress_group_waiter *waiter,
		     const struct cress_wait_kind *kind)
{
	waiter->waiter.kind = kind;
	waiter->waiter.object = list;
	waiter->group = g;
	cress_waiter_append(list, &waiter->waiter);
	return cress_park(hub, &waiter->waiter);
}

void cress_group_park_firmly(struct cress_hub *hub, struct cress_group_impl *g,
			     struct cress_wait_list *list)
{
	struct cress_group_waiter waiter = {.need = 0};
	struct cress_scope_impl shield = {.outer = NULL};
	const cress_t *c = hub->thread->current;

	/* So that no outer scope is blamed for a call that does not fail. */
	cress_scope_enter(hub, &shield, INFINITY);
	cress_scope_protect(&shield);
	if (cress_group_park(hub, g, list, &waiter, &end_of_killed) != 0)
		cress_fatal("a group of coroutine \"%s\" cannot be closed: "
			    "its members wait for ever in a shield",
			    cress_label(c));
	cress_scope_leave(&shield);
}

/* Would the caller wait for itself? It does if `most` live and it is one. */
static int waits_for_itself(const struct cress_group_impl *g, size_t most)
{
	return g->live <= most &&
	       cress_member_find(g, g->scope.owner->thread->current) != NULL;
}

int cress_group_join(cress_group_t *group)
{
	struct cress_group_impl *g = cress_group_get(group);
	struct cress_group_waiter joiner = {.got = 0};
	struct cress_hub *hub;

	if (g == NULL)
		return -1;
	if (g->live == 0)
		return g->first_error;
	if (waits_for_itself(g, SIZE_MAX))
		return cress_object_fail(EDEADLK);
	hub = cress_wait_begin();
	if (hub == NULL || cress_group_park(hub, g, &g->joining, &joiner,
					    &end_of_members) != 0)
		return -1;
	return (int)joiner.got;
}

ssize_t cress_group_wait(cress_group_t *group, size_t count)
{
	struct cress_group_impl *g = cress_group_get(group);
	struct cress_group_waiter counter = {.need = count};
	struct cress_hub *hub;

	if (g == NULL)
		return -1;
	if (g->flags & CRESS_GROUP_FORGET)
		return cress_object_fail(EINVAL);
	if (g->ready >= count || g->live == 0)
		return (ssize_t)g->ready;
	if (waits_for_itself(g, 1))
		return cress_object_fail(EDEADLK);
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	if (count < g->least)
		g->least = count;
	if (cress_group_park(hub, g, &g->counting, &counter,
			     &result_of_group) != 0)
		return -1;
	return counter.got;
}

int cress_group_next(cress_group_t *group, cress_group_result_t *result)
{
	struct cress_group_impl *g = cress_group_get(group);
	struct cress_group_waiter taker = {.result = result};
	struct cress_member *member;
	struct cress_hub *hub;

	if (g == NULL)
		return -1;
	if (g->flags & CRESS_GROUP_FORGET)
		return cress_object_fail(EINVAL);
	member = g->done;
	if (member != NULL) {
		g->done = member->next;
		g->ready--;
		cress_member_report(member, result);
		cress_member_give(member);
		return 1;
	}
	if (g->live == 0)
		return 0;
	if (waits_for_itself(g, 1))
		return cress_object_fail(EDEADLK);
	hub = cress_wait_begin();
	if (hub == NULL || cress_group_park(hub, g, &g->taking, &taker,
					    &result_of_group) != 0)
		return -1;
	return (int)taker.got;
}
