/* SPDX-License-Identifier: MIT */
/*
 * Runs that are left in the middle: by an assertion of cmocka, which jumps, by
 * an abort, by an exit. The seed is told all the same, and after a jump the
 * thread can simulate again. And by a deadlock, which ends the others first.
 */
#include "support/child.h"
#include "support/environment.h"
#include "support/suite.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include <cress.h>

static struct child child;

static int runs;

static void *park(void *arg)
{
	cress_sleep(1);
	return arg;
}

static int assert_in_main(void *arg)
{
	cress_t *c = cress_spawn(park, NULL);

	(void)arg;
	cress_yield();
	assert_int_not_equal(++runs, 4);
	return cress_join(c, NULL);
}

static void *jump(void *arg)
{
	assert_int_not_equal(++runs, 4);
	return arg;
}

static int assert_in_a_coroutine(void *arg)
{
	(void)arg;
	return cress_join(cress_spawn(jump, NULL), NULL);
}

static void jump_from_main(void **state)
{
	(void)state;
	assert_int_equal(cress_simulate(assert_in_main, NULL, NULL), 0);
}

static void jump_from_a_coroutine(void **state)
{
	(void)state;
	assert_int_equal(cress_simulate(assert_in_a_coroutine, NULL, NULL), 0);
}

/* With a larger frame, so that it lies deeper than the one that was left. */
static void simulate_again(void **state)
{
	volatile char room[2000];
	cress_simulation_t how = {.seeds = 30};

	(void)state;
	room[0] = room[sizeof(room) - 1] = 0;
	runs = 10;
	assert_int_equal(cress_simulate(assert_in_main, NULL, &how), 0);
	assert_int_equal(how.runs, 30);
	printf("again: %d\n", (int)how.runs + room[0]);
}

static void two_tests(void *first)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(*(CMUnitTestFunction *)first),
		cmocka_unit_test(simulate_again),
	};

	child_check(cmocka_run_group_tests(tests, NULL, NULL) == 1);
}

static void assert_tells_and_goes_on(CMUnitTestFunction first)
{
	child_run(&child, two_tests, &first);
	assert_true(child_exited(&child, 0));
	assert_true(child_said(&child, "seed 3 was left by a jump"));
	assert_true(child_said(&child, "CRESS_SEED=3"));
	assert_true(child_said(&child, "again: 30"));
}

static void an_assertion_in_main_is_found_by_the_next_simulation(void **state)
{
	(void)state;
	assert_tells_and_goes_on(jump_from_main);
}

/* C leaves a jump to another stack undefined; glibc does it. */
static void an_assertion_in_a_coroutine_is_found_too(void **state)
{
	(void)state;
	if (environment_is_sanitized() ||
	    environment_is_valgrind() || environment_is_qemu()) {
		environment_say("no jump from a coroutine",
				"the tool loses the stack, or glibc refuses "
				"a jump to a lower one");
		skip();
	}
	assert_tells_and_goes_on(jump_from_a_coroutine);
}

static void one_test(void *unused)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jump_from_main),
	};

	(void)unused;
	child_check(cmocka_run_group_tests(tests, NULL, NULL) == 1);
	exit(0);
}

static void an_assertion_in_the_last_simulation_is_told_at_exit(void **state)
{
	(void)state;
	child_run(&child, one_test, NULL);
	assert_true(child_said(&child, "seed 3 was left by a jump"));
}

static int leave_in_the_fourth(void *leave)
{
	cress_yield();
	if (++runs == 4)
		(*(void (**)(void))leave)();
	return 0;
}

static void leave_in_a_run(void *leave)
{
	cress_simulate(leave_in_the_fourth, leave, NULL);
}

static void exit_well(void)
{
	exit(0);
}

static void an_abort_tells_the_seed_on_its_way(void **state)
{
	void (*leave)(void) = abort;

	(void)state;
	child_run(&child, leave_in_a_run, &leave);
	assert_int_equal(child.signal, SIGABRT);
	assert_true(child_said(&child, "aborted in a run: CRESS_SEED=3"));
}

static void an_exit_tells_the_seed_on_its_way(void **state)
{
	void (*leave)(void) = exit_well;

	(void)state;
	child_run(&child, leave_in_a_run, &leave);
	assert_true(child_exited(&child, 0));
	assert_true(child_said(&child, "exits in a run: CRESS_SEED=3"));
}

static int inside, late;

static void *wait_in_vain(void *semaphore)
{
	int result = cress_semaphore_acquire(semaphore);

	late += !inside;
	return result == 0 ? semaphore : cress_fail(errno);
}

/* As a test that is written in a hurry: nothing looks at what join says. */
static int wait_for_one_who_waits_in_vain(void *arg)
{
	cress_semaphore_t never;
	cress_t *c;

	inside = 1;
	cress_semaphore_init(&never, 0);
	c = cress_spawn(wait_in_vain, &never);
	cress_join(c, arg);
	inside = 0;
	return 0;
}

/* Or they would touch what lay on a stack that is gone, before the report. */
static void those_of_a_deadlock_end_before_the_function(void **state)
{
	cress_simulation_t how = {.seeds = 5};

	(void)state;
	late = 0;
	assert_int_equal(cress_simulate(wait_for_one_who_waits_in_vain, NULL,
					&how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_DEADLOCK);
	assert_int_equal(late, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_assertion_in_main_is_found_by_the_next_simulation),
		test(an_assertion_in_a_coroutine_is_found_too),
		test(an_assertion_in_the_last_simulation_is_told_at_exit),
		test(an_abort_tells_the_seed_on_its_way),
		test(an_exit_tells_the_seed_on_its_way),
		test(those_of_a_deadlock_end_before_the_function),
	};

	return suite_run(tests);
}
