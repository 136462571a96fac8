/* SPDX-License-Identifier: MIT */
/*
 * Stack overflows, and SIGSEGV altogether: who handles it, on which signal
 * stack, and what is said before the process dies.
 *
 * What the library installs, it installs once per process, so only children
 * call the library here. With AddressSanitizer the report may be its own.
 */
#include "support/child.h"
#include "support/environment.h"
#include "support/suite.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

#define NOT_SANITIZED __attribute__((noinline, no_sanitize("address")))

static struct child child;
static cress_t *main_one;

NOT_SANITIZED static int recurse(volatile int *depth)
{
	volatile char frame[256];

	frame[0] = (char)++*depth;
	return *depth < 0 ? 0 : recurse(depth) + frame[0];
}

static void *greedy_entry(void *arg)
{
	volatile int depth = 0;

	return as_value(recurse(&depth) + as_number(arg));
}

static void *big_frame(void *arg)
{
	volatile char frame[1 << 20];

	/* All of it is needed, as far as a compiler can tell. */
	__asm__ volatile("" : : "r"(frame) : "memory");
	frame[0] = 1;
	return as_value(frame[0] + as_number(arg));
}

static void *end_at_once(void *arg)
{
	return arg;
}

static void overflow(cress_fn *fn, unsigned flags)
{
	cress_attr_t attr = {
		.name = "greedy", .stack_size = 1 << 17, .flags = flags};

	cress_switch(cress_new(fn, &attr), NULL);
}

static void overflow_at_once(void *arg)
{
	overflow(greedy_entry, (unsigned)as_number(arg));
}

static void assert_overflow_reported(const char *entry)
{
	assert_true(child_crashed(&child));
	if (child.signal == SIGSEGV) {
		assert_true(child_said(&child, "cress: "));
		assert_true(child_said(&child, "\"greedy\""));
		assert_true(child_said(&child, entry));
		assert_true(child_said(&child, "131072"));
	}
}

/* R14 */
static void an_overflow_kills_and_names_the_coroutine(void **state)
{
	(void)state;

	child_run(&child, overflow_at_once, as_value(0));

	assert_overflow_reported("(greedy_entry)");
}

static void *overflow_in_thread(void *arg)
{
	overflow(greedy_entry, 0);
	return arg;
}

static void overflow_in_a_second_thread(void *arg)
{
	pthread_t thread;

	(void)arg;
	cress_switch(cress_new(end_at_once, NULL), NULL);
	pthread_create(&thread, NULL, overflow_in_thread, NULL);
	pthread_join(thread, NULL);
}

/* R14 */
static void an_overflow_in_another_thread_is_reported_too(void **state)
{
	(void)state;

	child_run(&child, overflow_in_a_second_thread, NULL);

	assert_overflow_reported("(greedy_entry)");
}

static void overflow_after_reuse(void *arg)
{
	cress_attr_t attr = {.stack_size = 1 << 17};

	(void)arg;
	main_one = cress_current();
	for (int i = 0; i < 10; i++) {
		cress_t *c = cress_new(end_at_once, &attr);

		cress_switch(c, NULL);
		cress_release(c);
	}
	child_check(cress_stack_trim() > 0);
	overflow(greedy_entry, 0);
}

/* R14, R20 */
static void an_overflow_of_a_trimmed_and_reused_stack_is_caught(void **state)
{
	(void)state;

	child_run(&child, overflow_after_reuse, NULL);

	assert_overflow_reported("(greedy_entry)");
}

static void overflow_in_a_forked_child(void *arg)
{
	struct child *inner = arg;

	cress_switch(cress_new(end_at_once, NULL), NULL);
	child_run(inner, overflow_at_once, as_value(0));
	fputs(inner->text, stderr);
	child_check(child_crashed(inner));
}

/* R20 */
static void an_overflow_after_fork_is_caught(void **state)
{
	(void)state;
	static struct child inner;

	child_run(&child, overflow_in_a_forked_child, &inner);

	assert_true(child_exited(&child, 0));
}

static void overflow_by_one_frame(void *arg)
{
	(void)arg;
	overflow(big_frame, 0);
}

/* R21 */
static void a_frame_larger_than_the_stack_is_caught(void **state)
{
	(void)state;
#ifndef HAVE_STACK_CLASH_PROTECTION
	skip();
#endif

	child_run(&child, overflow_by_one_frame, NULL);

	assert_overflow_reported("(big_frame)");
}

/* R14, D16 */
static void without_the_report_it_dies_in_silence(void **state)
{
	(void)state;

	child_run(&child, overflow_at_once, as_value(CRESS_NO_OVERFLOW_REPORT));

	assert_true(child_crashed(&child));
	assert_false(child_said(&child, "cress: "));
}

