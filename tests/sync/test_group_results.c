/* SPDX-License-Identifier: MIT */
/*
 * Results of a group's members: in the order of their ends, each once, and
 * those of coroutines that a group only watches.
 */
#include "loop/support.h"

#include <cress/group.h>

static cress_group_t group;

static void open_group(unsigned flags)
{
	check_int(cress_group_open(&group, INFINITY, flags), 0);
}

static void spawn_nap(int milliseconds)
{
	check_int(cress_group_go(&group, nap, as_value(milliseconds)), 0);
}

/* V63 */
static void next_yields_in_the_order_of_ends(void)
{
	cress_group_result_t result;

	open_group(0);
	spawn_nap(3);
	spawn_nap(1);
	spawn_nap(2);
	cress_group_go(&group, fail_with, as_value(EIO));
	while (cress_group_next(&group, &result) == 1)
		note("%zu:%d:%d:%d", result.index, as_number(result.arg),
		     as_number(result.value), result.error);

	check_noted("3:%d:0:%d 1:1:1:0 2:2:2:0 0:3:3:0", EIO, EIO);
	check_int(cress_group_next(&group, &result), 0);
	check_int(cress_group_close(&group), 0);
}

/* V63 */
static void results_are_kept_until_they_are_taken(void)
{
	cress_group_result_t result;

	open_group(0);
	spawn_nap(1);
	spawn_nap(2);
	check_int(cress_group_join(&group), 0);
	for (int i = 1; i <= 2; i++) {
		check_int(cress_group_next(&group, &result), 1);
		check_int(as_number(result.value), i);
	}

	check_int(cress_group_next(&group, &result), 0);
	check_int(cress_group_close(&group), 0);
}

/* V63 */
static void wait_stops_after_so_many(void)
{
	open_group(0);
	for (int i = 1; i <= 5; i++)
		spawn_nap(i);
	check_int(cress_group_wait(&group, 1), 1);
	check_int((intmax_t)cress_group_count(&group), 4);
	check_int(cress_group_wait(&group, 3), 3);
	check_int((intmax_t)cress_group_count(&group), 2);
	check_int(cress_group_wait(&group, 2), 3);
	check_int(cress_group_next(&group, NULL), 1);

	check_int(cress_group_wait(&group, 3), 3);
	check_int(cress_group_wait(&group, 100), 4);
	check_int(cress_group_close(&group), 0);
}

/* V63 */
static void iteration_may_be_abandoned(void)
{
	cress_group_result_t result;

	open_group(0);
	for (int i = 1; i <= 5; i++)
		spawn_nap(i);
	check_int(cress_group_next(&group, &result), 1);
	check_int(cress_group_wait(&group, 2), 2);

	check_int(cress_group_close(&group), 0);
}

/* V63, D7 */
static void a_next_that_times_out_has_taken_nothing(void)
{
	cress_group_result_t result = {.index = 77};
	cress_scope_t limit;

	open_group(0);
	spawn_nap(2);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_group_next(&group, &result), ETIMEDOUT);
	cress_scope_close(&limit);
	check_int((intmax_t)result.index, 77);
	cress_scope_open(&limit, 0.0005);
	check_refuses((int)cress_group_wait(&group, 1), ETIMEDOUT);
	cress_scope_close(&limit);

	check_int(cress_group_next(&group, &result), 1);
	check_int((intmax_t)result.index, 0);
	check_int(cress_group_close(&group), 0);
}

static void *take_one(void *word)
{
	cress_group_result_t result;
	int got = cress_group_next(&group, &result);

	note("%s:%d:%d", (const char *)word, got,
	     got == 1 ? as_number(result.value) : 0);
	return NULL;
}

/* V63 */
static void several_takers_are_served_in_their_order(void)
{
	open_group(0);
	cress_go(take_one, "a");
	cress_go(take_one, "b");
	cress_go(take_one, "c");
	spawn_nap(2);
	spawn_nap(1);
	cress_sleep(0.005);

	check_noted("a:1:1 b:1:2 c:0:0");
	check_int(cress_group_close(&group), 0);
}

/* V58 */
static void all_who_join_are_told(void)
{
	cress_t *waiter = cress_spawn(take_one, "none");

	open_group(0);
	check_int(cress_join(waiter, NULL), 0);
	check_noted("none:0:0");
	spawn_nap(1);
	check_int(cress_group_join(&group), 0);
	check_int(cress_group_join(&group), 0);
	check_int(cress_group_close(&group), 0);
}

/* V59 */
static void forgotten_results_are_not_kept(void)
{
	open_group(CRESS_GROUP_FORGET);
	spawn_nap(1);
	cress_group_go(&group, fail_with, as_value(EIO));
	check_refuses(cress_group_next(&group, NULL), EINVAL);
	check_refuses((int)cress_group_wait(&group, 1), EINVAL);

	check_int(cress_group_join(&group), EIO);
	check_int(cress_group_close(&group), 0);
	check_int(cress_group_error(&group), EIO);
}

static void *until_told(void *value)
{
	return cress_sleep(0.003) == 0 ? value : cress_fail(errno);
}

/* V62 */
static void a_group_waits_for_members_that_were_added_running(void)
{
	cress_t *a = cress_spawn(nap, as_value(2));
	cress_t *b = cress_spawn(until_told, as_value(7));
	cress_group_result_t result;

	cress_sleep(0.001);
	open_group(0);
	check_int(cress_group_add(&group, a), 0);
	check_int(cress_group_add(&group, b), 0);
	check_int((intmax_t)cress_group_count(&group), 2);
	check_int(cress_group_join(&group), 0);
	check(cress_is_dead(a) && cress_is_dead(b));

	check_int(cress_group_next(&group, &result), 1);
	check(result.coroutine == a);
	check_int(cress_group_next(&group, &result), 1);
	check(result.coroutine == b);
	check_int(as_number(result.value), 7);
	check_int(cress_group_close(&group), 0);
	cress_release(a);
	cress_release(b);
}

