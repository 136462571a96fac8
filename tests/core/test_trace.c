/* SPDX-License-Identifier: MIT */
/*
 * Tracing: which events come, from whom to whom, in which context, and what
 * comes of a trace function that fails.
 */
#include "support/suite.h"

#include <string.h>

#include <cress/coroutine.h>
#include <cress/trace.h>

static cress_t *main_one;

/* What the tracer returns at the next event, once. */
static int fail_next;

static const char *who(cress_t *c)
{
	return c == main_one ? "main" : cress_name(c);
}

static int write_down(int event, cress_t *from, cress_t *to, void *context)
{
	int result = fail_next;

	fail_next = 0;
	check(cress_current() == to);
	if (context != NULL)
		++*(int *)context;
	/* Events that it does not know are none of its business. */
	if (event == CRESS_EVENT_SWITCH)
		note("%s-%s", who(from), who(to));
	else if (event == CRESS_EVENT_THROW)
		note("%s=%s", who(from), who(to));
	return result;
}

static int other_tracer(int event, cress_t *from, cress_t *to, void *context)
{
	(void)event;
	(void)from;
	(void)to;
	(void)context;
	return 0;
}

static void trace(void)
{
	main_one = cress_current();
	fail_next = 0;
	assert_int_equal(cress_set_trace(write_down, NULL, NULL, NULL), 0);
}

static void untrace(void)
{
	assert_int_equal(cress_set_trace(NULL, NULL, NULL, NULL), 0);
}

static cress_t *named(const char *name, cress_fn *fn, cress_t *parent)
{
	return cress_new(fn, &(cress_attr_t){.name = name, .parent = parent});
}

static void *park_once(void *arg)
{
	note("in");
	cress_switch(main_one, arg);
	note("on:%d", cress_error());
	return cress_error() ? cress_fail(cress_error()) : arg;
}

static void *fail_at_once(void *arg)
{
	return cress_fail(as_number(arg));
}

/* G39 */
static void setting_a_tracer_returns_the_one_before(void **state)
{
	(void)state;
	int context = 0;
	cress_trace_fn *old = write_down;
	void *old_context = &old;

	assert_int_equal(cress_set_trace(write_down, &context, &old,
					 &old_context), 0);
	assert_true(old == NULL && old_context == NULL);
	assert_ptr_equal(cress_get_trace(&old_context), write_down);
	assert_ptr_equal(old_context, &context);
	assert_int_equal(cress_set_trace(other_tracer, NULL, &old,
					 &old_context), 0);
	assert_true(old == write_down && old_context == &context);
	assert_ptr_equal(cress_get_trace(NULL), other_tracer);

	assert_int_equal(cress_set_trace(NULL, NULL, &old, NULL), 0);
	assert_ptr_equal(old, other_tracer);
	assert_null(cress_get_trace(&old_context));
}

/* G39 */
static void without_a_tracer_nothing_is_reported(void **state)
{
	(void)state;
	int events = 0;
	cress_t *c = named("c", park_once, NULL);

	main_one = cress_current();
	cress_set_trace(write_down, &events, NULL, NULL);
	cress_switch(c, NULL);
	assert_int_equal(events, 2);
	untrace();
	cress_switch(c, NULL);

	assert_int_equal(events, 2);
	noted();
	cress_release(c);
}

/* G40 */
static void each_switch_is_seen_by_its_target_before_it_goes_on(void **state)
{
	(void)state;
	cress_t *c = named("c", park_once, NULL);

	trace();
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_gives(cress_switch(c, as_value(2)), as_value(1));
	untrace();

	assert_string_equal(noted(), "main-c in c-main main-c on:0 c-main");
	cress_release(c);
}

/* G40 */
static void a_throw_and_a_death_by_error_are_throws(void **state)
{
	(void)state;
	cress_t *c = named("c", park_once, NULL);
	cress_t *failing = named("f", fail_at_once, NULL);

	trace();
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_fails(cress_throw(c, EIO), EIO);
	assert_fails(cress_switch(failing, as_value(EPERM)), EPERM);
	untrace();

	assert_string_equal(noted(), "main-c in c-main main=c on:5 c=main "
				     "main-f f=main");
	cress_release(c);
	cress_release(failing);
}

