/* SPDX-License-Identifier: MIT */
/*
 * Cancellation, as the parking calls and the verbs on coroutines see it, and
 * what a group needs to be a scope itself.
 */
#ifndef CRESS_WAIT_SCOPE_H
#define CRESS_WAIT_SCOPE_H

#include <stdint.h>

#include "loop/hub.h"

struct cress_scope_impl;

/* What is more than a scope learns this of it. */
struct cress_scope_kind {
	/* It is over; its own coroutine knows already. */
	void (*over)(struct cress_scope_impl *scope);
	/* The thread ends, and nobody will close it. */
	void (*abandon)(struct cress_scope_impl *scope);
};

/* What lies in a cress_scope_t, and first in a cress_group_t. */
struct cress_scope_impl {
	struct cress_timer timer;
	struct cress_scope_impl *outer;
	cress_t *owner;
	const void *open;	/* its own address while it is open */
	const struct cress_scope_kind *kind;	/* NULL: just a scope */
	int error;		/* ETIMEDOUT or ECANCELED once it is over */
	uint8_t shield;
	uint8_t blamed;		/* it has made a call fail */
} __attribute__((may_alias));

/*
 * The current coroutine `c` has c->cancelled set and is about to park. Returns
 * 0 if it may after all, or -1 with errno; the scope to blame remembers that.
 */
int cress_cancel_point(struct cress_hub *hub, cress_t *c);

/* Something that cancels `c` has changed: act on it. */
void cress_cancel_apply(struct cress_hub *hub, cress_t *c);

/*
 * The timer of the innermost scope of `c` whose deadline is still to come, or
 * NULL. To remove it and call its `fire` lets the deadline pass.
 */
struct cress_timer *cress_scope_deadline(const cress_t *c);
/* Can the current coroutine open a scope here? 0, or -1 with errno. */
int cress_scope_prepare(struct cress_hub *hub,
			const struct cress_scope_impl *scope);

/* Open a zeroed scope; prepared, unless `when` is INFINITY. */
void cress_scope_enter(struct cress_hub *hub, struct cress_scope_impl *scope,
		       double when);

/* Put a shield around what the open scope encloses. */
void cress_scope_protect(struct cress_scope_impl *scope);

/* It is over from now on, with this error; nothing if it was before. */
void cress_scope_end(struct cress_hub *hub, struct cress_scope_impl *scope,
		     int error);

/* Close the innermost scope; the error it has made a call fail with, or 0. */
int cress_scope_leave(struct cress_scope_impl *scope);

#endif
