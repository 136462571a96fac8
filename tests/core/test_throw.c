/* SPDX-License-Identifier: MIT */
/*
 * Errors that are thrown: into parked, unstarted and dead coroutines, at
 * oneself and at main, and who gets what comes of it.
 */
#include "support/suite.h"

#include <limits.h>

#include <cress/coroutine.h>

static cress_t *main_one;
static cress_t *aside;

/* Park in main until an error comes; give it back as a value. */
static void *catch_error(void *arg)
{
	void *got = cress_switch(main_one, arg);

	check(got == NULL);
	check(errno == cress_error() || cress_error() == CRESS_EXIT);
	note("caught:%d", cress_error());
	return as_value(100 + cress_error());
}

/* Park in main; die of the error that comes. */
static void *let_error_through(void *arg)
{
	cress_switch(main_one, arg);
	return cress_error() ? cress_fail(cress_error()) : as_value(1);
}

static void *must_not_run(void *arg)
{
	note("ran");
	return arg;
}

/* G15, G16, D2 */
static void a_throw_fails_the_switch_that_the_target_is_parked_in(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(catch_error, NULL);

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_gives(cress_throw(c, EPIPE), as_value(100 + EPIPE));

	assert_string_equal(noted(), "caught:32");
	assert_true(cress_is_dead(c));
	cress_release(c);
}

static void *catch_and_switch_aside(void *arg)
{
	cress_switch(main_one, arg);
	note("caught:%d", cress_error());
	void *got = cress_switch(aside, as_value(7));

	note("back:%d:%d", as_number(got), cress_error());
	return as_value(8);
}

static void *wait_aside(void *arg)
{
	void *got = cress_switch(main_one, arg);

	note("aside:%d", as_number(got));
	return as_value(9);
}

/* G16 */
static void whoever_is_resumed_next_gets_the_value(void **state)
{
	(void)state;
	main_one = cress_current();
	aside = cress_new(wait_aside, NULL);
	cress_t *c = cress_new(catch_and_switch_aside, NULL);

	assert_gives(cress_switch(aside, NULL), NULL);
	assert_gives(cress_switch(c, NULL), NULL);
	assert_gives(cress_throw(c, EIO), as_value(9));
	assert_true(cress_is_active(c));
	assert_gives(cress_switch(c, as_value(3)), as_value(8));

	assert_string_equal(noted(), "caught:5 aside:7 back:3:0");
	cress_release(aside);
	cress_release(c);
}

/* G17, D1 */
static void an_error_not_caught_kills_and_reaches_the_parent(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(let_error_through, NULL);

	assert_gives(cress_switch(c, NULL), NULL);
	assert_fails(cress_throw(c, ENOSPC), ENOSPC);

	assert_true(cress_is_dead(c));
	cress_release(c);
}

/* G18 */
static void a_throw_of_nothing_means_exit(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(catch_error, NULL);

	assert_gives(cress_switch(c, NULL), NULL);
	assert_gives(cress_throw(c, 0), as_value(100 + CRESS_EXIT));

	assert_string_equal(noted(), "caught:-1");
	cress_release(c);
}

/* G19 */
static void a_throw_kills_the_unstarted_without_running_it(void **state)
{
	(void)state;
	cress_t *failed = cress_new(must_not_run, NULL);
	cress_t *ended = cress_new(must_not_run, NULL);

	assert_fails(cress_throw(failed, EIO), EIO);
	assert_gives(cress_throw(ended, CRESS_EXIT), NULL);

	assert_true(cress_is_dead(failed) && !cress_is_active(failed));
	assert_true(cress_is_dead(ended) && !cress_is_active(ended));
	assert_gives(cress_switch(failed, as_value(1)), as_value(1));
	assert_string_equal(noted(), "");
	cress_release(failed);
	cress_release(ended);
}

