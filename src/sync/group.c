/* SPDX-License-Identifier: MIT */
/*
 * A group as a scope: open, limits, shut, kill, cancel, close.
 *
 * Closing first keeps everybody out, then kills, then waits, and only then
 * leaves the scope. That wait is behind a shield of its own, and refuses to be
 * ended by a throw: so nothing of the group is used after it is closed.
 */
#include "group.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "sync/imap.h"

#include <cress/hub.h>

_Static_assert(sizeof(struct cress_group_impl) <= sizeof(cress_group_t) - 64,
	       "room to grow");

#define KNOWN_FLAGS \
	(CRESS_GROUP_FAIL_FAST | CRESS_GROUP_FORGET | CRESS_GROUP_WATCH)

/* What `open` points to in a group that was closed. */
static const char closed;

static struct cress_group_impl *impl(const cress_group_t *group)
{
	return (struct cress_group_impl *)(uintptr_t)group;
}

static int check_open(const struct cress_group_impl *g)
{
	if (g == NULL)
		return EINVAL;
	if (unlikely(g->scope.open != g))
		return g->scope.open == &closed ? ESHUTDOWN : EINVAL;
	if (likely(g->scope.owner->thread == cress_thread_self))
		return 0;
	return cress_misowned(g->scope.owner);
}

struct cress_group_impl *cress_group_get(const cress_group_t *group)
{
	struct cress_group_impl *g = impl(group);
	int error = check_open(g);

	if (error == 0 && unlikely(g->is_closing))
		error = ESHUTDOWN;
	if (likely(error == 0))
		return g;
	errno = error;
	return NULL;
}

struct cress_group_impl *cress_group_look(const cress_group_t *group)
{
	struct cress_group_impl *g = impl(group);

	return check_open(g) == 0 ? g : NULL;
}

int cress_group_takes(const struct cress_group_impl *g)
{
	if (unlikely(g->shut || g->is_closing))
		return cress_object_fail(ESHUTDOWN);
	if (unlikely(g->scope.error != 0))
		return cress_object_fail(g->scope.error);
	return 0;
}

void cress_group_refuse(struct cress_hub *hub, struct cress_group_impl *g,
			int error)
{
	while (g->arriving.first != NULL)
		cress_interrupt(hub, g->arriving.first->coroutine, error);
}

static void on_over(struct cress_scope_impl *scope)
{
	struct cress_group_impl *g = (struct cress_group_impl *)scope;
	struct cress_hub *hub = scope->owner->thread->hub;

	cress_group_refuse(hub, g, scope->error);
	if (!(g->flags & CRESS_GROUP_WATCH))
		cress_members_kill(hub, g, NULL, scope->error);
}

/* The thread ends: nobody runs any more, but handles are still counted. */
static void on_abandon(struct cress_scope_impl *scope)
{
	struct cress_group_impl *g = (struct cress_group_impl *)scope;
	struct cress_waiter *waiter;
	struct cress_member *member;
	cress_t *c;

	for (member = g->first; member != NULL; member = member->next) {
		c = member->waiter.object;
		c->references--;
	}
	for (waiter = g->arriving.first; waiter; waiter = waiter->next) {
		member = ((struct cress_group_waiter *)waiter)->member;
		if (member == NULL)
			continue;
		c = member->waiter.object;
		/* The group's, the wait's, and what a spawn would return. */
		c->references -= 2 + member->fresh;
	}
	cress_members_free(g);
}

static const struct cress_scope_kind group_scope = {
	.over = on_over,
	.abandon = on_abandon,
};

int cress_group_open(cress_group_t *group, double seconds, unsigned flags)
{
	struct cress_group_impl *g = impl(group);
	struct cress_hub *hub;

	if (g == NULL || isnan(seconds) || seconds < 0 || flags & ~KNOWN_FLAGS)
		return cress_object_fail(EINVAL);
	hub = cress_hub_get();
	if (hub == NULL || cress_scope_prepare(hub, &g->scope) != 0)
		return -1;
	memset(group, 0, sizeof *group);
	g->limit = SIZE_MAX;
	g->least = SIZE_MAX;
	g->flags = (uint8_t)flags;
	g->scope.kind = &group_scope;
	cress_scope_enter(hub, &g->scope, hub->driver->now(hub) + seconds);
	return 0;
}

