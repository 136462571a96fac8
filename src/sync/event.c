/* SPDX-License-Identifier: MIT */
/*
 * Events: a flag and those who wait for it.
 *
 * Whoever waits is parked while the flag is clear, and nobody is in the list
 * while it is set; so to set it twice costs nothing, and the list needs no
 * second look.
 */
#include <cress/event.h>

#include "sync/object.h"

struct event {
	struct cress_object object;
	int set;
} __attribute__((may_alias));

_Static_assert(sizeof(struct event) <= sizeof(cress_event_t) - 16,
	       "room to grow");

static const struct cress_wait_kind an_event = {
	.what = "event",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.describe = cress_object_describe,
};

int cress_event_wait(cress_event_t *memory)
{
	struct event *event = (struct event *)memory;

	if (unlikely(event == NULL))
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	if (event->set)
		return 0;
	return cress_object_wait(&event->object, &an_event);
}

int cress_event_set(cress_event_t *memory)
{
	struct event *event = (struct event *)memory;

	if (unlikely(event == NULL))
		return cress_object_fail(EINVAL);
	if (cress_object_wake_all(&event->object) != 0)
		return -1;
	event->set = 1;
	return 0;
}

int cress_event_clear(cress_event_t *memory)
{
	struct event *event = (struct event *)memory;

	if (unlikely(event == NULL))
		return cress_object_fail(EINVAL);
	event->set = 0;
	return 0;
}

int cress_event_is_set(const cress_event_t *memory)
{
	const struct event *event = (const struct event *)memory;

	return event != NULL && event->set;
}

int cress_event_fini(cress_event_t *memory)
{
	return cress_object_fini((void *)memory, an_event.what,
				 sizeof *memory);
}
