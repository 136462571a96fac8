/* SPDX-License-Identifier: MIT */
/* Waiting for the end of a coroutine, and asking for it. */
#include <errno.h>
#include <stdio.h>

#include "wait/scope.h"
#include "wait/wait.h"

#include <cress/hub.h>

static int fail(int error)
{
	errno = error;
	return -1;
}

static void describe_end(const struct cress_waiter *waiter, char *line,
			 size_t size)
{
	const cress_t *c = waiter->object;

	snprintf(line, size, "the end of coroutine \"%s\" (%p)",
		 cress_label(c), (const void *)c);
}

static void unlink_joiner(struct cress_waiter *waiter)
{
	cress_t *c = waiter->object;

	cress_waiter_remove(&c->joiners, waiter);
}

/* No block is freed here: those without a reference go when all are let go. */
static void abandon_joiner(struct cress_waiter *waiter)
{
	cress_t *c = waiter->object;

	unlink_joiner(waiter);
	c->references--;
}

static const struct cress_wait_kind end_of_coroutine = {
	.what = "the end of a coroutine",
	.unlink = unlink_joiner,
	.abandon = abandon_joiner,
	.describe = describe_end,
};

static int result_of(const cress_t *c, void **value)
{
	if (value != NULL)
		*value = c->value;
	return c->error;
}

int cress_try_wait(cress_t *c, void **value)
{
	int error = cress_misowned(c);

	if (error != 0)
		return fail(error);
	return c->state == CRESS_DEAD ? result_of(c, value) : fail(EAGAIN);
}

/* Give back `count` references; keeps errno. */
static inline void drop(cress_t *c, uint32_t count)
{
	int saved;

	c->references -= count;
	if (c->references != 0 || cress_free_plainly(c))
		return;
	saved = errno;
	cress_last_drop(c);
	errno = saved;
}

/*
 * Wait, and release `c` if `join` and that succeeded. In one piece with its
 * callers, because after a switch every frame that is returned from costs.
 */
__attribute__((always_inline)) static inline int
wait_for_end(cress_t *c, void **value, uint32_t join)
{
	struct cress_waiter waiter;
	struct cress_hub *hub;
	int result;

	if (unlikely(c == NULL || c->thread != cress_thread_self)) {
		result = cress_misowned(c);
		if (result != 0)
			return fail(result);
	}
	if (c->state == CRESS_DEAD) {
		result = result_of(c, value);
		if (join)
			drop(c, join);
		return result;
	}
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	/* It must outlive the wait, whoever releases it. */
	c->references++;
	waiter.object = c;
	cress_waiter_append(&c->joiners, &waiter);
	result = cress_park_as(hub, &waiter, &end_of_coroutine);
	if (likely(result == 0)) {
		result = result_of(c, value);
		drop(c, 1 + join);
	} else {
		drop(c, 1);
	}
	return result;
}

int cress_wait(cress_t *c, void **value)
{
	return wait_for_end(c, value, 0);
}

int cress_join(cress_t *c, void **value)
{
	return wait_for_end(c, value, 1);
}

void cress_kill_now(struct cress_hub *hub, cress_t *c, int error)
{
	if (c->state == CRESS_DEAD || c->kill_error != 0)
		return;
	if (c->state == CRESS_UNSTARTED) {
		c->references++;
		cress_end_unstarted(c, error);
		cress_drop(c);
		return;
	}
	c->kill_error = error;
	cress_cancel_apply(hub, c);
}

int cress_kill(cress_t *c, int error)
{
	int misowned = cress_misowned(c);
	struct cress_hub *hub;

	if (error == 0)
		error = ECANCELED;
	if (misowned == 0 && (c->kind & CRESS_KIND_HUB ||
			      (error != CRESS_EXIT &&
			       (error < 0 || error >= 4096))))
		misowned = EINVAL;
	if (misowned != 0)
		return fail(misowned);
	if (c->state == CRESS_UNSTARTED || c->state == CRESS_DEAD) {
		/* It needs no hub to end. */
		cress_kill_now(c->thread->hub, c, error);
		return 0;
	}
	hub = cress_hub_get();
	if (hub == NULL || cress_hub_reserve(hub) != 0)
		return -1;
	cress_kill_now(hub, c, error);
	return 0;
}
