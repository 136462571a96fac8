/* SPDX-License-Identifier: MIT */
/*
 * What belongs to a coroutine and stays behind when it is left: errno, the
 * error that a switch delivered, floating-point control, and jump buffers.
 */
#include "support/environment.h"
#include "support/suite.h"

#include <fenv.h>
#include <string.h>

#include <cress/coroutine.h>

static cress_t *main_one;

static void *set_errno_and_leave(void *arg)
{
	errno = as_number(arg);
	cress_switch(main_one, NULL);
	note("%d", errno == as_number(arg));
	errno = EDOM;
	return NULL;
}

/* D15, G45 */
static void errno_belongs_to_the_coroutine(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *one = cress_new(set_errno_and_leave, NULL);
	cress_t *two = cress_new(set_errno_and_leave, NULL);

	errno = ENOTTY;
	cress_switch(one, as_value(EIO));
	check(errno == ENOTTY);
	cress_switch(two, as_value(EPIPE));
	check(errno == ENOTTY);
	cress_switch(one, NULL);
	check(errno == ENOTTY);
	cress_switch(two, NULL);
	check(errno == ENOTTY);

	assert_string_equal(noted(), "1 1");
	cress_release(one);
	cress_release(two);
}

static void *read_errno(void *arg)
{
	note("%d", errno);
	return arg;
}

/* G45 */
static void a_new_coroutine_does_not_see_the_errno_of_its_starter(void **state)
{
	(void)state;
	cress_t *c = cress_new(read_errno, NULL);

	errno = EXDEV;
	cress_switch(c, NULL);

	assert_int_equal(errno, EXDEV);
	assert_string_equal(noted(), "0");
	cress_release(c);
}

static void *leave_a_result(void *arg)
{
	errno = EBADF;
	return arg;
}

/* D15 */
static void errno_survives_a_child_that_dies(void **state)
{
	(void)state;
	cress_t *c = cress_new(leave_a_result, NULL);

	errno = ENOTTY;
	void *got = cress_switch(c, as_value(3));

	assert_int_equal(errno, ENOTTY);
	assert_ptr_equal(got, as_value(3));
	cress_release(c);
}

static void *start_another(void *arg)
{
	note("starts:%d", cress_error());
	check(cress_switch(main_one, NULL) == NULL);
	note("thrown:%d", cress_error());

	cress_switch(arg, NULL);
	note("after:%d", cress_error());
	return NULL;
}

static void *note_error(void *arg)
{
	note("other:%d", cress_error());
	return arg;
}

/* G45 */
static void the_delivered_error_is_not_seen_by_the_next(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(start_another, NULL);
	cress_attr_t attr = {.parent = c};
	cress_t *other = cress_new(note_error, &attr);

	assert_gives(cress_switch(c, other), NULL);
	assert_gives(cress_throw(c, EPERM), NULL);

	assert_string_equal(noted(), "starts:0 thrown:1 other:0 after:0");
	cress_release(other);
	cress_release(c);
}

static void *fail_then_succeed(void *arg)
{
	check(cress_switch(NULL, NULL) == NULL);
	note("%d", cress_error());
	check(cress_switch(cress_current(), arg) == arg);
	note("%d", cress_error());
	cress_switch(main_one, NULL);
	return arg;
}

/* D2, G45 */
static void the_error_is_that_of_ones_own_last_switch(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(fail_then_succeed, NULL);

	assert_fails(cress_switch(NULL, NULL), EINVAL);
	assert_gives(cress_switch(c, as_value(1)), NULL);
	assert_fails(cress_switch(NULL, NULL), EINVAL);
	assert_gives(cress_switch(c, NULL), as_value(1));

	assert_string_equal(noted(), "22 0");
	cress_release(c);
}

static void *round_upwards(void *arg)
{
	int at_start = fegetround();

	fesetround(FE_UPWARD);
	cress_switch(main_one, NULL);
	check(fegetround() == FE_UPWARD);
	note("%s", at_start == FE_TONEAREST ? "nearest" : "other");
	return arg;
}

/* Without a floating-point unit in use, sums heed no control word. */
static int sums_are_rounded_as_said(void)
{
	volatile double one = 1, little = 1e-30;
	volatile double sum;

	if (fesetround(FE_UPWARD) != 0)
		return 0;
	sum = one + little;
	fesetround(FE_TONEAREST);
	return sum > one;
}

