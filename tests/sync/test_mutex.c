/* SPDX-License-Identifier: MIT */
/* Mutexes: one at a time, in the order of asking, and what mistakes become. */
#include "loop/support.h"

#include <cress/lock.h>

#include "support/environment.h"

static cress_mutex_t mutex;

static void *lock_and_note(void *name)
{
	if (cress_mutex_lock(&mutex) != 0)
		return cress_fail(errno);
	note("%s", (const char *)name);
	cress_sleep(0.001);
	check_int(cress_mutex_unlock(&mutex), 0);
	return NULL;
}

static const char *const names[] = {"a", "b", "c", "d"};

/* R49 */
static void it_goes_to_those_who_wait_in_their_order(void)
{
	cress_t *c[4];

	check_int(cress_mutex_lock(&mutex), 0);
	for (int i = 0; i < 4; i++) {
		c[i] = cress_spawn(lock_and_note, (void *)names[i]);
		cress_sleep(0.0001);
	}
	check_int(cress_mutex_unlock(&mutex), 0);
	check(cress_mutex_owner(&mutex) == c[0]);
	check_nothing_noted();
	for (int i = 0; i < 4; i++)
		check_int(cress_join(c[i], NULL), 0);

	check_noted("a b c d");
	check(cress_mutex_owner(&mutex) == NULL);
	check_int(cress_mutex_fini(&mutex), 0);
}

/* R49, V40 */
static void who_unlocks_and_locks_again_stands_behind(void)
{
	cress_t *c;

	cress_mutex_lock(&mutex);
	c = cress_spawn(lock_and_note, "other");
	cress_sleep(0.001);
	cress_mutex_unlock(&mutex);
	check_refuses(cress_mutex_try_lock(&mutex), EBUSY);
	check_int(cress_mutex_lock(&mutex), 0);
	note("main");

	check_noted("other main");
	cress_mutex_unlock(&mutex);
	check_int(cress_join(c, NULL), 0);
	check_int(cress_mutex_fini(&mutex), 0);
}

/* V41 */
static void a_lock_that_is_taken_is_ebusy_or_out_of_time(void)
{
	cress_t *c = cress_spawn(lock_and_note, "other");
	cress_scope_t limit;

	cress_sleep(0.0005);
	check_refuses(cress_mutex_try_lock(&mutex), EBUSY);
	cress_scope_open(&limit, 0.0001);
	check_refuses(cress_mutex_lock(&mutex), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check(cress_mutex_owner(&mutex) == c);

	check_int(cress_join(c, NULL), 0);
	check_int(cress_mutex_try_lock(&mutex), 0);
	check_int(cress_mutex_unlock(&mutex), 0);
	check_int(cress_mutex_fini(&mutex), 0);
	noted();
}

static void *unlock_only(void *unused)
{
	check_refuses(cress_mutex_unlock(&mutex), EPERM);
	return unused;
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_mutex_lock(&mutex), EXDEV);
	check_refuses(cress_mutex_try_lock(&mutex), EXDEV);
	check_refuses(cress_mutex_recover(&mutex), EINVAL);
}

/* V44 */
static void misuse_is_refused_and_names_the_mutex(void)
{
	mutex.name = "accounts";
	check_refuses(cress_mutex_unlock(&mutex), EPERM);
	check_int(cress_mutex_lock(&mutex), 0);
	check_int(cress_join(cress_spawn(unlock_only, NULL), NULL), 0);
	check_refuses(cress_mutex_lock(&mutex), EDEADLK);
	check_refuses(cress_mutex_try_lock(&mutex), EBUSY);
	check_refuses(cress_mutex_fini(&mutex), EBUSY);
	check_refuses(cress_mutex_recover(&mutex), EINVAL);
	on_thread(use_elsewhere, NULL);

	check_int(log_lines_with("mutex \"accounts\""), 4);
	check_int(log_lines(), 4);
	check(cress_mutex_owner(&mutex) == cress_current());
	check_int(cress_mutex_unlock(&mutex), 0);
	check_refuses(cress_mutex_recover(&mutex), EINVAL);
	check_int(cress_mutex_fini(&mutex), 0);
}

