/* SPDX-License-Identifier: MIT */
/*
 * The runner, see cmocka.h. A test is left by the compiler's own jump: the C
 * library's unwinds every frame on the way, which is more than is asked for.
 */
#include "support/suite.h"

#include <stdio.h>

enum outcome { PASSED, SKIPPED, FAILED };

static unsigned long assertions;
static void *way_out[5];
static int outcome;

void cmocka_leave(int how)
{
	outcome = how;
	__builtin_longjmp(way_out, 1);
}

void cmocka_judge(int holds, const char *what, const char *file, int line)
{
	assertions++;
	if (holds)
		return;
	printf("%s:%d: failed: %s\n", file, line, what);
	cmocka_leave(FAILED);
}

void cmocka_assert_strings(const char *a, const char *b, const char *file,
			   int line)
{
	assertions++;
	if (strcmp(a, b) == 0)
		return;
	printf("%s:%d: failed: \"%s\" == \"%s\"\n", file, line, a, b);
	cmocka_leave(FAILED);
}

static __attribute__((noinline)) void run_inside(const struct CMUnitTest *test)
{
	void *state = NULL;

	if (__builtin_setjmp(way_out) == 0)
		test->test_func(&state);
}

static int run(const struct CMUnitTest *test)
{
	static const char *const names[] = {"ok", "skipped", "FAILED"};
	void *state = NULL;

	outcome = PASSED;
	if (test->setup_func != NULL && test->setup_func(&state) != 0)
		outcome = FAILED;
	else
		run_inside(test);
	if (test->teardown_func != NULL && test->teardown_func(&state) != 0)
		outcome = FAILED;
	printf("%s %s\n", names[outcome], test->name);
	fflush(NULL);
	return outcome == FAILED;
}

int cmocka_run(const struct CMUnitTest *tests, size_t count,
	       CMFixtureFunction setup, CMFixtureFunction teardown)
{
	void *state = NULL;
	int failed = setup != NULL && setup(&state) != 0;

	for (size_t i = 0; i < count; i++)
		failed += run(&tests[i]);
	failed += teardown != NULL && teardown(&state) != 0;
	printf("%lu assertions, %d tests failed\n", assertions, failed);
	return failed;
}
