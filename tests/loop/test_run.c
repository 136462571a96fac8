/* SPDX-License-Identifier: MIT */
/*
 * cress_run(): what it returns, what it refuses, and what becomes of those
 * that are not done when the body is. Each test makes its own hub.
 */
#include "loop/support.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/virtual.h"
#include "support/child.h"

#include <cress/runtime.h>

static int return_number(void *number)
{
	cress_sleep(0);
	return as_number(number);
}

/* D11 */
static void run_returns_what_the_body_returns(void)
{
	static const int results[] = {0, 1, -1, 42, INT16_MIN, INT32_MAX};

	for (size_t i = 0; i < COUNT(results); i++) {
		void *value = as_value(results[i]);

		check_int(cress_run(return_number, value), results[i]);
		check_int(cress_run_virtual(return_number, value, 0),
			  results[i]);
	}
}

static int run_again(void *unused)
{
	check_refuses(cress_run(run_again, unused), EBUSY);
	check_refuses(cress_run_virtual(run_again, unused, 0), EBUSY);
	check_int(cress_sleep(0.001), 0);
	return 5;
}

/* D11 */
static void a_run_within_a_run_is_refused(void)
{
	check_int(cress_run(run_again, NULL), 5);
	check_int(cress_run_virtual(run_again, NULL, 0), 5);
}

static void *run_in_a_coroutine(void *unused)
{
	check_refuses(cress_run(return_number, NULL), EBUSY);
	return unused;
}

static int spawn_one_that_runs(void *unused)
{
	return cress_join(cress_spawn(run_in_a_coroutine, unused), NULL);
}

/* D11 */
static void only_a_main_coroutine_may_run(void)
{
	cress_t *raw = cress_new(run_in_a_coroutine, NULL);

	check(cress_switch(raw, NULL) == NULL);
	check_int(cress_run(spawn_one_that_runs, NULL), 0);
	check_refuses(cress_run(NULL, NULL), EINVAL);

	cress_release(raw);
}

static void note_end(void *word)
{
	note("%s", (const char *)word);
}

static void *clean_up(void *word)
{
	cress_scope_t shield;

	cress_defer(note_end, "deferred");
	cress_sleep(INFINITY);
	note("%s:%d", (const char *)word, errno == ECANCELED);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_int(cress_sleep(0.002), 0);
	check_int(cress_yield(), 0);
	cress_scope_close(&shield);
	note("clean");
	return cress_fail(ECANCELED);
}

static int thrown;

static void *enter_and_stay(void *unused)
{
	cress_t *raw = cress_new(nap, NULL);

	check(cress_switch(raw, as_value(10000000)) == NULL);
	thrown += cress_error() != 0;
	cress_release(raw);
	return unused;
}

static int leave_some_behind(void *unused)
{
	cress_t *raw = cress_new(nap, NULL);

	(void)unused;
	cress_go(clean_up, "parked");
	cress_go(enter_and_stay, NULL);
	cress_release(cress_spawn_after(1000, note_word, "ran", NULL));
	cress_release(cress_spawn_after(INFINITY, note_word, "ran", NULL));
	cress_release(raw);
	cress_sleep(0.001);
	cress_go(note_word, "ran");
	return 3;
}

static int run_either(int virtual, int (*body)(void *), void *arg)
{
	return virtual ? cress_run_virtual(body, arg, 0) : cress_run(body, arg);
}

/* D11 */
static void the_rest_is_killed_and_waited_for(void)
{
	for (int virtual = 0; virtual < 2; virtual ++) {
		thrown = 0;
		check_int(run_either(virtual, leave_some_behind, NULL), 3);
		check_int(log_lines(), 0);
		check_int(thrown, 1);
		check_noted("parked:1 clean deferred");
	}
}

static cress_t *kept[4];

static void *spawn_at_the_end(void *unused)
{
	cress_sleep(INFINITY);
	kept[1] = cress_spawn(note_word, "ran");
	cress_go(note_word, "ran");
	return unused;
}

static int keep_handles(void *unused)
{
	kept[0] = cress_spawn(until_killed, as_value(8));
	kept[2] = cress_spawn(fail_with, as_value(ENOTTY));
	kept[3] = cress_spawn(spawn_at_the_end, unused);
	cress_sleep(0.001);
	return 0;
}

/* D11, D3 */
static void handles_outlive_the_run(void)
{
	void *value = NULL;

	check_int(cress_run(keep_handles, NULL), 0);
	for (int i = 0; i < 4; i++)
		check(kept[i] != NULL && cress_is_dead(kept[i]));
	check_int(cress_try_wait(kept[0], &value), 0);
	check_int(as_number(value), 8);
	check_int(cress_try_wait(kept[2], NULL), ENOTTY);
	check(cress_try_wait(kept[1], NULL) >= 0);

	check_nothing_noted();
	for (int i = 0; i < 4; i++)
		cress_release(kept[i]);
}

static void *start_raw(void *raw)
{
	cress_switch(raw, as_value(100000));
	return NULL;
}

