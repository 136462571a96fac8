/* SPDX-License-Identifier: MIT */
/*
 * How coroutines die: an error leaves an entry through cress_fail() only, is
 * kept for whoever waits, is logged once where nobody was there to get it, and
 * never stops the loop.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/runtime.h>

static const cress_attr_t named = {.name = "gwendolen"};

/* V8, D1 */
static void an_error_that_nobody_waits_for_is_logged_once(void)
{
	cress_t *c = cress_spawn_with(fail_with, as_value(ENOTTY), &named);

	cress_release(c);
	cress_sleep(0.001);

	check_int(log_lines(), 1);
	check_int(log_lines_with("gwendolen"), 1);
	check_int(cress_sleep(0.001), 0);
	check_int(log_lines(), 1);
}

/* V8 */
static void an_error_stays_for_those_who_ask_later(void)
{
	cress_t *c = cress_spawn_with(fail_with, as_value(ENOTTY), &named);
	void *value = "";

	cress_sleep(0.001);
	check(log_lines() <= 1);
	check_int(cress_wait(c, &value), ENOTTY);
	check_int(cress_wait(c, NULL), ENOTTY);
	check_int(cress_join(c, NULL), ENOTTY);

	check(value == NULL);
	check(log_lines() <= 1);
}

/* V8 */
static void the_line_tells_the_error(void)
{
	cress_go(fail_with, as_value(ENOTTY));

	cress_sleep(0.001);

	check_int(log_lines(), 1);
	check(strstr(log_text(), strerror(ENOTTY)) != NULL ||
	      strstr(log_text(), "ENOTTY") != NULL);
}

/* V8, V7 */
static void an_exit_is_not_logged(void)
{
	cress_t *c = cress_spawn(park_for_ever, NULL);

	cress_go(fail_with, as_value(CRESS_EXIT));
	cress_sleep(0.001);
	cress_kill(c, CRESS_EXIT);
	cress_release(c);
	cress_sleep(0.001);

	check_int(log_lines(), 0);
}

/* V8, D6 */
static void dying_of_the_error_of_ones_own_kill_is_not_logged(void)
{
	cress_t *parked = cress_spawn(park_for_ever, NULL);

	cress_sleep(0.001);
	cress_t *unstarted = cress_spawn(give_back, NULL);
	cress_kill(parked, ENOSPC);
	cress_kill(unstarted, EPIPE);
	cress_sleep(0.001);

	check_int(log_lines(), 0);
	check_int(cress_join(parked, NULL), ENOSPC);
	check_int(cress_join(unstarted, NULL), EPIPE);
}

static void *die_of_another(void *error)
{
	cress_sleep(INFINITY);
	return cress_fail(as_number(error));
}

/* V8, D6 */
static void dying_of_another_error_than_the_kills_is_logged(void)
{
	cress_t *c = cress_spawn_with(die_of_another, as_value(EIO), &named);

	cress_sleep(0.001);
	cress_kill(c, ENOSPC);
	cress_release(c);
	cress_sleep(0.001);

	check_int(log_lines(), 1);
	check_int(log_lines_with("gwendolen"), 1);
}

/* V8 */
static void ecanceled_without_a_kill_is_logged(void)
{
	cress_go(fail_with, as_value(ECANCELED));

	cress_sleep(0.001);

	check_int(log_lines(), 1);
}

static void *in_a_scope(void *scope)
{
	int error;

	cress_scope_open(scope, INFINITY);
	cress_sleep(INFINITY);
	error = errno;
	cress_scope_close(scope);
	return cress_fail(error);
}

/* V8, D6 */
static void dying_of_ones_own_cancel_is_not_logged(void)
{
	static cress_scope_t scope;
	cress_t *c = cress_spawn(in_a_scope, &scope);

	cress_sleep(0.001);
	check_int(cress_scope_cancel(&scope), 0);
	cress_sleep(0.001);

	check_int(log_lines(), 0);
	check_int(cress_join(c, NULL), ECANCELED);
}

/* V8, D1 */
static void a_failed_child_reaches_its_raw_parent_and_no_log(void)
{
	cress_t *raw = cress_new(fail_with, NULL);

	check(cress_switch(raw, as_value(EXFULL)) == NULL);

	check_int(cress_error(), EXFULL);
	check_int(errno, EXFULL);
	check_int(log_lines(), 0);
	check_int(cress_join(raw, NULL), EXFULL);
}

static void *return_after_fail(void *value)
{
	cress_fail(EIO);
	return value;
}

static void *return_after_error(void *value)
{
	errno = EIO;
	return value;
}

/* D1 */
static void only_a_returned_failure_is_one(void)
{
	cress_t *a = cress_spawn(return_after_fail, as_value(5));
	cress_t *b = cress_spawn(return_after_error, as_value(6));
	cress_t *c = cress_spawn(give_back, as_value(-1));
	void *values[3] = {NULL};

	check_int(cress_join(a, &values[0]), 0);
	check_int(cress_join(b, &values[1]), 0);
	check_int(cress_join(c, &values[2]), 0);

	check_int(as_number(values[0]), 5);
	check_int(as_number(values[1]), 6);
	check_int(as_number(values[2]), -1);
}

