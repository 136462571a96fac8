/* SPDX-License-Identifier: MIT */
/* Cancellation, as the parking calls and the verbs on coroutines see it. */
#ifndef CRESS_WAIT_SCOPE_H
#define CRESS_WAIT_SCOPE_H

#include "loop/hub.h"

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

#endif
