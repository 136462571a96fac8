/* SPDX-License-Identifier: MIT */
/*
 * As much of cmocka's interface as the suites of core use, for a system that
 * no package of cmocka is made for. A failed assertion prints itself, and the
 * test is left; the runner goes on with the next. Included by suite.h.
 */
#ifndef TESTS_SUPPORT_CMOCKA_H
#define TESTS_SUPPORT_CMOCKA_H

#include <string.h>

typedef void (*CMUnitTestFunction)(void **state);
typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
	const char *name;
	CMUnitTestFunction test_func;
	CMFixtureFunction setup_func;
	CMFixtureFunction teardown_func;
};

#define cmocka_unit_test(function) {#function, function, NULL, NULL}
#define cmocka_unit_test_setup_teardown(function, setup, teardown) \
	{#function, function, setup, teardown}

#define cmocka_run_group_tests(tests, setup, teardown) \
	cmocka_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

/* Returns how many failed. */
int cmocka_run(const struct CMUnitTest *tests, size_t count,
	       CMFixtureFunction setup, CMFixtureFunction teardown);

/* Count one; if it does not hold, print it and leave the test. */
#define cmocka_assert(holds, what) \
	cmocka_judge(!!(holds), what, __FILE__, __LINE__)
void cmocka_judge(int holds, const char *what, const char *file, int line);

#define assert_true(c) cmocka_assert(c, #c)
#define assert_false(c) cmocka_assert(!(c), "not " #c)
#define assert_null(c) cmocka_assert((c) == NULL, #c " is NULL")
#define assert_non_null(c) cmocka_assert((c) != NULL, #c " is not NULL")
#define assert_ptr_equal(a, b) \
	cmocka_assert((uintptr_t)(a) == (uintptr_t)(b), #a " == " #b)
#define assert_int_equal(a, b) \
	cmocka_assert((intmax_t)(a) == (intmax_t)(b), #a " == " #b)
#define assert_int_not_equal(a, b) \
	cmocka_assert((intmax_t)(a) != (intmax_t)(b), #a " != " #b)
#define assert_string_equal(a, b) \
	cmocka_assert_strings(a, b, __FILE__, __LINE__)
void cmocka_assert_strings(const char *a, const char *b, const char *file,
			   int line);

/* Leave the test, which cannot judge here. */
#define skip() cmocka_leave(1)
_Noreturn void cmocka_leave(int how);

#endif
