/* SPDX-License-Identifier: MIT */
/*
 * Semaphores: a number of permits.
 *
 * If somebody waits, there is no permit: one that is released goes straight to
 * the first who waits, and is never counted.
 */
#include <cress/semaphore.h>

#include "sync/object.h"

#include <limits.h>
#include <string.h>

struct semaphore {
	struct cress_object object;
	long count;
	long short_by;		/* the limit is LONG_MAX less this: 0 is none */
} __attribute__((may_alias));

_Static_assert(sizeof(struct semaphore) <= sizeof(cress_semaphore_t) - 16,
	       "room to grow");

static const struct cress_wait_kind a_semaphore = {
	.what = "semaphore",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.describe = cress_object_describe,
};

static int init(cress_semaphore_t *memory, long permits, long limit)
{
	struct semaphore *semaphore = (struct semaphore *)memory;

	if (semaphore == NULL || permits < 0)
		return cress_object_fail(EINVAL);
	memset(memory, 0, sizeof *memory);
	semaphore->count = permits;
	semaphore->short_by = LONG_MAX - limit;
	return 0;
}

int cress_semaphore_init(cress_semaphore_t *memory, long permits)
{
	return init(memory, permits, LONG_MAX);
}

int cress_semaphore_init_bounded(cress_semaphore_t *memory, long permits)
{
	return init(memory, permits, permits);
}

/* In a frame of its own, so that the short way needs none. */
__attribute__((noinline)) static int acquire_slowly(struct semaphore *semaphore)
{
	if (semaphore == NULL)
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	if (semaphore->count == 0)
		return cress_object_wait(&semaphore->object, &a_semaphore);
	semaphore->count--;
	return 0;
}

int cress_semaphore_acquire(cress_semaphore_t *memory)
{
	struct semaphore *semaphore = (struct semaphore *)memory;

	if (unlikely(semaphore == NULL ||
		     !cress_object_admits(cress_thread_self)) ||
	    semaphore->count == 0)
		return acquire_slowly(semaphore);
	semaphore->count--;
	return 0;
}

int cress_semaphore_try_acquire(cress_semaphore_t *memory)
{
	struct semaphore *semaphore = (struct semaphore *)memory;

	if (unlikely(semaphore == NULL))
		return cress_object_fail(EINVAL);
	if (semaphore->count == 0)
		return cress_object_fail(EAGAIN);
	semaphore->count--;
	return 0;
}

/* To the first who waits. */
static int hand_over(struct semaphore *semaphore)
{
	struct cress_wait_list *waiting = &semaphore->object.waiting;
	struct cress_hub *hub = cress_object_hub(waiting);

	if (unlikely(hub == NULL))
		return -1;
	cress_object_wake(hub, cress_object_pop(waiting));
	return 0;
}

int cress_semaphore_release(cress_semaphore_t *memory)
{
	struct semaphore *semaphore = (struct semaphore *)memory;

	if (unlikely(semaphore == NULL))
		return cress_object_fail(EINVAL);
	if (unlikely(semaphore->count == LONG_MAX - semaphore->short_by))
		return cress_object_misused(&semaphore->object,
					    a_semaphore.what, EOVERFLOW,
					    "releases more than there may be");
	if (semaphore->object.waiting.first != NULL)
		return hand_over(semaphore);
	semaphore->count++;
	return 0;
}

long cress_semaphore_count(const cress_semaphore_t *memory)
{
	const struct semaphore *semaphore = (const struct semaphore *)memory;

	return semaphore == NULL ? 0 : semaphore->count;
}

int cress_semaphore_fini(cress_semaphore_t *memory)
{
	return cress_object_fini((void *)memory, a_semaphore.what,
				 sizeof *memory);
}
