/* SPDX-License-Identifier: MIT */
/*
 * Conditions: wait for a signal, with a mutex given back meanwhile.
 *
 * A signal moves the first who waits from the condition's list into the line
 * for the mutex, with the same waiter: so nobody is woken only to wait again,
 * and whoever runs has the mutex. From then on the wait has succeeded, and
 * cannot be interrupted any more; what comes meanwhile hits the next parking
 * call. One whose wait is to fail goes into that line in the same way, or takes
 * a mutex that is free at once: so condition and mutex have nobody on the way
 * to them who is not in a list of theirs, and may be destroyed if nobody is.
 */
#include <cress/condition.h>

#include "sync/mutex.h"

struct condition {
	struct cress_object object;
} __attribute__((may_alias));

_Static_assert(sizeof(struct condition) <= sizeof(cress_condition_t) - 16,
	       "room to grow");

struct condition_waiter {
	struct cress_waiter waiter;
	struct cress_mutex_impl *mutex;
	int error;		/* what the wait is to fail with, or 0 */
};

static int is_orphaned(const struct cress_mutex_impl *mutex)
{
	return mutex->owner != NULL && mutex->owner->state == CRESS_DEAD;
}

/* What no wait for a mutex survives: its owner's end, and a deadlock. */
static int is_hopeless(const struct cress_mutex_impl *mutex, const cress_t *c,
		       int error)
{
	const struct cress_thread *thread = c->thread;

	if (error == EDEADLK)
		return thread->current == thread->hub->coroutine;
	return error == EOWNERDEAD && is_orphaned(mutex);
}

static int stay_in_line(struct cress_waiter *waiter, int error)
{
	return is_hopeless(waiter->object, waiter->coroutine, error)
		       ? 0 : CRESS_WAIT_KEPT;
}

static const struct cress_wait_kind the_mutex_again = {
	.what = "mutex",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.refuse = stay_in_line,
	.owner = cress_mutex_owner_of_wait,
	.describe = cress_object_describe,
};

/* Into the line for a mutex that is not. */
static void queue_for_mutex(struct cress_waiter *waiter,
			    struct cress_mutex_impl *mutex)
{
	waiter->kind = &the_mutex_again;
	waiter->object = mutex;
	cress_waiter_append(&mutex->object.waiting, waiter);
}

/* The wait for a signal is over: it fails, as soon as it has the mutex. */
static int fail_in_line(struct cress_waiter *waiter, int error)
{
	struct condition_waiter *one = (struct condition_waiter *)waiter;

	if (is_orphaned(one->mutex))
		one->error = EOWNERDEAD;
	if (one->mutex->owner == NULL || one->error != 0 ||
	    is_hopeless(one->mutex, waiter->coroutine, error))
		return 0;
	one->error = error == CRESS_EXIT ? ECANCELED : error;
	cress_object_unlink(waiter);
	queue_for_mutex(waiter, one->mutex);
	return 1;
}

static void unlink_waiter(struct cress_waiter *waiter)
{
	struct cress_mutex_impl *mutex =
		((struct condition_waiter *)waiter)->mutex;

	cress_object_unlink(waiter);
	if (mutex->owner == NULL)
		cress_mutex_own(mutex, waiter->coroutine);
}

static const struct cress_wait_kind a_condition = {
	.what = "condition",
	.borrowed = 1,
	.unlink = unlink_waiter,
	.refuse = fail_in_line,
	.describe = cress_object_describe,
};

static void unlock(struct cress_hub *hub, struct cress_mutex_impl *mutex)
{
	mutex->owner->held--;
	if (mutex->object.waiting.first == NULL)
		mutex->owner = NULL;
	else
		cress_object_wake(hub, cress_mutex_hand_over(mutex));
}

/* 0, or -1 with errno if nobody may wait here with this mutex. */
static int check(const struct condition *condition,
		 const struct cress_mutex_impl *mutex)
{
	const struct cress_waiter *first;

	if (condition == NULL || mutex == NULL)
		return cress_object_fail(EINVAL);
	if (mutex->owner == NULL || mutex->owner != cress_current())
		return cress_object_misused(&condition->object,
					    a_condition.what, EPERM,
					    "waits without holding the mutex");
	first = condition->object.waiting.first;
	if (first == NULL)
		return 0;
	if (first->coroutine->thread != cress_thread_self)
		return cress_object_fail(EXDEV);
	if (((const struct condition_waiter *)first)->mutex == mutex)
		return 0;
	return cress_object_misused(&condition->object, a_condition.what,
				    EINVAL, "waits with another mutex");
}

int cress_condition_wait(cress_condition_t *memory, cress_mutex_t *mutex)
{
	struct condition *condition = (struct condition *)memory;
	struct condition_waiter waiter = {
		.waiter.kind = &a_condition,
		.waiter.object = condition,
		.mutex = (struct cress_mutex_impl *)mutex,
	};
	struct cress_hub *hub;

	if (check(condition, waiter.mutex) != 0)
		return -1;
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	cress_waiter_append(&condition->object.waiting, &waiter.waiter);
	unlock(hub, waiter.mutex);
	if (cress_park(hub, &waiter.waiter) != 0 && waiter.error != EOWNERDEAD)
		return -1;
	return waiter.error == 0 ? 0 : cress_object_fail(waiter.error);
}

/* Let the first who waits have the mutex next. */
static void signal_first(struct cress_hub *hub, struct condition *condition)
{
	struct cress_waiter *first = condition->object.waiting.first;
	struct cress_mutex_impl *mutex =
		((struct condition_waiter *)first)->mutex;

	if (is_orphaned(mutex)) {
		cress_interrupt(hub, first->coroutine, EOWNERDEAD);
		return;
	}
	cress_object_pop(&condition->object.waiting);
	if (mutex->owner != NULL) {
		queue_for_mutex(first, mutex);
		return;
	}
	cress_mutex_own(mutex, first->coroutine);
	cress_object_wake(hub, first);
}

static int signal_some(cress_condition_t *memory, int all)
{
	struct condition *condition = (struct condition *)memory;
	struct cress_hub *hub;

	if (condition == NULL)
		return cress_object_fail(EINVAL);
	if (condition->object.waiting.first == NULL)
		return 0;
	hub = cress_object_hub(&condition->object.waiting);
	if (hub == NULL)
		return -1;
	do
		signal_first(hub, condition);
	while (all && condition->object.waiting.first != NULL);
	return 0;
}

int cress_condition_signal(cress_condition_t *memory)
{
	return signal_some(memory, 0);
}

int cress_condition_broadcast(cress_condition_t *memory)
{
	return signal_some(memory, 1);
}

int cress_condition_fini(cress_condition_t *memory)
{
	return cress_object_fini((void *)memory, a_condition.what,
				 sizeof *memory);
}