/* D15 */
static void rounding_belongs_to_the_coroutine(void **state)
{
	(void)state;
	main_one = cress_current();
	if (!sums_are_rounded_as_said()) {
		environment_say("not tried", "floats are made by software");
		return;
	}
	cress_t *c = cress_new(round_upwards, NULL);

	fesetround(FE_DOWNWARD);
	cress_switch(c, NULL);
	int after = fegetround();
	cress_switch(c, NULL);
	int at_end = fegetround();
	fesetround(FE_TONEAREST);

	assert_int_equal(after, FE_DOWNWARD);
	assert_int_equal(at_end, FE_DOWNWARD);
	assert_string_equal(noted(), "nearest");
	cress_release(c);
}

static void *note_rounding(void *arg)
{
	note("%s", fegetround() == FE_UPWARD ? "upward" : "other");
	return arg;
}

/* D15, R3 */
static void a_new_one_rounds_as_its_creator_did(void **state)
{
	(void)state;
	if (!sums_are_rounded_as_said()) {
		environment_say("not tried", "floats are made by software");
		return;
	}

	fesetround(FE_UPWARD);
	cress_t *c = cress_new(note_rounding, NULL);
	fesetround(FE_DOWNWARD);
	cress_switch(c, NULL);
	fesetround(FE_TONEAREST);

	assert_string_equal(noted(), "upward");
	cress_release(c);
}

static void *take_over(void *arg)
{
	check(fegetround() == FE_DOWNWARD);
	fesetround(FE_UPWARD);
	cress_switch(main_one, NULL);
	check(fegetround() == FE_TOWARDZERO);
	return arg;
}

/* D15 */
static void shared_control_words_are_handed_over(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_attr_t attr = {.flags = CRESS_SHARED_FP};
	cress_t *c = cress_new(take_over, &attr);

	if (fesetround(FE_DOWNWARD) != 0)
		skip();
	cress_switch(c, NULL);
	int after = fegetround();
	fesetround(FE_TOWARDZERO);
	cress_switch(c, NULL);
	int at_end = fegetround();
	fesetround(FE_TONEAREST);

	assert_int_equal(after, FE_UPWARD);
	assert_int_equal(at_end, FE_TOWARDZERO);
	cress_release(c);
}

static void jump(jmp_buf *buffer, int depth)
{
	char frame[256];

	memset(frame, depth, sizeof(frame));
	__asm__ volatile("" : : "r"(frame) : "memory");
	if (depth > 0)
		jump(buffer, depth - 1);
	else if (buffer != NULL)
		longjmp(*buffer, 3);
	__asm__ volatile("" : : "r"(frame) : "memory");
}

static void *jump_within(void *arg)
{
	jmp_buf buffer;

	if (setjmp(buffer) == 0) {
		note("set");
		cress_switch(main_one, NULL);
		jump(&buffer, 10);
		note("never");
	}
	note("landed");
	check(cress_switch(main_one, as_value(2)) == as_value(4));
	return arg;
}

/* R32 */
static void longjmp_works_within_a_coroutine(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *one = cress_new(jump_within, NULL);
	cress_t *two = cress_new(jump_within, NULL);

	assert_gives(cress_switch(one, as_value(1)), NULL);
	assert_gives(cress_switch(two, as_value(2)), NULL);
	assert_gives(cress_switch(one, NULL), as_value(2));
	assert_gives(cress_switch(two, NULL), as_value(2));
	assert_gives(cress_switch(one, as_value(4)), as_value(1));
	assert_gives(cress_switch(two, as_value(4)), as_value(2));

	assert_string_equal(noted(), "set set landed landed");
	cress_release(one);
	cress_release(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(errno_belongs_to_the_coroutine),
		test(a_new_coroutine_does_not_see_the_errno_of_its_starter),
		test(errno_survives_a_child_that_dies),
		test(the_delivered_error_is_not_seen_by_the_next),
		test(the_error_is_that_of_ones_own_last_switch),
		test(rounding_belongs_to_the_coroutine),
		test(a_new_one_rounds_as_its_creator_did),
		test(shared_control_words_are_handed_over),
		test(longjmp_works_within_a_coroutine),
	};

	return suite_run(tests);
}