static void null_is_refused(void)
{
	check_refuses(cress_mutex_lock(NULL), EINVAL);
	check_refuses(cress_mutex_try_lock(NULL), EINVAL);
	check_refuses(cress_mutex_unlock(NULL), EINVAL);
	check_refuses(cress_mutex_recover(NULL), EINVAL);
	check(cress_mutex_owner(NULL) == NULL);
	check_int(cress_mutex_fini(NULL), 0);
}

static void no_hub_is_needed_while_it_is_free(void)
{
	check_int(cress_mutex_lock(&mutex), 0);
	check_int(cress_mutex_unlock(&mutex), 0);
	check_int(cress_mutex_fini(&mutex), 0);
}

static void *lock_and_end(void *unused)
{
	check_int(cress_mutex_lock(&mutex), 0);
	cress_sleep(0.001);
	return unused;
}

/* R49 */
static void the_end_of_its_owner_fails_all_who_wait_and_who_come(void)
{
	const cress_attr_t attr = {.name = "careless"};
	cress_t *owner = cress_spawn_with(lock_and_end, NULL, &attr);
	cress_t *c[3];

	for (int i = 0; i < 3; i++) {
		cress_sleep(0.0001);
		c[i] = cress_spawn(lock_and_note, "locked");
	}
	check_int(cress_join(owner, NULL), 0);
	for (int i = 0; i < 3; i++)
		check_int(cress_join(c[i], NULL), EOWNERDEAD);

	check_int(log_lines_with("\"careless\""), 1);
	check_int(log_lines_with("ended holding 1 lock"), 1);
	check_refuses(cress_mutex_lock(&mutex), EOWNERDEAD);
	check_refuses(cress_mutex_try_lock(&mutex), EOWNERDEAD);
	check_refuses(cress_mutex_unlock(&mutex), EPERM);
	check_nothing_noted();
	check_int(cress_mutex_fini(&mutex), 0);
}

/* R49 */
static void who_can_repair_it_takes_it_over(void)
{
	check_int(cress_join(cress_spawn(lock_and_end, NULL), NULL), 0);
	for (int i = 0; i < 20; i++)
		cress_go(give_back, NULL);
	cress_sleep(0.001);
	check_refuses(cress_mutex_lock(&mutex), EOWNERDEAD);

	check_int(cress_mutex_recover(&mutex), 0);
	check(cress_mutex_owner(&mutex) == cress_current());
	check_int(cress_mutex_unlock(&mutex), 0);
	check_int(cress_mutex_lock(&mutex), 0);
	check_int(cress_mutex_unlock(&mutex), 0);
	check_int(cress_mutex_fini(&mutex), 0);
}

/* R49 */
static void main_is_told_of_the_end_of_an_owner(void)
{
	cress_t *owner = cress_spawn(lock_and_end, NULL);

	cress_sleep(0.0005);
	check_refuses(cress_mutex_lock(&mutex), EOWNERDEAD);
	check_int(cress_join(owner, NULL), 0);
	check_int(cress_mutex_fini(&mutex), 0);
}

static void lock_and_go(void *spawned)
{
	if (spawned == NULL) {
		check_int(cress_mutex_lock(&mutex), 0);
		return;
	}
	cress_release(cress_spawn(lock_and_end, NULL));
	cress_yield();
}

/* R49 */
static void the_end_of_its_owners_thread_marks_it_too(void)
{
	on_thread(lock_and_go, NULL);
	check_refuses(cress_mutex_lock(&mutex), EOWNERDEAD);
	check_int(cress_mutex_recover(&mutex), 0);
	check_int(cress_mutex_unlock(&mutex), 0);

	on_thread(lock_and_go, &mutex);
	check_refuses(cress_mutex_try_lock(&mutex), EOWNERDEAD);
	check_int(cress_mutex_fini(&mutex), 0);
}

static cress_mutex_t crowd[1000];

static void *lock_crowd(void *unused)
{
	for (size_t i = 0; i < COUNT(crowd); i++)
		check_int(cress_mutex_lock(&crowd[i]), 0);
	return unused;
}

/* R49 */
static void all_that_it_held_are_marked(void)
{
	check_int(cress_join(cress_spawn(lock_crowd, NULL), NULL), 0);
	check_int(log_lines_with("ended holding 1000 locks"), 1);
	for (size_t i = 0; i < COUNT(crowd); i++) {
		check_refuses(cress_mutex_lock(&crowd[i]), EOWNERDEAD);
		check_int(cress_mutex_fini(&crowd[i]), 0);
	}
}

