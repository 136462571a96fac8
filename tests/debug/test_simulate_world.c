/* SPDX-License-Identifier: MIT */
/*
 * What a simulated run has to do with the world around it: nothing comes in,
 * its log is kept, and those who are outside go on undisturbed. And the orders
 * of its own world: which there are, and which are promised.
 */
#include "support/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wait/wait.h"

#include <cress.h>

#include "debug/program.h"

#define WAITERS 3

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

static void *nothing(void *arg)
{
	return arg;
}

static void *sleep_long(void *arg)
{
	cress_sleep(1000);
	return arg;
}

static int ask_the_world(void *unused)
{
	char byte;

	if (cress_offload(nothing, unused, NULL) != -1 || errno != ENOTSUP)
		return 1;
	if (cress_read(STDIN_FILENO, &byte, 1) != -1 || errno != ENOTSUP)
		return 2;
	return 0;
}

static void what_comes_from_outside_is_not_supported(void **state)
{
	(void)state;
	assert_int_equal(cress_simulate(ask_the_world, NULL, NULL), 0);
}

static int die_of_an_error(void *arg)
{
	static const cress_attr_t attr = {.name = "unlucky"};
	cress_t *c = cress_spawn_with(sleep_long, NULL, &attr);

	cress_yield();
	cress_throw(c, EIO);
	cress_release(c);
	cress_yield();
	return arg == NULL;
}

static void *die(void *arg)
{
	(void)arg;
	return cress_fail(EIO);
}

static int log_a_death(void *arg)
{
	cress_go(die, NULL);
	cress_sleep(1);
	return arg == NULL;
}

static void what_a_run_logs_is_told_if_it_fails(void **state)
{
	cress_simulation_t how = telling(0, 10);

	(void)state;
	assert_int_equal(cress_simulate(die_of_an_error, told, &how), 0);
	assert_int_equal(cress_simulate(log_a_death, told, &how), 0);
	assert_string_equal(told, "");
	assert_int_equal(cress_simulate(log_a_death, NULL, &how), 1);
	assert_non_null(strstr(told, "died of error"));
}

static void *simulate_the_program(void *arg)
{
	cress_simulation_t how = {.seeds = 50};

	(void)arg;
	return as_value(cress_simulate(program, NULL, &how));
}

static int inside(void *arg)
{
	cress_t *c = cress_spawn(sleep_long, NULL);
	int failed = as_number(simulate_the_program(NULL)) != 0;
	void *result = arg;

	failed |= cress_join(cress_spawn(simulate_the_program, NULL),
			     &result) != 0 || as_number(result) != 0;
	cress_kill(c, CRESS_EXIT);
	return failed || cress_join(c, NULL) != 0;
}

static void a_program_that_runs_may_simulate_another(void **state)
{
	(void)state;
	assert_int_equal(cress_run(inside, NULL), 0);
}

static void simulate_in_a_thread(void *unused)
{
	check(as_number(simulate_the_program(unused)) == 0);
}

static void threads_may_simulate_too(void **state)
{
	(void)state;
	on_thread(simulate_in_a_thread, NULL);
	assert_int_equal(as_number(simulate_the_program(NULL)), 0);
}

#define CROWD 10000

static int spawn_a_crowd(void *arg)
{
	(void)arg;
	for (int i = 0; i < CROWD; i++)
		if (cress_go(nothing, NULL) != 0)
			return 1;
	return cress_sleep(1) != 0;
}

static void a_crowd_can_be_simulated(void **state)
{
	cress_simulation_t how = {.seeds = 2, .flags = CRESS_SIMULATE_LEAKS};

	(void)state;
	assert_int_equal(cress_simulate(spawn_a_crowd, NULL, &how), 0);
	assert_int_equal(how.decisions, CROWD + 1);
}

static struct cress_wait_list waiting;

static const struct cress_wait_kind signal_kind = {
	.what = "a signal",
	.unlink = cress_unlink_from_list,
};

static void wait_for_signal(void)
{
	struct cress_waiter waiter = {
		.kind = &signal_kind,
		.object = &waiting,
	};

	cress_waiter_append(&waiting, &waiter);
	cress_park(cress_wait_begin(), &waiter);
}

/* All are woken at once; each notes the turn in which it goes on. */
static int turns[WAITERS];
static int turn_count, began;

static void *take_turn(void *arg)
{
	int mine = began++;

	(void)arg;
	wait_for_signal();
	turns[turn_count++] = mine;
	return NULL;
}

static void *wake_the_others(void *arg)
{
	while (began < 3)
		cress_yield();
	for (int i = 0; i < 3; i++)
		cress_wake_first(cress_current()->thread->hub, &waiting);
	return arg;
}

static int waiters_keep_their_order(void *arg)
{
	cress_t *all[WAITERS];
	cress_t *waker = cress_spawn(wake_the_others, NULL);

	(void)arg;
	began = turn_count = 0;
	for (int i = 0; i < WAITERS; i++)
		all[i] = cress_spawn(take_turn, NULL);
	for (int i = 0; i < WAITERS; i++)
		cress_join(all[i], NULL);
	cress_join(waker, NULL);
	return turns[0] != 0 || turns[1] != 1 || turns[2] != 2;
}

/* R61 */
static void who_waits_for_one_object_keeps_the_order_under_every_seed(
	void **state)
{
	(void)state;
	assert_int_equal(cress_simulate(waiters_keep_their_order, NULL, NULL),
			 0);
}

static void *note_turn(void *arg)
{
	turns[turn_count++] = as_number(arg);
	return NULL;
}

static int orders[6];

static int start_in_some_order(void *arg)
{
	cress_t *all[3];

	(void)arg;
	turn_count = 0;
	for (int i = 0; i < 3; i++)
		all[i] = cress_spawn(note_turn, as_value(i));
	for (int i = 0; i < 3; i++)
		cress_join(all[i], NULL);
	orders[turns[0] * 2 + (turns[1] > turns[2])]++;
	return 0;
}

/* R61, V1 */
static void seed_zero_is_the_ordinary_order_and_the_others_are_all(void **state)
{
	cress_simulation_t plain = {.seeds = 1};

	(void)state;
	assert_int_equal(cress_simulate(start_in_some_order, NULL, &plain), 0);
	assert_int_equal(orders[0], 1);

	assert_int_equal(cress_simulate(start_in_some_order, NULL, NULL), 0);
	for (int i = 0; i < 6; i++)
		assert_in_range(orders[i], 100, 250);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_comes_from_outside_is_not_supported),
		test(what_a_run_logs_is_told_if_it_fails),
		test(a_program_that_runs_may_simulate_another),
		test(threads_may_simulate_too),
		test(a_crowd_can_be_simulated),
		test(who_waits_for_one_object_keeps_the_order_under_every_seed),
		test(seed_zero_is_the_ordinary_order_and_the_others_are_all),
	};

	return suite_run(tests);
}
