/* SPDX-License-Identifier: MIT */
/*
 * Who is who: main coroutines, parents, states, the current one, and entry
 * functions that are set later. Also what cress_new() refuses, and names.
 */
#include "support/suite.h"

#include <string.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

static cress_t *seen;

static void *double_it(void *arg)
{
	return as_value(2 * as_number(arg));
}

static void *park_once(void *arg)
{
	return cress_switch(cress_parent(cress_current()), arg);
}

static void look_at_main(void *arg)
{
	cress_t *main = cress_current();

	(void)arg;
	check(main != NULL && main != seen);
	check(cress_parent(main) == NULL);
	check(cress_is_active(main) && !cress_is_dead(main));
}

/* G1 */
static void every_thread_has_a_main_coroutine_of_its_own(void **state)
{
	(void)state;
	seen = cress_current();

	on_thread(look_at_main, NULL);

	assert_non_null(seen);
	assert_null(cress_parent(seen));
	assert_true(cress_is_active(seen));
	assert_false(cress_is_dead(seen));
	assert_ptr_equal(cress_current(), seen);
}

static void *parents_of_new_ones(void *arg)
{
	cress_attr_t attr = {.parent = arg};
	cress_t *mine = cress_new(double_it, NULL);
	cress_t *none = cress_new(double_it, &(cress_attr_t){0});
	cress_t *given = cress_new(double_it, &attr);

	check(cress_parent(mine) == cress_current());
	check(cress_parent(none) == cress_current());
	check(cress_parent(given) == arg);
	cress_release(mine);
	cress_release(none);
	cress_release(given);
	return arg;
}

/* G2 */
static void the_parent_is_the_creator_unless_another_is_given(void **state)
{
	(void)state;
	cress_t *c = cress_new(parents_of_new_ones, NULL);

	assert_ptr_equal(cress_parent(c), cress_current());
	assert_gives(cress_switch(c, cress_current()), cress_current());

	cress_release(c);
}

/* G3 */
static void a_coroutine_is_unstarted_then_active_then_dead(void **state)
{
	(void)state;
	cress_t *c = cress_new(park_once, NULL);

	assert_false(cress_is_active(c));
	assert_false(cress_is_dead(c));

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_true(cress_is_active(c));
	assert_false(cress_is_dead(c));

	assert_gives(cress_switch(c, as_value(2)), as_value(2));
	assert_false(cress_is_active(c));
	assert_true(cress_is_dead(c));

	cress_release(c);
}

static void *fail_at_once(void *arg)
{
	return cress_fail(as_number(arg));
}

/* G3 */
static void finished_for_any_reason_is_dead(void **state)
{
	(void)state;
	cress_t *failed = cress_new(fail_at_once, NULL);
	cress_t *killed = cress_new(park_once, NULL);
	cress_t *never_run = cress_new(park_once, NULL);

	assert_fails(cress_switch(failed, as_value(EIO)), EIO);
	assert_gives(cress_switch(killed, NULL), NULL);
	assert_gives(cress_throw(killed, EPIPE), NULL);
	assert_gives(cress_throw(never_run, CRESS_EXIT), NULL);

	assert_true(cress_is_dead(failed) && !cress_is_active(failed));
	assert_true(cress_is_dead(killed) && !cress_is_active(killed));
	assert_true(cress_is_dead(never_run) && !cress_is_active(never_run));
	cress_release(failed);
	cress_release(killed);
	cress_release(never_run);
}

static void note_current(void *arg)
{
	check(cress_current() == arg);
	check(cress_is_active(arg) && !cress_is_dead(arg));
	note("cleanup");
}

static void *watch_current(void *arg)
{
	cress_t *main = cress_parent(arg);

	check(cress_current() == arg);
	check(cress_defer(note_current, arg) == 0);
	check(cress_switch(main, NULL) == NULL);
	check(cress_current() == arg);
	return NULL;
}

/* G4 */
static void current_is_right_at_entry_after_switches_in_cleanup(void **state)
{
	(void)state;
	cress_t *main = cress_current();
	cress_t *c = cress_new(watch_current, NULL);

	assert_gives(cress_switch(c, c), NULL);
	assert_ptr_equal(cress_current(), main);
	assert_gives(cress_switch(c, NULL), NULL);

	assert_ptr_equal(cress_current(), main);
	assert_string_equal(noted(), "cleanup");
	cress_release(c);
}

