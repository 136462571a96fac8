/* SPDX-License-Identifier: MIT */
/*
 * What a switch carries, and to whom: arguments, results, the dead and their
 * ancestors, and the state of errors, which stays behind.
 */
#include "support/suite.h"

#include <string.h>

#include <cress/coroutine.h>

static cress_t *main_one;
static cress_t *first;
static cress_t *second;

static void *echo_for_ever(void *arg)
{
	while (as_number(arg) >= 0)
		arg = cress_switch(main_one, as_value(as_number(arg) + 100));
	return arg;
}

static void *give_back(void *arg)
{
	return arg;
}

/* G7 */
static void values_become_the_argument_and_then_the_results(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(echo_for_ever, NULL);

	for (int i = 0; i < 10; i++)
		assert_gives(cress_switch(c, as_value(i)), as_value(i + 100));

	assert_gives(cress_switch(c, as_value(-3)), as_value(-3));
	cress_release(c);
}

/* G7 */
static void every_bit_of_a_value_arrives(void **state)
{
	(void)state;
	const intptr_t values[] = {0, -1, -2, -4095, 1, INTPTR_MIN, INTPTR_MAX};

	for (size_t i = 0; i < COUNT(values); i++) {
		cress_t *c = cress_new(give_back, NULL);

		assert_gives(cress_switch(c, as_value(values[i])),
			     as_value(values[i]));
		cress_release(c);
	}
}

static void *pass_to_second(void *arg)
{
	note("first:%d", as_number(arg));
	void *x = cress_switch(second, as_value(2));
	note("back:%d", as_number(x));
	return as_value(4);
}

static void *pass_to_main(void *arg)
{
	note("second:%d", as_number(arg));
	cress_switch(main_one, as_value(3));
	return NULL;
}

/* G8 */
static void the_result_is_what_the_next_switch_carries_from_anyone(void **state)
{
	(void)state;
	main_one = cress_current();
	first = cress_new(pass_to_second, NULL);
	second = cress_new(pass_to_main, NULL);

	assert_gives(cress_switch(first, as_value(1)), as_value(3));
	assert_gives(cress_switch(first, as_value(9)), as_value(4));

	assert_string_equal(noted(), "first:1 second:2 back:9");
	assert_gives(cress_switch(second, NULL), NULL);
	cress_release(first);
	cress_release(second);
}

/* G9 */
static void a_switch_to_oneself_returns_its_value_at_once(void **state)
{
	(void)state;
	cress_t *main = cress_current();

	assert_gives(cress_switch(main, as_value(5)), as_value(5));
	assert_gives(cress_switch(main, NULL), NULL);
	assert_ptr_equal(cress_current(), main);
}

static void *switch_to_self(void *arg)
{
	check(cress_switch(cress_current(), as_value(6)) == as_value(6));
	check(cress_error() == 0);
	return arg;
}

/* G9 */
static void a_coroutine_may_switch_to_itself_too(void **state)
{
	(void)state;
	cress_t *c = cress_new(switch_to_self, NULL);

	assert_gives(cress_switch(c, as_value(7)), as_value(7));

	cress_release(c);
}

static void *walk(void *arg)
{
	cress_t **all = arg;
	int me = as_number(cress_switch(main_one, NULL));

	note("%d", me);
	if (all[me + 1] != NULL)
		return cress_switch(all[me + 1], as_value(me + 1));
	return cress_switch(main_one, as_value(me));
}

/* G9, G8 */
static void siblings_switch_to_each_other_in_any_order(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *all[5] = {NULL};

	for (int i = 0; i < 4; i++) {
		all[i] = cress_new(walk, NULL);
		assert_gives(cress_switch(all[i], all), NULL);
	}
	assert_gives(cress_switch(all[0], as_value(0)), as_value(3));

	assert_string_equal(noted(), "0 1 2 3");
	for (int i = 0; i < 4; i++) {
		assert_gives(cress_switch(all[i], as_value(i)), as_value(i));
		cress_release(all[i]);
	}
}

static void *start_child(void *arg)
{
	void *result = cress_switch(arg, as_value(1));

	note("parent:%d", as_number(result));
	return as_value(as_number(result) + 1);
}

static void *park_then_return(void *arg)
{
	void *value = cress_switch(main_one, arg);

	return as_value(as_number(value) * 10);
}

