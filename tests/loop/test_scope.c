/* SPDX-License-Identifier: MIT */
/*
 * Scopes as a caller uses them: deadlines, cancels and shields, which hold
 * until the scope is closed, and whose owner is told apart by its close.
 */
#include "loop/support.h"

/* Sleep in a scope, and return what the close of it says. */
static int close_after_sleep(double limit, double seconds)
{
	cress_scope_t scope;

	check_int(cress_scope_open(&scope, limit), 0);
	cress_sleep(seconds);
	return cress_scope_close(&scope);
}

/* V25 */
static void close_says_whether_its_deadline_made_a_call_fail(void)
{
	double start = cress_now();

	check_int(close_after_sleep(2, 1), 0);
	check(cress_now() - start < 1.5);
	check_int(close_after_sleep(2, 3), ETIMEDOUT);

	check(cress_now() - start >= 3 && cress_now() - start < 3.5);
	check_int(cress_sleep(1), 0);
}

/* V24, V30, D5 */
static void an_expired_scope_fails_every_call_until_it_is_closed(void)
{
	cress_t *c = cress_spawn(until_killed, NULL);
	cress_scope_t scope;

	cress_scope_open(&scope, 0.001);
	check_refuses(cress_sleep(INFINITY), ETIMEDOUT);
	for (int i = 0; i < 100; i++) {
		check_refuses(cress_sleep(0.001), ETIMEDOUT);
		check_refuses(cress_yield(), ETIMEDOUT);
		check_refuses(cress_wait(c, NULL), ETIMEDOUT);
	}
	check_int(cress_scope_error(), ETIMEDOUT);

	check_int(cress_scope_close(&scope), ETIMEDOUT);
	check_int(cress_scope_error(), 0);
	check_int(cress_sleep(0.001), 0);
	cress_release(c);
}

/* V30, V29 */
static void a_closed_scope_never_fires_late(void)
{
	for (int i = 0; i < 10; i++)
		check_int(close_after_sleep(1, 0.5), 0);
	check_int(close_after_sleep(1, 2), ETIMEDOUT);

	check_int(cress_sleep(100), 0);
}

/* V29 */
static void a_deadline_that_nobody_saw_is_forgotten_at_close(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, 0.001);
	spin(0.003);
	check_int(cress_scope_close(&scope), 0);

	check_int(cress_yield(), 0);
	check_int(cress_sleep(0.001), 0);
}

/* V26, V27, D5 */
static void the_inner_deadline_leaves_the_outer_scope_alone(void)
{
	cress_scope_t outer, inner;

	cress_scope_open(&outer, 10);
	cress_scope_open(&inner, 1);
	check_refuses(cress_sleep(5), ETIMEDOUT);
	check_int(cress_scope_close(&inner), ETIMEDOUT);
	check_int(cress_sleep(5), 0);

	check_int(cress_scope_close(&outer), 0);
}

/* V26, V27, V32, D5 */
static void the_outer_deadline_passes_through_the_inner_scope(void)
{
	cress_scope_t outer, inner;
	double start = cress_now();

	cress_scope_open(&outer, 1);
	cress_scope_open(&inner, 10);
	check_refuses(cress_sleep(20), ETIMEDOUT);
	check_int(cress_scope_close(&inner), 0);
	check_refuses(cress_sleep(20), ETIMEDOUT);
	check_int(cress_scope_close(&outer), ETIMEDOUT);

	check(cress_now() - start < 2);
}

/* V26, V27, D5 */
static void the_outermost_is_to_blame_when_several_are_over(void)
{
	cress_scope_t outer, middle, inner;

	cress_scope_open(&outer, 0);
	cress_scope_open(&middle, 0);
	cress_scope_open(&inner, 0);
	check_refuses(cress_sleep(1), ETIMEDOUT);

	check_int(cress_scope_close(&inner), 0);
	check_int(cress_scope_close(&middle), 0);
	check_int(cress_scope_close(&outer), ETIMEDOUT);
}

/* V27, D5 */
static void each_of_two_scopes_may_be_to_blame_in_turn(void)
{
	cress_scope_t outer, inner;

	cress_scope_open(&outer, 2);
	cress_scope_open(&inner, 1);
	check_refuses(cress_sleep(5), ETIMEDOUT);
	check_int(cress_scope_close(&inner), ETIMEDOUT);
	check_refuses(cress_sleep(5), ETIMEDOUT);

	check_int(cress_scope_close(&outer), ETIMEDOUT);
}

