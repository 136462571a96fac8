/* SPDX-License-Identifier: MIT */
/* Recursive mutexes: the owner counts, everybody else waits. */
#include "loop/support.h"

#include <cress/lock.h>

static cress_recursive_mutex_t mutex;

static int lock(void)
{
	return cress_recursive_mutex_lock(&mutex);
}

static int unlock(void)
{
	return cress_recursive_mutex_unlock(&mutex);
}

static void *lock_twice_and_note(void *name)
{
	if (lock() != 0)
		return cress_fail(errno);
	check_int(lock(), 0);
	note("%s", (const char *)name);
	cress_sleep(0.001);
	check_int(unlock(), 0);
	cress_sleep(0.001);
	note("%s", (const char *)name);
	check_int(unlock(), 0);
	return NULL;
}

/* V44 */
static void the_owner_unlocks_as_often_as_it_locked(void)
{
	cress_t *c;

	check_int(lock(), 0);
	check_int(lock(), 0);
	check_int(cress_recursive_mutex_try_lock(&mutex), 0);
	c = cress_spawn(lock_twice_and_note, "other");
	for (int i = 0; i < 3; i++) {
		cress_sleep(0.001);
		check_nothing_noted();
		check(cress_recursive_mutex_owner(&mutex) == cress_current());
		check_int(unlock(), 0);
	}
	check_refuses(unlock(), EPERM);

	check_int(cress_join(c, NULL), 0);
	check_noted("other other");
	check(cress_recursive_mutex_owner(&mutex) == NULL);
	check_int(cress_recursive_mutex_fini(&mutex), 0);
}

/* R49 */
static void it_goes_to_those_who_wait_in_their_order(void)
{
	static const char *const names[] = {"a", "b", "c"};
	cress_t *c[3];

	lock();
	for (int i = 0; i < 3; i++) {
		c[i] = cress_spawn(lock_twice_and_note, (void *)names[i]);
		cress_sleep(0.001);
	}
	unlock();
	check_refuses(cress_recursive_mutex_try_lock(&mutex), EBUSY);
	for (int i = 0; i < 3; i++)
		check_int(cress_join(c[i], NULL), 0);

	check_noted("a a b b c c");
	check_int(cress_recursive_mutex_fini(&mutex), 0);
}

static void *unlock_only(void *unused)
{
	check_refuses(unlock(), EPERM);
	return unused;
}

/* V44 */
static void an_unlock_by_another_is_refused(void)
{
	mutex.name = "tree";
	lock();
	lock();
	check_int(cress_join(cress_spawn(unlock_only, NULL), NULL), 0);
	check_int(log_lines_with("mutex \"tree\""), 1);
	check_refuses(cress_recursive_mutex_fini(&mutex), EBUSY);

	unlock();
	check(cress_recursive_mutex_owner(&mutex) == cress_current());
	unlock();
	check_int(cress_recursive_mutex_fini(&mutex), 0);
	check_refuses(cress_recursive_mutex_lock(NULL), EINVAL);
	check_refuses(cress_recursive_mutex_try_lock(NULL), EINVAL);
	check_refuses(cress_recursive_mutex_unlock(NULL), EINVAL);
	check_refuses(cress_recursive_mutex_recover(NULL), EINVAL);
	check(cress_recursive_mutex_owner(NULL) == NULL);
	check_int(cress_recursive_mutex_fini(NULL), 0);
}

static void *lock_and_end(void *unused)
{
	lock();
	lock();
	return unused;
}

/* R49 */
static void who_takes_it_over_has_locked_it_once(void)
{
	check_int(cress_join(cress_spawn(lock_and_end, NULL), NULL), 0);
	check_int(log_lines_with("ended holding 1 lock"), 1);
	check_refuses(lock(), EOWNERDEAD);

	check_int(cress_recursive_mutex_recover(&mutex), 0);
	check_int(unlock(), 0);
	check_refuses(unlock(), EPERM);
	check_int(cress_recursive_mutex_fini(&mutex), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(the_owner_unlocks_as_often_as_it_locked),
		in_every_order(it_goes_to_those_who_wait_in_their_order),
		in_any_order(an_unlock_by_another_is_refused),
		in_any_order(who_takes_it_over_has_locked_it_once),
	};

	return suite_run(tests);
}
