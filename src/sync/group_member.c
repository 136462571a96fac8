/* SPDX-License-Identifier: MIT */
/*
 * Members: how they come into a group, and what happens when they end.
 *
 * The end of a member is told while its coroutine, already dead, is still the
 * current one. So nothing here parks or frees that coroutine: it goes when it
 * is buried, or when whoever has killed it lets go of it.
 */
#include "sync/group.h"

#include <errno.h>
#include <string.h>

#include "core/memory.h"
#include "wait/spawn.h"

#define FIRST_CHUNK 8
#define LARGEST_CHUNK 256

struct cress_chunk {
	struct cress_chunk *next;
	struct cress_member members[];
};

static void member_ended(struct cress_waiter *waiter);

/* The thread ends: the group frees the record, and counts. */
static void leave_it(struct cress_waiter *waiter)
{
	(void)waiter;
}

static const struct cress_wait_kind membership = {
	.what = "the end of a member",
	.unlink = leave_it,
	.ended = member_ended,
};

static int add_chunk(struct cress_group_impl *g)
{
	uint32_t size = g->chunk_size == 0 ? FIRST_CHUNK : g->chunk_size;
	struct cress_chunk *chunk;

	chunk = cress_alloc(sizeof *chunk + size * sizeof *chunk->members);
	if (chunk == NULL)
		return -1;
	chunk->next = g->chunks;
	g->chunks = chunk;
	g->chunk_size = size < LARGEST_CHUNK ? size * 2 : size;
	while (size-- > 0) {
		chunk->members[size].group = g;
		cress_member_give(&chunk->members[size]);
	}
	return 0;
}

struct cress_member *cress_member_take(struct cress_group_impl *g)
{
	struct cress_member *member;

	if (unlikely(g->spare == NULL) && add_chunk(g) != 0)
		return NULL;
	member = g->spare;
	g->spare = member->next;
	memset(member, 0, sizeof *member);
	member->group = g;
	return member;
}

void cress_member_give(struct cress_member *member)
{
	member->next = member->group->spare;
	member->group->spare = member;
}

void cress_members_free(struct cress_group_impl *g)
{
	struct cress_chunk *chunk;

	while ((chunk = g->chunks) != NULL) {
		g->chunks = chunk->next;
		cress_free(chunk);
	}
	g->spare = g->done = g->done_last = NULL;
}

struct cress_member *cress_member_find(const struct cress_group_impl *g,
				       const cress_t *c)
{
	struct cress_waiter *waiter;

	for (waiter = c->joiners.first; waiter; waiter = waiter->next) {
		struct cress_member *member = (struct cress_member *)waiter;

		if (waiter->kind == &membership && member->group == g)
			return member;
	}
	return NULL;
}

int cress_group_contains(const cress_group_t *group, const cress_t *c)
{
	const struct cress_group_impl *g = cress_group_look(group);
	const struct cress_member *member;

	if (g == NULL || c == NULL || c->thread != cress_thread_self)
		return 0;
	member = cress_member_find(g, c);
	return member != NULL && !member->helper;
}

size_t cress_group_members(const cress_group_t *group, cress_t **members,
			   size_t room)
{
	const struct cress_group_impl *g = cress_group_look(group);
	const struct cress_member *member = g == NULL ? NULL : g->first;
	size_t count = 0;

	if (members == NULL)
		return 0;
	for (; member != NULL && count < room; member = member->next)
		if (!member->helper)
			members[count++] = member->waiter.object;
	return count;
}

void cress_member_report(const struct cress_member *member,
			 cress_group_result_t *result)
{
	if (result == NULL)
		return;
	memset(result, 0, sizeof *result);
	result->value = member->value;
	result->arg = member->arg;
	result->index = member->index;
	result->coroutine = member->waiter.object;
	result->error = member->error;
}

static void unlist(struct cress_group_impl *g, struct cress_member *member)
{
	if (g->cursor == member)
		g->cursor = member->next;
	if (member->previous != NULL)
		member->previous->next = member->next;
	else
		g->first = member->next;
	if (member->next != NULL)
		member->next->previous = member->previous;
	else
		g->last = member->previous;
	if (member->helper)
		g->helpers--;
	else
		g->live--;
}

/* Whoever waits for so many results gets to know. */
static void tell_counters(struct cress_hub *hub, struct cress_group_impl *g)
{
	struct cress_waiter *waiter = g->counting.first;
	size_t least = SIZE_MAX;

	while (waiter != NULL) {
		struct cress_group_waiter *counter = (void *)waiter;
		struct cress_waiter *next = waiter->next;

		if (counter->need <= g->ready || g->live == 0) {
			counter->got = (ssize_t)g->ready;
			cress_waiter_remove(&g->counting, waiter);
			cress_wake(hub, waiter);
		} else if (counter->need < least) {
			least = counter->need;
		}
		waiter = next;
	}
	g->least = least;
}

