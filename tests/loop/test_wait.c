/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a coroutine: what it ended with reaches everybody who waits, as
 * often as anybody asks, and nothing but its end is ever reported as its end.
 */
#include "loop/support.h"

#include <string.h>

#include "support/environment.h"

#define MANY 10000
#define MANY_FOR_TSAN 4000

/* V3 */
static void wait_returns_the_value(void)
{
	cress_t *c = cress_spawn(give_back, as_value(42));
	void *value = NULL;

	check_int(cress_wait(c, &value), 0);
	check_int(as_number(value), 42);
	value = NULL;
	check_int(cress_join(c, &value), 0);

	check_int(as_number(value), 42);
}

/* V2, V3 */
static void wait_returns_the_error_and_no_value(void)
{
	cress_t *c = cress_spawn(fail_with, as_value(ENOTTY));
	void *value = "";

	errno = EXDEV;
	check_int(cress_wait(c, &value), ENOTTY);
	check(value == NULL);
	check_int(cress_join(c, NULL), ENOTTY);

	check_int(cress_yield(), 0);
}

/* V2, V3 */
static void wait_within_a_deadline_only_fails_the_wait(void)
{
	cress_t *c = cress_spawn(nap, as_value(10));
	cress_scope_t limit;
	void *value = NULL;

	cress_scope_open(&limit, 0.002);
	check_refuses(cress_wait(c, &value), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check(!cress_is_dead(c));

	check_int(cress_join(c, &value), 0);
	check_int(as_number(value), 10);
}

/* V3, D3 */
static void a_join_that_fails_keeps_the_handle(void)
{
	cress_t *c = cress_spawn(until_killed, NULL);
	cress_scope_t limit;

	for (int i = 0; i < 3; i++) {
		cress_scope_open(&limit, 0.001);
		check_refuses(cress_join(c, NULL), ETIMEDOUT);
		check_int(cress_scope_close(&limit), ETIMEDOUT);
	}
	cress_kill(c, 0);

	check_int(cress_join(c, NULL), 0);
}

/* V3 */
static void try_wait_never_parks(void)
{
	cress_t *c = cress_spawn(give_back, as_value(7));
	cress_t *d = cress_spawn(fail_with, as_value(ENXIO));
	void *value = "";

	check_refuses(cress_try_wait(c, &value), EAGAIN);
	check_nothing_noted();
	cress_sleep(0.001);
	check_int(cress_try_wait(c, &value), 0);
	check_int(as_number(value), 7);
	check_int(cress_try_wait(d, &value), ENXIO);

	check(value == NULL);
	cress_release(c);
	cress_release(d);
}

static void *wait_and_note(void *c)
{
	void *value = NULL;
	int result = cress_wait(c, &value);

	note("%d:%d", result, as_number(value));
	return NULL;
}

/* V4 */
static void all_waiters_get_it_in_their_order(void)
{
	cress_t *c = cress_spawn(nap, as_value(2));

	for (int i = 0; i < 4; i++)
		cress_go(wait_and_note, c);
	check_int(cress_wait(c, NULL), 0);
	note("main");
	cress_sleep(0.001);

	check_noted("main 0:2 0:2 0:2 0:2");
	cress_release(c);
}

/* V4 */
static void all_waiters_get_the_error(void)
{
	cress_t *c = cress_spawn(fail_with, as_value(1));

	for (int i = 0; i < 3; i++)
		cress_go(wait_and_note, c);
	cress_sleep(0.001);
	cress_go(wait_and_note, c);
	cress_sleep(0.001);

	check_noted("1:0 1:0 1:0 1:0");
	cress_release(c);
}

/* V4 */
static void waiting_for_a_dead_one_returns_without_a_park(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	check_int(cress_wait(c, NULL), 0);
	cress_go(note_word, "other");
	check_int(cress_wait(c, NULL), 0);
	check_int(cress_wait(c, NULL), 0);
	note("main");
	check_int(cress_join(c, NULL), 0);
	cress_sleep(0.001);

	check_noted("main other");
}

static int many_served;

static void *be_served(void *c)
{
	void *value = NULL;

	many_served += cress_wait(c, &value) == 0 && value == as_value(3);
	return NULL;
}

/* V4 */
static void ten_thousand_may_wait_for_one(void)
{
	cress_t *c = cress_spawn(nap, as_value(3));
	int many = environment_is_tsan() ? MANY_FOR_TSAN : MANY;

	many_served = 0;
	for (int i = 0; i < many; i++)
		cress_go(be_served, c);
	check_int(cress_join(c, NULL), 0);
	cress_sleep(0.001);

	check_int(many_served, many);
}

/* V4, R25 */
static void a_killed_waiter_leaves_the_others_waiting(void)
{
	cress_t *c = cress_spawn(until_killed, as_value(3));
	cress_t *waiters[5];
	int dead = 0;

	many_served = 0;
	for (int i = 0; i < 5; i++)
		waiters[i] = cress_spawn(be_served, c);
	cress_sleep(0.001);
	for (int i = 0; i < 5; i += 2)
		check_int(cress_kill(waiters[i], EIDRM), 0);
	cress_sleep(0.001);
	for (int i = 0; i < 5; i++)
		dead += cress_is_dead(waiters[i]);
	check_int(dead, 3);
	cress_kill(c, 0);
	check_int(cress_join(c, NULL), 0);

	for (int i = 0; i < 5; i++)
		check_int(cress_join(waiters[i], NULL), 0);
	check_int(many_served, 2);
}

static void *wait_twice(void *c)
{
	int first = cress_wait(c, NULL);

	note("%d:%d", first, first == -1 ? errno : 0);
	note("%d", cress_wait(c, NULL));
	return NULL;
}

/* V5 */
static void a_throw_ends_a_wait_as_an_error_only(void)
{
	cress_t *c = cress_spawn(until_killed, NULL);
	cress_t *waiter = cress_spawn(wait_twice, c);

	cress_sleep(0.001);
	check(cress_throw(waiter, 5) == NULL);
	check_noted("-1:5");
	cress_kill(c, 0);
	check_int(cress_join(waiter, NULL), 0);

	check_noted("0");
	check_int(cress_join(c, NULL), 0);
}

/* V5 */
static void a_switch_to_a_waiter_is_refused(void)
{
	cress_t *c = cress_spawn(until_killed, as_value(5));
	cress_t *waiter = cress_spawn(wait_and_note, c);

	cress_sleep(0.001);
	check(cress_switch(waiter, "wrong") == NULL);
	check_int(cress_error(), EBUSY);
	check_int(errno, EBUSY);
	check_nothing_noted();
	cress_kill(c, 0);
	check_int(cress_join(waiter, NULL), 0);

	check_noted("0:5");
	check_int(cress_join(c, NULL), 0);
}

static void *wait_for_oneself(void *limit_is_over)
{
	cress_scope_t limit;

	cress_scope_open(&limit, 0.002);
	check_refuses(cress_wait(cress_current(), NULL), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	*(int *)limit_is_over = 1;
	cress_wait(cress_current(), NULL);
	return cress_fail(errno);
}

/* V6 */
static void waiting_for_oneself_lasts_until_a_scope_ends_it(void)
{
	int limit_is_over = 0;
	cress_t *c = cress_spawn(wait_for_oneself, &limit_is_over);

	while (!limit_is_over)
		cress_sleep(0.001);
	check_refuses(cress_try_wait(c, NULL), EAGAIN);
	check_int(cress_kill(c, ESTALE), 0);

	check_int(cress_join(c, NULL), ESTALE);
}

/* V6, V67 */
static void main_that_waits_for_itself_is_told_of_the_deadlock(void)
{
	check_refuses(cress_wait(cress_current(), NULL), EDEADLK);

	check_int(cress_sleep(0.001), 0);
	check_refuses(cress_try_wait(cress_current(), NULL), EAGAIN);
}

/* V7 */
static void the_exit_counts_as_success_with_the_value_null(void)
{
	cress_t *c = cress_spawn(fail_with, as_value(CRESS_EXIT));
	cress_t *d = cress_spawn(park_for_ever, NULL);
	void *value = "", *other = "";

	cress_sleep(0.001);
	cress_kill(d, CRESS_EXIT);

	check_int(cress_join(c, &value), 0);
	check(value == NULL);
	check_int(cress_join(d, &other), 0);
	check(other == NULL);
	check_int(cress_error(), 0);
}

/* V7, D1 */
static void a_value_returned_after_a_kill_is_a_success(void)
{
	cress_t *c = cress_spawn(until_killed, as_value(11));
	void *value = NULL;

	cress_sleep(0.001);
	cress_kill(c, ENOSPC);

	check_int(cress_join(c, &value), 0);
	check_int(as_number(value), 11);
}

static void *release_soon(void *c)
{
	cress_sleep(0.001);
	cress_release(c);
	return NULL;
}

/* V4, D3 */
static void the_last_release_during_a_wait_loses_nothing(void)
{
	cress_t *c = cress_spawn(nap, as_value(5));
	void *value = NULL;

	cress_go(wait_and_note, c);
	cress_go(release_soon, c);
	check_int(cress_wait(c, &value), 0);
	cress_sleep(0.001);

	check_int(as_number(value), 5);
	check_noted("0:5");
}

static void *echo_once(void *value)
{
	return cress_switch(cress_parent(cress_current()), value);
}

/* V4 */
static void a_raw_coroutine_may_be_waited_for(void)
{
	cress_t *raw = cress_new(echo_once, NULL);
	void *value = NULL;

	check(cress_switch(raw, "over") != NULL);
	cress_t *waiter = cress_spawn(wait_and_note, raw);
	cress_sleep(0.001);
	check_nothing_noted();
	check_int(as_number(cress_switch(raw, as_value(8))), 8);
	check_int(cress_join(waiter, NULL), 0);

	check_noted("0:8");
	check_int(cress_join(raw, &value), 0);
	check_int(as_number(value), 8);
}

static void wait_from_elsewhere(void *c)
{
	check_refuses(cress_wait(c, NULL), EXDEV);
	check_refuses(cress_try_wait(c, NULL), EXDEV);
	check_refuses(cress_join(c, NULL), EXDEV);
}

static void leave_one_behind(void *place)
{
	*(cress_t **)place = cress_new(give_back, NULL);
}

/* V3, D13 */
static void misuse_of_wait_is_refused(void)
{
	cress_t *c = cress_spawn(nap, as_value(1));
	cress_t *orphan = NULL;

	check_refuses(cress_wait(NULL, NULL), EINVAL);
	check_refuses(cress_join(NULL, NULL), EINVAL);
	check_refuses(cress_try_wait(NULL, NULL), EINVAL);
	on_thread(wait_from_elsewhere, c);
	on_thread(leave_one_behind, &orphan);
	check_refuses(cress_wait(orphan, NULL), ESRCH);
	check_refuses(cress_try_wait(orphan, NULL), ESRCH);
	check_refuses(cress_kill(orphan, 0), ESRCH);

	cress_release(orphan);
	check_int(cress_join(c, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(wait_returns_the_value),
		in_any_order(wait_returns_the_error_and_no_value),
		in_any_order(wait_within_a_deadline_only_fails_the_wait),
		in_any_order(a_join_that_fails_keeps_the_handle),
		in_any_order(try_wait_never_parks),
		in_order(all_waiters_get_it_in_their_order),
		in_any_order(all_waiters_get_the_error),
		in_any_order(waiting_for_a_dead_one_returns_without_a_park),
		in_order(ten_thousand_may_wait_for_one),
		in_any_order(a_killed_waiter_leaves_the_others_waiting),
		in_order(a_throw_ends_a_wait_as_an_error_only),
		in_any_order(a_switch_to_a_waiter_is_refused),
		in_any_order(waiting_for_oneself_lasts_until_a_scope_ends_it),
		in_any_order(
			main_that_waits_for_itself_is_told_of_the_deadlock),
		in_any_order(the_exit_counts_as_success_with_the_value_null),
		in_any_order(a_value_returned_after_a_kill_is_a_success),
		in_any_order(the_last_release_during_a_wait_loses_nothing),
		in_any_order(a_raw_coroutine_may_be_waited_for),
		in_any_order(misuse_of_wait_is_refused),
	};

	return suite_run(tests);
}
