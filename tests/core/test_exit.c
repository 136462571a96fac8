/* SPDX-License-Identifier: MIT */
/*
 * Ends: CRESS_EXIT, errors that an entry returns, the last reference, cleanup
 * handlers, and the memory that an end gives back.
 */
#include "support/suite.h"

#include <string.h>

#include <cress/coroutine.h>
#include <cress/runtime.h>
#include <cress/stack.h>

static cress_t *main_one;
static cress_t *kept;

static void note_log(int level, const char *line, void *context)
{
	(void)context;
	check(line != NULL && strchr(line, '\n') == NULL);
	note("log:%d", level);
}

static void note_cleanup(void *arg)
{
	note("cleanup:%d", as_number(arg));
}

/* Park until an error comes, and die of it. */
static void *die_of_it(void *arg)
{
	check(cress_defer(note_cleanup, arg) == 0);
	cress_switch(main_one, NULL);
	note("error:%d", cress_error());
	return cress_fail(cress_error());
}

static void *catch_it(void *arg)
{
	cress_switch(main_one, NULL);
	note("error:%d", cress_error());
	return arg;
}

/* G24, D1 */
static void an_exit_not_caught_is_returned_to_the_parent(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(die_of_it, NULL);

	assert_gives(cress_switch(c, as_value(1)), NULL);
	assert_gives(cress_throw(c, CRESS_EXIT), NULL);

	assert_true(cress_is_dead(c));
	assert_string_equal(noted(), "error:-1 cleanup:1");
	cress_release(c);
}

static void *give_result(void *arg)
{
	return as_number(arg) == 9 ? arg : cress_fail(as_number(arg));
}

/* D1 */
static void a_number_that_is_no_error_is_died_of_as_einval(void **state)
{
	(void)state;
	const struct {
		int number, error;
	} cases[] = {{9, 0}, {EIO, EIO}, {-2, EINVAL}, {0, EINVAL},
		     {CRESS_EXIT, 0}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		cress_t *c = cress_new(give_result, NULL);

		cress_switch(c, as_value(cases[i].number));
		assert_int_equal(cress_error(), cases[i].error);
		assert_true(cress_is_dead(c));
		cress_release(c);
	}
}

static void *change_ones_mind(void *arg)
{
	cress_fail(EIO);
	return arg;
}

static void *fail_much_later(void *arg)
{
	void *failure = cress_fail(EBADF);

	cress_switch(main_one, arg);
	return failure;
}

/* D1 */
static void only_what_the_entry_returns_decides(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *fine = cress_new(change_ones_mind, NULL);
	cress_t *late = cress_new(fail_much_later, NULL);
	cress_t *other = cress_new(give_result, NULL);

	assert_gives(cress_switch(fine, as_value(2)), as_value(2));
	assert_gives(cress_switch(late, as_value(3)), as_value(3));
	assert_fails(cress_switch(other, as_value(EPIPE)), EPIPE);
	assert_fails(cress_switch(late, NULL), EBADF);

	cress_release(fine);
	cress_release(late);
	cress_release(other);
}

/* G25 */
static void an_exit_may_be_caught_and_answered_with_a_value(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(catch_it, NULL);

	assert_gives(cress_switch(c, as_value(6)), NULL);
	assert_gives(cress_throw(c, CRESS_EXIT), as_value(6));

	assert_true(cress_is_dead(c));
	cress_release(c);
}

static void *ignore_exits(void *arg)
{
	while (cress_switch(main_one, arg) == NULL)
		note("error:%d", cress_error());
	return as_value(2);
}

/* G26 */
static void an_exit_may_be_ignored(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(ignore_exits, NULL);

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_gives(cress_throw(c, CRESS_EXIT), as_value(1));
	assert_true(cress_is_active(c));
	assert_gives(cress_switch(c, as_value(1)), as_value(2));

	assert_string_equal(noted(), "error:-1");
	cress_release(c);
}

/* G27 */
static void the_last_release_ends_an_active_coroutine_at_once(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(die_of_it, NULL);

	assert_gives(cress_switch(c, as_value(1)), NULL);
	cress_retain(c);
	cress_release(c);
	assert_string_equal(noted(), "");
	errno = ENOTTY;
	cress_release(c);

	assert_int_equal(errno, ENOTTY);
	assert_string_equal(noted(), "error:-1 cleanup:1");
}

static void *release_from_here(void *arg)
{
	note("before");
	cress_release(arg);
	note("after");
	return as_value(4);
}

/* G27 */
static void whoever_releases_goes_on_when_it_is_dead(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(die_of_it, NULL);
	cress_t *releaser = cress_new(release_from_here, NULL);

	assert_gives(cress_switch(c, as_value(1)), NULL);
	assert_gives(cress_switch(releaser, c), as_value(4));

	assert_string_equal(noted(), "before error:-1 cleanup:1 after");
	cress_release(releaser);
}

static void *keep_oneself(void *arg)
{
	cress_switch(main_one, arg);
	kept = cress_retain(cress_current());
	note("error:%d", cress_error());
	cress_switch(cress_parent(kept), NULL);
	note("again:%d", cress_error());
	return arg;
}

/* G26, G27 */
static void one_that_switches_away_instead_stays_alive(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(keep_oneself, NULL);

	cress_set_log(note_log, NULL);
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	cress_release(c);
	cress_set_log(NULL, NULL);
	assert_ptr_equal(kept, c);
	assert_true(cress_is_active(kept));
	assert_gives(cress_switch(kept, as_value(2)), as_value(1));

	assert_non_null(strstr(noted(), "again:0"));
	cress_release(kept);
}

