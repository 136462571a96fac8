/* SPDX-License-Identifier: MIT */
/*
 * Fairness: coroutines that never stop being ready, whatever they do, keep
 * neither time nor their like from going on. The storms end themselves after
 * far more turns than the others need, so that a broken loop fails and does
 * not hang.
 */
#include "loop/support.h"

#define STORM 100
#define ENOUGH 20000000

static int calm;
static long turns;

static void *yield_on(void *unused)
{
	while (!calm && turns < ENOUGH) {
		cress_yield();
		turns++;
	}
	return unused;
}

static void *sleep_zero_on(void *unused)
{
	while (!calm && turns < ENOUGH) {
		cress_sleep(0);
		turns++;
	}
	return unused;
}

static void *spawn_on(void *unused)
{
	if (!calm && turns++ < ENOUGH)
		cress_go(spawn_on, unused);
	return unused;
}

static void *wait_on(void *dead)
{
	while (!calm && turns < ENOUGH) {
		cress_t *c = cress_spawn(give_back, dead);

		cress_join(c, NULL);
		turns++;
	}
	return NULL;
}

static void *switch_on(void *unused)
{
	cress_t *hub = cress_parent(cress_current());

	while (!calm && turns < ENOUGH) {
		cress_switch(hub, unused);
		turns++;
	}
	return unused;
}

static void *fail_on(void *unused)
{
	cress_scope_t over;

	cress_scope_open(&over, 0);
	while (!calm && turns < ENOUGH) {
		cress_sleep(1);
		turns++;
	}
	cress_scope_close(&over);
	return unused;
}

static void *end_the_storm(void *milliseconds)
{
	for (int i = 0; i < 5; i++)
		check_int(cress_sleep(as_number(milliseconds) / 5000.0), 0);
	calm = 1;
	return NULL;
}

static void let_time_go_on_in(cress_fn *storm)
{
	calm = 0;
	turns = 0;
	for (int i = 0; i < STORM; i++)
		check_int(cress_go(storm, NULL), 0);
	check_int(cress_join(cress_spawn(end_the_storm, as_value(5)), NULL), 0);

	check(turns < ENOUGH);
	check(calm);
}

/* V65, R45 */
static void a_yield_storm_does_not_stop_time(void)
{
	let_time_go_on_in(yield_on);
}

/* V65, R45 */
static void a_storm_of_sleeps_of_zero_does_not_stop_time(void)
{
	let_time_go_on_in(sleep_zero_on);
}

/* V65, R45 */
static void a_storm_of_spawns_does_not_stop_time(void)
{
	let_time_go_on_in(spawn_on);
}

/* V65, R45 */
static void a_storm_of_joins_does_not_stop_time(void)
{
	let_time_go_on_in(wait_on);
}

/* V65, R45, D4 */
static void a_storm_of_switches_to_the_hub_does_not_stop_time(void)
{
	let_time_go_on_in(switch_on);
}

/* R45, D5 */
static void a_storm_of_failures_does_not_stop_time(void)
{
	let_time_go_on_in(fail_on);
}

/* V65 */
static void one_spinner_alone_does_not_stop_time(void)
{
	calm = 0;
	turns = 0;
	cress_go(end_the_storm, as_value(2));
	yield_on(NULL);

	check(turns < ENOUGH);
	check(calm);
}

/* V65, D5 */
static void a_deadline_ends_a_yield_loop(void)
{
	cress_scope_t limit;
	int result = 0;

	calm = 0;
	turns = 0;
	cress_go(yield_on, NULL);
	cress_scope_open(&limit, 0.002);
	while (result == 0 && turns < ENOUGH)
		result = cress_yield();
	check_int(errno, ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	calm = 1;

	check(turns < ENOUGH);
}

static long counts[STORM];

static void *count_turns(void *count)
{
	while (!calm) {
		++*(long *)count;
		cress_yield();
	}
	return NULL;
}

/* V64, R45 */
static void turns_are_dealt_out_evenly(void)
{
	calm = 0;
	for (int i = 0; i < STORM; i++) {
		counts[i] = 0;
		cress_go(count_turns, &counts[i]);
	}
	for (int i = 0; i < 1000; i++)
		cress_yield();

	for (int i = 0; i < STORM; i++)
		check_int(counts[i], 1000);
	calm = 1;
}

static void *compute_and_yield(void *unused)
{
	while (!calm) {
		double end = cress_now() + 0.0003;

		while (cress_now() < end)
			;
		turns++;
		cress_yield();
	}
	return unused;
}

/* R45: after a slice that shows how long turns take here */
static void long_turns_are_few_between_two_looks_at_the_clock(void)
{
	calm = 0;
	for (int i = 0; i < 4; i++)
		cress_go(compute_and_yield, NULL);
	check_int(cress_sleep(0.001), 0);
	turns = 0;
	for (int i = 0; i < 10; i++)
		check_int(cress_sleep(0.0005), 0);

	check(turns < 10 * 32);
	calm = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_libev(long_turns_are_few_between_two_looks_at_the_clock),
		on_libev(a_yield_storm_does_not_stop_time),
		on_libev(a_storm_of_sleeps_of_zero_does_not_stop_time),
		on_libev(a_storm_of_spawns_does_not_stop_time),
		on_libev(a_storm_of_joins_does_not_stop_time),
		on_libev(a_storm_of_switches_to_the_hub_does_not_stop_time),
		on_libev(a_storm_of_failures_does_not_stop_time),
		on_libev(one_spinner_alone_does_not_stop_time),
		on_libev(a_deadline_ends_a_yield_loop),
		in_order(turns_are_dealt_out_evenly),
	};

	return suite_run(tests);
}