static int leave_a_raw_one_parked(void *place)
{
	cress_t *raw = cress_new(nap, NULL);
	cress_t *starter = cress_spawn(start_raw, raw);

	*(cress_t **)place = raw;
	cress_sleep(0.001);
	cress_release(starter);
	return 0;
}

/* D11 */
static void a_raw_coroutine_that_is_parked_is_ended_too(void)
{
	for (int virtual = 0; virtual < 2; virtual ++) {
		cress_t *raw = NULL;

		check_int(run_either(virtual, leave_a_raw_one_parked, &raw), 0);
		check(cress_is_dead(raw));
		cress_release(raw);
	}
	check_int(log_lines(), 0);
}

static void *respawn(void *unused)
{
	cress_sleep(1000);
	cress_go(respawn, unused);
	return unused;
}

static int leave_a_phoenix(void *unused)
{
	cress_go(respawn, unused);
	return cress_sleep(0.001);
}

/* D11 */
static void one_that_spawns_another_at_its_end_does_not_hold_it_up(void)
{
	check_int(cress_run(leave_a_phoenix, NULL), 0);

	check_int(log_lines(), 0);
}

static void *defy(void *unused)
{
	cress_sleep(INFINITY);
	for (int i = 0; i < 1000; i++)
		cress_sleep(1);
	note("natural end");
	return unused;
}

static int leave_a_stubborn_one(void *unused)
{
	(void)unused;
	cress_go(defy, NULL);
	cress_sleep(0.001);
	return 9;
}

/* D11, V16 */
static void run_waits_for_the_natural_end_of_one_that_ignores_it(void)
{
	check_int(cress_run(leave_a_stubborn_one, NULL), 9);

	check_noted("natural end");
}

static int kill_main(void *unused)
{
	(void)unused;
	cress_go(clean_up, "parked");
	cress_sleep(0.001);
	cress_kill(cress_current(), EPIPE);
	check_refuses(cress_sleep(1), EPIPE);
	return 4;
}

/* D11, D6 */
static void a_killed_main_still_waits_for_the_rest(void)
{
	check_int(cress_run(kill_main, NULL), 4);
	check_noted("parked:1 clean deferred");

	check_int(cress_run(return_number, as_value(6)), 6);
	check_int(cress_run(run_again, NULL), 5);
}

static int spawn_and_sleep(void *unused)
{
	cress_go(nap, as_value(1000));
	cress_go(give_back, NULL);
	cress_sleep(0);
	(void)unused;
	return 0;
}

/* D11 */
static void a_hundred_runs_leave_no_descriptor(void)
{
	int before;

	check_int(cress_run(spawn_and_sleep, NULL), 0);
	before = open_descriptors();
	for (int i = 0; i < 100; i++)
		check_int(cress_run(spawn_and_sleep, NULL), 0);

	check_int(open_descriptors(), before);
}

static int wait_for_my_child(void *child)
{
	int status = 0;

	check_int(cress_sleep(0.005), 0);
	check_int(waitpid(as_number(child), &status, 0), as_number(child));
	return WEXITSTATUS(status);
}

/* D11 */
static void the_loop_reaps_nobody_elses_child(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(7);

	check_int(cress_run(wait_for_my_child, as_value(child)), 7);
}

static void *be_a_hermit(void *unused)
{
	cress_scope_t shield;

	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	cress_sleep(INFINITY);
	cress_scope_close(&shield);
	return unused;
}

static int leave_a_hermit(void *seconds)
{
	cress_attr_t attr = {.name = "hermit"};

	cress_release(cress_spawn_with(be_a_hermit, NULL, &attr));
	return cress_sleep(*(double *)seconds);
}

static void run_for(void *seconds)
{
	cress_run(leave_a_hermit, seconds);
}

static void run_virtually_for(void *seconds)
{
	cress_run_virtual(leave_a_hermit, seconds, 0);
}

/* R50, D11: a run that can never end says so, and whom it waits for */
static void a_hermit_in_a_shield_aborts_the_run_with_its_name(void)
{
	static struct child child;
	double seconds = 0.001;

	for (int i = 0; i < 2; i++) {
		child_run(&child, i ? run_for : run_virtually_for, &seconds);
		check_int(child.signal, SIGABRT);
		check(child_said(&child, "the hub cannot end: \"hermit\" "
					 "waits for ever in a shield"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(run_returns_what_the_body_returns),
		bare(a_run_within_a_run_is_refused),
		bare(only_a_main_coroutine_may_run),
		bare(the_rest_is_killed_and_waited_for),
		bare(handles_outlive_the_run),
		bare(a_raw_coroutine_that_is_parked_is_ended_too),
		bare(one_that_spawns_another_at_its_end_does_not_hold_it_up),
		bare(run_waits_for_the_natural_end_of_one_that_ignores_it),
		bare(a_killed_main_still_waits_for_the_rest),
		bare(a_hundred_runs_leave_no_descriptor),
		bare(the_loop_reaps_nobody_elses_child),
		bare(a_hermit_in_a_shield_aborts_the_run_with_its_name),
	};

	return suite_run(tests);
}
