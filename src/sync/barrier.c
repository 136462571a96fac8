/* SPDX-License-Identifier: MIT */
/*
 * Barriers: a number of coroutines wait until all of them are there.
 *
 * Only those who are parked count as there, so one that gives up leaves no
 * trace. The last one frees the others and is never in the list.
 */
#include <cress/barrier.h>

#include "sync/object.h"

#include <string.h>

struct barrier {
	struct cress_object object;
	size_t count;
	size_t there;
} __attribute__((may_alias));

_Static_assert(sizeof(struct barrier) <= sizeof(cress_barrier_t) - 16,
	       "room to grow");

static void unlink_waiter(struct cress_waiter *waiter)
{
	struct barrier *barrier = waiter->object;

	cress_object_unlink(waiter);
	barrier->there--;
}

static const struct cress_wait_kind a_barrier = {
	.what = "barrier",
	.borrowed = 1,
	.unlink = unlink_waiter,
	.describe = cress_object_describe,
};

int cress_barrier_init(cress_barrier_t *memory, size_t count)
{
	struct barrier *barrier = (struct barrier *)memory;

	if (barrier == NULL || count == 0)
		return cress_object_fail(EINVAL);
	memset(memory, 0, sizeof *memory);
	barrier->count = count;
	return 0;
}

int cress_barrier_wait(cress_barrier_t *memory)
{
	struct barrier *barrier = (struct barrier *)memory;
	struct cress_waiter waiter = {.kind = &a_barrier, .object = barrier};
	struct cress_hub *hub;

	if (barrier == NULL || barrier->count == 0)
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	if (barrier->there + 1 == barrier->count) {
		if (cress_object_wake_all(&barrier->object) != 0)
			return -1;
		barrier->there = 0;
		return 1;
	}
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	if (cress_object_is_foreign(&barrier->object.waiting, hub))
		return cress_object_fail(EXDEV);
	barrier->there++;
	cress_waiter_append(&barrier->object.waiting, &waiter);
	return cress_park(hub, &waiter);
}

size_t cress_barrier_waiting(const cress_barrier_t *memory)
{
	const struct barrier *barrier = (const struct barrier *)memory;

	return barrier == NULL ? 0 : barrier->there;
}

int cress_barrier_fini(cress_barrier_t *memory)
{
	return cress_object_fini((void *)memory, a_barrier.what,
				 sizeof *memory);
}
