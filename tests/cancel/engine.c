/* SPDX-License-Identifier: MIT */
/*
 * The tests that every table runs: one a force, each over all rows, and two
 * more. What one cell is, cell.c says.
 */
#include "cancel/cell.h"

#include <stdio.h>
#include <unistd.h>

#include "cancel/storm.h"
#include "support/memory.h"

/* Seconds of real time; under it is the time-out of the test. */
#define WATCHDOG 110

static const struct park_point *all_points;
static size_t all_count;
static enum orders all_orders;

/* Nothing is left that could ever wake anybody: main is told at once. */
static void check_nothing_left(void)
{
	double now = cress_now();

	check_refuses(cress_sleep(INFINITY), EDEADLK);
	check(cress_now() - now < 1);
	log_clear();
}

static void apply(enum force_name name)
{
	for (size_t i = 0; i < all_count; i++)
		row_try(&all_points[i], name);
	check_nothing_left();
}

/* R25, D5, D6, D7 */
static void a_kill_takes_nothing_and_leaves_nothing(void)
{
	apply(A_KILL);
}

/* R25, D6: an error of 0 reads ECANCELED */
static void a_kill_without_an_error_does_neither(void)
{
	apply(A_KILL_OF_0);
}

/* R25, D1, D6: to die of it is a success */
static void a_kill_to_exit_does_neither(void)
{
	apply(A_KILL_TO_EXIT);
}

/* R25, D2, D7 */
static void a_throw_takes_nothing_and_leaves_nothing(void)
{
	apply(A_THROW);
}

/* R25, D1, D2, D7 */
static void a_throw_of_exit_does_neither(void)
{
	apply(A_THROW_OF_EXIT);
}

/* R25, D5, D7 */
static void a_cancel_takes_nothing_and_leaves_nothing(void)
{
	apply(A_CANCEL);
}

/* R25, D5, D7 */
static void a_deadline_takes_nothing_and_leaves_nothing(void)
{
	apply(A_DEADLINE);
}

/* R45, D5 */
static void a_storm_of_failures_starves_nobody(void)
{
	for (size_t i = 0; i < all_count; i++)
		row_storm(&all_points[i]);
	check_nothing_left();
}

/* R50, D12 */
static void a_park_without_hope_is_told_with_its_name(void)
{
	for (size_t i = 0; i < all_count; i++)
		row_deadlock(&all_points[i]);
	check_nothing_left();
}

static void run_table(void **state)
{
	alarm(WATCHDOG);
	if (all_orders == ANY_ORDER)
		run_on_seeds(state);
	else
		run_on_libev(state);
	alarm(0);
	printf("%zu cells so far\n", cells_tried());
}

/* Nobody starves in the usual order; another may well let somebody. */
static void run_table_in_order(void **state)
{
	alarm(WATCHDOG);
	if (all_orders == ANY_ORDER)
		run_on_both(state);
	else
		run_on_libev(state);
	alarm(0);
}

#define each_row(function) SCENARIO(run_table, function)

int park_points_main(const struct park_point *points, size_t count,
		     enum orders orders)
{
	const struct CMUnitTest tests[] = {
		each_row(a_kill_takes_nothing_and_leaves_nothing),
		each_row(a_kill_without_an_error_does_neither),
		each_row(a_kill_to_exit_does_neither),
		each_row(a_throw_takes_nothing_and_leaves_nothing),
		each_row(a_throw_of_exit_does_neither),
		each_row(a_cancel_takes_nothing_and_leaves_nothing),
		each_row(a_deadline_takes_nothing_and_leaves_nothing),
		SCENARIO(run_table_in_order,
			 a_storm_of_failures_starves_nobody),
		each_row(a_park_without_hope_is_told_with_its_name),
	};

	memory_install();
	all_points = points;
	all_count = count;
	all_orders = orders;
	return suite_run(tests);
}
