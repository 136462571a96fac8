/* SPDX-License-Identifier: MIT */
/*
 * Futures: a result that comes later, once.
 *
 * Nobody is in the list once it is set, so there is never more than one round
 * of waking.
 */
#include <cress/future.h>

#include "sync/object.h"

#include <cress/hub.h>

struct future {
	struct cress_object object;
	void *value;
	int error;
	int set;
} __attribute__((may_alias));

_Static_assert(sizeof(struct future) <= sizeof(cress_future_t) - 16,
	       "room to grow");

static const struct cress_wait_kind a_future = {
	.what = "future",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.describe = cress_object_describe,
};

static int set(cress_future_t *memory, void *value, int error)
{
	struct future *future = (struct future *)memory;

	if (future == NULL)
		return cress_object_fail(EINVAL);
	if (future->set)
		return cress_object_fail(EALREADY);
	if (cress_object_wake_all(&future->object) != 0)
		return -1;
	future->value = value;
	future->error = error;
	future->set = 1;
	return 0;
}

int cress_future_set_value(cress_future_t *memory, void *value)
{
	return set(memory, value, 0);
}

int cress_future_set_error(cress_future_t *memory, int error)
{
	if (error <= 0 || !cress_is_error(error))
		return cress_object_fail(EINVAL);
	return set(memory, NULL, error);
}

void *cress_future_link(cress_t *ended, void *memory)
{
	void *value = NULL;
	int error = cress_try_wait(ended, &value);

	if (error < 0 || set(memory, value, error) != 0)
		return cress_fail(errno);
	return NULL;
}

static int result_of(const struct future *future, void **value)
{
	if (value != NULL)
		*value = future->value;
	return future->error;
}

int cress_future_get(cress_future_t *memory, void **value)
{
	struct future *future = (struct future *)memory;

	if (future == NULL)
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	if (!future->set &&
	    cress_object_wait(&future->object, &a_future) != 0)
		return -1;
	return result_of(future, value);
}

int cress_future_try_get(const cress_future_t *memory, void **value)
{
	const struct future *future = (const struct future *)memory;

	if (future == NULL)
		return cress_object_fail(EINVAL);
	return future->set ? result_of(future, value)
			   : cress_object_fail(EAGAIN);
}

int cress_future_fini(cress_future_t *memory)
{
	return cress_object_fini((void *)memory, a_future.what,
				 sizeof *memory);
}
