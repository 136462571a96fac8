/* SPDX-License-Identifier: MIT */
/*
 * A group with a limit: who waits for a place, who gets it, and what happens
 * to those who wait when the group or they themselves come to an end.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/group.h>

static cress_group_t pool;
static int running, most;

static void open_pool(long limit)
{
	running = most = 0;
	check_int(cress_group_open(&pool, INFINITY, 0), 0);
	check_int(cress_group_set_limit(&pool, limit), 0);
}

static void close_pool(void)
{
	check_int(cress_group_close(&pool), 0);
}

static void *work(void *milliseconds)
{
	int failed;

	if (++running > most)
		most = running;
	failed = cress_sleep(as_number(milliseconds) / 1000.0);
	running--;
	return failed ? cress_fail(errno) : milliseconds;
}

/* V55 */
static void spawn_parks_while_the_pool_is_full(void)
{
	double start = cress_now();

	open_pool(3);
	for (int i = 0; i < 9; i++) {
		check_int(cress_group_go(&pool, work, as_value(1)), 0);
		check((intmax_t)cress_group_count(&pool) <= 3);
	}
	check_int(cress_group_join(&pool), 0);

	check_int(most, 3);
	check(cress_now() - start > 0.0029);
	close_pool();
}

/* V55 */
static void try_spawn_never_parks(void)
{
	cress_t *a;

	open_pool(1);
	a = cress_group_try_spawn(&pool, work, as_value(1), NULL);
	check(a != NULL);
	check(cress_group_try_spawn(&pool, work, NULL, NULL) == NULL);
	check_int(errno, EAGAIN);
	check_int(most, 0);
	check_int(cress_group_join(&pool), 0);
	cress_release(a);
	a = cress_group_try_spawn(&pool, work, as_value(1), NULL);
	check(a != NULL);

	cress_release(a);
	close_pool();
}