/* V62 */
static void one_that_is_dead_counts_when_it_is_added(void)
{
	cress_t *a = cress_spawn(fail_with, as_value(ENXIO));
	cress_group_result_t result;

	cress_sleep(0.001);
	open_group(0);
	check_int(cress_group_add(&group, a), 0);
	check_int((intmax_t)cress_group_count(&group), 0);
	check_int(cress_group_join(&group), ENXIO);

	check_int(cress_group_next(&group, &result), 1);
	check(result.coroutine == a);
	check_int(result.error, ENXIO);
	check_int(cress_group_close(&group), 0);
	cress_release(a);
}

/* V59, V62 */
static void close_kills_what_was_added(void)
{
	cress_t *spawned = cress_spawn(park_for_ever, NULL);
	cress_t *raw = cress_new(give_back, NULL);

	cress_sleep(0.001);
	open_group(0);
	check_int(cress_group_add(&group, spawned), 0);
	check_int(cress_group_add(&group, raw), 0);

	check_int(cress_group_close(&group), 0);
	check_int(cress_join(spawned, NULL), ECANCELED);
	check(cress_is_dead(raw));
	cress_release(raw);
}

static void *switch_back(void *main)
{
	cress_switch(main, NULL);
	note("%d", cress_error());
	return NULL;
}

/* D4, D8 */
static void close_ends_one_that_is_suspended_in_a_switch(void)
{
	cress_t *raw = cress_new(switch_back, NULL);

	open_group(0);
	cress_switch(raw, cress_current());
	check_int(cress_group_add(&group, raw), 0);
	cress_release(raw);

	check_int(cress_group_close(&group), 0);
	check_noted("%d", ECANCELED);
}

/* V59 */
static void a_discarded_one_runs_on(void)
{
	cress_t *a, *b;

	open_group(0);
	a = cress_group_spawn(&group, nap, as_value(3));
	b = cress_group_spawn(&group, nap, as_value(1));
	check_int(cress_group_discard(&group, a), 0);
	check_refuses(cress_group_discard(&group, a), ENOENT);
	check_int(cress_group_join(&group), 0);
	check_refuses(cress_group_discard(&group, b), ENOENT);

	check_int(cress_group_close(&group), 0);
	check(!cress_is_dead(a));
	check_int(cress_join(a, NULL), 0);
	cress_release(b);
}

static void *discard_later(void *c)
{
	cress_sleep(0.001);
	check_int(cress_group_discard(&group, c), 0);
	return NULL;
}

/* V59 */
static void to_discard_the_last_ends_a_join(void)
{
	cress_t *a;

	open_group(0);
	a = cress_group_spawn(&group, nap, as_value(9));
	cress_go(discard_later, a);
	cress_go(take_one, "taker");
	check_int(cress_group_join(&group), 0);
	check(!cress_is_dead(a));
	cress_yield();

	check_noted("taker:0:0");
	check_int(cress_group_close(&group), 0);
	check_int(cress_join(a, NULL), 0);
}

/* V63 */
static void a_watching_group_yields_and_lets_go_of_the_rest(void)
{
	cress_t *c[3];
	cress_group_result_t result;

	for (int i = 0; i < 3; i++)
		c[i] = cress_spawn(nap, as_value(3 - i));
	open_group(CRESS_GROUP_WATCH);
	for (int i = 0; i < 3; i++)
		check_int(cress_group_add(&group, c[i]), 0);
	check_int(cress_group_next(&group, &result), 1);
	check(result.coroutine == c[2]);

	check_int(cress_group_close(&group), 0);
	for (int i = 0; i < 3; i++)
		check_int(cress_join(c[i], NULL), 0);
}

/* V63 */
static void the_end_of_a_watching_group_harms_nobody(void)
{
	cress_t *c = cress_spawn(nap, as_value(3));

	cress_group_open(&group, 0.001, CRESS_GROUP_WATCH);
	check_int(cress_group_add(&group, c), 0);
	check(cress_group_spawn(&group, nap, NULL) == NULL);
	check_int(errno, EINVAL);
	check_refuses(cress_group_join(&group), ETIMEDOUT);

	check_int(cress_group_close(&group), ETIMEDOUT);
	check_int(cress_join(c, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(next_yields_in_the_order_of_ends),
		in_any_order(results_are_kept_until_they_are_taken),
		on_virtual(wait_stops_after_so_many),
		on_seeds(iteration_may_be_abandoned),
		on_virtual(a_next_that_times_out_has_taken_nothing),
		on_virtual(several_takers_are_served_in_their_order),
		in_any_order(all_who_join_are_told),
		in_any_order(forgotten_results_are_not_kept),
		on_virtual(a_group_waits_for_members_that_were_added_running),
		in_any_order(one_that_is_dead_counts_when_it_is_added),
		in_any_order(close_kills_what_was_added),
		in_any_order(close_ends_one_that_is_suspended_in_a_switch),
		on_virtual(a_discarded_one_runs_on),
		on_virtual(to_discard_the_last_ends_a_join),
		on_virtual(a_watching_group_yields_and_lets_go_of_the_rest),
		on_virtual(the_end_of_a_watching_group_harms_nobody),
	};

	return suite_run(tests);
}