/* G10, G14 */
static void the_result_goes_to_the_parent_not_to_the_switcher(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(start_child, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(park_then_return, &attr);

	assert_gives(cress_switch(parent, child), as_value(1));
	assert_gives(cress_switch(child, as_value(4)), as_value(41));

	assert_true(cress_is_dead(child));
	assert_true(cress_is_dead(parent));
	assert_string_equal(noted(), "parent:40");
	cress_release(child);
	cress_release(parent);
}

/* G11 */
static void a_switch_to_a_dead_coroutine_goes_to_its_parent(void **state)
{
	(void)state;
	cress_t *c = cress_new(give_back, NULL);

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_gives(cress_switch(c, as_value(2)), as_value(2));
	assert_gives(cress_switch(c, NULL), NULL);
	assert_true(cress_is_dead(c));

	cress_release(c);
}

static void *die_after_child(void *arg)
{
	check(as_number(cress_switch(arg, as_value(5))) == 5);
	return as_value(6);
}

static void *wait_for_grandchild(void *arg)
{
	void *got = cress_switch(arg, second);

	note("grandparent:%d", as_number(got));
	got = cress_switch(main_one, NULL);
	note("again:%d", as_number(got));
	return got;
}

/* G11, G12, R29 */
static void a_dead_parent_is_passed_over_for_the_grandparent(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *grandparent = cress_new(wait_for_grandchild, NULL);
	cress_attr_t attr = {.parent = grandparent};
	cress_t *parent = cress_new(die_after_child, &attr);

	attr.parent = parent;
	second = cress_new(give_back, &attr);
	assert_gives(cress_switch(grandparent, parent), NULL);
	assert_true(cress_is_dead(parent) && cress_is_dead(second));
	assert_gives(cress_switch(second, as_value(8)), as_value(8));

	assert_string_equal(noted(), "grandparent:6 again:8");
	cress_release(second);
	cress_release(parent);
	cress_release(grandparent);
}

/* G12, R29 */
static void a_living_child_of_the_dead_returns_to_the_grandparent(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(give_back, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(park_then_return, &attr);

	assert_gives(cress_switch(child, as_value(1)), as_value(1));
	assert_gives(cress_switch(parent, as_value(2)), as_value(2));
	assert_true(cress_is_dead(parent));
	assert_gives(cress_switch(child, as_value(3)), as_value(30));

	cress_release(child);
	cress_release(parent);
}

/* G12, R29 */
static void a_result_passes_over_the_dead_to_the_next_living(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *grandparent = cress_new(wait_for_grandchild, NULL);
	cress_attr_t attr = {.parent = grandparent};
	cress_t *parent = cress_new(give_back, &attr);

	attr.parent = parent;
	second = cress_new(park_then_return, &attr);
	assert_gives(cress_switch(second, NULL), NULL);
	assert_gives(cress_switch(grandparent, parent), NULL);
	assert_true(cress_is_dead(parent) && !cress_is_dead(second));
	assert_gives(cress_switch(second, as_value(3)), as_value(30));

	assert_non_null(strstr(noted(), "again:30"));
	cress_release(second);
	cress_release(parent);
	cress_release(grandparent);
}

/* G10, G7 */
static void a_result_starts_a_parent_that_has_not_run(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(echo_for_ever, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(give_back, &attr);

	assert_gives(cress_switch(child, as_value(5)), as_value(105));
	assert_true(cress_is_dead(child));
	assert_true(cress_is_active(parent));

	assert_gives(cress_switch(child, as_value(-1)), as_value(-1));
	cress_release(child);
	cress_release(parent);
}

/* G12 */
static void a_parent_without_an_entry_loses_no_result(void **state)
{
	(void)state;
	cress_t *parent = cress_new(NULL, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(give_back, &attr);

	/* Which of the two comes is not laid down; that main goes on, is. */
	void *got = cress_switch(child, as_value(5));
	assert_true(got == as_value(5) || cress_error() == EINVAL);
	assert_true(cress_is_dead(child));

	cress_release(child);
	cress_release(parent);
}

static void *wait_for_failure(void *arg)
{
	void *got = cress_switch(arg, NULL);

	note("%s:%d", got ? "value" : "error", cress_error());
	return as_value(1);
}

static void *fail_when_told(void *arg)
{
	(void)arg;
	void *error = cress_switch(main_one, NULL);

	return cress_fail(as_number(error));
}

static void *poke(void *arg)
{
	return cress_switch(arg, as_value(EIO));
}

/* G14 */
static void an_error_goes_to_the_parent_and_the_switcher_stays(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(wait_for_failure, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(fail_when_told, &attr);
	cress_t *switcher = cress_new(poke, NULL);

	assert_gives(cress_switch(parent, child), NULL);
	assert_gives(cress_switch(switcher, child), as_value(1));

	assert_true(cress_is_active(switcher));
	assert_true(cress_is_dead(child) && cress_is_dead(parent));
	assert_string_equal(noted(), "error:5");
	assert_gives(cress_switch(switcher, as_value(2)), as_value(2));
	cress_release(switcher);
	cress_release(child);
	cress_release(parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(values_become_the_argument_and_then_the_results),
		test(every_bit_of_a_value_arrives),
		test(the_result_is_what_the_next_switch_carries_from_anyone),
		test(a_switch_to_oneself_returns_its_value_at_once),
		test(a_coroutine_may_switch_to_itself_too),
		test(siblings_switch_to_each_other_in_any_order),
		test(the_result_goes_to_the_parent_not_to_the_switcher),
		test(a_switch_to_a_dead_coroutine_goes_to_its_parent),
		test(a_dead_parent_is_passed_over_for_the_grandparent),
		test(a_living_child_of_the_dead_returns_to_the_grandparent),
		test(a_result_passes_over_the_dead_to_the_next_living),
		test(a_result_starts_a_parent_that_has_not_run),
		test(a_parent_without_an_entry_loses_no_result),
		test(an_error_goes_to_the_parent_and_the_switcher_stays),
	};

	return suite_run(tests);
}
