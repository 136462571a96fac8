/* SPDX-License-Identifier: MIT */
/*
 * A group inside: its members, and those who wait for something of it.
 *
 * A member is a record in the list of its coroutine's joiners, so its end is
 * told like any other. Records come from the group's own chunks and go back to
 * a list of spare ones, so a member costs no allocation of its own.
 *
 * A coroutine that was woken never looks at the group again, because that may
 * be closed before it runs: what it has got is in its waiter.
 */
#ifndef CRESS_SYNC_GROUP_H
#define CRESS_SYNC_GROUP_H

#include "sync/object.h"
#include "wait/scope.h"

#include <cress/group.h>

struct cress_group_impl;
struct cress_member;

/* Who takes what some members end with, instead of their group. */
struct cress_batch {
	/* It lives; may be NULL. */
	void (*began)(struct cress_batch *batch, struct cress_member *member);
	/* The record is the batch's from now on. */
	void (*ended)(struct cress_batch *batch, struct cress_member *member);
};

struct cress_member {
	struct cress_waiter waiter;	/* object: its coroutine, referenced */
	struct cress_member *next, *previous;	/* of the living; or spare */
	struct cress_group_impl *group;
	struct cress_batch *batch;	/* NULL: the group's */
	struct cress_member *later;	/* the batch's own */
	void *arg;
	void *value;
	size_t index;
	int error;
	uint8_t fresh;			/* to be queued when it becomes one */
	uint8_t helper;			/* counts for nobody but the closer */
	uint8_t done;			/* it has ended */
};

/* Somebody parked in a call of the group; in a list of it, or of a batch. */
struct cress_group_waiter {
	struct cress_waiter waiter;	/* object: the list */
	struct cress_group_impl *group;
	struct cress_member *member;	/* arrives with it; NULL: only looks */
	cress_group_result_t *result;
	size_t need;
	ssize_t got;
};

struct cress_chunk;

/* What lies in a cress_group_t. */
struct cress_group_impl {
	struct cress_scope_impl scope;
	struct cress_member *first, *last;	/* those that live */
	struct cress_member *cursor;	/* the next to be killed */
	struct cress_member *done, *done_last;	/* in the order of ends */
	struct cress_member *spare;
	struct cress_chunk *chunks;
	struct cress_imap_impl *imaps;
	struct cress_wait_list arriving, joining, counting, taking, closing;
	size_t live;
	size_t limit;
	size_t joined;			/* ever */
	size_t ready;			/* results in `done` */
	size_t least;			/* that is waited for in `counting` */
	uint32_t helpers;
	uint32_t maps;			/* calls under way */
	uint32_t chunk_size;
	int first_error;
	uint8_t flags;
	uint8_t shut;
	uint8_t is_closing;
} __attribute__((may_alias));

static inline int cress_group_is_full(const struct cress_group_impl *g)
{
	return g->live >= g->limit;
}

/* The group if it is open and the caller's; NULL with errno. */
struct cress_group_impl *cress_group_get(const cress_group_t *group);

/* The same, also while it is being closed, without errno. */
struct cress_group_impl *cress_group_look(const cress_group_t *group);

/* 0 if the group takes members, or -1 with errno. */
int cress_group_takes(const struct cress_group_impl *g);

/* Take a record, and give one back that is in no list. */
struct cress_member *cress_member_take(struct cress_group_impl *g);
void cress_member_give(struct cress_member *member);

/* Free all records. */
void cress_members_free(struct cress_group_impl *g);

/* The record of `c` among the living of the group, or NULL. */
struct cress_member *cress_member_find(const struct cress_group_impl *g,
				       const cress_t *c);

/* It lives in the group from now on. Needs a settling if it is dead. */
void cress_member_begin(struct cress_hub *hub, struct cress_member *member);

/* Take a living one out; the reference to its coroutine is the caller's. */
void cress_member_leave(struct cress_member *member);

/* Kill those of a batch, or all if that is NULL. Nobody is killed twice. */
void cress_members_kill(struct cress_hub *hub, struct cress_group_impl *g,
			const struct cress_batch *batch, int error);

/* Members have left: hand on their places, and wake those who wait. */
void cress_group_settle(struct cress_hub *hub, struct cress_group_impl *g);

/* End the waits of all who want to come in. */
void cress_group_refuse(struct cress_hub *hub, struct cress_group_impl *g,
			int error);

/*
 * Spawn a member for a batch, or a helper, with a handle. Parks while the group
 * is full, unless it is a helper. NULL with errno.
 */
cress_t *cress_group_spawn_for(struct cress_group_impl *g, cress_fn *fn,
			       void *arg, struct cress_batch *batch,
			       size_t index);
cress_t *cress_group_spawn_helper(struct cress_group_impl *g, cress_fn *fn,
				  void *arg, struct cress_batch *batch);

/* Park in a list; the wait was begun. 0, or -1 with errno. */
int cress_group_park(struct cress_hub *hub, struct cress_group_impl *g,
		     struct cress_wait_list *list,
		     struct cress_group_waiter *waiter,
		     const struct cress_wait_kind *kind);

/* Park in a list until woken, whatever comes. */
void cress_group_park_firmly(struct cress_hub *hub,
			     struct cress_group_impl *g,
			     struct cress_wait_list *list);

/* Copy what a member ended with. */
void cress_member_report(const struct cress_member *member,
			 cress_group_result_t *result);

#endif
