/* SPDX-License-Identifier: MIT */
/*
 * Simulation as its caller sees it: what is run how often, what comes out, what
 * is refused; and that one seed is one schedule, in this process and the next.
 */
#include "support/environment.h"
#include "support/suite.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cress.h>

#include "debug/program.h"

/* The report of the last failure. */
static char told[1 << 16];

static void keep_told(const char *line, void *context)
{
	size_t used = strlen(told);

	assert_ptr_equal(context, told);
	snprintf(told + used, sizeof(told) - used, "%s\n", line);
}

static cress_simulation_t telling(uint64_t first_seed, uint32_t seeds)
{
	cress_simulation_t how = {
		.first_seed = first_seed,
		.seeds = seeds,
		.print = keep_told,
		.print_context = told,
	};

	told[0] = '\0';
	return how;
}

static int count_up(void *runs)
{
	++*(int *)runs;
	return 0;
}

/* R61 */
static void each_seed_runs_once_and_a_thousand_is_the_rule(void **state)
{
	cress_simulation_t how = {.first_seed = 5, .seeds = 20};
	int runs = 0;

	(void)state;
	assert_int_equal(cress_simulate(count_up, &runs, &how), 0);
	assert_int_equal(runs, 20);
	assert_int_equal(how.runs, 20);
	assert_int_equal(how.seed, 24);
	assert_int_equal(how.reason, CRESS_SIMULATED_WELL);

	assert_int_equal(cress_simulate(count_up, &runs, NULL), 0);
	assert_int_equal(runs, 1020);
}

static int fail_in_the_seventh(void *runs)
{
	return ++*(int *)runs == 7 ? 42 : 0;
}

static void the_first_failure_ends_it_and_is_told(void **state)
{
	cress_simulation_t how = telling(100, 50);
	int runs = 0;

	(void)state;
	assert_int_equal(cress_simulate(fail_in_the_seventh, &runs, &how), 1);
	assert_int_equal(runs, 7);
	assert_int_equal(how.seed, 106);
	assert_int_equal(how.reason, CRESS_SIMULATED_FAILURE);
	assert_int_equal(how.result, 42);
	assert_int_equal(how.fault, 0);
	assert_non_null(strstr(told, "seed 106 failed"));
	assert_non_null(strstr(told, "returned 42"));
	assert_non_null(strstr(told, "CRESS_SEED=106"));
}

static void *sleep_long(void *arg)
{
	cress_sleep(1000);
	return arg;
}

static int fail_after_a_while(void *arg)
{
	static const cress_attr_t attr = {.name = "sleeper"};

	(void)arg;
	cress_release(cress_spawn_with(sleep_long, NULL, &attr));
	cress_go(sleep_long, NULL);
	cress_sleep(2);
	return 1;
}

static void the_report_names_decisions_and_waiters(void **state)
{
	cress_simulation_t how = telling(0, 1);

	(void)state;
	assert_int_equal(cress_simulate(fail_after_a_while, NULL, &how), 1);
	assert_int_equal(how.decisions, 3);
	assert_non_null(strstr(told, "#1 0.000000  sleeper (1), 1 of 2, sta"));
	assert_non_null(strstr(told, "#2 0.000000  unnamed (2), 1 of 1"));
	assert_non_null(strstr(told, "#3 2.000000  main (0), 1 of 1, waited"));
	assert_non_null(strstr(told, "sleeper (1) waits for the time 1000"));
	assert_non_null(strstr(told, "unnamed (2) waits for the time 1000"));
}

static int yield_a_lot(void *arg)
{
	for (int i = 0; i < 100; i++)
		cress_yield();
	return arg == NULL;
}

static void the_report_is_as_long_as_asked_for(void **state)
{
	cress_simulation_t how = telling(0, 1);

	(void)state;
	how.lines = 3;
	assert_int_equal(cress_simulate(yield_a_lot, NULL, &how), 1);
	assert_null(strstr(told, "#97 "));
	assert_non_null(strstr(told, "#98 "));
	assert_non_null(strstr(told, "#100 "));
}

