/* SPDX-License-Identifier: MIT */
/*
 * Every place where a coroutine can be suspended, and every way to get it out
 * of there by force: kill, throw, cancel, deadline. Afterwards nothing of it is
 * left behind. The proof is the clock: with a forgotten timer it would go on,
 * with a forgotten waiter a later end would wake somebody twice, and only if
 * nothing at all is left does main get EDEADLK at once.
 */
#include "loop/support.h"

static cress_t *endless;
static cress_scope_t around;

static int at_sleep(void)
{
	return cress_sleep(1000);
}

static int at_endless_sleep(void)
{
	return cress_sleep(INFINITY);
}

static int at_wait(void)
{
	return cress_wait(endless, NULL);
}

static int at_join(void)
{
	return cress_join(endless, NULL);
}

static int at_wait_for_oneself(void)
{
	return cress_wait(cress_current(), NULL);
}

static int at_wait_within_deadlines(void)
{
	cress_scope_t scopes[3];
	int result, error;

	for (int i = 0; i < 3; i++)
		cress_scope_open(&scopes[i], 2000 + i);
	result = cress_wait(endless, NULL);
	error = errno;
	for (int i = 2; i >= 0; i--)
		check_int(cress_scope_close(&scopes[i]), 0);
	errno = error;
	return result;
}

static int at_switch_to_a_sleeper(void)
{
	cress_t *raw = cress_new(nap, NULL);
	int error;

	cress_switch(raw, as_value(1000000));
	error = cress_error();
	cress_kill(raw, CRESS_EXIT);
	cress_release(raw);
	errno = error;
	return error == 0 ? 0 : -1;
}

typedef int park_point(void);

static park_point *const points[] = {
	at_sleep,
	at_endless_sleep,
	at_wait,
	at_join,
	at_wait_for_oneself,
	at_wait_within_deadlines,
	at_switch_to_a_sleeper,
};

#define ALL_POINTS (sizeof points / sizeof *points)
/* A throw at one in cress_switch() is a switch, and nobody switches back. */
#define PARKED_POINTS (ALL_POINTS - 1)

static void *park_at(void *point)
{
	int error;

	cress_scope_open(&around, INFINITY);
	error = points[as_number(point)]() == -1 ? errno : 0;
	cress_scope_close(&around);
	return error == 0 ? NULL : cress_fail(error);
}

static void *park_at_with_deadline(void *point)
{
	int error;

	cress_scope_open(&around, 5);
	error = points[as_number(point)]() == -1 ? errno : 0;
	check_int(cress_scope_close(&around), ETIMEDOUT);
	return error == 0 ? NULL : cress_fail(error);
}

/* Check that no timer and no waiter is left: nothing can ever happen. */
static void check_nothing_left(void)
{
	double now = cress_now();

	check_refuses(cress_wait(endless, NULL), EDEADLK);
	check(cress_now() == now);
	log_clear();
}

/* What is done to one that is parked, and the error that it then dies of. */
static void kill_it(cress_t *c)
{
	check_int(cress_kill(c, EPIPE), 0);
}

static void throw_at_it(cress_t *c)
{
	check(cress_throw(c, EPIPE) == NULL);
}

static void cancel_it(cress_t *c)
{
	(void)c;
	check_int(cress_scope_cancel(&around), 0);
}

static void wait_for_its_deadline(cress_t *c)
{
	(void)c;
	cress_sleep(10);
}

static void at_each_point(size_t count, cress_fn *entry,
			  void (*force)(cress_t *), int error)
{
	endless = cress_spawn(park_for_ever, NULL);
	cress_sleep(1);
	for (size_t i = 0; i < count; i++) {
		cress_t *c = cress_spawn(entry, as_value(i));

		cress_sleep(1);
		force(c);
		if (!check_int(cress_join(c, NULL), error))
			note("point %zu", i);
		check_nothing_left();
	}
	check_nothing_noted();
	cress_kill(endless, CRESS_EXIT);
	check_int(cress_join(endless, NULL), 0);
}

/* R25, D6 */
static void kill_leaves_nothing_behind_at_any_point(void)
{
	at_each_point(ALL_POINTS, park_at, kill_it, EPIPE);
}

/* R25, D2 */
static void throw_leaves_nothing_behind_at_any_point(void)
{
	at_each_point(PARKED_POINTS, park_at, throw_at_it, EPIPE);
}

/* R25, D5 */
static void cancel_leaves_nothing_behind_at_any_point(void)
{
	at_each_point(ALL_POINTS, park_at, cancel_it, ECANCELED);
}