int cress_group_set_limit(cress_group_t *group, long limit)
{
	struct cress_group_impl *g = cress_group_get(group);

	if (g == NULL)
		return -1;
	if (limit < 0)
		return cress_object_fail(EINVAL);
	g->limit = (size_t)limit;
	cress_group_settle(g->scope.owner->thread->hub, g);
	return 0;
}

size_t cress_group_count(const cress_group_t *group)
{
	const struct cress_group_impl *g = cress_group_look(group);

	return g == NULL ? 0 : g->live;
}

size_t cress_group_free_count(const cress_group_t *group)
{
	const struct cress_group_impl *g = cress_group_look(group);

	if (g == NULL || cress_group_is_full(g))
		return 0;
	return g->limit == SIZE_MAX ? SIZE_MAX : g->limit - g->live;
}

int cress_group_error(const cress_group_t *group)
{
	return group == NULL ? 0 : impl(group)->first_error;
}

int cress_group_shut(cress_group_t *group)
{
	struct cress_group_impl *g = cress_group_get(group);

	if (g == NULL)
		return -1;
	g->shut = 1;
	cress_group_refuse(g->scope.owner->thread->hub, g, ESHUTDOWN);
	return 0;
}

int cress_group_kill(cress_group_t *group, int error)
{
	struct cress_group_impl *g = cress_group_get(group);
	struct cress_hub *hub;

	if (g == NULL)
		return -1;
	if (error == 0)
		error = ECANCELED;
	if (!cress_is_error(error))
		return cress_object_fail(EINVAL);
	hub = cress_hub_get();
	if (hub == NULL)
		return -1;
	cress_members_kill(hub, g, NULL, error);
	return 0;
}

int cress_group_cancel(cress_group_t *group)
{
	struct cress_group_impl *g = cress_group_get(group);
	struct cress_hub *hub;

	if (g == NULL)
		return -1;
	hub = cress_hub_get();
	if (hub == NULL)
		return -1;
	cress_scope_end(hub, &g->scope, ECANCELED);
	return 0;
}

/* None is killed; to drop a handle may run somebody, so look anew each time. */
static void let_go_of_all(struct cress_group_impl *g)
{
	while (g->first != NULL) {
		cress_t *c = g->first->waiter.object;

		cress_member_leave(g->first);
		cress_drop(c);
	}
}

static int end_members(struct cress_group_impl *g)
{
	struct cress_hub *hub = cress_hub_get();

	if (hub == NULL)
		return -1;
	g->is_closing = 1;
	cress_group_refuse(hub, g, ESHUTDOWN);
	if (g->flags & CRESS_GROUP_WATCH) {
		let_go_of_all(g);
		cress_group_settle(hub, g);
		return 0;
	}
	cress_members_kill(hub, g, NULL, ECANCELED);
	if (g->first == NULL && g->maps == 0)
		return 0;
	/* A host's stack runs the loop that they need to end. */
	if (hub->thread->current->kind & CRESS_KIND_HOST)
		return cress_object_fail(EDEADLK);
	cress_group_park_firmly(hub, g, &g->closing);
	return 0;
}

int cress_group_close(cress_group_t *group)
{
	struct cress_group_impl *g = impl(group);
	int error = check_open(g);
	int saved = errno;
	int result;

	if (error == 0 && g->scope.owner != cress_current())
		error = EPERM;
	if (error == 0 && g->scope.owner->scope != &g->scope)
		error = EINVAL;
	if (error != 0)
		return cress_object_fail(error);
	if ((g->first != NULL || g->arriving.first != NULL || g->maps != 0) &&
	    end_members(g) != 0)
		return -1;
	cress_imaps_detach(g);
	cress_members_free(g);
	result = cress_scope_leave(&g->scope);
	g->scope.open = &closed;
	errno = saved;
	return result;
}
