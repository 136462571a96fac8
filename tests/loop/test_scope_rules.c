/* SPDX-License-Identifier: MIT */
/*
 * The rules of scopes: who may do what with one, what a shield holds off, what
 * becomes of a scope around a raw switch, how misuse is told, and that a loop
 * which ignores errors starves nobody.
 */
#include "loop/support.h"

#include <signal.h>
#include <string.h>

#include "loop/virtual.h"
#include "support/child.h"

/* D5, V28 */
static void misuse_of_open_is_refused(void)
{
	cress_scope_t scope;

	memset(&scope, 0x5a, sizeof scope);
	check_refuses(cress_scope_open(&scope, -1), EINVAL);
	check_refuses(cress_scope_open(&scope, -INFINITY), EINVAL);
	check_refuses(cress_scope_open(&scope, NAN), EINVAL);
	check_refuses(cress_scope_open(NULL, 1), EINVAL);
	check_refuses(cress_scope_open_at(&scope, NAN), EINVAL);
	check_refuses(cress_scope_open_at(NULL, 1), EINVAL);

	check_int(cress_scope_open(&scope, -0.0), 0);
	check_refuses(cress_yield(), ETIMEDOUT);
	check_int(cress_scope_close(&scope), ETIMEDOUT);
	check_int(cress_scope_open_at(&scope, -INFINITY), 0);
	check_refuses(cress_yield(), ETIMEDOUT);
	check_int(cress_scope_close(&scope), ETIMEDOUT);
}

/* V28 */
static void a_scope_that_is_open_cannot_be_opened_again(void)
{
	cress_scope_t outer, inner;

	cress_scope_open(&outer, INFINITY);
	cress_scope_open(&inner, INFINITY);
	check_refuses(cress_scope_open(&outer, 0), EINVAL);
	check_refuses(cress_scope_open(&inner, 0), EINVAL);

	check_int(cress_sleep(0.001), 0);
	check_int(cress_scope_close(&inner), 0);
	check_int(cress_scope_close(&outer), 0);
}

/* D5 */
static void only_the_innermost_open_scope_can_be_closed(void)
{
	cress_scope_t outer, inner, closed = {{0}};

	check_refuses(cress_scope_close(&closed), EINVAL);
	check_refuses(cress_scope_close(NULL), EINVAL);
	cress_scope_open(&outer, INFINITY);
	cress_scope_open(&inner, INFINITY);
	check_refuses(cress_scope_close(&outer), EINVAL);
	check_int(cress_scope_close(&inner), 0);
	check_refuses(cress_scope_close(&inner), EINVAL);
	check_int(cress_scope_close(&outer), 0);

	check_refuses(cress_scope_close(&outer), EINVAL);
	check_refuses(cress_scope_cancel(&outer), EINVAL);
	check_refuses(cress_scope_shield(&outer), EINVAL);
	check_refuses(cress_scope_cancel(&closed), EINVAL);
	check_refuses(cress_scope_cancel(NULL), EINVAL);
	check_refuses(cress_scope_shield(NULL), EINVAL);
}

static void *meddle(void *scope)
{
	cress_scope_t own;

	check_refuses(cress_scope_close(scope), EPERM);
	check_refuses(cress_scope_shield(scope), EPERM);
	cress_scope_open(&own, INFINITY);
	check_refuses(cress_scope_close(scope), EPERM);
	check_int(cress_scope_close(&own), 0);
	check_int(cress_scope_cancel(scope), 0);
	return NULL;
}

/* D5, D8 */
static void another_coroutine_may_only_cancel(void)
{
	cress_t *c;
	cress_scope_t scope;

	cress_scope_open(&scope, INFINITY);
	c = cress_spawn(meddle, &scope);
	check_refuses(cress_sleep(INFINITY), ECANCELED);
	check_int(cress_scope_close(&scope), ECANCELED);

	check_int(cress_join(c, NULL), 0);
}

static void meddle_from_elsewhere(void *scope)
{
	check_refuses(cress_scope_cancel(scope), EXDEV);
	check(cress_scope_close(scope) == -1);
	check(cress_scope_shield(scope) == -1);
}

/* D5, D13 */
static void another_thread_may_do_nothing(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, INFINITY);
	on_thread(meddle_from_elsewhere, &scope);

	check_int(cress_yield(), 0);
	check_int(cress_scope_close(&scope), 0);
}

/* D5 */
static void a_shield_holds_off_what_is_outside(void)
{
	cress_scope_t outer, shield;

	cress_scope_open(&outer, 1);
	cress_scope_open(&shield, INFINITY);
	check_int(cress_scope_shield(&shield), 0);
	check_int(cress_sleep(5), 0);
	check_int(cress_scope_error(), 0);
	check_int(cress_scope_close(&shield), 0);
	check_int(cress_scope_error(), ETIMEDOUT);
	check_refuses(cress_sleep(5), ETIMEDOUT);

	check_int(cress_scope_close(&outer), ETIMEDOUT);
}

