/* SPDX-License-Identifier: MIT */
/*
 * Handles and raw switches while a scheduler runs: nobody is lost because no
 * handle is left, a forced exit may park in its cleanup, an error of a child
 * that was parked finds its parent, and tracing sees it all.
 */
#include "loop/support.h"

#include <cress/trace.h>

#include "support/environment.h"
#include "support/memory.h"

static void *sleep_and_count(void *consumer)
{
	for (intptr_t i = 1; i <= 3; i++) {
		check_int(cress_sleep(0.001), 0);
		cress_switch(consumer, (void *)i);
	}
	return NULL;
}

static int consumed;

static void *consume(void *raw)
{
	void *n = cress_switch(raw, cress_current());

	for (; as_number(n) < 3; n = cress_switch(raw, NULL))
		note("%d", as_number(n));
	note("end");
	consumed = 1;
	return NULL;
}

/* D3, D4 */
static void one_without_a_handle_survives_in_a_switch(void)
{
	cress_t *raw = cress_new(sleep_and_count, NULL);

	consumed = 0;
	check_int(cress_go(consume, raw), 0);
	for (int i = 0; i < 1000 && !consumed; i++)
		check_int(cress_sleep(0.001), 0);

	check_noted("1 2 end");
	check(!cress_is_dead(raw));
	cress_release(raw);
}

static void *clean_up_slowly(void *back)
{
	check(cress_switch(back, NULL) == NULL);
	note("exit:%d", cress_error() == CRESS_EXIT);
	check_int(cress_sleep(0.001), 0);
	note("clean");
	return NULL;
}

/* D3, D4 */
static void a_forced_exit_may_park_in_its_cleanup(void)
{
	cress_t *raw = cress_new(clean_up_slowly, NULL);

	cress_switch(raw, cress_current());
	cress_go(note_word, "other");
	cress_release(raw);
	note("released");

	check_noted("exit:1 other clean released");
}

static void *stay_in_a_switch(void *back)
{
	cress_switch(back, NULL);
	note("exit:%d", cress_error() == CRESS_EXIT);
	return NULL;
}

static void release_elsewhere(void *c)
{
	cress_release(c);
}

/* D3, D13 */
static void a_handle_dropped_elsewhere_acts_at_the_next_park(void)
{
	cress_t *raw = cress_new(stay_in_a_switch, NULL);

	cress_switch(raw, cress_current());
	on_thread(release_elsewhere, raw);
	check_nothing_noted();
	check_int(cress_sleep(0.001), 0);

	check_noted("exit:1");
}

/* D3, D13 */
static void a_parked_one_runs_on_without_its_handle(void)
{
	cress_t *c = cress_spawn(nap, as_value(2));
	cress_t *d = cress_spawn(note_word, "queued");

	on_thread(release_elsewhere, d);
	cress_sleep(0.001);
	cress_retain(c);
	on_thread(release_elsewhere, c);

	check_noted("queued");
	check_int(cress_join(c, NULL), 0);
}

static void *kill_soon(void *c)
{
	check_int(cress_sleep(0.001), 0);
	check_int(cress_kill(c, EPIPE), 0);
	return NULL;
}

/* D1, D4, D6 */
static void the_error_of_a_killed_child_reaches_its_parent(void)
{
	cress_t *raw = cress_new(nap, NULL);

	cress_go(kill_soon, raw);
	check(cress_switch(raw, as_value(1000000)) == NULL);
	check_int(cress_error(), EPIPE);
	check_int(errno, EPIPE);

	check_int(cress_sleep(0.001), 0);
	check_int(cress_join(raw, NULL), EPIPE);
}

static int events;

static int count_events(int event, cress_t *from, cress_t *to, void *context)
{
	check(from != NULL && to != NULL && from != to);
	check(event == CRESS_EVENT_SWITCH || event == CRESS_EVENT_THROW);
	check(cress_current() == to);
	check(context == &events);
	events++;
	return 0;
}

/* D4 */
static void tracing_sees_the_switches_of_the_scheduler(void)
{
	events = 0;
	check_int(cress_set_trace(count_events, &events, NULL, NULL), 0);
	cress_go(nap, as_value(1));
	check_int(cress_join(cress_spawn(nap, as_value(1)), NULL), 0);
	check_int(cress_join(cress_spawn(fail_with, as_value(1)), NULL), 1);
	check_int(cress_yield(), 0);
	check_int(cress_set_trace(NULL, NULL, NULL, NULL), 0);

	check(events >= 6);
}

static void *own_number(void *number)
{
	for (int i = 0; i < 20; i++) {
		cress_t *raw = cress_new(give_back, NULL);

		check(cress_switch(raw, number) == number);
		cress_release(raw);
		check_int(cress_yield(), 0);
	}
	return number;
}

/* D3 */
static void a_crowd_with_children_keeps_its_values(void)
{
	static cress_t *crowd[200];
	/* To make and to end one takes ThreadSanitizer a millisecond. */
	int count = environment_is_tsan() ? 20 : 200;

	for (int i = 0; i < count; i++)
		crowd[i] = cress_spawn(own_number, as_value(i + 1));
	for (int i = 0; i < count; i++) {
		void *value = NULL;

		check_int(cress_join(crowd[i], &value), 0);
		check_int(as_number(value), i + 1);
	}
}

static void *until_unwound(void *back)
{
	cress_switch(back, NULL);
	note("unwound:%d", cress_error());
	return NULL;
}

/* A spawned one that gets no stack is the last that keeps its parent. */
static void let_the_last_child_fail(void)
{
	cress_t *parent = cress_new(until_unwound, NULL);
	cress_attr_t attr = {.parent = parent, .stack_size = 3 << 20};

	cress_switch(parent, cress_current());
	cress_release(cress_spawn_with(give_back, NULL, &attr));
	cress_release(parent);
	check_nothing_noted();
	memory_fail(1);
	check_int(cress_sleep(0.001), 0);
	check(memory_has_failed());
	memory_fail(0);
}

/* D3, G27 */
static void a_child_without_a_stack_unwinds_its_parent(void)
{
	check_int(cress_join(cress_spawn(nap, as_value(1)), NULL), 0);
	let_the_last_child_fail();
	check_noted("unwound:%d", CRESS_EXIT);

	/* The same when one that dies would have been followed by it. */
	check_int(cress_go(note_word, "dies"), 0);
	let_the_last_child_fail();
	check_noted("dies unwound:%d", CRESS_EXIT);
	check_int(log_lines_with("no stack"), 2);
	check_int(log_lines(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(one_without_a_handle_survives_in_a_switch),
		in_order(a_forced_exit_may_park_in_its_cleanup),
		on_virtual(a_child_without_a_stack_unwinds_its_parent),
		in_any_order(a_handle_dropped_elsewhere_acts_at_the_next_park),
		in_any_order(a_parked_one_runs_on_without_its_handle),
		in_any_order(the_error_of_a_killed_child_reaches_its_parent),
		in_any_order(tracing_sees_the_switches_of_the_scheduler),
		in_any_order(a_crowd_with_children_keeps_its_values),
	};

	memory_install();
	return suite_run(tests);
}
