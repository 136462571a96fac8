// SPDX-License-Identifier: MIT
/*
 * C++ exceptions: thrown and caught inside a coroutine, kept apart from those
 * of others, and fatal when they try to leave one.
 */
#include "support/child.h"
#include "support/suite.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include <cress/coroutine.h>

#define ROUNDS 500

static cress_t *main_one;
static cress_t *other;

struct noting {
	~noting()
	{
		note("destroyed");
	}
};

static void throw_deep(int depth, int what)
{
	noting on_the_way;

	if (depth == 0)
		throw what;
	throw_deep(depth - 1, what);
}

static void *throw_and_catch(void *arg)
{
	try {
		throw_deep(2, as_number(arg));
	} catch (int what) {
		note("caught:%d", what);
		return as_value(what + 1);
	}
	return nullptr;
}

/* G47, R31 */
static void an_exception_is_caught_inside_a_coroutine(void **state)
{
	(void)state;
	cress_t *c = cress_new(throw_and_catch, nullptr);

	assert_gives(cress_switch(c, as_value(4)), as_value(5));

	assert_string_equal(noted(), "destroyed destroyed destroyed caught:4");
	cress_release(c);
}

/* Leave again and again from inside a catch block, with ever new exceptions. */
static void *switch_inside_catch(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		try {
			throw as_number(arg) + i;
		} catch (int what) {
			cress_switch(main_one, nullptr);
			try {
				throw;
			} catch (int again) {
				check(again == what);
			}
			cress_switch(main_one, nullptr);
			check(what == as_number(arg) + i);
		}
	}
	return arg;
}

/* G45, R31 */
static void switches_inside_catch_blocks_mix_nothing_up(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *all[5];

	for (int i = 0; i < 5; i++) {
		all[i] = cress_new(switch_inside_catch, nullptr);
		cress_switch(all[i], as_value(10000 * i));
	}
	for (int round = 0; round < 2 * ROUNDS - 1; round++)
		for (int i = 0; i < 5; i++)
			cress_switch(all[(i * 2 + round) % 5], nullptr);

	for (int i = 0; i < 5; i++) {
		assert_gives(cress_switch(all[i], nullptr),
			     as_value(10000 * i));
		cress_release(all[i]);
	}
}

static void *look_around(void *arg)
{
	note("%d:%d", std::uncaught_exceptions(),
	     std::current_exception() == nullptr);
	return arg;
}

/* G45 */
static void an_exception_being_handled_is_not_seen_by_others(void **state)
{
	(void)state;
	cress_t *c = cress_new(look_around, nullptr);

	try {
		throw std::runtime_error("mine");
	} catch (const std::runtime_error &error) {
		cress_switch(c, nullptr);
		check(std::current_exception() != nullptr);
		check(std::string("mine") == error.what());
	}

	assert_string_equal(noted(), "0:1");
	assert_true(std::current_exception() == nullptr);
	cress_release(c);
}

struct switching {
	~switching()
	{
		note("%d", std::uncaught_exceptions());
		cress_switch(other, nullptr);
		note("%d", std::uncaught_exceptions());
	}
};

static void *switch_while_unwinding(void *arg)
{
	try {
		switching in_destructor;
		throw as_number(arg);
	} catch (int what) {
		return as_value(what);
	}
}

/* G45 */
static void a_switch_while_unwinding_starts_from_nothing(void **state)
{
	(void)state;
	cress_t *c = cress_new(switch_while_unwinding, nullptr);
	cress_attr_t attr = {};

	attr.parent = c;
	other = cress_new(look_around, &attr);
	assert_gives(cress_switch(c, as_value(6)), as_value(6));

	assert_string_equal(noted(), "1 0:1 1");
	cress_release(other);
	cress_release(c);
}

static void *die_in_catch(void *arg)
{
	try {
		throw std::runtime_error("inner");
	} catch (...) {
		cress_switch(main_one, nullptr);
		return cress_error() ? cress_fail(cress_error()) : arg;
	}
}

/* G45, G27 */
static void a_coroutine_may_be_ended_inside_a_catch_block(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *thrown_at = cress_new(die_in_catch, nullptr);
	cress_t *dropped = cress_new(die_in_catch, nullptr);

	cress_switch(thrown_at, nullptr);
	cress_switch(dropped, nullptr);
	assert_fails(cress_throw(thrown_at, EIO), EIO);
	cress_release(dropped);
	cress_release(thrown_at);

	assert_true(std::current_exception() == nullptr);
	assert_int_equal(std::uncaught_exceptions(), 0);
}

static void *let_it_out(void *arg)
{
	throw as_number(arg);
}

static void catch_outside(void *arg)
{
	try {
		cress_switch(cress_new(let_it_out, nullptr), arg);
	} catch (...) {
		std::puts("it came across");
	}
	std::puts("life went on");
}

/* G47, R31 */
static void an_exception_that_leaves_the_entry_terminates(void **state)
{
	(void)state;
	static struct child child;

	child_run(&child, catch_outside, as_value(1));

	assert_int_equal(child.signal, SIGABRT);
	assert_true(child_said(&child, "terminate"));
	assert_false(child_said(&child, "it came across"));
	assert_false(child_said(&child, "life went on"));
}

int main()
{
	const struct CMUnitTest tests[] = {
		test(an_exception_is_caught_inside_a_coroutine),
		test(switches_inside_catch_blocks_mix_nothing_up),
		test(an_exception_being_handled_is_not_seen_by_others),
		test(a_switch_while_unwinding_starts_from_nothing),
		test(a_coroutine_may_be_ended_inside_a_catch_block),
		test(an_exception_that_leaves_the_entry_terminates),
	};

	return suite_run(tests);
}
