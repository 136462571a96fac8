/* SPDX-License-Identifier: MIT */
/*
 * A group from open to close: whom it waits for, whom it kills, and what its
 * deadline and its cancel reach.
 */
#include "loop/support.h"

#include <cress/group.h>

static cress_group_t group;

static void open_group(double seconds, unsigned flags)
{
	check_int(cress_group_open(&group, seconds, flags), 0);
}

static void spawn_naps(int from, int to)
{
	for (int i = from; i <= to; i++)
		check_int(cress_group_go(&group, nap, as_value(i)), 0);
}

/* V9 */
static void a_normal_end_joins_its_members(void)
{
	open_group(INFINITY, 0);
	spawn_naps(1, 5);
	check_int((intmax_t)cress_group_count(&group), 5);

	check_int(cress_group_join(&group), 0);
	check_int((intmax_t)cress_group_count(&group), 0);
	check_int(cress_group_close(&group), 0);
	check_int(cress_group_error(&group), 0);
}

static void *note_end(void *word)
{
	cress_sleep(INFINITY);
	note("%s:%d", (const char *)word, errno);
	return NULL;
}

/* V9, D8 */
static void close_kills_and_waits_for_those_that_live(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, note_end, "a");
	cress_group_go(&group, note_end, "b");
	cress_sleep(0.001);

	check_int(cress_group_close(&group), 0);
	check_noted("a:%d b:%d", ECANCELED, ECANCELED);
}

/* V11, V20, R27 */
static void close_kills_the_unstarted_without_running_them(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, note_word, "a");
	cress_group_go(&group, note_word, "b");

	check_int(cress_group_close(&group), 0);
	check_nothing_noted();
	check_int(cress_group_error(&group), ECANCELED);
	check_int(log_lines(), 0);
}

/* D8 */
static void an_empty_group_closes_without_a_park(void)
{
	cress_go(note_word, "other");
	open_group(INFINITY, 0);
	check_int(cress_group_join(&group), 0);
	check_int(cress_group_next(&group, NULL), 0);
	check_int(cress_group_close(&group), 0);

	check_nothing_noted();
}

/* V1 */
static void members_run_in_the_order_of_their_spawns(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, note_word, "a");
	cress_group_go(&group, note_word, "b");
	cress_group_go(&group, note_word, "c");
	note("opener");
	cress_group_join(&group);

	check_noted("opener a b c");
	cress_group_close(&group);
}

/* V58 */
static void join_says_the_first_error_that_a_member_died_of(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, give_back, NULL);
	cress_group_go(&group, fail_with, as_value(ENXIO));
	cress_group_go(&group, fail_with, as_value(EIO));
	spawn_naps(2, 2);

	check_int(cress_group_join(&group), ENXIO);
	check_int(cress_group_error(&group), ENXIO);
	check_int(cress_group_close(&group), 0);
	check_int(cress_group_error(&group), ENXIO);
	check_int(log_lines_with("died of error"), 2);
}

/* V58 */
static void join_may_fail_and_says_how_many_are_left(void)
{
	cress_scope_t limit;

	open_group(INFINITY, 0);
	spawn_naps(1, 4);
	cress_scope_open(&limit, 0.0025);
	check_refuses(cress_group_join(&group), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int((intmax_t)cress_group_count(&group), 2);

	check_int(cress_group_join(&group), 0);
	check_int(cress_group_close(&group), 0);
}

/* V59 */
static void kill_kills_all_and_leaves_the_group_usable(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, note_end, "a");
	cress_sleep(0.001);
	cress_group_go(&group, note_word, "unstarted");

	check_int(cress_group_kill(&group, EINTR), 0);
	check_int((intmax_t)cress_group_count(&group), 2);
	check_int(cress_group_join(&group), EINTR);
	check_int((intmax_t)cress_group_count(&group), 0);
	check_noted("a:%d", EINTR);
	spawn_naps(1, 1);
	check_int(cress_group_close(&group), 0);
}

/* V7, V59 */
static void a_kill_with_exit_is_a_success(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, park_for_ever, NULL);
	cress_sleep(0.001);
	cress_group_go(&group, park_for_ever, NULL);
	check_int(cress_group_kill(&group, CRESS_EXIT), 0);

	check_int(cress_group_join(&group), 0);
	check_int(cress_group_close(&group), 0);
	check_int(log_lines(), 0);
}

static void *ignore_a_while(void *word)
{
	cress_scope_t shield;

	for (int i = 0; i < 10; i++)
		check_refuses(cress_sleep(10), ECANCELED);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_int(cress_sleep(0.005), 0);
	check_int(cress_scope_close(&shield), 0);
	note("%s", (const char *)word);
	return NULL;
}