static void *ignore_one_exit(void *arg)
{
	cress_switch(main_one, arg);
	note("error:%d", cress_error());
	cress_switch(main_one, NULL);
	note("again:%d", cress_error());
	return as_value(2);
}

/* G26 */
static void one_that_switches_away_needs_no_handle_to_live(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(ignore_one_exit, NULL);

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	cress_release(c);
	assert_string_equal(noted(), "error:-1");
	assert_true(cress_is_active(c));
	assert_gives(cress_switch(c, NULL), as_value(2));

	assert_string_equal(noted(), "again:0");
}

/* G28 */
static void releasing_an_unstarted_one_runs_nothing(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(die_of_it, NULL);

	cress_release(c);

	assert_string_equal(noted(), "");
}

static void *fail_in_the_end(void *arg)
{
	cress_switch(main_one, arg);
	return cress_fail(EIO);
}

/* G30 */
static void an_error_in_a_forced_exit_is_logged_not_delivered(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(fail_in_the_end, NULL);

	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	cress_set_log(note_log, NULL);
	cress_release(c);
	cress_set_log(NULL, NULL);

	assert_int_equal(cress_error(), 0);
	assert_string_equal(noted(), "log:3");
}

static void *release_oneself(void *arg)
{
	cress_release(cress_current());
	note("alive");
	return arg;
}

/* G27 */
static void one_may_release_oneself_and_still_return(void **state)
{
	(void)state;
	cress_t *c = cress_new(release_oneself, NULL);

	assert_gives(cress_switch(c, as_value(3)), as_value(3));

	assert_string_equal(noted(), "alive");
}

static void *end_with_error(void *arg)
{
	for (int i = 1; i <= 3; i++)
		check(cress_defer(note_cleanup, as_value(i)) == 0);
	check(cress_defer(NULL, NULL) == -1 && errno == EINVAL);
	return as_number(arg) ? cress_fail(as_number(arg)) : as_value(1);
}

/* R28 */
static void handlers_run_once_the_last_registered_first(void **state)
{
	(void)state;
	cress_t *fine = cress_new(end_with_error, NULL);
	cress_t *failed = cress_new(end_with_error, NULL);

	assert_gives(cress_switch(fine, NULL), as_value(1));
	assert_string_equal(noted(), "cleanup:3 cleanup:2 cleanup:1");
	assert_fails(cress_switch(failed, as_value(EIO)), EIO);
	assert_string_equal(noted(), "cleanup:3 cleanup:2 cleanup:1");

	cress_release(fine);
	cress_release(failed);
}

static void park_in_handler(void *arg)
{
	check(!cress_is_dead(cress_current()));
	cress_switch(main_one, arg);
	note("handler:%d", cress_error());
}

static void defer_in_handler(void *arg)
{
	check(cress_defer(note_cleanup, as_value(2)) == 0);
	note_cleanup(arg);
}

static void *die_with_parking_handlers(void *arg)
{
	cress_defer(note_cleanup, as_value(1));
	cress_defer(defer_in_handler, as_value(3));
	cress_defer(park_in_handler, as_value(11));
	cress_defer(park_in_handler, as_value(12));
	return cress_fail(as_number(arg));
}

/* R28 */
static void a_kill_during_a_handler_repeats_none(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(die_with_parking_handlers, NULL);

	assert_gives(cress_switch(c, as_value(EIO)), as_value(12));
	assert_gives(cress_throw(c, CRESS_EXIT), as_value(11));
	assert_fails(cress_throw(c, EPIPE), EIO);

	assert_true(cress_is_dead(c));
	assert_string_equal(noted(), "handler:-1 handler:32 "
				     "cleanup:3 cleanup:2 cleanup:1");
	cress_release(c);
}

/* R28, G27 */
static void a_release_during_a_handler_repeats_none(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(die_with_parking_handlers, NULL);

	cress_set_log(note_log, NULL);
	assert_gives(cress_switch(c, as_value(CRESS_EXIT)), as_value(12));
	assert_gives(cress_switch(c, NULL), as_value(11));
	cress_release(c);
	cress_set_log(NULL, NULL);

	assert_string_equal(noted(), "handler:0 handler:-1 "
				     "cleanup:3 cleanup:2 cleanup:1");
}

/* D3 */
static void the_stack_goes_back_at_death_not_at_the_last_release(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_stack_stats_t before, during, after;
	cress_t *c = cress_new(catch_it, NULL);

	cress_stack_stats(&before);
	assert_gives(cress_switch(c, NULL), NULL);
	cress_stack_stats(&during);
	assert_gives(cress_switch(c, as_value(1)), NULL);
	cress_stack_stats(&after);

	assert_int_equal(during.in_use, before.in_use + 1);
	assert_int_equal(after.in_use, before.in_use);
	assert_true(after.pooled >= 1);
	cress_release(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_exit_not_caught_is_returned_to_the_parent),
		test(a_number_that_is_no_error_is_died_of_as_einval),
		test(only_what_the_entry_returns_decides),
		test(an_exit_may_be_caught_and_answered_with_a_value),
		test(an_exit_may_be_ignored),
		test(the_last_release_ends_an_active_coroutine_at_once),
		test(whoever_releases_goes_on_when_it_is_dead),
		test(one_that_switches_away_instead_stays_alive),
		test(one_that_switches_away_needs_no_handle_to_live),
		test(releasing_an_unstarted_one_runs_nothing),
		test(an_error_in_a_forced_exit_is_logged_not_delivered),
		test(one_may_release_oneself_and_still_return),
		test(handlers_run_once_the_last_registered_first),
		test(a_kill_during_a_handler_repeats_none),
		test(a_release_during_a_handler_repeats_none),
		test(the_stack_goes_back_at_death_not_at_the_last_release),
	};

	return suite_run(tests);
}