/* G5 */
static void the_entry_can_be_changed_only_before_the_start(void **state)
{
	(void)state;
	cress_t *c = cress_new(double_it, NULL);

	assert_refuses(cress_set_entry(c, NULL), EINVAL);
	assert_int_equal(cress_set_entry(c, double_it), 0);
	assert_int_equal(cress_set_entry(c, park_once), 0);
	assert_gives(cress_switch(c, as_value(7)), as_value(7));
	assert_true(cress_is_active(c));
	assert_refuses(cress_set_entry(c, double_it), EBUSY);

	assert_gives(cress_switch(c, as_value(8)), as_value(8));
	assert_refuses(cress_set_entry(c, double_it), EBUSY);
	cress_release(c);
}

/* G5 */
static void the_entry_of_a_main_coroutine_cannot_be_set(void **state)
{
	(void)state;

	assert_refuses(cress_set_entry(cress_current(), double_it), EBUSY);
}

/* G6 */
static void a_coroutine_without_an_entry_cannot_be_switched_to(void **state)
{
	(void)state;
	cress_t *c = cress_new(NULL, NULL);

	assert_fails(cress_switch(c, as_value(1)), EINVAL);
	assert_fails(cress_throw(c, EIO), EINVAL);
	assert_fails(cress_throw(c, CRESS_EXIT), EINVAL);
	assert_fails(cress_switch(NULL, NULL), EINVAL);
	assert_fails(cress_throw(NULL, EIO), EINVAL);
	assert_false(cress_is_dead(c));
	assert_false(cress_is_active(c));

	assert_int_equal(cress_set_entry(c, double_it), 0);
	assert_gives(cress_switch(c, as_value(21)), as_value(42));
	cress_release(c);
}

/* D2 */
static void what_cress_new_does_not_know_it_refuses(void **state)
{
	(void)state;
	cress_attr_t attrs[] = {
		{.flags = 0x80000000u},
		{.flags = 0x8u},
		{.reserved0 = 1},
		{.reserved = {[0] = &seen}},
		{.reserved = {[2] = &seen}},
		{.stack = &seen},
	};

	for (size_t i = 0; i < COUNT(attrs); i++) {
		errno = 0;
		assert_null(cress_new(double_it, &attrs[i]));
		assert_int_equal(errno, EINVAL);
	}
}

/* D3 */
static void attributes_may_be_dropped_when_cress_new_returns(void **state)
{
	(void)state;
	char name[] = "first";
	cress_attr_t attr = {.name = name, .stack_size = 1 << 16};
	cress_t *c = cress_new(double_it, &attr);

	memset(name, 'x', sizeof(name) - 1);
	memset(&attr, 0xff, sizeof(attr));

	assert_string_equal(cress_name(c), "first");
	assert_gives(cress_switch(c, as_value(4)), as_value(8));
	cress_release(c);
}

/* D3 */
static void a_name_is_copied_replaced_and_taken_away(void **state)
{
	(void)state;
	cress_t *c = cress_new(double_it, NULL);
	char name[] = "second";

	assert_string_equal(cress_name(c), "");
	assert_int_equal(cress_set_name(c, name), 0);
	name[0] = 'x';
	assert_string_equal(cress_name(c), "second");
	assert_int_equal(cress_set_name(c, cress_name(c)), 0);
	assert_string_equal(cress_name(c), "second");
	assert_int_equal(cress_set_name(c, NULL), 0);

	assert_string_equal(cress_name(c), "");
	cress_release(c);
}

/* D3 */
static void references_are_counted_and_null_is_none(void **state)
{
	(void)state;
	cress_t *c = cress_new(park_once, NULL);

	assert_ptr_equal(cress_retain(c), c);
	assert_null(cress_retain(NULL));
	errno = ENOTTY;
	cress_release(NULL);
	cress_release(c);
	assert_int_equal(errno, ENOTTY);

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_true(cress_is_active(c));
	cress_release(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_thread_has_a_main_coroutine_of_its_own),
		test(the_parent_is_the_creator_unless_another_is_given),
		test(a_coroutine_is_unstarted_then_active_then_dead),
		test(finished_for_any_reason_is_dead),
		test(current_is_right_at_entry_after_switches_in_cleanup),
		test(the_entry_can_be_changed_only_before_the_start),
		test(the_entry_of_a_main_coroutine_cannot_be_set),
		test(a_coroutine_without_an_entry_cannot_be_switched_to),
		test(what_cress_new_does_not_know_it_refuses),
		test(attributes_may_be_dropped_when_cress_new_returns),
		test(a_name_is_copied_replaced_and_taken_away),
		test(references_are_counted_and_null_is_none),
	};

	return suite_run(tests);
}