/* V32, V25 */
static void a_deadline_is_not_an_error_of_the_same_number(void)
{
	cress_t *c = cress_spawn(fail_with, as_value(ETIMEDOUT));
	cress_scope_t scope;

	cress_scope_open(&scope, 10);
	check_int(cress_join(c, NULL), ETIMEDOUT);
	errno = EDOM;
	check_int(cress_scope_close(&scope), 0);

	check_int(errno, EDOM);
}

/* V28 */
static void infinity_is_no_deadline(void)
{
	check_int(close_after_sleep(INFINITY, 1e7), 0);
}

/* V28 */
static void zero_is_over_at_the_next_parking_call_and_not_before(void)
{
	cress_scope_t scope;

	cress_go(note_word, "other");
	check_int(cress_scope_open(&scope, 0), 0);
	cress_t *c = cress_spawn(give_back, NULL);
	note("open");
	check_refuses(cress_try_wait(c, NULL), EAGAIN);
	check_refuses(cress_wait(c, NULL), ETIMEDOUT);
	note("failed");
	check_int(cress_scope_close(&scope), ETIMEDOUT);

	check_int(cress_join(c, NULL), 0);
	check_noted("open failed other");
}

/* V28 */
static void a_scope_of_zero_that_parks_nowhere_closes_clean(void)
{
	cress_t *c = cress_spawn(give_back, NULL);
	cress_scope_t scope;

	check_int(cress_wait(c, NULL), 0);
	cress_scope_open(&scope, 0);
	check_int(cress_wait(c, NULL), 0);
	check_int(cress_scope_close(&scope), 0);

	cress_release(c);
}

/* V31 */
static void the_clock_is_read_anew_when_a_scope_opens(void)
{
	cress_scope_t scope;

	cress_go(give_back, NULL);
	cress_yield();
	cress_go(give_back, NULL);
	spin(0.018);
	cress_scope_open(&scope, 0.015);
	check_int(cress_scope_error(), 0);
	check_int(cress_yield(), 0);

	check_int(cress_scope_close(&scope), 0);
}

/* V31 */
static void a_deadline_works_only_where_the_code_parks(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, 0.001);
	spin(0.003);
	note("unharmed");
	check_refuses(cress_sleep(10), ETIMEDOUT);

	check_int(cress_scope_close(&scope), ETIMEDOUT);
	check_noted("unharmed");
}

static cress_scope_t shared;

static void *sleep_in_shared(void *seconds)
{
	check_int(cress_scope_open(&shared, as_number(seconds)), 0);
	check_refuses(cress_sleep(100), ECANCELED);
	check_refuses(cress_sleep(100), ECANCELED);
	check_int(cress_scope_error(), ECANCELED);
	note("%d", cress_scope_close(&shared));
	check_int(cress_sleep(1), 0);
	return NULL;
}

/* V24, D5 */
static void cancel_fails_the_call_that_its_opener_is_in(void)
{
	cress_t *c = cress_spawn(sleep_in_shared, as_value(50));
	double start = cress_now();

	cress_sleep(1);
	check_int(cress_scope_cancel(&shared), 0);
	check_int(cress_scope_cancel(&shared), 0);
	check_nothing_noted();
	check_int(cress_join(c, NULL), 0);

	check_noted("%d", ECANCELED);
	check(cress_now() - start < 3);
}

/* D5 */
static void cancel_of_an_expired_scope_changes_nothing(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, 0);
	check_refuses(cress_sleep(1), ETIMEDOUT);
	check_int(cress_scope_cancel(&scope), 0);
	check_refuses(cress_sleep(1), ETIMEDOUT);

	check_int(cress_scope_close(&scope), ETIMEDOUT);
}

/* D5 */
static void a_scope_that_its_opener_cancels_fails_at_once(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, 1);
	check_int(cress_scope_cancel(&scope), 0);
	check_int(cress_scope_error(), ECANCELED);
	check_refuses(cress_yield(), ECANCELED);

	check_int(cress_scope_close(&scope), ECANCELED);
}

static void *wait_in_shared(void *c)
{
	cress_scope_open(&shared, INFINITY);
	check_int(cress_wait(c, NULL), 0);
	check_int(cress_scope_error(), ECANCELED);
	note("%d", cress_scope_close(&shared));
	return NULL;
}

/* D5, D6 */
static void a_call_that_was_woken_first_returns_its_result(void)
{
	cress_t *c = cress_spawn(until_killed, NULL);
	cress_t *waiter = cress_spawn(wait_in_shared, c);

	cress_sleep(1);
	cress_kill(c, 0);
	while (!cress_is_dead(c))
		cress_yield();
	check_nothing_noted();
	check_int(cress_scope_cancel(&shared), 0);

	check_int(cress_join(waiter, NULL), 0);
	check_noted("0");
	check_int(cress_join(c, NULL), 0);
}