static void *write_where_nothing_is(void *arg)
{
	volatile int *nowhere = mmap(NULL, 1 << 16, PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	child_check(nowhere != MAP_FAILED);
	*nowhere = 1;
	return arg;
}

static void fault_in_a_coroutine(void *arg)
{
	overflow(write_where_nothing_is, (unsigned)as_number(arg));
}

static void fault_in_main(void *arg)
{
	cress_switch(cress_new(end_at_once, NULL), NULL);
	write_where_nothing_is(arg);
}

/* R14 */
static void another_fault_still_kills_and_is_not_called_overflow(void **state)
{
	(void)state;
	void (*const fault[])(void *) = {fault_in_a_coroutine, fault_in_main};

	for (size_t i = 0; i < COUNT(fault); i++) {
		child_run(&child, fault[i], NULL);
		assert_true(child_crashed(&child));
		assert_false(child_said(&child, "cress: stack overflow"));
	}
}

static void raise_the_signal(void *arg)
{
	cress_switch(cress_new(end_at_once, NULL), NULL);
	if (as_number(arg))
		kill(getpid(), SIGSEGV);
	else
		raise(SIGSEGV);
	fputs("lives on", stderr);
}

/* D16 */
static void a_signal_that_is_sent_kills_too(void **state)
{
	(void)state;

	for (int i = 0; i < 2; i++) {
		child_run(&child, raise_the_signal, as_value(i));
		assert_true(child_crashed(&child));
		assert_false(child_said(&child, "lives on"));
	}
}

static void own_handler(int signal, siginfo_t *info, void *context)
{
	static const char line[] = "own handler\n";

	(void)signal;
	(void)info;
	(void)context;
	if (write(STDERR_FILENO, line, sizeof(line) - 1) > 0)
		_exit(17);
}

static void *own_signal_stack(stack_t *stack)
{
	static char memory[1 << 16];

	*stack = (stack_t){.ss_sp = memory, .ss_size = sizeof(memory)};
	return memory;
}

static void handle_it_oneself(void *arg)
{
	struct sigaction action = {.sa_sigaction = own_handler}, now;
	stack_t stack, other;

	(void)arg;
	own_signal_stack(&stack);
	child_check(sigaltstack(&stack, NULL) == 0);
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	child_check(sigaction(SIGSEGV, &action, NULL) == 0);
	cress_switch(cress_new(end_at_once, NULL), NULL);

	child_check(sigaltstack(NULL, &other) == 0);
	child_check(other.ss_sp == stack.ss_sp);
	child_check(other.ss_size == stack.ss_size);
	child_check(sigaction(SIGSEGV, NULL, &now) == 0);
	child_check(now.sa_sigaction == own_handler);
	overflow(greedy_entry, 0);
}

/* R23, D16 */
static void what_the_application_has_set_stays(void **state)
{
	(void)state;

	child_run(&child, handle_it_oneself, NULL);

	assert_true(child_exited(&child, 17));
	assert_true(child_said(&child, "own handler"));
	assert_false(child_said(&child, "cress: "));
}

static void ignore_it(void *arg)
{
	struct sigaction now;

	(void)arg;
	signal(SIGSEGV, SIG_IGN);
	cress_switch(cress_new(end_at_once, NULL), NULL);
	child_check(sigaction(SIGSEGV, NULL, &now) == 0);
	child_check(now.sa_handler == SIG_IGN);
}

/* R23, D16 */
static void a_signal_that_is_ignored_stays_ignored(void **state)
{
	(void)state;

	child_run(&child, ignore_it, NULL);

	assert_true(child_exited(&child, 0));
}

static void decline_the_report(void *arg)
{
	cress_attr_t attr = {.flags = CRESS_NO_OVERFLOW_REPORT};
	struct sigaction before, after;
	stack_t old, now;

	(void)arg;
	child_check(sigaltstack(NULL, &old) == 0);
	child_check(sigaction(SIGSEGV, NULL, &before) == 0);
	cress_switch(cress_new(end_at_once, &attr), NULL);
	child_check(sigaltstack(NULL, &now) == 0);
	child_check(sigaction(SIGSEGV, NULL, &after) == 0);
	child_check(now.ss_sp == old.ss_sp && now.ss_flags == old.ss_flags);
	child_check(before.sa_handler == after.sa_handler);
}

/* R23, D16 */
static void without_the_report_nothing_is_installed(void **state)
{
	(void)state;

	child_run(&child, decline_the_report, NULL);

	assert_true(child_exited(&child, 0));
}

static void note_signal_stack(void *arg)
{
	stack_t stack;

	child_check(sigaltstack(NULL, &stack) == 0);
	*(void **)arg = stack.ss_flags & SS_DISABLE ? NULL : stack.ss_sp;
}

static void *use_a_signal_stack(void *arg)
{
	void **seen = arg;

	cress_switch(cress_new(end_at_once, NULL), NULL);
	note_signal_stack(&seen[1]);
	return NULL;
}

static void compare_signal_stacks(void *arg)
{
	void *seen[2] = {NULL, NULL};
	pthread_t thread;

	(void)arg;
	cress_switch(cress_new(end_at_once, NULL), NULL);
	note_signal_stack(&seen[0]);
	child_check(pthread_create(&thread, NULL, use_a_signal_stack, seen) ==
		    0);
	child_check(pthread_join(thread, NULL) == 0);
	child_check(seen[0] != NULL && seen[1] != NULL && seen[0] != seen[1]);
}

/* R23 */
static void every_thread_has_a_signal_stack_of_its_own(void **state)
{
	(void)state;

	child_run(&child, compare_signal_stacks, NULL);

	assert_true(child_exited(&child, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_overflow_kills_and_names_the_coroutine),
		cmocka_unit_test(an_overflow_in_another_thread_is_reported_too),
		cmocka_unit_test(
			an_overflow_of_a_trimmed_and_reused_stack_is_caught),
		cmocka_unit_test(an_overflow_after_fork_is_caught),
		cmocka_unit_test(a_frame_larger_than_the_stack_is_caught),
		cmocka_unit_test(without_the_report_it_dies_in_silence),
		cmocka_unit_test(
			another_fault_still_kills_and_is_not_called_overflow),
		cmocka_unit_test(a_signal_that_is_sent_kills_too),
		cmocka_unit_test(what_the_application_has_set_stays),
		cmocka_unit_test(a_signal_that_is_ignored_stays_ignored),
		cmocka_unit_test(without_the_report_nothing_is_installed),
		cmocka_unit_test(every_thread_has_a_signal_stack_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
