/* SPDX-License-Identifier: MIT */
/*
 * Wait groups: a count of what is still to be done.
 *
 * Nobody is in the list while the count is 0, so whoever makes it 0 wakes all.
 */
#include <cress/barrier.h>

#include "sync/object.h"

#include <limits.h>

struct wait_group {
	struct cress_object object;
	long count;
} __attribute__((may_alias));

_Static_assert(sizeof(struct wait_group) <= sizeof(cress_wait_group_t) - 16,
	       "room to grow");

static const struct cress_wait_kind a_wait_group = {
	.what = "wait group",
	.borrowed = 1,
	.unlink = cress_object_unlink,
	.describe = cress_object_describe,
};

int cress_wait_group_add(cress_wait_group_t *memory, long n)
{
	struct wait_group *group = (struct wait_group *)memory;
	long count;

	if (unlikely(group == NULL))
		return cress_object_fail(EINVAL);
	if (unlikely(__builtin_add_overflow(group->count, n, &count) ||
		     count < 0))
		return cress_object_misused(&group->object, a_wait_group.what,
					    EOVERFLOW,
					    n < 0 ? "has more done than added"
						  : "adds too much");
	if (count == 0 && cress_object_wake_all(&group->object) != 0)
		return -1;
	group->count = count;
	return 0;
}

int cress_wait_group_done(cress_wait_group_t *memory)
{
	return cress_wait_group_add(memory, -1);
}

int cress_wait_group_wait(cress_wait_group_t *memory)
{
	struct wait_group *group = (struct wait_group *)memory;

	if (unlikely(group == NULL))
		return cress_object_fail(EINVAL);
	if (cress_object_enter() != 0)
		return -1;
	if (group->count == 0)
		return 0;
	return cress_object_wait(&group->object, &a_wait_group);
}

long cress_wait_group_count(const cress_wait_group_t *memory)
{
	const struct wait_group *group = (const struct wait_group *)memory;

	return group == NULL ? 0 : group->count;
}

int cress_wait_group_fini(cress_wait_group_t *memory)
{
	return cress_object_fini((void *)memory, a_wait_group.what,
				 sizeof *memory);
}