/* D1 */
static void a_number_that_is_no_error_stands_for_einval(void)
{
	static const int wrong[] = {0, -2, INT16_MIN};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		cress_t *c = cress_spawn(fail_with, as_value(wrong[i]));

		check_int(cress_join(c, NULL), EINVAL);
	}
}

static void *set_errno(void *error)
{
	errno = as_number(error);
	for (int i = 0; i < 10; i++) {
		cress_yield();
		check_int(errno, as_number(error));
	}
	cress_sleep(0.001);
	check_int(errno, as_number(error));
	return NULL;
}

/* D15 */
static void errno_belongs_to_the_coroutine(void)
{
	cress_t *one = cress_spawn(set_errno, as_value(EDOM));
	cress_t *other = cress_spawn(set_errno, as_value(EILSEQ));

	errno = ERANGE;
	check_int(cress_join(one, NULL), 0);
	check_int(cress_join(other, NULL), 0);

	check_int(errno, ERANGE);
}

static int survivors;

static void *survive(void *unused)
{
	for (int i = 0; i < 5; i++)
		cress_sleep(0.001);
	survivors++;
	return unused;
}

/* V68 */
static void a_thousand_failures_do_not_stop_the_loop(void)
{
	survivors = 0;

	for (int i = 0; i < 1000; i++) {
		cress_go(fail_with, as_value(1 + i % 100));
		cress_go(survive, NULL);
	}
	cress_sleep(0.05);

	check_int(survivors, 1000);
	check_int(log_lines(), 1000);
}

/* V68, D4 */
static void an_error_thrown_at_the_hub_does_not_stop_the_loop(void)
{
	cress_t *dead = cress_spawn(give_back, NULL);
	cress_t *hub = cress_parent(dead);

	check_int(cress_wait(dead, NULL), 0);
	cress_throw(dead, EIO);
	cress_throw(dead, CRESS_EXIT);
	cress_throw(hub, EIO);
	cress_throw(hub, CRESS_EXIT);

	check(!cress_is_dead(hub));
	check_int(cress_sleep(0.001), 0);
	cress_release(dead);
}

static int lines_met;

static void log_and_fail(int level, const char *line, void *context)
{
	(void)level;
	(void)line;
	(void)context;
	lines_met++;
	errno = EXDEV;
}

/* V68 */
static void the_error_of_a_log_function_is_nobodys(void)
{
	cress_t *dead = cress_spawn(give_back, NULL);

	lines_met = 0;
	check_int(cress_wait(dead, NULL), 0);
	cress_set_log(log_and_fail, NULL);
	errno = EDOM;
	cress_throw(cress_parent(dead), EIO);
	check_int(errno, EDOM);
	cress_go(fail_with, as_value(EIO));
	check_int(cress_sleep(0.001), 0);

	check_int(errno, EDOM);
	check_int(lines_met, 2);
	cress_release(dead);
}

static void *throw_at_a_spawn(void *c)
{
	cress_throw(c, EIO);
	note("thrower");
	return NULL;
}

/* V68, V11 */
static void a_throw_at_an_unstarted_one_only_kills_that(void)
{
	cress_t *c = cress_spawn(note_word, "ran");
	cress_t *thrower = cress_spawn(throw_at_a_spawn, c);
	cress_t *later = cress_spawn_after(3600, note_word, "ran", NULL);

	cress_throw(c, EIO);
	cress_throw(later, CRESS_EXIT);
	check_int(cress_join(c, NULL), EIO);
	check_int(cress_join(later, NULL), 0);
	check_int(cress_join(thrower, NULL), 0);

	check_noted("thrower");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(an_error_that_nobody_waits_for_is_logged_once),
		in_any_order(an_error_stays_for_those_who_ask_later),
		in_any_order(the_line_tells_the_error),
		in_any_order(an_exit_is_not_logged),
		in_any_order(dying_of_the_error_of_ones_own_kill_is_not_logged),
		in_any_order(dying_of_another_error_than_the_kills_is_logged),
		in_any_order(ecanceled_without_a_kill_is_logged),
		in_any_order(dying_of_ones_own_cancel_is_not_logged),
		in_any_order(a_failed_child_reaches_its_raw_parent_and_no_log),
		in_any_order(only_a_returned_failure_is_one),
		in_any_order(a_number_that_is_no_error_stands_for_einval),
		in_any_order(errno_belongs_to_the_coroutine),
		on_virtual(a_thousand_failures_do_not_stop_the_loop),
		in_any_order(an_error_thrown_at_the_hub_does_not_stop_the_loop),
		in_order(the_error_of_a_log_function_is_nobodys),
		in_order(a_throw_at_an_unstarted_one_only_kills_that),
	};

	return suite_run(tests);
}
