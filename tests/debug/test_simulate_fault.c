/* SPDX-License-Identifier: MIT */
/*
 * Faults in a simulation: each place of a kind has its turn, once, and the code
 * that forgot about it is found.
 */
#include "support/suite.h"

#include <string.h>

#include "core/memory.h"

#include <cress.h>

#include "debug/program.h"

#define PARKS 5

/* How the parks of the last runs ended, in letters. */
static char seen[4096];

static void see(char letter)
{
	size_t used = strlen(seen);

	if (used + 1 < sizeof(seen))
		seen[used] = letter;
}

static cress_simulation_t asking(uint32_t flags, uint32_t seeds)
{
	cress_simulation_t how = {
		.seeds = seeds,
		.flags = flags,
		.print = ignore_line,
	};

	memset(seen, 0, sizeof(seen));
	return how;
}

static void *park_often(void *within)
{
	cress_scope_t limit;

	for (int i = 0; i < PARKS; i++) {
		if (within != NULL)
			cress_scope_open(&limit, 100);
		see(cress_sleep(1) == 0		   ? 'w'
		    : errno == ECANCELED && !within ? 'c'
		    : errno == EIO		   ? 'i'
		    : errno == ETIMEDOUT	   ? 't'
						   : '?');
		if (within != NULL)
			cress_scope_close(&limit);
	}
	return NULL;
}

static int five_parks(void *within)
{
	int result = cress_join(cress_spawn(park_often, within), NULL);

	see('.');
	return result != 0;
}

/* R25, R61 */
static void a_throw_fails_each_park_in_its_turn_once(void **state)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_THROW, 1);

	(void)state;
	assert_int_equal(cress_simulate(five_parks, NULL, &how), 0);
	assert_string_equal(seen,
			    "wwwww.cwwww.wcwww.wwcww.wwwcw.wwwwc.wwwww.");
	assert_int_equal(how.runs, 1 + PARKS + 1);
}

/* R25, R61 */
static void a_kill_fails_each_park_and_all_that_follow(void **state)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_KILL, 1);

	(void)state;
	how.error = EIO;
	assert_int_equal(cress_simulate(five_parks, NULL, &how), 0);
	assert_string_equal(seen,
			    "wwwww.iiiii.wiiii.wwiii.wwwii.wwwwi.wwwww.");
}

/* R25, R61 */
static void a_deadline_passes_only_where_there_is_one(void **state)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_DEADLINE, 1);

	(void)state;
	assert_int_equal(cress_simulate(five_parks, NULL, &how), 0);
	assert_string_equal(seen, "wwwww.wwwww.");
	how = asking(CRESS_SIMULATE_DEADLINE, 1);
	assert_int_equal(cress_simulate(five_parks, seen, &how), 0);
	assert_string_equal(seen,
			    "wwwww.twwww.wtwww.wwtww.wwwtw.wwwwt.wwwww.");
}

static int main_parks_twice(void *arg)
{
	(void)arg;
	see(cress_sleep(1) == 0 ? 'w' : 'c');
	see(cress_sleep(1) == 0 ? 'w' : 'c');
	see(cress_simulate_fault() == 0			     ? '-'
	    : cress_simulate_fault() == CRESS_SIMULATE_THROW ? 't'
							     : '?');
	return 0;
}

static void main_is_spared_unless_it_is_asked_for(void **state)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_THROW, 1);

	(void)state;
	assert_int_equal(cress_simulate(main_parks_twice, NULL, &how), 0);
	assert_string_equal(seen, "ww-ww-");
	how = asking(CRESS_SIMULATE_THROW | CRESS_SIMULATE_MAIN, 1);
	assert_int_equal(cress_simulate(main_parks_twice, NULL, &how), 0);
	assert_string_equal(seen, "ww-cwtwctww-");
}

/* A fault may come when its victim was woken already: then it has waited. */
static int taken;

static void *take_and_give_back(void *arg)
{
	if (taken++ != 0)
		return cress_fail(EBUSY);
	cress_sleep(1);
	taken--;
	return arg;
}

static void *take_and_forget(void *arg)
{
	if (taken++ != 0)
		return cress_fail(EBUSY);
	if (cress_sleep(1) != 0)
		return cress_fail(errno);
	taken--;
	return arg;
}

static int take(void *fn)
{
	taken = 0;
	cress_join(cress_spawn(*(cress_fn **)fn, NULL), NULL);
	return taken;
}

/* R25 */
static void who_forgets_to_give_back_is_found_by_each_fault(void **state)
{
	cress_fn *careful = take_and_give_back, *careless = take_and_forget;
	cress_simulation_t how = asking(CRESS_SIMULATE_THROW, 50);

	(void)state;
	assert_int_equal(cress_simulate(take, &careless, NULL), 0);
	assert_int_equal(cress_simulate(take, &careless, &how), 1);
	assert_int_equal(how.fault, CRESS_SIMULATE_THROW);
	assert_int_equal(how.place, 1);
	assert_int_equal(cress_simulate(take, &careful, &how), 0);
	how.flags = CRESS_SIMULATE_KILL;
	assert_int_equal(cress_simulate(take, &careless, &how), 1);
	assert_int_equal(how.fault, CRESS_SIMULATE_KILL);
	assert_int_equal(cress_simulate(take, &careful, &how), 0);
}