/* R25, D5 */
static void a_deadline_leaves_nothing_behind_at_any_point(void)
{
	at_each_point(ALL_POINTS, park_at_with_deadline, wait_for_its_deadline,
		      ETIMEDOUT);
}

/* R25, V10 */
static void a_delayed_start_leaves_nothing_behind(void)
{
	cress_t *c = cress_spawn_after(1000, note_word, "ran", NULL);
	cress_t *d = cress_spawn_after(1000, note_word, "ran", NULL);

	endless = cress_spawn(park_for_ever, NULL);
	cress_kill(c, EIO);
	cress_throw(d, EPIPE);
	check_int(cress_join(c, NULL), EIO);
	check_int(cress_join(d, NULL), EPIPE);

	check_nothing_left();
	check_nothing_noted();
	cress_release(endless);
}

static void *switch_then_sleep(void *unused)
{
	cress_t *sleeper = cress_new(nap, NULL);
	cress_t *raw = cress_new(give_back, NULL);

	check(cress_switch(sleeper, as_value(5000)) == NULL);
	check_int(errno, EPIPE);
	check_int(cress_error(), EPIPE);
	check(cress_switch(raw, "again") != NULL);
	check_int(cress_error(), 0);
	check_refuses(cress_sleep(1), EPIPE);
	note("thrown");
	cress_release(sleeper);
	cress_release(raw);
	return unused;
}

/* D4, D6 */
static void one_suspended_in_a_switch_gets_one_throw(void)
{
	cress_t *c = cress_spawn(switch_then_sleep, NULL);

	cress_sleep(1);
	check_int(cress_kill(c, EPIPE), 0);
	check_int(cress_kill(c, EIO), 0);
	note("killed");
	check_int(cress_join(c, NULL), 0);

	check_noted("killed thrown");
	cress_sleep(10);
}

static void *generate(void *consumer)
{
	while (cress_switch(consumer, "item") != NULL)
		note("more");
	note("error:%d", cress_error());
	return cress_fail(cress_error());
}

/* D4, D6 */
static void the_parent_of_a_killed_generator_may_join_it(void)
{
	cress_t *raw = cress_new(generate, NULL);

	check(cress_switch(raw, cress_current()) != NULL);
	check(cress_switch(raw, "more") != NULL);
	check_int(cress_kill(raw, 5), 0);
	note("killed");
	check_int(cress_join(raw, NULL), 5);

	check_noted("more killed error:5");
	check_int(cress_sleep(1), 0);
}

static void *wait_then_sleep(void *c)
{
	void *value = NULL;
	int result = cress_wait(c, &value);

	note("%d:%d", result, as_number(value));
	check_refuses(cress_sleep(1), EPIPE);
	return cress_fail(EPIPE);
}

/* D6, V15 */
static void one_that_was_woken_already_keeps_what_it_got(void)
{
	cress_t *c = cress_spawn(until_killed, as_value(3));
	cress_t *waiter = cress_spawn(wait_then_sleep, c);

	cress_sleep(1);
	cress_kill(c, 0);
	while (!cress_is_dead(c))
		cress_yield();
	check_nothing_noted();
	cress_kill(waiter, EPIPE);

	check_int(cress_join(waiter, NULL), EPIPE);
	check_noted("0:3");
	check_int(cress_join(c, NULL), 0);
}

static void *yield_then_sleep(void *unused)
{
	(void)unused;
	check_int(cress_yield(), 0);
	check_refuses(cress_sleep(1), EPIPE);
	return cress_fail(EPIPE);
}

static void *kill_the_other(void *c)
{
	check_int(cress_kill(c, EPIPE), 0);
	return NULL;
}

/* D6 */
static void a_yield_that_is_queued_succeeds_in_spite_of_a_kill(void)
{
	cress_t *c = cress_spawn(yield_then_sleep, NULL);

	cress_go(kill_the_other, c);

	check_int(cress_join(c, NULL), EPIPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(kill_leaves_nothing_behind_at_any_point),
		on_virtual(throw_leaves_nothing_behind_at_any_point),
		on_virtual(cancel_leaves_nothing_behind_at_any_point),
		on_virtual(a_deadline_leaves_nothing_behind_at_any_point),
		on_virtual(a_delayed_start_leaves_nothing_behind),
		on_virtual(one_suspended_in_a_switch_gets_one_throw),
		on_virtual(the_parent_of_a_killed_generator_may_join_it),
		on_virtual(one_that_was_woken_already_keeps_what_it_got),
		in_order(a_yield_that_is_queued_succeeds_in_spite_of_a_kill),
	};

	return suite_run(tests);
}
