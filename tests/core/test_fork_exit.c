/* SPDX-License-Identifier: MIT */
/*
 * Ends of processes and threads, called for from inside a coroutine: exit(),
 * pthread_exit(), cancellation, fork(). Each test is a child process.
 */
#include "support/child.h"
#include "support/environment.h"
#include "support/suite.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cress/coroutine.h>

static struct child child;
static cress_t *main_one;
static sem_t reached;

static void say_goodbye(void)
{
	fputs("goodbye\n", stdout);
}

/* ThreadSanitizer takes the end of a fiber's thread, or its fork, wrong. */
static void say_tool_is_unfit(void)
{
	environment_say("not run", "the tool cannot judge it");
}

static int count_said(const char *word)
{
	int count = 0;

	for (char *at = child.text; (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

static void *park(void *arg)
{
	return cress_switch(main_one, arg);
}

static void *exit_here(void *arg)
{
	exit(as_number(arg));
}

static void exit_in_a_coroutine(void *arg)
{
	main_one = cress_current();
	child_check(atexit(say_goodbye) == 0);
	cress_switch(cress_new(park, NULL), NULL);
	cress_switch(cress_new(exit_here, NULL), arg);
	child_check(!"reached");
}

/* R34 */
static void exit_runs_its_handlers_once(void **state)
{
	(void)state;

	child_run(&child, exit_in_a_coroutine, as_value(7));

	assert_true(child_exited(&child, 7));
	assert_int_equal(count_said("goodbye"), 1);
}

static void *exit_thread_here(void *arg)
{
	pthread_exit(arg);
}

static void say_end_of_main(void *arg)
{
	child_check(cress_current() == arg);
	child_check(cress_switch(arg, as_value(1)) == as_value(1));
	fputs("main ends\n", stdout);
}

static void *leave_by_pthread_exit(void *arg)
{
	main_one = cress_current();
	child_check(cress_defer(say_end_of_main, main_one) == 0);
	cress_switch(cress_new(park, NULL), NULL);
	cress_switch(cress_new(exit_thread_here, NULL), arg);
	child_check(!"reached");
	return NULL;
}

static void pthread_exit_in_a_coroutine(void *arg)
{
	pthread_t thread;
	void *result = NULL;

	child_check(atexit(say_goodbye) == 0);
	child_check(pthread_create(&thread, NULL, leave_by_pthread_exit, arg) ==
		    0);
	child_check(pthread_join(thread, &result) == 0);
	child_check(result == arg);
	exit(5);
}

/* R34 */
static void pthread_exit_ends_the_thread_and_its_main(void **state)
{
	(void)state;

	if (environment_is_tsan()) {
		say_tool_is_unfit();
		skip();
	}

	child_run(&child, pthread_exit_in_a_coroutine, as_value(5));

	assert_true(child_exited(&child, 5));
	assert_int_equal(count_said("main ends"), 1);
	assert_int_equal(count_said("goodbye"), 1);
}

static void *exit_when_main_is_gone(void *arg)
{
	child_check(pthread_join(*(pthread_t *)arg, NULL) == 0);
	exit(11);
}

static void pthread_exit_of_the_main_thread(void *arg)
{
	static pthread_t first;
	pthread_t thread;

	first = pthread_self();
	main_one = cress_current();
	child_check(atexit(say_goodbye) == 0);
	child_check(pthread_create(&thread, NULL, exit_when_main_is_gone,
				   &first) == 0);
	cress_switch(cress_new(exit_thread_here, NULL), arg);
	child_check(!"reached");
}

/* R34 */
static void the_main_thread_may_pthread_exit_in_a_coroutine(void **state)
{
	(void)state;
	if (environment_is_valgrind() || environment_is_tsan() ||
	    environment_is_asan()) {
		say_tool_is_unfit();
		skip();
	}

	if (environment_is_musl()) {
		environment_say("not tried", "in the child of a fork, musl "
				"never joins the first thread");
		skip();
	}

	child_run(&child, pthread_exit_of_the_main_thread, NULL);

	assert_true(child_exited(&child, 11));
	assert_int_equal(count_said("goodbye"), 1);
}

static void *wait_for_ever(void *arg)
{
	sem_t never;

	sem_init(&never, 0, 0);
	sem_post(&reached);
	while (sem_wait(&never) != 0)
		;
	return arg;
}

static void *wait_in_a_coroutine(void *arg)
{
	main_one = cress_current();
	child_check(cress_defer(say_end_of_main, main_one) == 0);
	return cress_switch(cress_new(wait_for_ever, NULL), arg);
}

static void cancel_in_a_coroutine(void *arg)
{
	pthread_t thread;
	void *result = NULL;

	(void)arg;
	sem_init(&reached, 0, 0);
	child_check(pthread_create(&thread, NULL, wait_in_a_coroutine, NULL) ==
		    0);
	sem_wait(&reached);
	child_check(pthread_cancel(thread) == 0);
	child_check(pthread_join(thread, &result) == 0);
	child_check(result == PTHREAD_CANCELED);
}

/* R34 */
static void a_thread_may_be_cancelled_in_a_coroutine(void **state)
{
	(void)state;
	if (environment_is_tsan()) {
		say_tool_is_unfit();
		skip();
	}

	child_run(&child, cancel_in_a_coroutine, NULL);

	assert_true(child_exited(&child, 0));
	assert_int_equal(count_said("main ends"), 1);
}

static void *fork_here(void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		child_check(cress_switch(main_one, as_value(2)) == as_value(3));
		return as_value(4);
	}
	child_check(pid > 0 && waitpid(pid, &status, 0) == pid);
	child_check(WIFEXITED(status) && WEXITSTATUS(status) == 21);
	return arg;
}

static void fork_in_a_coroutine(void *arg)
{
	cress_t *parked = cress_new(park, NULL);
	cress_t *c = cress_new(fork_here, NULL);

	main_one = cress_current();
	cress_switch(parked, NULL);
	void *got = cress_switch(c, arg);
	if (got == arg)
		return;

	/* This is the child's process: everything works here as well. */
	child_check(got == as_value(2));
	child_check(cress_switch(parked, as_value(5)) == as_value(5));
	child_check(cress_switch(c, as_value(3)) == as_value(4));
	cress_release(parked);
	cress_release(c);
	_exit(21);
}

/* R33, R34 */
static void both_processes_go_on_after_a_fork(void **state)
{
	(void)state;
	if (environment_is_tsan()) {
		say_tool_is_unfit();
		skip();
	}

	child_run(&child, fork_in_a_coroutine, as_value(1));

	assert_true(child_exited(&child, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_runs_its_handlers_once),
		cmocka_unit_test(pthread_exit_ends_the_thread_and_its_main),
		cmocka_unit_test(
			the_main_thread_may_pthread_exit_in_a_coroutine),
		cmocka_unit_test(a_thread_may_be_cancelled_in_a_coroutine),
		cmocka_unit_test(both_processes_go_on_after_a_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