/* D5 */
static void the_own_deadline_of_a_shield_works_on(void)
{
	cress_scope_t outer, shield, inner;

	cress_scope_open(&outer, 1);
	cress_scope_open(&shield, 5);
	cress_scope_shield(&shield);
	cress_scope_open(&inner, 2);
	check_refuses(cress_sleep(20), ETIMEDOUT);
	check_int(cress_scope_close(&inner), ETIMEDOUT);
	check_int(cress_sleep(1), 0);
	check_refuses(cress_sleep(20), ETIMEDOUT);
	check_int(cress_scope_close(&shield), ETIMEDOUT);

	check_int(cress_scope_close(&outer), 0);
}

/* D5 */
static void cleanup_may_park_in_a_shield_after_the_deadline(void)
{
	cress_scope_t outer, shield;

	cress_scope_open(&outer, 1);
	check_refuses(cress_sleep(5), ETIMEDOUT);
	check_refuses(cress_sleep(5), ETIMEDOUT);
	cress_scope_open(&shield, 10);
	cress_scope_shield(&shield);
	check_int(cress_sleep(5), 0);
	check_int(cress_yield(), 0);
	check_int(cress_scope_cancel(&shield), 0);
	check_refuses(cress_yield(), ECANCELED);
	check_int(cress_scope_close(&shield), ECANCELED);

	check_int(cress_scope_close(&outer), ETIMEDOUT);
}

static void *sleep_for_a_consumer(void *consumer)
{
	for (;;) {
		cress_sleep(3);
		if (cress_switch(consumer, "item") == NULL)
			return NULL;
	}
}

/* D4, D5 */
static void a_deadline_reaches_one_in_a_switch_as_one_throw(void)
{
	cress_t *raw = cress_new(sleep_for_a_consumer, NULL);
	cress_scope_t scope;

	cress_scope_open(&scope, 5);
	check(cress_switch(raw, cress_current()) != NULL);
	check(cress_switch(raw, "more") == NULL);
	check_int(cress_error(), ETIMEDOUT);
	check_int(errno, ETIMEDOUT);
	check_refuses(cress_sleep(1), ETIMEDOUT);
	check_int(cress_scope_close(&scope), ETIMEDOUT);

	check_int(cress_kill(raw, CRESS_EXIT), 0);
	cress_release(raw);
	check_int(cress_sleep(1), 0);
}

static void *pass_on(void *value)
{
	while (value != NULL)
		value = cress_switch(cress_parent(cress_current()), value);
	return NULL;
}

/* D4 */
static void a_switch_in_a_scope_that_is_over_goes_through(void)
{
	cress_t *raw = cress_new(pass_on, NULL);
	cress_scope_t scope;

	cress_scope_open(&scope, 0);
	check_int(as_number(cress_switch(raw, as_value(1))), 1);
	check_refuses(cress_sleep(1), ETIMEDOUT);
	check_int(as_number(cress_switch(raw, as_value(2))), 2);
	check_int(as_number(cress_switch(raw, as_value(3))), 3);
	check_int(cress_error(), 0);
	check_int(cress_scope_close(&scope), ETIMEDOUT);

	cress_release(raw);
}

static int finished;

static void *finish_after_turns(void *turns)
{
	for (int i = 0; i < as_number(turns); i++)
		cress_yield();
	finished = 1;
	return NULL;
}

/* D5, R45 */
static void a_loop_that_ignores_errors_lets_the_others_run(void)
{
	cress_scope_t scope;
	long failures = 0;

	finished = 0;
	cress_scope_open(&scope, 0);
	cress_go(finish_after_turns, as_value(50));
	while (!finished && failures < 1000000)
		failures += cress_sleep(1) == -1;
	check_int(cress_scope_close(&scope), ETIMEDOUT);

	check(finished);
	check(failures <= 60);
}

static void *finish_after_time(void *milliseconds)
{
	cress_sleep(as_number(milliseconds) / 1000.0);
	finished = 1;
	return NULL;
}

/* D5, R45 */
static void a_loop_that_ignores_errors_lets_time_go_on(void)
{
	cress_t *c = cress_spawn(until_killed, NULL);
	cress_scope_t scope;
	long failures = 0;

	finished = 0;
	cress_go(finish_after_time, as_value(2));
	cress_scope_open(&scope, 0);
	while (!finished && failures < 100000000)
		failures += cress_wait(c, NULL) == -1;
	check_int(cress_scope_close(&scope), ETIMEDOUT);

	check(finished);
	cress_release(c);
}

static void *end_with_a_scope(void *unused)
{
	static cress_scope_t scope;

	cress_scope_open(&scope, INFINITY);
	return unused;
}

