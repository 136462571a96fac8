/* SPDX-License-Identifier: MIT */
/*
 * Spawning in two steps, for those who make a coroutine before they know when
 * it may run: making it can fail, queueing it cannot.
 */
#ifndef CRESS_WAIT_SPAWN_H
#define CRESS_WAIT_SPAWN_H

#include <errno.h>

#include "loop/hub.h"

/* One with a handle, that nobody knows of yet; NULL with errno. */
__attribute__((always_inline)) static inline cress_t *
cress_spawn_make(struct cress_hub *hub, cress_fn *fn, void *arg,
		 const cress_attr_t *attr)
{
	if (fn == NULL) {
		errno = EINVAL;
		return NULL;
	}
	if (unlikely(hub == NULL || cress_hub_reserve(hub) != 0))
		return NULL;
	if (attr == NULL)
		return cress_make_plain(hub->thread, fn, arg, hub->coroutine,
					0);
	return cress_make(hub->thread, fn, arg, attr, hub->coroutine, 0);
}

/* From now on it is the hub's. While cress_run() ends, it is killed at once. */
static inline void cress_spawn_own(struct cress_hub *hub, cress_t *c)
{
	c->kind |= CRESS_KIND_SPAWNED;
	if (unlikely(hub->draining))
		c->kill_error = ECANCELED;
}

/* Queue it behind all that are ready; its value is what it was made with. */
static inline void cress_spawn_queue(struct cress_hub *hub, cress_t *c)
{
	cress_spawn_own(hub, c);
	cress_hub_push(hub, c, c->value);
}

#endif