static void too_many_locks_are_refused(void)
{
	enum { LIMIT = 65535 };
	cress_mutex_t *many = calloc(LIMIT + 1, sizeof *many);

	for (int i = 0; i < LIMIT; i++)
		cress_mutex_lock(&many[i]);
	check_refuses(cress_mutex_lock(&many[LIMIT]), EAGAIN);
	check(cress_mutex_owner(&many[LIMIT]) == NULL);
	for (int i = 0; i < LIMIT; i++)
		check_int(cress_mutex_unlock(&many[i]), 0);
	check_int(cress_mutex_lock(&many[LIMIT]), 0);
	check_int(cress_mutex_unlock(&many[LIMIT]), 0);
	free(many);
}

static cress_mutex_t left, right;

static void *lock_both(void *first)
{
	cress_mutex_t *second = first == &left ? &right : &left;

	check_int(cress_mutex_lock(first), 0);
	cress_sleep(0.001);
	if (cress_mutex_lock(second) == 0)
		cress_mutex_unlock(second);
	cress_mutex_unlock(first);
	return NULL;
}

/* R49, R50 */
static void a_ring_of_waiters_is_reported_with_the_holders(void)
{
	const cress_attr_t x = {.name = "x"}, y = {.name = "y"};
	cress_t *one = cress_spawn_with(lock_both, &left, &x);
	cress_t *two = cress_spawn_with(lock_both, &right, &y);

	left.name = "left";
	right.name = "right";
	check_refuses(cress_join(one, NULL), EDEADLK);
	check_int(log_lines_with("waits for mutex \"right\""), 1);
	check_int(log_lines_with("held by coroutine \"y\""), 1);
	check_int(log_lines_with("held by coroutine \"x\""), 1);

	cress_kill(one, EPIPE);
	check_int(cress_join(one, NULL), 0);
	check_int(cress_join(two, NULL), 0);
	check_int(cress_mutex_fini(&left), 0);
	check_int(cress_mutex_fini(&right), 0);
}

static int inside, entered;

static void *enter(void *number)
{
	for (int i = 0; i < 6; i++) {
		cress_scope_t limit;
		int got;

		cress_scope_open(&limit, 0.0001 * (as_number(number) + 2 * i));
		got = cress_mutex_lock(&mutex) == 0;
		cress_scope_close(&limit);
		if (!got)
			continue;
		check_int(inside++, 0);
		check(cress_mutex_owner(&mutex) == cress_current());
		i % 2 ? cress_yield() : cress_sleep(0.0001);
		entered++;
		inside--;
		check_int(cress_mutex_unlock(&mutex), 0);
	}
	return NULL;
}

/* R49, D7 */
static void one_at_a_time_whatever_is_killed_or_out_of_time(void)
{
	cress_t *c[10];

	inside = entered = 0;
	for (int i = 0; i < 10; i++)
		c[i] = cress_spawn(enter, as_value(i));
	cress_sleep(0.0004);
	cress_kill(c[3], EPIPE);
	cress_kill(c[8], EPIPE);
	for (int i = 0; i < 10; i++)
		check_int(cress_join(c[i], NULL), 0);

	check(entered > 5);
	check(cress_mutex_owner(&mutex) == NULL);
	check_int(cress_mutex_fini(&mutex), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(it_goes_to_those_who_wait_in_their_order),
		in_every_order(who_unlocks_and_locks_again_stands_behind),
		in_every_order(a_lock_that_is_taken_is_ebusy_or_out_of_time),
		in_any_order(misuse_is_refused_and_names_the_mutex),
		bare(null_is_refused),
		bare(no_hub_is_needed_while_it_is_free),
		in_every_order(
			the_end_of_its_owner_fails_all_who_wait_and_who_come),
		in_any_order(who_can_repair_it_takes_it_over),
		in_any_order(main_is_told_of_the_end_of_an_owner),
		bare(the_end_of_its_owners_thread_marks_it_too),
		in_any_order(all_that_it_held_are_marked),
		on_virtual(too_many_locks_are_refused),
		in_any_order(a_ring_of_waiters_is_reported_with_the_holders),
		in_every_order(one_at_a_time_whatever_is_killed_or_out_of_time),
	};

	return suite_run(tests);
}