/* G40, G24 */
static void a_death_by_exit_is_a_switch(void **state)
{
	(void)state;
	cress_t *c = named("c", park_once, NULL);

	trace();
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_gives(cress_throw(c, CRESS_EXIT), NULL);
	untrace();

	assert_string_equal(noted(), "main-c in c-main main=c on:-1 c-main");
	cress_release(c);
}

/* G40 */
static void a_failed_switch_is_not_reported(void **state)
{
	(void)state;
	cress_t *c = named("c", NULL, NULL);

	trace();
	assert_fails(cress_switch(c, NULL), EINVAL);
	assert_fails(cress_throw(c, EIO), EINVAL);
	assert_fails(cress_switch(NULL, NULL), EINVAL);
	untrace();

	assert_string_equal(noted(), "");
	cress_release(c);
}

/* G41 */
static void the_target_that_is_reported_is_the_one_finally_chosen(void **state)
{
	(void)state;
	cress_t *c = named("c", fail_at_once, NULL);
	cress_t *child = named("child", fail_at_once, c);
	cress_t *heir = named("heir", park_once, NULL);

	cress_switch(c, as_value(CRESS_EXIT));
	cress_switch(child, as_value(CRESS_EXIT));
	trace();
	assert_gives(cress_switch(main_one, as_value(1)), as_value(1));
	assert_gives(cress_switch(child, as_value(2)), as_value(2));
	assert_gives(cress_switch(heir, NULL), NULL);
	assert_int_equal(cress_set_parent(c, heir), 0);
	assert_gives(cress_switch(child, NULL), NULL);
	untrace();

	assert_string_equal(noted(), "main-main main-main main-heir in "
				     "heir-main main-heir on:0 heir-main");
	cress_release(child);
	cress_release(c);
	cress_release(heir);
}

/* G43 */
static void an_error_of_the_tracer_is_raised_in_the_target(void **state)
{
	(void)state;
	cress_t *c = named("c", park_once, NULL);

	trace();
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	fail_next = ERANGE;
	assert_fails(cress_switch(c, NULL), ERANGE);

	assert_null(cress_get_trace(NULL));
	assert_string_equal(noted(), "main-c in c-main main-c on:34");
	assert_true(cress_is_dead(c));
	cress_release(c);
}

/* G43 */
static void an_unstarted_target_then_dies_without_running(void **state)
{
	(void)state;
	cress_t *c = named("c", park_once, NULL);

	trace();
	fail_next = EACCES;
	assert_fails(cress_switch(c, as_value(1)), EACCES);

	assert_null(cress_get_trace(NULL));
	assert_true(cress_is_dead(c));
	assert_string_equal(noted(), "main-c");
	cress_release(c);
}

/* G43 */
static void a_tracer_may_raise_in_whoever_switched_to_itself(void **state)
{
	(void)state;

	trace();
	fail_next = EIO;
	assert_fails(cress_switch(main_one, as_value(1)), EIO);

	assert_null(cress_get_trace(NULL));
	assert_string_equal(noted(), "main-main");
}

static void *fail_the_way_back(void *arg)
{
	fail_next = ERANGE;
	return arg;
}

/* G43 */
static void a_tracer_may_raise_where_a_result_arrives(void **state)
{
	(void)state;
	cress_t *c = named("c", fail_the_way_back, NULL);

	trace();
	assert_fails(cress_switch(c, as_value(1)), ERANGE);

	assert_null(cress_get_trace(NULL));
	assert_true(cress_is_dead(c));
	assert_string_equal(noted(), "main-c c-main");
	cress_release(c);
}

/* G43, D2 */
static void a_number_that_is_no_error_is_raised_as_einval(void **state)
{
	(void)state;

	trace();
	fail_next = -2;
	assert_fails(cress_switch(main_one, as_value(1)), EINVAL);

	assert_null(cress_get_trace(NULL));
	noted();
}