/* V55, D7 */
static void a_spawn_that_times_out_has_spawned_nothing(void)
{
	cress_scope_t limit;

	open_pool(1);
	cress_group_go(&pool, work, as_value(3));
	cress_scope_open(&limit, 0.001);
	check(cress_group_spawn(&pool, note_word, "lost") == NULL);
	check_int(errno, ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int((intmax_t)cress_group_count(&pool), 1);
	check_int(cress_group_join(&pool), 0);

	check_nothing_noted();
	close_pool();
}

static void *spawn_word(void *word)
{
	cress_t *c = cress_group_spawn(&pool, note_word, word);

	if (c == NULL) {
		note("%s!%d", (const char *)word, errno);
		return NULL;
	}
	note("+%s", (const char *)word);
	cress_release(c);
	return NULL;
}

/* V56 */
static void a_place_is_free_by_whichever_end(void)
{
	cress_t *a;

	open_pool(1);
	cress_group_go(&pool, give_back, NULL);
	check_int(cress_group_go(&pool, fail_with, as_value(EIO)), 0);
	a = cress_group_spawn(&pool, park_for_ever, NULL);
	check(a != NULL);
	cress_go(spawn_word, "b");
	cress_sleep(0.001);
	check_nothing_noted();
	cress_kill(a, 0);
	cress_sleep(0.001);

	check_noted("+b b");
	cress_release(a);
	close_pool();
}

/* V56 */
static void one_killed_before_it_starts_gives_its_place_too(void)
{
	cress_t *a;

	open_pool(1);
	a = cress_group_spawn(&pool, note_word, "a");
	cress_kill(a, 0);
	check_int(cress_group_go(&pool, note_word, "b"), 0);
	check_int(cress_group_join(&pool), ECANCELED);

	check_noted("b");
	cress_release(a);
	close_pool();
}

/* V56 */
static void places_are_handed_on_in_the_order_of_waiting(void)
{
	open_pool(1);
	cress_group_go(&pool, work, as_value(1));
	cress_go(spawn_word, "a");
	cress_go(spawn_word, "b");
	cress_go(spawn_word, "c");
	cress_sleep(0.005);

	check_noted("+a a +b b +c c");
	close_pool();
}

/* V57 */
static void a_pool_of_none_takes_nobody_until_it_is_widened(void)
{
	cress_scope_t limit;

	open_pool(0);
	check_int((intmax_t)cress_group_free_count(&pool), 0);
	cress_go(spawn_word, "a");
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_group_go(&pool, work, NULL), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_nothing_noted();
	check_int(cress_group_set_limit(&pool, 1), 0);
	cress_sleep(0.001);

	check_noted("+a a");
	close_pool();
}

/* V57 */
static void a_negative_limit_is_refused(void)
{
	open_pool(2);
	check_refuses(cress_group_set_limit(&pool, -1), EINVAL);
	check_int((intmax_t)cress_group_free_count(&pool), 2);
	close_pool();
}

/* V57 */
static void without_a_limit_everybody_runs_at_once(void)
{
	running = most = 0;
	check_int(cress_group_open(&pool, INFINITY, 0), 0);
	check(cress_group_free_count(&pool) == SIZE_MAX);
	for (int i = 0; i < 1000; i++)
		cress_group_go(&pool, work, as_value(1));
	check_int(cress_group_join(&pool), 0);

	check_int(most, 1000);
	close_pool();
}

/* V55 */
static void the_limit_may_change_while_members_run(void)
{
	open_pool(4);
	for (int i = 0; i < 4; i++)
		cress_group_go(&pool, work, as_value(1 + i));
	check_int((intmax_t)cress_group_free_count(&pool), 0);
	check_int(cress_group_set_limit(&pool, 2), 0);
	check_int((intmax_t)cress_group_free_count(&pool), 0);
	cress_go(spawn_word, "late");
	cress_sleep(0.0025);
	check_int((intmax_t)cress_group_count(&pool), 2);
	check_nothing_noted();
	cress_sleep(0.001);

	check_noted("+late late");
	check_int(cress_group_join(&pool), 0);
	close_pool();
}

static void *look_for_a_place(void *word)
{
	note("%s:%d", (const char *)word, cress_group_wait_free(&pool));
	return NULL;
}

/* V55 */
static void who_looks_for_a_place_does_not_take_it(void)
{
	open_pool(1);
	check_int(cress_group_wait_free(&pool), 0);
	cress_group_go(&pool, work, as_value(1));
	cress_go(look_for_a_place, "a");
	cress_go(spawn_word, "b");
	cress_go(look_for_a_place, "c");
	cress_sleep(0.005);

	check_noted("a:0 +b b c:0");
	check_int((intmax_t)cress_group_free_count(&pool), 1);
	close_pool();
}

/* V55 */
static void add_waits_for_a_place_too(void)
{
	cress_t *a = cress_spawn(work, as_value(4));
	cress_t *b = cress_spawn(work, as_value(1));
	double start = cress_now();

	open_pool(1);
	cress_group_go(&pool, work, as_value(2));
	check_int(cress_group_add(&pool, b), 0);
	check(cress_is_dead(b));
	check_int(cress_group_add(&pool, a), 0);
	check(cress_now() - start < 0.0035);
	check_int((intmax_t)cress_group_count(&pool), 1);

	check_int(cress_group_join(&pool), 0);
	check(cress_is_dead(a));
	close_pool();
	cress_release(a);
	cress_release(b);
}

/* V59 */
static void shut_refuses_those_who_come_and_those_who_wait(void)
{
	open_pool(1);
	cress_group_go(&pool, work, as_value(2));
	cress_go(spawn_word, "waits");
	cress_sleep(0.001);
	check_int(cress_group_shut(&pool), 0);
	cress_yield();
	cress_go(spawn_word, "comes");
	cress_yield();

	check_noted("waits!%d comes!%d", ESHUTDOWN, ESHUTDOWN);
	check_int(cress_group_join(&pool), 0);
	close_pool();
}

/* V56 */
static void close_refuses_those_who_wait(void)
{
	open_pool(1);
	cress_group_go(&pool, work, as_value(2));
	cress_go(spawn_word, "a");
	cress_go(look_for_a_place, "b");
	cress_sleep(0.001);
	close_pool();
	memset(&pool, 0xa5, sizeof pool);
	cress_sleep(0.001);

	check_noted("a!%d b:-1", ESHUTDOWN);
}

/* V56 */
static void one_who_was_let_in_as_the_group_closes_is_killed(void)
{
	open_pool(1);
	cress_group_go(&pool, park_for_ever, NULL);
	cress_go(spawn_word, "b");
	cress_sleep(0.001);
	check_int(cress_group_set_limit(&pool, 2), 0);
	close_pool();
	memset(&pool, 0xa5, sizeof pool);
	cress_sleep(0.001);

	check_noted("+b");
}

/* V56 */
static void a_spawner_that_is_killed_leaves_the_queue(void)
{
	cress_t *spawner;

	open_pool(1);
	cress_group_go(&pool, work, as_value(3));
	spawner = cress_spawn(spawn_word, "a");
	cress_go(spawn_word, "b");
	cress_sleep(0.001);
	cress_kill(spawner, EINTR);
	cress_sleep(0.005);

	check_noted("a!%d +b b", EINTR);
	cress_release(spawner);
	close_pool();
}

static void *spawn_sibling(void *word)
{
	return cress_group_go(&pool, note_word, word) == 0
		       ? word : cress_fail(errno);
}

/* V67 */
static void the_deadlock_report_tells_what_is_waited_for(void)
{
	open_pool(1);
	cress_group_go(&pool, spawn_sibling, "b");
	check_refuses(cress_group_join(&pool), EDEADLK);
	check_int(log_lines_with("waits for a place in the group of coroutine "
				 "\"main\" (1 live, the limit is 1)"), 1);
	check_int(log_lines_with("\"main\""), 2);
	check_int(log_lines_with("waits for the members of the group of "
				 "coroutine \"main\" (1 live, the"), 1);
	check_refuses(cress_group_next(&pool, NULL), EDEADLK);
	check_int(log_lines_with("waits for a result of the group"), 1);

	check_int(cress_group_set_limit(&pool, 2), 0);
	check_int(cress_group_join(&pool), 0);
	check_noted("b");
	close_pool();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_seeds(spawn_parks_while_the_pool_is_full),
		in_any_order(try_spawn_never_parks),
		on_virtual(a_spawn_that_times_out_has_spawned_nothing),
		in_order(a_place_is_free_by_whichever_end),
		in_any_order(one_killed_before_it_starts_gives_its_place_too),
		on_virtual(places_are_handed_on_in_the_order_of_waiting),
		in_order(a_pool_of_none_takes_nobody_until_it_is_widened),
		in_any_order(a_negative_limit_is_refused),
		on_seeds(without_a_limit_everybody_runs_at_once),
		on_virtual(the_limit_may_change_while_members_run),
		on_virtual(who_looks_for_a_place_does_not_take_it),
		on_virtual(add_waits_for_a_place_too),
		on_virtual(shut_refuses_those_who_come_and_those_who_wait),
		on_virtual(close_refuses_those_who_wait),
		in_order(one_who_was_let_in_as_the_group_closes_is_killed),
		on_virtual(a_spawner_that_is_killed_leaves_the_queue),
		in_order(the_deadlock_report_tells_what_is_waited_for),
	};

	return suite_run(tests);
}
