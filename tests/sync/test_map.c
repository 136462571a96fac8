/* SPDX-License-Identifier: MIT */
/*
 * Maps: results in the order of the items, never more at work than the limit,
 * and nothing at work on the items when the call has returned.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/map.h>

#define ITEMS 12

static cress_group_t pool;
static void *items[ITEMS], *results[ITEMS];
static int errors[ITEMS];
static int running, most;

static void open_pool(long limit)
{
	running = most = 0;
	for (int i = 0; i < ITEMS; i++) {
		items[i] = as_value(ITEMS - i);
		results[i] = NULL;
		errors[i] = -7;
	}
	check_int(cress_group_open(&pool, INFINITY, 0), 0);
	check_int(cress_group_set_limit(&pool, limit), 0);
}

static void close_pool(void)
{
	check_int(cress_group_close(&pool), 0);
}

static void *square(void *number)
{
	int n = as_number(number), failed;

	if (++running > most)
		most = running;
	failed = cress_sleep(n / 1000.0);
	running--;
	return failed ? cress_fail(errno) : as_value(n * n);
}

static int map(size_t count)
{
	return cress_group_map(&pool, square, items, count, results, errors);
}

/* V60 */
static void map_keeps_the_order_and_runs_at_most_so_many(void)
{
	open_pool(5);
	check_int(map(ITEMS), 0);
	for (int i = 0; i < ITEMS; i++) {
		check_int(as_number(results[i]), (ITEMS - i) * (ITEMS - i));
		check_int(errors[i], 0);
	}

	check_int(most, 5);
	check_int((intmax_t)cress_group_count(&pool), 0);
	check_int(cress_group_next(&pool, NULL), 0);
	close_pool();
}

/* V60 */
static void results_may_take_the_place_of_the_items(void)
{
	open_pool(3);
	check_int(cress_group_map(&pool, square, items, ITEMS, items, NULL), 0);

	for (int i = 0; i < ITEMS; i++)
		check_int(as_number(items[i]), (ITEMS - i) * (ITEMS - i));
	close_pool();
}

static void *fail_or_not(void *number)
{
	int n = as_number(number);

	if (cress_sleep(n / 1000.0) != 0)
		return cress_fail(errno);
	return n % 3 == 0 ? cress_fail(n) : number;
}

/* V60 */
static void map_says_the_first_error_in_the_order_of_items(void)
{
	open_pool(20);
	check_int(cress_group_map(&pool, fail_or_not, items, ITEMS, results,
				  errors), 12);
	for (int i = 0; i < ITEMS; i++) {
		int n = ITEMS - i;

		check_int(errors[i], n % 3 == 0 ? n : 0);
		check_int(as_number(results[i]), n % 3 == 0 ? 0 : n);
	}

	check_int(cress_group_error(&pool), 3);
	close_pool();
}

/* V60 */
static void nothing_maps_to_nothing(void)
{
	open_pool(0);
	check_int(cress_group_map(&pool, square, NULL, 0, NULL, NULL), 0);
	check_int(map(0), 0);

	close_pool();
}

/* V60, D7 */
static void a_map_that_times_out_leaves_nothing_at_work(void)
{
	cress_scope_t limit;

	open_pool(4);
	cress_scope_open(&limit, 0.0105);
	check_refuses(map(ITEMS), ETIMEDOUT);
	check_int(running, 0);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int((intmax_t)cress_group_count(&pool), 0);

	/* Of 12, 11, 10, 9 milliseconds two have ended, and two begun. */
	for (int i = 0; i < ITEMS; i++)
		check_int(errors[i], i == 2 || i == 3 ? 0 : ECANCELED);
	close_pool();
}

/* V60 */
static void a_map_that_fails_waits_behind_its_own_shield(void)
{
	cress_scope_t outer, inner;

	open_pool(ITEMS);
	cress_scope_open(&outer, 0.0005);
	cress_scope_open(&inner, 0.0002);
	check_refuses(map(ITEMS), ETIMEDOUT);
	check_int(running, 0);

	check_int(cress_scope_close(&inner), ETIMEDOUT);
	check_int(cress_scope_close(&outer), 0);
	close_pool();
}

