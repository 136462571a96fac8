/* SPDX-License-Identifier: MIT */
/*
 * What every cmocka suite of ours shares: the includes that cmocka wants, a
 * notebook that coroutines write into, checks that may fail on any stack, and
 * a clean-up that proves that a test left nothing behind.
 *
 * cmocka's own assertions leave a failed test by longjmp(), which is undefined
 * from a coroutine's stack and fatal from another thread. So the asserts of a
 * test function are cmocka's, and code in coroutines and threads uses check()
 * and note(). A failed check() fails the test when it ends.
 */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <cmocka.h>

/* How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A number as a value to hand over, and back again. */
#define as_value(number) ((void *)(intptr_t)(number))
#define as_number(value) ((int)(intptr_t)(value))

/* Write a word into the notebook of the running test. Any thread. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* All notes so far, with a blank between any two; starts a new page. */
const char *noted(void);

/* Like an assertion, but does not leave the caller. Any thread. */
#define check(condition) \
	suite_check(!!(condition), #condition, __FILE__, __LINE__)
int suite_check(int holds, const char *condition, const char *file, int line);

/* How many checks have failed since the test began. */
int suite_failures(void);

/* The call switches to somebody and brings this value without an error. */
#define assert_gives(call, value) \
	do { \
		void *result_ = (call); \
		int error_ = cress_error(); \
		assert_int_equal(error_, 0); \
		assert_ptr_equal(result_, value); \
	} while (0)

/* The call switches to somebody, or refuses to, and brings this error. */
#define assert_fails(call, error) \
	do { \
		errno = 0; \
		void *result_ = (call); \
		int errno_ = errno; \
		assert_null(result_); \
		assert_int_equal(cress_error(), error); \
		if ((error) > 0) \
			assert_int_equal(errno_, error); \
	} while (0)

/* The call returns -1 and says this in errno. */
#define assert_refuses(call, error) \
	do { \
		errno = 0; \
		int result_ = (call); \
		int errno_ = errno; \
		assert_int_equal(result_, -1); \
		assert_int_equal(errno_, error); \
	} while (0)

/* Run `fn(arg)` in a thread of its own and wait for its end. */
void on_thread(void (*fn)(void *arg), void *arg);

/*
 * A test with a fresh notebook. When it ends, no check may have failed, the
 * thread must be back where it was, not be traced, and have no stack more than
 * before.
 */
#define test(name) \
	cmocka_unit_test_setup_teardown(name, suite_begin, suite_end)
int suite_begin(void **state);
int suite_end(void **state);

/* Run the array of tests; says at the end how many checks ran. */
#define suite_run(tests) cmocka_run_group_tests(tests, NULL, suite_report)
int suite_report(void **state);

#ifdef __cplusplus
}
#endif

#endif