/* R25, R50 */
static void a_program_holds_its_promises_under_each_fault(void **state)
{
	static const uint32_t kinds[] = {
		CRESS_SIMULATE_THROW,
		CRESS_SIMULATE_KILL,
		CRESS_SIMULATE_DEADLINE,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		cress_simulation_t how = asking(
			kinds[i] | CRESS_SIMULATE_LEAKS | CRESS_SIMULATE_TWICE,
			30);

		assert_int_equal(cress_simulate(five_parks, NULL, &how), 0);
		assert_true(how.runs >= 2 * 30);
	}
}

/* Asks for memory in several places, and bears it if there is none. */
static int ask_for_memory(void *careless)
{
	static const cress_attr_t attr = {.name = "named"};
	cress_t *first = cress_spawn_with(park_often, NULL, &attr);
	cress_t *second = cress_spawn_after(1, park_often, NULL, NULL);
	int missed = (first == NULL) + (second == NULL);
	int error;

	if (first != NULL) {
		error = cress_join(first, NULL);
		missed += error == ENOMEM;
		if (error == -1)
			cress_release(first);
	}
	if (second != NULL) {
		error = cress_join(second, NULL);
		missed += error == ENOMEM;
		if (error == -1)
			cress_release(second);
	}
	see(missed == 0 ? '-' : 'm');
	if (careless != NULL)
		return missed;
	return missed > 1 ||
	       (missed && cress_simulate_fault() != CRESS_SIMULATE_NOMEM);
}

static void each_request_for_memory_fails_in_its_turn(void **state)
{
	uint32_t flags = CRESS_SIMULATE_NOMEM | CRESS_SIMULATE_LEAKS;
	cress_simulation_t how = asking(flags, 1);

	(void)state;
	assert_int_equal(cress_simulate(ask_for_memory, NULL, &how), 0);
	assert_true(how.runs >= 5);
	assert_non_null(strchr(seen, 'm'));

	how = asking(flags, 1);
	assert_int_equal(cress_simulate(ask_for_memory, seen, &how), 1);
	assert_int_equal(how.fault, CRESS_SIMULATE_NOMEM);
	assert_int_equal(how.result, 1);
}

/* R61 */
static void a_fault_replays_from_the_environment(void **state)
{
	uint32_t flags = CRESS_SIMULATE_NOMEM | CRESS_SIMULATE_KILL;
	cress_simulation_t how = asking(flags, 20), again;
	cress_fn *careless = take_and_forget;

	(void)state;
	assert_int_equal(cress_simulate(ask_for_memory, seen, &how), 1);
	setenv("CRESS_SEED", "0:nomem:1", 1);
	again = asking(0, 20);
	assert_int_equal(how.place, 1);
	assert_int_equal(cress_simulate(ask_for_memory, seen, &again), 1);
	assert_int_equal(again.runs, 1);
	assert_true(again.digest == how.digest);
	setenv("CRESS_SEED", "7:kill:1", 1);
	assert_int_equal(cress_simulate(take, &careless, &again), 1);
	setenv("CRESS_SEED", "7:kill:2", 1);
	assert_int_equal(cress_simulate(take, &careless, &again), 0);
	unsetenv("CRESS_SEED");
}

static void *kept;

static int keep_a_block(void *arg)
{
	kept = cress_alloc(16);
	if (arg != NULL)
		cress_free(kept);
	return 0;
}

static void a_block_that_is_left_is_a_leak_on_request(void **state)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_LEAKS, 3);

	(void)state;
	assert_int_equal(cress_simulate(keep_a_block, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_LEAK);
	cress_free(kept);
	assert_int_equal(cress_simulate(keep_a_block, seen, &how), 0);
}

static void simulate_with_leaks(void *busy)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_LEAKS, 1);

	check(cress_simulate(keep_a_block, busy, &how) == -1);
	check(errno == EBUSY);
}

static int simulate_elsewhere(void *arg)
{
	on_thread(simulate_with_leaks, arg);
	return 0;
}

static void one_thread_at_a_time_may_count_memory(void **state)
{
	cress_simulation_t how = asking(CRESS_SIMULATE_LEAKS, 1);

	(void)state;
	assert_int_equal(cress_simulate(simulate_elsewhere, seen, &how), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_throw_fails_each_park_in_its_turn_once),
		test(a_kill_fails_each_park_and_all_that_follow),
		test(a_deadline_passes_only_where_there_is_one),
		test(main_is_spared_unless_it_is_asked_for),
		test(who_forgets_to_give_back_is_found_by_each_fault),
		test(a_program_holds_its_promises_under_each_fault),
		test(each_request_for_memory_fails_in_its_turn),
		test(a_fault_replays_from_the_environment),
		test(a_block_that_is_left_is_a_leak_on_request),
		test(one_thread_at_a_time_may_count_memory),
	};

	return suite_run(tests);
}
