/* SPDX-License-Identifier: MIT */
/*
 * Recursive mutexes: a mutex, and how often its owner has locked it again.
 * That is 0 whenever the owner changes.
 */
#include "sync/mutex.h"

struct recursive {
	struct cress_mutex_impl mutex;
	size_t again;
} __attribute__((may_alias));

_Static_assert(sizeof(struct recursive) <=
		       sizeof(cress_recursive_mutex_t) - 16,
	       "room to grow");
_Static_assert(sizeof(cress_recursive_mutex_t) == sizeof(cress_mutex_t),
	       "one can be used as the other");

/* The caller has it already? Then it is locked once more. */
static int lock_again(struct recursive *recursive)
{
	struct cress_thread *thread = cress_thread_self;

	if (recursive == NULL || thread == NULL ||
	    recursive->mutex.owner != thread->current)
		return 0;
	recursive->again++;
	return 1;
}

int cress_recursive_mutex_lock(cress_recursive_mutex_t *memory)
{
	if (memory != NULL && cress_object_enter() != 0)
		return -1;
	if (lock_again((struct recursive *)memory))
		return 0;
	return cress_mutex_lock((cress_mutex_t *)memory);
}

int cress_recursive_mutex_try_lock(cress_recursive_mutex_t *memory)
{
	if (lock_again((struct recursive *)memory))
		return 0;
	return cress_mutex_try_lock((cress_mutex_t *)memory);
}

int cress_recursive_mutex_unlock(cress_recursive_mutex_t *memory)
{
	struct recursive *recursive = (struct recursive *)memory;
	struct cress_thread *thread = cress_thread_self;

	if (recursive == NULL || recursive->again == 0 || thread == NULL ||
	    recursive->mutex.owner != thread->current)
		return cress_mutex_unlock((cress_mutex_t *)memory);
	recursive->again--;
	return 0;
}

cress_t *cress_recursive_mutex_owner(const cress_recursive_mutex_t *memory)
{
	return cress_mutex_owner((const cress_mutex_t *)memory);
}

int cress_recursive_mutex_recover(cress_recursive_mutex_t *memory)
{
	if (cress_mutex_recover((cress_mutex_t *)memory) != 0)
		return -1;
	((struct recursive *)memory)->again = 0;
	return 0;
}

int cress_recursive_mutex_fini(cress_recursive_mutex_t *memory)
{
	return cress_mutex_fini((cress_mutex_t *)memory);
}