static int join_one_that_ends_so(void *unused)
{
	cress_attr_t attr = {.name = "careless"};

	(void)unused;
	return cress_join(cress_spawn_with(end_with_a_scope, NULL, &attr),
			  NULL);
}

static void end_with_a_scope_open(void *unused)
{
	(void)unused;
	cress_run_virtual(join_one_that_ends_so, NULL, 0);
}

/* D5 */
static void to_end_with_a_scope_open_aborts_with_a_line(void)
{
	static struct child child;

	child_run(&child, end_with_a_scope_open, NULL);

	check_int(child.signal, SIGABRT);
	check(child_said(&child, "cress"));
	check(child_said(&child, "careless"));
	check(child_said(&child, "scope"));
}

static int leave_it_open(void *unused)
{
	end_with_a_scope(unused);
	return 0;
}

static void run_a_body_that_leaves_it_open(void *unused)
{
	cress_run_virtual(leave_it_open, unused, 0);
}

/* D5, D11 */
static void a_body_that_leaves_a_scope_open_aborts_too(void)
{
	static struct child child;

	child_run(&child, run_a_body_that_leaves_it_open, NULL);

	check_int(child.signal, SIGABRT);
	check(child_said(&child, "scope"));
}

static cress_t *survivor;

static void *hold_a_deadline(void *back)
{
	cress_scope_t scope;

	check_int(cress_scope_open(&scope, 1000), 0);
	cress_switch(back, NULL);
	check_int(cress_scope_close(&scope), 0);
	note("closed");
	return NULL;
}

static int leave_a_raw_one(void *unused)
{
	survivor = cress_new(hold_a_deadline, NULL);
	cress_switch(survivor, cress_current());
	return unused != NULL;
}

/* D5, D11 */
static void a_scope_may_be_closed_when_its_hub_is_gone(void)
{
	check_int(cress_run_virtual(leave_a_raw_one, NULL, 0), 0);
	check_nothing_noted();
	cress_release(survivor);

	check_noted("closed");
}

static int release_it_in_a_crowd(void *unused)
{
	cress_t *c = cress_spawn(nap, as_value(1000));

	(void)unused;
	cress_sleep(0.1);
	cress_release(survivor);
	check_noted("closed");
	return cress_join(c, NULL);
}

/* D5, D11 */
static void a_scope_may_be_closed_under_a_later_hub(void)
{
	check_int(cress_run_virtual(leave_a_raw_one, NULL, 0), 0);
	check_int(cress_run_virtual(release_it_in_a_crowd, NULL, 0), 0);
}

static cress_scope_t left_open;

static void *hold_left_open(void *back)
{
	cress_scope_open(&left_open, 1000);
	check(cress_switch(back, NULL) == NULL);
	note("%d", cress_error());
	cress_scope_close(&left_open);
	return NULL;
}

static int leave_one_to_cancel(void *unused)
{
	survivor = cress_new(hold_left_open, NULL);
	cress_switch(survivor, cress_current());
	return unused != NULL;
}

static void cancel_without_a_hub(void *unused)
{
	check_int(cress_run_virtual(leave_one_to_cancel, unused, 0), 0);
	check_int(cress_scope_cancel(&left_open), 0);
	check_int(cress_join(survivor, NULL), 0);
	check_noted("%d", ECANCELED);
}

/* D5, D11 */
static void a_scope_may_be_cancelled_when_its_hub_is_gone(void)
{
	on_thread(cancel_without_a_hub, NULL);
}

/* D5 */
static void the_size_of_a_scope_is_fixed(void)
{
	check_int(sizeof(cress_scope_t), 128);
	check_int(_Alignof(cress_scope_t), _Alignof(uint64_t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(misuse_of_open_is_refused),
		in_any_order(a_scope_that_is_open_cannot_be_opened_again),
		in_any_order(only_the_innermost_open_scope_can_be_closed),
		in_any_order(another_coroutine_may_only_cancel),
		in_any_order(another_thread_may_do_nothing),
		on_virtual(a_shield_holds_off_what_is_outside),
		on_virtual(the_own_deadline_of_a_shield_works_on),
		on_virtual(cleanup_may_park_in_a_shield_after_the_deadline),
		on_virtual(a_deadline_reaches_one_in_a_switch_as_one_throw),
		in_any_order(a_switch_in_a_scope_that_is_over_goes_through),
		in_order(a_loop_that_ignores_errors_lets_the_others_run),
		on_libev(a_loop_that_ignores_errors_lets_time_go_on),
		bare(to_end_with_a_scope_open_aborts_with_a_line),
		bare(a_body_that_leaves_a_scope_open_aborts_too),
		bare(a_scope_may_be_closed_when_its_hub_is_gone),
		bare(a_scope_may_be_closed_under_a_later_hub),
		bare(a_scope_may_be_cancelled_when_its_hub_is_gone),
		bare(the_size_of_a_scope_is_fixed),
	};

	return suite_run(tests);
}