static int look_at_itself(int event, cress_t *from, cress_t *to, void *context)
{
	cress_trace_fn *old = NULL;
	void *old_context = NULL;

	(void)event;
	(void)from;
	(void)to;
	check(cress_get_trace(&old_context) == look_at_itself);
	check(old_context == context);
	check(cress_set_trace(NULL, NULL, &old, &old_context) == 0);
	check(old == look_at_itself && old_context == context);
	note("once");
	return 0;
}

/* G39 */
static void a_tracer_can_see_itself_and_end_the_tracing(void **state)
{
	(void)state;
	int context;

	cress_set_trace(look_at_itself, &context, NULL, NULL);
	assert_gives(cress_switch(cress_current(), as_value(1)), as_value(1));
	assert_gives(cress_switch(cress_current(), as_value(2)), as_value(2));

	assert_null(cress_get_trace(NULL));
	assert_string_equal(noted(), "once");
}

static int note_number(int event, cress_t *from, cress_t *to, void *context)
{
	(void)from;
	(void)to;
	(void)context;
	note("%d", event);
	return 0;
}

/* G44: programs that are compiled already know no names */
static void events_have_the_numbers_that_they_always_had(void **state)
{
	(void)state;
	cress_t *c = named("c", fail_at_once, NULL);

	cress_set_trace(note_number, NULL, NULL, NULL);
	cress_switch(c, as_value(EIO));
	untrace();

	assert_string_equal(noted(), "1 2");
	cress_release(c);
}

static int only_known_events(int event, cress_t *from, cress_t *to, void *seen)
{
	(void)from;
	(void)to;
	*(int *)seen |= event == CRESS_EVENT_SWITCH ? 1 :
			event == CRESS_EVENT_THROW  ? 2 :
						      4;
	return 0;
}

/* G44 */
static void a_tracer_that_ignores_the_unknown_misses_nothing(void **state)
{
	(void)state;
	int seen = 0;
	cress_t *c = named("c", park_once, NULL);

	main_one = cress_current();
	cress_set_trace(only_known_events, &seen, NULL, NULL);
	cress_switch(c, NULL);
	cress_throw(c, EIO);
	untrace();

	assert_int_equal(seen & 3, 3);
	cress_release(c);
}

static void *release_oneself(void *arg)
{
	cress_release(cress_current());
	return arg;
}

/* G40, D3 */
static void the_dying_origin_can_still_be_looked_at(void **state)
{
	(void)state;
	cress_t *c = named("mayfly", release_oneself, NULL);

	trace();
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	untrace();

	assert_string_equal(noted(), "main-mayfly mayfly-main");
}

/* G40, G27 */
static void a_forced_exit_is_a_throw_and_comes_back(void **state)
{
	(void)state;
	cress_t *c = named("c", park_once, NULL);

	trace();
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	cress_release(c);
	untrace();

	assert_string_equal(noted(), "main-c in c-main main=c on:-1 c-main");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(setting_a_tracer_returns_the_one_before),
		test(without_a_tracer_nothing_is_reported),
		test(each_switch_is_seen_by_its_target_before_it_goes_on),
		test(a_throw_and_a_death_by_error_are_throws),
		test(a_death_by_exit_is_a_switch),
		test(a_failed_switch_is_not_reported),
		test(the_target_that_is_reported_is_the_one_finally_chosen),
		test(an_error_of_the_tracer_is_raised_in_the_target),
		test(an_unstarted_target_then_dies_without_running),
		test(a_tracer_may_raise_in_whoever_switched_to_itself),
		test(a_tracer_may_raise_where_a_result_arrives),
		test(a_number_that_is_no_error_is_raised_as_einval),
		test(a_tracer_can_see_itself_and_end_the_tracing),
		test(events_have_the_numbers_that_they_always_had),
		test(a_tracer_that_ignores_the_unknown_misses_nothing),
		test(the_dying_origin_can_still_be_looked_at),
		test(a_forced_exit_is_a_throw_and_comes_back),
	};

	return suite_run(tests);
}
