/* SPDX-License-Identifier: MIT */
/*
 * Once: a function that is run until it has succeeded once.
 *
 * If somebody waits, somebody else is at it. When that one fails, the first
 * who waits has the turn before it runs, so nobody can get in between.
 */
#include <cress/once.h>

#include "sync/object.h"

/* What a wait for the function's end returns to who is to run it next. */
#define OWN_TURN 1

struct once {
	struct cress_object object;
	cress_t *runner;	/* whose turn it is */
	int done;
} __attribute__((may_alias));

_Static_assert(sizeof(struct once) <= sizeof(cress_once_t) - 16,
	       "room to grow");

static cress_t *runner_of(const struct cress_waiter *waiter)
{
	const struct once *once = waiter->object;

	return once->runner;
}

static const struct cress_wait_kind a_once = {
	.what = "once",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.owner = runner_of,
	.describe = cress_object_describe,
};

static void pass_the_turn(struct once *once, struct cress_hub *hub)
{
	struct cress_waiter *next = once->object.waiting.first;

	once->runner = NULL;
	if (next == NULL)
		return;
	once->runner = next->coroutine;
	cress_object_wake_with(hub, cress_object_pop(&once->object.waiting),
			       OWN_TURN);
}

/*
 * Wait until it is done: 0, and then the object may be gone; or for the turn:
 * OWN_TURN.
 */
static int take_turn(struct once *once)
{
	cress_t *c = cress_current();

	if (c == NULL)
		return -1;
	if (once->runner == NULL) {
		once->runner = c;
		return OWN_TURN;
	}
	if (once->runner == c)
		return cress_object_misused(&once->object, a_once.what,
					    EDEADLK, "is in it already");
	if (once->runner->thread != c->thread)
		return cress_object_fail(EXDEV);
	return cress_object_wait(&once->object, &a_once);
}

int cress_once_run(cress_once_t *memory, int (*fn)(void *arg), void *arg)
{
	struct once *once = (struct once *)memory;
	struct cress_thread *thread;
	int result, error;

	if (unlikely(once == NULL || fn == NULL))
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	if (likely(once->done))
		return 0;
	result = take_turn(once);
	if (result != OWN_TURN)
		return result;
	result = fn(arg);
	error = errno;
	thread = once->runner->thread;
	if (result == 0) {
		once->done = 1;
		once->runner = NULL;
		cress_object_wake_all(&once->object);
	} else {
		pass_the_turn(once, thread->hub);
	}
	errno = error;
	return result;
}

int cress_once_is_done(const cress_once_t *memory)
{
	const struct once *once = (const struct once *)memory;

	return once != NULL && once->done;
}

int cress_once_fini(cress_once_t *memory)
{
	struct once *once = (struct once *)memory;

	if (once != NULL && once->runner != NULL)
		return cress_object_misused(&once->object, a_once.what, EBUSY,
					    "destroys it while it runs");
	return cress_object_fini((void *)memory, a_once.what, sizeof *memory);
}