static void *sleep_and_note(void *unused)
{
	check_int(cress_sleep(1), 0);
	note("done");
	return unused;
}

/* D8 */
static void a_plain_spawn_inherits_no_scope(void)
{
	cress_scope_t scope;
	cress_t *c;

	cress_scope_open(&scope, 0);
	check_refuses(cress_sleep(1), ETIMEDOUT);
	c = cress_spawn(sleep_and_note, NULL);
	check_int(cress_scope_close(&scope), ETIMEDOUT);

	check_int(cress_join(c, NULL), 0);
	check_noted("done");
}

/* V28 */
static void open_at_counts_from_the_clock_of_the_hub(void)
{
	cress_scope_t past, future, never;
	double start = cress_now();

	check_int(cress_scope_open_at(&never, INFINITY), 0);
	check_int(cress_scope_open_at(&future, start + 2), 0);
	check_int(cress_sleep(1), 0);
	check_int(cress_scope_open_at(&past, start - 1), 0);
	check_refuses(cress_sleep(1), ETIMEDOUT);
	check_int(cress_scope_close(&past), ETIMEDOUT);
	check_refuses(cress_sleep(10), ETIMEDOUT);
	check_int(cress_scope_close(&future), ETIMEDOUT);
	check_int(cress_scope_close(&never), 0);

	check(cress_now() >= start + 2 && cress_now() < start + 3);
}

/* V27, D5 */
static void a_thousand_nested_scopes_expire_one_by_one(void)
{
	static cress_scope_t scopes[1000];
	double start = cress_now();

	for (int i = 0; i < 1000; i++)
		cress_scope_open(&scopes[i], 1000 - i);
	for (int i = 999; i >= 0; i--) {
		check_refuses(cress_sleep(1e6), ETIMEDOUT);
		check_int(cress_scope_close(&scopes[i]), ETIMEDOUT);
	}

	check_int(cress_scope_error(), 0);
	check(cress_now() - start >= 1000 && cress_now() - start < 1001);
}

/* V28 D5 */
static void one_that_could_not_be_opened_is_closed(void)
{
	cress_scope_t scope;

	/* Such memory may look as if it were an open one. */
	for (size_t i = 0; i < sizeof scope / sizeof(void *); i++)
		((void **)&scope)[i] = &scope;
	check_refuses(cress_scope_open(&scope, NAN), EINVAL);
	check_refuses(cress_scope_close(&scope), EINVAL);
	check_refuses(cress_scope_cancel(&scope), EINVAL);

	for (size_t i = 0; i < sizeof scope / sizeof(void *); i++)
		((void **)&scope)[i] = &scope;
	check_refuses(cress_scope_open_at(&scope, NAN), EINVAL);
	check_refuses(cress_scope_close(&scope), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(close_says_whether_its_deadline_made_a_call_fail),
		in_any_order(
			an_expired_scope_fails_every_call_until_it_is_closed),
		on_virtual(a_closed_scope_never_fires_late),
		on_libev(a_deadline_that_nobody_saw_is_forgotten_at_close),
		on_virtual(the_inner_deadline_leaves_the_outer_scope_alone),
		on_virtual(the_outer_deadline_passes_through_the_inner_scope),
		in_any_order(the_outermost_is_to_blame_when_several_are_over),
		on_virtual(each_of_two_scopes_may_be_to_blame_in_turn),
		in_any_order(a_deadline_is_not_an_error_of_the_same_number),
		on_virtual(infinity_is_no_deadline),
		in_order(zero_is_over_at_the_next_parking_call_and_not_before),
		in_any_order(a_scope_of_zero_that_parks_nowhere_closes_clean),
		on_libev(the_clock_is_read_anew_when_a_scope_opens),
		on_libev(a_deadline_works_only_where_the_code_parks),
		on_virtual(cancel_fails_the_call_that_its_opener_is_in),
		in_any_order(cancel_of_an_expired_scope_changes_nothing),
		in_any_order(a_scope_that_its_opener_cancels_fails_at_once),
		on_virtual(a_call_that_was_woken_first_returns_its_result),
		on_virtual(a_plain_spawn_inherits_no_scope),
		on_virtual(open_at_counts_from_the_clock_of_the_hub),
		on_virtual(a_thousand_nested_scopes_expire_one_by_one),
		in_any_order(one_that_could_not_be_opened_is_closed),
	};

	return suite_run(tests);
}