/* To the batch, to nobody, to the first who waits, or into the list. */
static void hand_over(struct cress_hub *hub, struct cress_member *member)
{
	struct cress_group_impl *g = member->group;
	struct cress_group_waiter *taker = (void *)g->taking.first;

	if (member->batch != NULL) {
		member->batch->ended(member->batch, member);
	} else if (g->flags & CRESS_GROUP_FORGET) {
		cress_member_give(member);
	} else if (taker != NULL) {
		cress_member_report(member, taker->result);
		taker->got = 1;
		cress_wake_first(hub, &g->taking);
		cress_member_give(member);
	} else {
		member->next = NULL;
		if (g->done != NULL)
			g->done_last->next = member;
		else
			g->done = member;
		g->done_last = member;
		if (++g->ready >= g->least && g->counting.first != NULL)
			tell_counters(hub, g);
	}
}

/* It is out of its coroutine's list, or never was in it. */
static void finish(struct cress_hub *hub, struct cress_member *member)
{
	struct cress_group_impl *g = member->group;
	cress_t *c = member->waiter.object;
	int error = c->error;

	unlist(g, member);
	member->value = c->value;
	member->error = error;
	member->done = 1;
	c->references--;
	if (member->helper) {
		member->batch->ended(member->batch, member);
		return;
	}
	if (error != 0 && g->first_error == 0)
		g->first_error = error;
	hand_over(hub, member);
	if (error != 0 && g->flags & CRESS_GROUP_FAIL_FAST &&
	    !g->is_closing && hub != NULL)
		cress_scope_end(hub, &g->scope, ECANCELED);
}

static void member_ended(struct cress_waiter *waiter)
{
	struct cress_member *member = (struct cress_member *)waiter;
	struct cress_group_impl *g = member->group;
	struct cress_hub *hub = g->scope.owner->thread->hub;

	finish(hub, member);
	cress_group_settle(hub, g);
}

void cress_member_begin(struct cress_hub *hub, struct cress_member *member)
{
	struct cress_group_impl *g = member->group;
	cress_t *c = member->waiter.object;

	member->next = NULL;
	member->previous = g->last;
	if (g->last != NULL)
		g->last->next = member;
	else
		g->first = member;
	g->last = member;
	if (member->helper)
		g->helpers++;
	else
		g->live++;
	if (member->batch == NULL)
		member->index = g->joined++;
	else if (member->batch->began != NULL)
		member->batch->began(member->batch, member);
	if (unlikely(c->state == CRESS_DEAD)) {
		finish(hub, member);
		return;
	}
	member->waiter.kind = &membership;
	cress_waiter_append(&c->joiners, &member->waiter);
	if (member->fresh)
		cress_spawn_queue(hub, c);
}

void cress_member_leave(struct cress_member *member)
{
	cress_t *c = member->waiter.object;

	cress_waiter_remove(&c->joiners, &member->waiter);
	unlist(member->group, member);
	cress_member_give(member);
}

/* A kill may end members at once, and so change the list: hence the cursor. */
void cress_members_kill(struct cress_hub *hub, struct cress_group_impl *g,
			const struct cress_batch *batch, int error)
{
	struct cress_member *member = g->first;

	while (member != NULL) {
		g->cursor = member->next;
		if (batch == NULL || member->batch == batch)
			cress_kill_now(hub, member->waiter.object, error);
		member = g->cursor;
	}
	g->cursor = NULL;
}

/* One who comes has its member in the group before it runs itself. */
static void admit(struct cress_hub *hub, struct cress_group_impl *g)
{
	struct cress_group_waiter *arrival;

	while ((arrival = (void *)g->arriving.first) != NULL &&
	       !cress_group_is_full(g)) {
		struct cress_member *member = arrival->member;

		cress_wake_first(hub, &g->arriving);
		if (member != NULL)
			cress_member_begin(hub, member);
	}
}

static void wake_joiners(struct cress_hub *hub, struct cress_group_impl *g)
{
	struct cress_group_waiter *joiner;

	while ((joiner = (void *)g->joining.first) != NULL) {
		joiner->got = g->first_error;
		cress_wake_first(hub, &g->joining);
	}
}

void cress_group_settle(struct cress_hub *hub, struct cress_group_impl *g)
{
	if (g->arriving.first != NULL)
		admit(hub, g);
	if (g->live != 0)
		return;
	if (g->joining.first != NULL)
		wake_joiners(hub, g);
	if (g->counting.first != NULL)
		tell_counters(hub, g);
	/* No result is left, or they would have it. */
	cress_wake_all(hub, &g->taking);
	if (g->helpers == 0 && g->maps == 0)
		cress_wake_all(hub, &g->closing);
}