static int wait_for_oneself(void *arg)
{
	(void)arg;
	return cress_wait(cress_current(), NULL) == -1 && errno == EDEADLK ? 0
									   : 1;
}

/* R50, V67 */
static void a_deadlock_is_a_failure_unless_it_is_allowed(void **state)
{
	cress_simulation_t how = telling(0, 10);

	(void)state;
	assert_int_equal(cress_simulate(wait_for_oneself, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_DEADLOCK);
	assert_int_equal(how.runs, 1);
	assert_non_null(strstr(told, "deadlock"));
	assert_non_null(strstr(told, "main (0) waits for the end of"));

	how.flags = CRESS_SIMULATE_DEADLOCKS;
	assert_int_equal(cress_simulate(wait_for_oneself, NULL, &how), 0);
	assert_int_equal(how.runs, 10);
}

static int spin(void *arg)
{
	(void)arg;
	while (cress_sleep(1) == 0)
		;
	return 0;
}

static void a_run_without_an_end_is_ended_and_is_a_failure(void **state)
{
	cress_simulation_t how = telling(0, 10);

	(void)state;
	how.limit = 1000;
	assert_int_equal(cress_simulate(spin, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_ENDLESS);
	assert_in_range(how.decisions, 1000, 1010);
}

static void *nothing(void *arg)
{
	return arg;
}

static int lose_a_handle(void *arg)
{
	cress_t *c = cress_spawn(nothing, NULL);

	return arg == NULL ? cress_wait(c, NULL) : cress_join(c, NULL);
}

static void a_handle_that_is_left_is_a_leak_on_request(void **state)
{
	cress_simulation_t how = telling(0, 10);

	(void)state;
	assert_int_equal(cress_simulate(lose_a_handle, NULL, &how), 0);
	how.flags = CRESS_SIMULATE_LEAKS;
	assert_int_equal(cress_simulate(lose_a_handle, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_LEAK);
	assert_non_null(strstr(told, "left over: 1 handles"));
	assert_int_equal(cress_simulate(lose_a_handle, told, &how), 0);
}

static int differ(void *runs)
{
	if (++*(int *)runs == 6)
		cress_yield();
	return 0;
}

/* R61 */
static void what_does_not_replay_is_found_on_request(void **state)
{
	cress_simulation_t how = telling(0, 10);
	int runs = 0;

	(void)state;
	how.flags = CRESS_SIMULATE_TWICE;
	assert_int_equal(cress_simulate(differ, &runs, &how), 1);
	assert_int_equal(runs, 6);
	assert_int_equal(how.reason, CRESS_SIMULATED_DIFFERENCE);
	assert_non_null(strstr(told, "does not replay"));
}

/* R61 */
static void one_seed_is_one_schedule_in_every_process(void **state)
{
	uint32_t seeds = environment_is_full() ? 10000 : 200;
	uint64_t digest = program_digest(seeds);
	char command[64], line[64] = "";
	FILE *other;

	(void)state;
	assert_true(digest != 0);
	assert_true(program_digest(seeds) == digest);
	if (environment_is_qemu() || environment_is_valgrind())
		return;
	snprintf(command, sizeof(command), "/proc/%d/exe digest %u",
		 (int)getpid(), seeds);
	other = popen(command, "r");
	assert_non_null(fgets(line, sizeof(line), other));
	pclose(other);
	assert_true(strtoull(line, NULL, 16) == digest);
}

static int draw(void *numbers)
{
	uint64_t *drawn = numbers;

	drawn[0] = cress_simulate_draw(1000000);
	drawn[1] = cress_simulate_draw(1000000);
	return cress_simulate_draw(1) != 0 || cress_simulate_draw(0) != 0;
}

/* R61 */
static void data_are_drawn_from_the_seed_too(void **state)
{
	cress_simulation_t how = {.first_seed = 9, .seeds = 1};
	uint64_t first[2], second[2], plain[2] = {1, 1};

	(void)state;
	assert_int_equal(cress_simulate(draw, first, &how), 0);
	assert_int_equal(cress_simulate(draw, second, &how), 0);
	assert_memory_equal(first, second, sizeof(first));
	assert_int_not_equal(first[0], first[1]);

	how.first_seed = 0;
	assert_int_equal(cress_simulate(draw, plain, &how), 0);
	assert_true(plain[0] == 0 && plain[1] == 0);
	assert_true(cress_simulate_draw(10) == 0);
	assert_int_equal(cress_simulate_fault(), 0);
}

static int sleep_a_year(void *arg)
{
	double start = cress_now();

	(void)arg;
	if (start != 0 || cress_sleep(365 * 86400.0) != 0)
		return 1;
	return fabs(cress_now() - 365 * 86400.0) > 1;
}

/* R61 */
static void the_clock_begins_at_nought_and_sleep_costs_nothing(void **state)
{
	(void)state;
	assert_int_equal(cress_simulate(sleep_a_year, NULL, NULL), 0);
}

static int refuse_inside(void *arg)
{
	if (cress_simulate(count_up, arg, NULL) != -1 || errno != EBUSY)
		return 1;
	return cress_run(count_up, arg) != -1 || errno != EBUSY;
}

static void what_makes_no_sense_is_refused(void **state)
{
	cress_simulation_t how = {.flags = 0x10};
	int runs = 0;

	(void)state;
	assert_refuses(cress_simulate(NULL, NULL, NULL), EINVAL);
	assert_refuses(cress_simulate(count_up, &runs, &how), EINVAL);
	how = (cress_simulation_t){.error = -7};
	assert_refuses(cress_simulate(count_up, &runs, &how), EINVAL);
	how = (cress_simulation_t){.reserved = {0, 1}};
	assert_refuses(cress_simulate(count_up, &runs, &how), EINVAL);
	setenv("CRESS_SEED", "7:kill", 1);
	assert_refuses(cress_simulate(count_up, &runs, NULL), EINVAL);
	unsetenv("CRESS_SEED");
	assert_int_equal(runs, 0);
	assert_int_equal(cress_simulate(refuse_inside, &runs, NULL), 0);
	assert_int_equal(runs, 0);
}

/* R61 */
static void the_environment_asks_for_one_seed_and_all_of_it(void **state)
{
	cress_simulation_t how = telling(0, 50);
	int runs = 0;

	(void)state;
	setenv("CRESS_SEED", "33", 1);
	assert_int_equal(cress_simulate(count_up, &runs, &how), 0);
	assert_int_equal(runs, 1);
	assert_int_equal(how.seed, 33);
	assert_non_null(strstr(told, "seed 33 went well"));
	told[0] = '\0';
	assert_int_equal(cress_simulate(yield_a_lot, NULL, &how), 1);
	unsetenv("CRESS_SEED");
	assert_non_null(strstr(told, "#1 0.0"));
	assert_non_null(strstr(told, "#100 0.0"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		test(each_seed_runs_once_and_a_thousand_is_the_rule),
		test(the_first_failure_ends_it_and_is_told),
		test(the_report_names_decisions_and_waiters),
		test(the_report_is_as_long_as_asked_for),
		test(a_deadlock_is_a_failure_unless_it_is_allowed),
		test(a_run_without_an_end_is_ended_and_is_a_failure),
		test(a_handle_that_is_left_is_a_leak_on_request),
		test(what_does_not_replay_is_found_on_request),
		test(one_seed_is_one_schedule_in_every_process),
		test(data_are_drawn_from_the_seed_too),
		test(the_clock_begins_at_nought_and_sleep_costs_nothing),
		test(what_makes_no_sense_is_refused),
		test(the_environment_asks_for_one_seed_and_all_of_it),
	};

	if (argc == 3 && strcmp(argv[1], "digest") == 0) {
		printf("%" PRIx64 "\n",
		       program_digest((uint32_t)atoi(argv[2])));
		return 0;
	}
	return suite_run(tests);
}