/* V13, V14, V16 */
static void one_that_takes_its_time_to_die_is_waited_for(void)
{
	cress_scope_t limit;

	open_group(INFINITY, 0);
	cress_group_go(&group, ignore_a_while, "done");
	cress_sleep(0.001);
	check_int(cress_group_kill(&group, 0), 0);
	cress_scope_open(&limit, 0.002);
	check_refuses(cress_group_join(&group), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_nothing_noted();

	check_int(cress_group_close(&group), 0);
	check_noted("done");
}

/* D8 */
static void the_deadline_reaches_opener_and_members(void)
{
	open_group(0.003, 0);
	cress_group_go(&group, note_end, "a");
	cress_group_go(&group, note_end, "b");
	spawn_naps(1, 2);

	check_refuses(cress_group_join(&group), ETIMEDOUT);
	check(cress_group_spawn(&group, give_back, NULL) == NULL);
	check_int(errno, ETIMEDOUT);
	check_int(cress_group_close(&group), ETIMEDOUT);
	check_noted("a:%d b:%d", ETIMEDOUT, ETIMEDOUT);
	check_int(cress_group_error(&group), 0);
}

/* D8 */
static void a_deadline_that_no_call_saw_is_nobodys_fault(void)
{
	open_group(0.001, 0);
	cress_group_go(&group, note_end, "a");
	check_int(cress_group_close(&group), 0);
	open_group(0, 0);
	check_int(cress_group_close(&group), 0);

	open_group(0, 0);
	check_refuses(cress_yield(), ETIMEDOUT);
	check_int(cress_group_close(&group), ETIMEDOUT);
}

static void *cancel_group(void *unused)
{
	check_int(cress_group_cancel(&group), 0);
	check_int(cress_group_cancel(&group), 0);
	check_int(cress_scope_error(), 0);
	return unused;
}

/* D8 */
static void any_coroutine_may_cancel_and_all_hear_of_it(void)
{
	open_group(INFINITY, 0);
	cress_group_go(&group, note_end, "a");
	cress_sleep(0.001);
	cress_go(cancel_group, NULL);

	check_refuses(cress_group_join(&group), ECANCELED);
	check_refuses(cress_sleep(1), ECANCELED);
	check(cress_group_spawn(&group, give_back, NULL) == NULL);
	check_int(errno, ECANCELED);
	check_int(cress_group_close(&group), ECANCELED);
	check_noted("a:%d", ECANCELED);
	check_int(cress_yield(), 0);
}

/* D8 */
static void the_first_error_cancels_the_rest_if_asked_to(void)
{
	open_group(INFINITY, CRESS_GROUP_FAIL_FAST);
	cress_group_go(&group, note_end, "a");
	cress_group_go(&group, fail_with, as_value(EIO));
	cress_group_go(&group, note_word, "unstarted");
	spawn_naps(20, 25);

	check_refuses(cress_group_join(&group), ECANCELED);
	check_int(cress_group_close(&group), ECANCELED);
	check_int(cress_group_error(&group), EIO);
	check_noted("a:%d", ECANCELED);
}

/* D8 */
static void without_an_error_nothing_is_cancelled(void)
{
	open_group(INFINITY, CRESS_GROUP_FAIL_FAST);
	spawn_naps(1, 5);
	cress_group_go(&group, park_for_ever, NULL);
	cress_sleep(0.002);
	check_int(cress_group_kill(&group, CRESS_EXIT), 0);

	check_int(cress_group_join(&group), 0);
	check_int(cress_group_close(&group), 0);
}

static void *open_and_wait(void *inner)
{
	cress_group_open(inner, INFINITY, 0);
	cress_group_go(inner, note_end, "grandchild");
	check_refuses(cress_group_join(inner), ECANCELED);
	note("child");
	check_int(cress_group_close(inner), 0);
	return NULL;
}

/* D8 */
static void a_members_own_group_ends_before_it_does(void)
{
	cress_group_t inner;

	open_group(INFINITY, 0);
	cress_group_go(&group, open_and_wait, &inner);
	cress_sleep(0.001);

	check_int(cress_group_close(&group), 0);
	check_noted("child grandchild:%d", ECANCELED);
}

/* D5, D8 */
static void an_outer_deadline_passes_through_the_group(void)
{
	cress_scope_t outer;

	cress_scope_open(&outer, 0.001);
	open_group(INFINITY, 0);
	cress_group_go(&group, ignore_a_while, "child");
	check_refuses(cress_group_join(&group), ETIMEDOUT);
	check_int(cress_group_close(&group), 0);
	check_int(cress_scope_close(&outer), ETIMEDOUT);

	check_noted("child");
}

/* D5, D8 */
static void a_deadline_during_close_blames_nobody(void)
{
	cress_scope_t outer;

	cress_scope_open(&outer, 0.002);
	open_group(0.003, 0);
	cress_group_go(&group, ignore_a_while, "child");
	cress_sleep(0.0005);
	check_int(cress_group_close(&group), 0);
	check_int(cress_scope_close(&outer), 0);

	check_noted("child");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(a_normal_end_joins_its_members),
		in_order(close_kills_and_waits_for_those_that_live),
		in_any_order(close_kills_the_unstarted_without_running_them),
		in_any_order(an_empty_group_closes_without_a_park),
		in_order(members_run_in_the_order_of_their_spawns),
		in_order(join_says_the_first_error_that_a_member_died_of),
		on_virtual(join_may_fail_and_says_how_many_are_left),
		in_any_order(kill_kills_all_and_leaves_the_group_usable),
		in_any_order(a_kill_with_exit_is_a_success),
		on_seeds(one_that_takes_its_time_to_die_is_waited_for),
		on_virtual(the_deadline_reaches_opener_and_members),
		in_any_order(a_deadline_that_no_call_saw_is_nobodys_fault),
		in_any_order(any_coroutine_may_cancel_and_all_hear_of_it),
		in_order(the_first_error_cancels_the_rest_if_asked_to),
		on_virtual(without_an_error_nothing_is_cancelled),
		in_order(a_members_own_group_ends_before_it_does),
		on_seeds(an_outer_deadline_passes_through_the_group),
		on_seeds(a_deadline_during_close_blames_nobody),
	};

	return suite_run(tests);
}
