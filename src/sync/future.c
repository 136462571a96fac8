/* SPDX-License-Identifier: MIT */
/*
 * Futures: a result that comes later, once.
 *
 * Nobody is in the list once it is set, so there is never more than one round
 * of waking. Who is woken has the result in its waiter: the future may be gone
 * before it runs.
 */
#include <cress/future.h>

#include "sync/object.h"

#include <cress/hub.h>

struct result {
	void *value;
	int error;
};

struct future {
	struct cress_object object;
	struct result result;
	int set;
} __attribute__((may_alias));

struct future_waiter {
	struct cress_waiter waiter;
	struct result result;
};

_Static_assert(sizeof(struct future) <= sizeof(cress_future_t) - 16,
	       "room to grow");

static const struct cress_wait_kind a_future = {
	.what = "future",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.describe = cress_object_describe,
};

static int tell_all(struct cress_wait_list *waiting, struct result result)
{
	struct cress_hub *hub;

	if (waiting->first == NULL)
		return 0;
	hub = cress_object_hub(waiting);
	if (hub == NULL)
		return -1;
	do {
		struct cress_waiter *first = cress_object_pop(waiting);

		((struct future_waiter *)first)->result = result;
		cress_object_wake(hub, first);
	} while (waiting->first != NULL);
	return 0;
}

static int set(cress_future_t *memory, struct result result)
{
	struct future *future = (struct future *)memory;

	if (future == NULL)
		return cress_object_fail(EINVAL);
	if (future->set)
		return cress_object_fail(EALREADY);
	if (tell_all(&future->object.waiting, result) != 0)
		return -1;
	future->result = result;
	future->set = 1;
	return 0;
}

int cress_future_set_value(cress_future_t *memory, void *value)
{
	return set(memory, (struct result){value, 0});
}

int cress_future_set_error(cress_future_t *memory, int error)
{
	if (error <= 0 || !cress_is_error(error))
		return cress_object_fail(EINVAL);
	return set(memory, (struct result){NULL, error});
}

void *cress_future_link(cress_t *ended, void *memory)
{
	struct result result = {NULL, 0};

	result.error = cress_try_wait(ended, &result.value);
	if (result.error < 0 || set(memory, result) != 0)
		return cress_fail(errno);
	return NULL;
}

static int report(const struct result *result, void **value)
{
	if (value != NULL)
		*value = result->value;
	return result->error;
}

static int wait_for_it(struct future *future, void **value)
{
	struct future_waiter waiter = {
		.waiter = {.kind = &a_future, .object = future},
	};
	struct cress_hub *hub = cress_wait_begin();

	if (hub == NULL)
		return -1;
	if (cress_object_is_foreign(&future->object.waiting, hub))
		return cress_object_fail(EXDEV);
	cress_waiter_append(&future->object.waiting, &waiter.waiter);
	if (cress_park(hub, &waiter.waiter) != 0)
		return -1;
	return report(&waiter.result, value);
}

int cress_future_get(cress_future_t *memory, void **value)
{
	struct future *future = (struct future *)memory;

	if (future == NULL)
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	return future->set ? report(&future->result, value)
			   : wait_for_it(future, value);
}

int cress_future_try_get(const cress_future_t *memory, void **value)
{
	const struct future *future = (const struct future *)memory;

	if (future == NULL)
		return cress_object_fail(EINVAL);
	return future->set ? report(&future->result, value)
			   : cress_object_fail(EAGAIN);
}

int cress_future_fini(cress_future_t *memory)
{
	return cress_object_fini((void *)memory, a_future.what,
				 sizeof *memory);
}
