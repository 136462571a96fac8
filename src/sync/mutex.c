/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: one owner, and those who wait to be the next.
 *
 * An unlock hands the mutex to the first who waits, so it is never free while
 * somebody waits. Each coroutine counts the locks that it holds: that is all
 * it costs to notice an owner who ends. Its block then stays as it is, so the
 * owner that a mutex names is never another coroutine at the same address.
 */
#include "sync/mutex.h"

#include <string.h>

#include "core/coroutine.h"

_Static_assert(sizeof(struct cress_mutex_impl) <= sizeof(cress_mutex_t) - 16,
	       "room to grow");

cress_t *cress_mutex_owner_of_wait(const struct cress_waiter *waiter)
{
	const struct cress_mutex_impl *mutex = waiter->object;

	return mutex->owner;
}

static const struct cress_wait_kind a_mutex = {
	.what = "mutex",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.owner = cress_mutex_owner_of_wait,
	.describe = cress_object_describe,
};

int cress_mutex_check_owner(const cress_t *owner, const cress_t *c)
{
	if (owner->state == CRESS_DEAD)
		return EOWNERDEAD;
	if (owner->thread == c->thread)
		return 0;
	return cress_misowned(owner) == ESRCH ? EOWNERDEAD : EXDEV;
}

int cress_mutex_lock_slowly(struct cress_mutex_impl *mutex)
{
	struct cress_thread *thread = cress_thread_get();
	cress_t *c;
	int error;

	if (mutex == NULL || thread == NULL)
		return cress_object_fail(mutex == NULL ? EINVAL : ENOMEM);
	if (cress_object_enter() != 0)
		return -1;
	c = thread->current;
	if (unlikely(c->held == CRESS_HELD_MAX))
		return cress_object_fail(EAGAIN);
	if (mutex->owner == NULL) {
		cress_mutex_own(mutex, c);
		return 0;
	}
	if (unlikely(mutex->owner == c))
		return cress_object_misused(&mutex->object, a_mutex.what,
					    EDEADLK, "holds it already");
	error = cress_mutex_check_owner(mutex->owner, c);
	if (unlikely(error != 0))
		return cress_object_fail(error);
	return cress_object_wait(&mutex->object, &a_mutex);
}

int cress_mutex_lock(cress_mutex_t *memory)
{
	struct cress_mutex_impl *mutex = (struct cress_mutex_impl *)memory;
	struct cress_thread *thread = cress_thread_self;
	cress_t *c;

	if (unlikely(mutex == NULL || thread == NULL) || mutex->owner != NULL)
		return cress_mutex_lock_slowly(mutex);
	c = thread->current;
	if (unlikely(c->held == CRESS_HELD_MAX || c->cancelled))
		return cress_mutex_lock_slowly(mutex);
	cress_mutex_own(mutex, c);
	return 0;
}

int cress_mutex_try_lock(cress_mutex_t *memory)
{
	struct cress_mutex_impl *mutex = (struct cress_mutex_impl *)memory;
	cress_t *c = cress_current();
	int error;

	if (unlikely(mutex == NULL || c == NULL))
		return cress_object_fail(mutex == NULL ? EINVAL : ENOMEM);
	if (mutex->owner != NULL) {
		error = cress_mutex_check_owner(mutex->owner, c);
		return cress_object_fail(error != 0 ? error : EBUSY);
	}
	if (unlikely(c->held == CRESS_HELD_MAX))
		return cress_object_fail(EAGAIN);
	cress_mutex_own(mutex, c);
	return 0;
}

static int refuse_stranger(const struct cress_mutex_impl *mutex)
{
	if (mutex == NULL)
		return cress_object_fail(EINVAL);
	return cress_object_misused(&mutex->object, a_mutex.what, EPERM,
				    "unlocks it and does not hold it");
}

int cress_mutex_unlock(cress_mutex_t *memory)
{
	struct cress_mutex_impl *mutex = (struct cress_mutex_impl *)memory;
	struct cress_thread *thread = cress_thread_self;

	if (unlikely(mutex == NULL || thread == NULL ||
		     mutex->owner != thread->current))
		return refuse_stranger(mutex);
	mutex->owner->held--;
	if (mutex->object.waiting.first == NULL)
		mutex->owner = NULL;
	else
		cress_object_wake(thread->hub, cress_mutex_hand_over(mutex));
	return 0;
}

cress_t *cress_mutex_owner(const cress_mutex_t *memory)
{
	const struct cress_mutex_impl *mutex = (const void *)memory;

	return mutex == NULL ? NULL : mutex->owner;
}

void cress_mutex_inherit(cress_t **owner, cress_t *heir)
{
	cress_t *dead = *owner;

	*owner = heir;
	if (heir != NULL)
		heir->held++;
	dead->held--;
	cress_release(dead);
}

int cress_mutex_recover(cress_mutex_t *memory)
{
	struct cress_mutex_impl *mutex = (struct cress_mutex_impl *)memory;
	cress_t *c = cress_current();

	if (mutex == NULL || c == NULL)
		return cress_object_fail(mutex == NULL ? EINVAL : ENOMEM);
	if (mutex->owner == NULL ||
	    cress_mutex_check_owner(mutex->owner, c) != EOWNERDEAD)
		return cress_object_fail(EINVAL);
	if (c->held == CRESS_HELD_MAX)
		return cress_object_fail(EAGAIN);
	cress_mutex_inherit(&mutex->owner, c);
	return 0;
}

int cress_mutex_fini(cress_mutex_t *memory)
{
	struct cress_mutex_impl *mutex = (struct cress_mutex_impl *)memory;
	cress_t *c = cress_current();

	if (mutex == NULL || c == NULL)
		return 0;
	if (mutex->owner != NULL) {
		if (cress_mutex_check_owner(mutex->owner, c) != EOWNERDEAD)
			return cress_object_misused(&mutex->object,
						    a_mutex.what, EBUSY,
						    "destroys it while locked");
		cress_mutex_inherit(&mutex->owner, NULL);
	}
	memset(memory, 0, sizeof *memory);
	return 0;
}
