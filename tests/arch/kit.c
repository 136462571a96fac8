/* SPDX-License-Identifier: MIT */
/*
 * See kit.h. The counter of checks is the invariant: it only grows, and each
 * test is measured by how much it grew.
 */
#include "kit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef _WIN32
#include "kit_windows.h"
#else
#include <sys/resource.h>
#include <sys/wait.h>
#endif

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(bottom, top) 0
#endif

#define STACK_SIZE (256 * 1024)

static unsigned long checks_made, declared;
static unsigned long rounds;
static uint64_t state = 0x9e3779b97f4a7c15;

void kit_judge(int holds, const char *condition, const char *file, int line)
{
	checks_made++;
	if (holds)
		return;
	printf("%s:%d: failed: %s\n", file, line, condition);
	fflush(stdout);
	_exit(1);
}

void kit_declare(unsigned long more)
{
	declared += more;
}

uint64_t kit_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

int kit_is_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

unsigned long kit_count(unsigned long full)
{
	unsigned long count = full;

	if (kit_is_valgrind() && count > 20000)
		count = 20000;
	if (rounds != 0 && count > rounds)
		count = rounds;
	if (count < full)
		printf("# %lu rounds instead of %lu\n", count, full);
	return count;
}

void *kit_stack_top(void)
{
	char *stack = malloc(STACK_SIZE);

	if (stack == NULL)
		abort();
	(void)VALGRIND_STACK_REGISTER(stack, stack + STACK_SIZE);
	return stack + STACK_SIZE;
}

#ifndef _WIN32
static void kit_begin(const char *argument)
{
	(void)argument;
}

int kit_signal_of(void (*run)(void *argument), void *argument)
{
	int status = 0;

	fflush(stdout);
	pid_t child = fork();

	if (child == 0) {
		const struct rlimit none = { 0, 0 };
		int nowhere = open("/dev/null", O_WRONLY);

		setrlimit(RLIMIT_CORE, &none);
		dup2(nowhere, STDERR_FILENO);
		run(argument);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
#endif

/*
 * What must survive a test lies in memory: a switch that loses a register of
 * its caller's must not make a test of the table be forgotten.
 */
static struct {
	const struct kit_test *tests;
	volatile size_t count, next;
	volatile int failed;
} plan;

static void run_test(const struct kit_test *test)
{
	unsigned long before = checks_made;

	declared = test->checks;
	test->run();
	test = &plan.tests[plan.next];
	int enough = checks_made - before >= declared;

	plan.failed += !enough;
	printf("%s %s (%lu checks, %lu declared)\n", enough ? "ok" : "FAILED",
	       test->name, checks_made - before, declared);
	fflush(stdout);
}

int kit_main(int argc, char **argv, const struct kit_test *tests,
	     size_t count)
{
	kit_begin(argc > 1 ? argv[1] : NULL);
	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 10);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	plan.tests = tests;
	plan.count = count;
	for (plan.next = 0; plan.next < plan.count; plan.next++)
		run_test(&plan.tests[plan.next]);
	printf("%lu checks, %d tests failed\n", checks_made, plan.failed);
	return plan.failed == 0 && checks_made > 0 ? 0 : 1;
}