/* G19 */
static void the_error_of_an_unstarted_one_reaches_its_own_parent(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(catch_error, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(must_not_run, &attr);

	assert_gives(cress_switch(parent, NULL), NULL);
	assert_gives(cress_throw(child, EIO), as_value(105));

	assert_true(cress_is_dead(child));
	assert_string_equal(noted(), "caught:5");
	cress_release(child);
	cress_release(parent);
}

/* G19 */
static void an_error_kills_a_chain_of_unstarted_ones(void **state)
{
	(void)state;
	cress_t *parent = cress_new(must_not_run, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(must_not_run, &attr);

	assert_fails(cress_throw(child, ENXIO), ENXIO);

	assert_true(cress_is_dead(child));
	assert_true(cress_is_dead(parent));
	assert_string_equal(noted(), "");
	cress_release(child);
	cress_release(parent);
}

static void *finish(void *arg)
{
	return arg;
}

/* G20 */
static void an_error_thrown_at_the_dead_reaches_an_ancestor(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(catch_error, NULL);
	cress_t *between = cress_new(finish, NULL);
	cress_t *dead = cress_new(finish, NULL);

	assert_gives(cress_switch(dead, NULL), NULL);
	assert_fails(cress_throw(dead, EIO), EIO);
	assert_gives(cress_switch(between, NULL), NULL);
	assert_gives(cress_switch(parent, NULL), NULL);
	assert_int_equal(cress_set_parent(dead, between), 0);
	assert_int_equal(cress_set_parent(between, parent), 0);
	assert_gives(cress_throw(dead, EPIPE), as_value(132));

	assert_string_equal(noted(), "caught:32");
	cress_release(dead);
	cress_release(between);
	cress_release(parent);
}

/* G20 */
static void an_exit_thrown_at_the_dead_is_swallowed(void **state)
{
	(void)state;
	cress_t *dead = cress_new(finish, NULL);

	assert_gives(cress_switch(dead, as_value(1)), as_value(1));
	assert_gives(cress_throw(dead, CRESS_EXIT), NULL);
	assert_gives(cress_throw(dead, 0), NULL);

	cress_release(dead);
}

static void *throw_at_oneself(void *arg)
{
	check(cress_throw(cress_current(), as_number(arg)) == NULL);
	note("error:%d", cress_error());
	return cress_fail(cress_error());
}

/* G21 */
static void an_error_thrown_at_oneself_is_returned_there(void **state)
{
	(void)state;
	cress_t *failed = cress_new(throw_at_oneself, NULL);
	cress_t *ended = cress_new(throw_at_oneself, NULL);

	assert_fails(cress_switch(failed, as_value(EIO)), EIO);
	assert_gives(cress_switch(ended, as_value(CRESS_EXIT)), NULL);

	assert_string_equal(noted(), "error:5 error:-1");
	cress_release(failed);
	cress_release(ended);
}

static void *throw_exit_at_main(void *arg)
{
	cress_throw(main_one, CRESS_EXIT);
	return arg;
}

/* G21 */
static void an_exit_thrown_at_main_is_raised_there(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(throw_exit_at_main, NULL);

	assert_fails(cress_throw(main_one, CRESS_EXIT), CRESS_EXIT);
	assert_fails(cress_throw(main_one, EIO), EIO);
	assert_fails(cress_switch(c, NULL), CRESS_EXIT);

	assert_true(cress_is_active(main_one));
	assert_gives(cress_switch(c, as_value(1)), NULL);
	cress_release(c);
}

static void *wait_for_child(void *arg)
{
	cress_switch(arg, NULL);
	note("parent:%d", cress_error());
	return as_value(5);
}

static void *throw_at(void *arg)
{
	void *got = cress_throw(arg, EIO);

	note("switcher:%d", as_number(got));
	return got;
}

/* G23 */
static void a_parent_parked_in_a_switch_is_resumed_not_the_thrower(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(wait_for_child, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(let_error_through, &attr);
	cress_t *thrower = cress_new(throw_at, NULL);

	assert_gives(cress_switch(parent, child), NULL);
	assert_gives(cress_switch(thrower, child), as_value(5));
	assert_true(cress_is_active(thrower));
	assert_true(cress_is_dead(parent));
	assert_gives(cress_switch(thrower, as_value(6)), as_value(6));

	assert_string_equal(noted(), "parent:5 switcher:6");
	cress_release(thrower);
	cress_release(child);
	cress_release(parent);
}

static void *throw_at_child(void *arg)
{
	check(cress_throw(arg, EPERM) == NULL);
	note("parent:%d", cress_error());
	return as_value(8);
}

static void *catch_one_and_die_of_the_next(void *arg)
{
	cress_switch(main_one, arg);
	note("caught:%d", cress_error());
	cress_switch(main_one, as_value(7));
	return cress_fail(cress_error());
}

/* G23 */
static void a_parent_parked_in_a_throw_is_resumed_too(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *parent = cress_new(throw_at_child, NULL);
	cress_attr_t attr = {.parent = parent};
	cress_t *child = cress_new(catch_one_and_die_of_the_next, &attr);
	cress_t *thrower = cress_new(throw_at, NULL);

	assert_gives(cress_switch(child, NULL), NULL);
	assert_gives(cress_switch(parent, child), as_value(7));
	assert_gives(cress_switch(thrower, child), as_value(8));
	assert_true(cress_is_active(thrower));
	assert_gives(cress_switch(thrower, as_value(9)), as_value(9));

	assert_string_equal(noted(), "caught:1 parent:5 switcher:9");
	cress_release(thrower);
	cress_release(child);
	cress_release(parent);
}

/* D2 */
static void a_number_that_is_no_error_cannot_be_thrown(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(catch_error, NULL);

	assert_gives(cress_switch(c, NULL), NULL);
	assert_fails(cress_throw(c, -2), EINVAL);
	assert_fails(cress_throw(c, INT_MIN), EINVAL);
	assert_true(cress_is_active(c));

	assert_gives(cress_throw(c, EIO), as_value(105));
	cress_release(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_throw_fails_the_switch_that_the_target_is_parked_in),
		test(whoever_is_resumed_next_gets_the_value),
		test(an_error_not_caught_kills_and_reaches_the_parent),
		test(a_throw_of_nothing_means_exit),
		test(a_throw_kills_the_unstarted_without_running_it),
		test(the_error_of_an_unstarted_one_reaches_its_own_parent),
		test(an_error_kills_a_chain_of_unstarted_ones),
		test(an_error_thrown_at_the_dead_reaches_an_ancestor),
		test(an_exit_thrown_at_the_dead_is_swallowed),
		test(an_error_thrown_at_oneself_is_returned_there),
		test(an_exit_thrown_at_main_is_raised_there),
		test(a_parent_parked_in_a_switch_is_resumed_not_the_thrower),
		test(a_parent_parked_in_a_throw_is_resumed_too),
		test(a_number_that_is_no_error_cannot_be_thrown),
	};

	return suite_run(tests);
}
