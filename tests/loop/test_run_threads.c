/* SPDX-License-Identifier: MIT */
/*
 * Hubs and threads: a hub that nobody asked for, made by a blocking call, lasts
 * as long as its thread, so these tests have threads of their own; and several
 * hubs that run side by side.
 */
#include "loop/support.h"

#include <pthread.h>
#include <signal.h>

#include "support/child.h"
#include "support/environment.h"
#include "support/memory.h"

static void block_without_run(void *unused)
{
	cress_t *c;

	(void)unused;
	check_int(cress_sleep(0.001), 0);
	c = cress_spawn(nap, as_value(1));
	check_int(cress_join(c, NULL), 0);
	check_refuses(cress_wait(cress_current(), NULL), EDEADLK);
	check_int(cress_yield(), 0);
}

/* D11 */
static void a_blocking_call_without_run_makes_a_hub(void)
{
	int before = open_descriptors();

	for (int i = 0; i < 3; i++)
		on_thread(block_without_run, NULL);

	check_int(open_descriptors(), before);
}

static void scope_without_run(void *unused)
{
	cress_scope_t scope;

	(void)unused;
	check_int(cress_scope_error(), 0);
	check_int(cress_scope_open(&scope, 0.001), 0);
	check_refuses(cress_sleep(10), ETIMEDOUT);
	check_int(cress_scope_close(&scope), ETIMEDOUT);
}

static void leave_with_the_thread(void *place)
{
	*(cress_t **)place = cress_spawn(until_killed, NULL);
	cress_go(note_word, "ran");
	cress_sleep(0);
	cress_go(note_word, "never");
}

/* D11, D13 */
static void what_a_thread_leaves_behind_never_runs(void)
{
	cress_t *c = NULL;

	on_thread(scope_without_run, NULL);
	on_thread(leave_with_the_thread, &c);
	check_noted("ran");
	check_refuses(cress_kill(c, 0), ESRCH);
	check_refuses(cress_try_wait(c, NULL), ESRCH);

	cress_release(c);
}

static void *wait_for(void *c)
{
	cress_wait(c, NULL);
	check(0);
	return c;
}

static void leave_some_waiting_for_an_end(void *unused)
{
	cress_t *c = cress_spawn(until_killed, NULL);

	cress_go(wait_for, c);
	cress_go(wait_for, c);
	cress_go(wait_for, cress_current());
	check_int(cress_sleep(0), 0);
	check(unused == NULL);
	cress_release(c);
}

/* R25 */
static void who_waits_for_an_end_when_its_thread_ends_keeps_nothing(void)
{
	size_t blocks = memory_blocks(), mappings = memory_mappings();

	for (int i = 0; i < 3; i++)
		on_thread(leave_some_waiting_for_an_end, NULL);

	check_int(memory_blocks(), blocks);
	check_int(memory_mappings(), mappings);
}

static void leave_a_scope_open(void *scope)
{
	check_int(cress_scope_open(scope, 1000), 0);
}

static void end_a_thread_with_a_scope_open(void *unused)
{
	static cress_scope_t scope;

	check(unused == NULL);
	on_thread(leave_a_scope_open, &scope);
}

/* D5, D11 */
static void a_thread_that_ends_with_a_scope_open_aborts(void)
{
	static struct child child;

	if (environment_is_tsan()) {
		environment_say("no thread in a child",
				"the tool takes a fork wrong");
		return;
	}
	child_run(&child, end_a_thread_with_a_scope_open, NULL);

	check_int(child.signal, SIGABRT);
	check(child_said(&child, "thread ended with a scope"));
}

static void *count_up(void *total)
{
	for (int i = 0; i < 10; i++) {
		cress_yield();
		++*(int *)total;
	}
	cress_sleep(0.001);
	return NULL;
}

static int count_with_many(void *total)
{
	for (int i = 0; i < 200; i++)
		cress_go(count_up, total);
	cress_sleep(0.002);
	while (*(int *)total < 2000)
		cress_sleep(0.0001);
	return *(int *)total;
}

static void *run_one(void *unused)
{
	int total;

	for (int i = 0; i < 3; i++) {
		total = 0;
		check_int(cress_run(count_with_many, &total), 2000);
	}
	return unused;
}

/* D11, D13 */
static void several_threads_run_side_by_side(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		check_int(pthread_create(&threads[i], NULL, run_one, NULL), 0);
	for (int i = 0; i < 4; i++)
		check_int(pthread_join(threads[i], NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(a_blocking_call_without_run_makes_a_hub),
		bare(what_a_thread_leaves_behind_never_runs),
		bare(who_waits_for_an_end_when_its_thread_ends_keeps_nothing),
		bare(a_thread_that_ends_with_a_scope_open_aborts),
		bare(several_threads_run_side_by_side),
	};

	memory_install();
	return suite_run(tests);
}