static void *map_there(void *unused)
{
	void *two[] = {as_value(1), as_value(2)};
	void *got[2];

	check_int(cress_group_map(&pool, square, two, 2, got, NULL), 0);
	note("%d,%d", as_number(got[0]), as_number(got[1]));
	return unused;
}

/* V60 */
static void maps_share_a_pool(void)
{
	open_pool(3);
	cress_go(map_there, NULL);
	cress_go(map_there, NULL);
	check_int(map(ITEMS), 0);
	cress_sleep(0.01);

	check_int(most, 3);
	check_noted("1,4 1,4");
	close_pool();
}

static void *map_until_shut(void *unused)
{
	int local[ITEMS];

	check_refuses(cress_group_map(&pool, square, items, ITEMS, NULL, local),
		      ESHUTDOWN);
	for (int i = 0; i < ITEMS; i++)
		check_int(local[i], ECANCELED);
	memset(local, 0xa5, sizeof local);
	note("refused");
	return unused;
}

/* V60, D8 */
static void a_map_in_a_group_that_closes_is_refused(void)
{
	open_pool(3);
	cress_go(map_until_shut, NULL);
	cress_sleep(0.0005);
	close_pool();
	memset(&pool, 0xa5, sizeof pool);
	cress_sleep(0.001);

	check_noted("refused");
}

/* V60, D8: also in between, with a place and on its way to the next one */
static void a_map_that_has_just_got_a_place_begins_no_more(void)
{
	cress_t *c;

	open_pool(0);
	c = cress_spawn(map_until_shut, NULL);
	cress_sleep(0.001);
	check_int(cress_group_set_limit(&pool, 1), 0);
	close_pool();
	memset(&pool, 0, sizeof pool);

	check_int(cress_join(c, NULL), 0);
	check_noted("refused");
	check_int(most, 0);
}

/* V60 */
static void apply_is_a_map_of_one(void)
{
	void *value = NULL;

	open_pool(1);
	check_int(cress_group_apply(&pool, square, as_value(3), &value), 0);
	check_int(as_number(value), 9);
	check_int(cress_group_apply(&pool, fail_or_not, as_value(3), &value),
		  3);
	check(value == NULL);
	check_int(cress_group_apply(&pool, square, as_value(1), NULL), 0);
	close_pool();
}

/* D8 */
static void bad_maps_are_refused(void)
{
	open_pool(1);
	check_refuses(cress_group_map(&pool, NULL, items, 1, NULL, NULL),
		      EINVAL);
	check_refuses(cress_group_map(&pool, square, NULL, 1, NULL, NULL),
		      EINVAL);
	check_refuses(cress_group_map(NULL, square, items, 1, NULL, NULL),
		      EINVAL);
	close_pool();
	check_refuses(map(1), ESHUTDOWN);
	cress_group_open(&pool, INFINITY, CRESS_GROUP_WATCH);
	check_refuses(map(1), EINVAL);
	close_pool();
}

/* D8 */
static void an_error_ends_a_map_in_a_group_that_fails_fast(void)
{
	open_pool(1);
	close_pool();
	check_int(cress_group_open(&pool, INFINITY, CRESS_GROUP_FAIL_FAST), 0);
	check_refuses(cress_group_map(&pool, fail_or_not, items, ITEMS, NULL,
				      errors), ECANCELED);

	check_int(cress_group_close(&pool), ECANCELED);
	check_int(cress_group_error(&pool), 3);
	check_int(errors[ITEMS - 3], 3);
	check_int(errors[ITEMS - 2], 0);
	check_int(errors[0], ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_seeds(map_keeps_the_order_and_runs_at_most_so_many),
		on_virtual(results_may_take_the_place_of_the_items),
		on_seeds(map_says_the_first_error_in_the_order_of_items),
		in_any_order(nothing_maps_to_nothing),
		on_virtual(a_map_that_times_out_leaves_nothing_at_work),
		on_seeds(a_map_that_fails_waits_behind_its_own_shield),
		on_virtual(maps_share_a_pool),
		on_virtual(a_map_in_a_group_that_closes_is_refused),
		in_any_order(a_map_that_has_just_got_a_place_begins_no_more),
		in_any_order(apply_is_a_map_of_one),
		in_any_order(bad_maps_are_refused),
		on_virtual(an_error_ends_a_map_in_a_group_that_fails_fast),
	};

	return suite_run(tests);
}
