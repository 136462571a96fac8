/* SPDX-License-Identifier: MIT */
/*
 * What a group makes of misuse: each gets a clear error, and nothing is lost.
 */
#include "loop/support.h"

#include <signal.h>
#include <string.h>

#include "loop/virtual.h"
#include "support/child.h"

#include <cress/group.h>
#include <cress/runtime.h>

static cress_group_t group;

static void open_group(void)
{
	check_int(cress_group_open(&group, INFINITY, 0), 0);
}

/* Every call that needs an open group says this of one that is not. */
static void check_all_refuse(cress_group_t *g, int error)
{
	cress_t *c = cress_new(give_back, NULL);

	check(cress_group_spawn(g, give_back, NULL) == NULL);
	check_int(errno, error);
	check(cress_group_try_spawn(g, give_back, NULL, NULL) == NULL);
	check_int(errno, error);
	check_refuses(cress_group_go(g, give_back, NULL), error);
	check_refuses(cress_group_add(g, c), error);
	check_refuses(cress_group_discard(g, c), error);
	check_refuses(cress_group_set_limit(g, 1), error);
	check_refuses(cress_group_wait_free(g), error);
	check_refuses(cress_group_join(g), error);
	check_refuses((int)cress_group_wait(g, 1), error);
	check_refuses(cress_group_next(g, NULL), error);
	check_refuses(cress_group_shut(g), error);
	check_refuses(cress_group_kill(g, 0), error);
	check_refuses(cress_group_cancel(g), error);
	check_refuses(cress_group_close(g), error);
	check_int((intmax_t)cress_group_count(g), 0);
	check_int((intmax_t)cress_group_free_count(g), 0);
	cress_release(c);
}

/* D8 */
static void a_closed_group_says_that_it_is(void)
{
	open_group();
	check_int(cress_group_close(&group), 0);

	check_all_refuse(&group, ESHUTDOWN);
}

/* D8 */
static void no_group_and_a_zeroed_one_were_never_opened(void)
{
	memset(&group, 0, sizeof group);

	check_all_refuse(&group, EINVAL);
	check_all_refuse(NULL, EINVAL);
	check_int(cress_group_error(&group), 0);
	check_int(cress_group_error(NULL), 0);
}

/* D8 */
static void bad_arguments_are_refused(void)
{
	check_refuses(cress_group_open(NULL, 1, 0), EINVAL);
	check_refuses(cress_group_open(&group, -1, 0), EINVAL);
	check_refuses(cress_group_open(&group, NAN, 0), EINVAL);
	check_refuses(cress_group_open(&group, 1, 0x80), EINVAL);
	open_group();
	check_refuses(cress_group_open(&group, 1, 0), EINVAL);
	check_refuses(cress_group_go(&group, NULL, NULL), EINVAL);
	check_refuses(cress_group_add(&group, NULL), EINVAL);
	check_refuses(cress_group_discard(&group, NULL), EINVAL);
	check_refuses(cress_group_kill(&group, -7), EINVAL);
	check_refuses(cress_group_kill(&group, 4096), EINVAL);

	check_int((intmax_t)cress_group_count(&group), 0);
	check_int(cress_group_close(&group), 0);
}

/* D8 */
static void not_everybody_can_be_added(void)
{
	cress_t *c = cress_spawn(nap, as_value(1));

	open_group();
	check_refuses(cress_group_add(&group, cress_current()), EDEADLK);
	check_refuses(cress_group_add(&group, cress_parent(c)), EINVAL);
	check_int(cress_group_add(&group, c), 0);
	check_refuses(cress_group_add(&group, c), EEXIST);

	check_int(cress_group_join(&group), 0);
	check_int(cress_group_close(&group), 0);
	cress_release(c);
}

static void *add_main(void *main)
{
	cress_group_t own;

	cress_group_open(&own, INFINITY, 0);
	check_refuses(cress_group_add(&own, main), EINVAL);
	cress_group_close(&own);
	return NULL;
}

/* D8 */
static void main_is_nobodys_member(void)
{
	cress_t *c = cress_spawn(add_main, cress_current());

	check_int(cress_join(c, NULL), 0);
}

static void *close_by_child(void *unused)
{
	check_refuses(cress_group_close(&group), EPERM);
	note("tried");
	return unused;
}

/* D8 */
static void a_child_cannot_close_its_group(void)
{
	open_group();
	cress_group_go(&group, close_by_child, NULL);
	cress_go(close_by_child, NULL);
	check_int(cress_group_join(&group), 0);
	cress_sleep(0.001);

	check_noted("tried tried");
	check_int(cress_group_close(&group), 0);
}

/* D8 */
static void scopes_and_groups_close_from_the_inside_out(void)
{
	cress_group_t inner;
	cress_scope_t scope;

	open_group();
	cress_scope_open(&scope, INFINITY);
	check_refuses(cress_group_close(&group), EINVAL);
	cress_group_open(&inner, INFINITY, 0);
	check_refuses(cress_scope_close(&scope), EINVAL);
	check_refuses(cress_group_close(&group), EINVAL);

	check_int(cress_group_close(&inner), 0);
	check_int(cress_scope_close(&scope), 0);
	check_int(cress_group_close(&group), 0);
}

static void *wait_for_own_group(void *unused)
{
	check_refuses(cress_group_join(&group), EDEADLK);
	check_refuses(cress_group_next(&group, NULL), EDEADLK);
	check_refuses((int)cress_group_wait(&group, 1), EDEADLK);
	note("told");
	return unused;
}

/* V6, D8 */
static void a_member_that_would_wait_for_itself_is_told(void)
{
	open_group();
	cress_group_go(&group, wait_for_own_group, NULL);
	check_int(cress_group_join(&group), 0);

	check_noted("told");
	check_int(cress_group_close(&group), 0);
}

static void *wait_for_sibling(void *unused)
{
	cress_group_result_t result;

	check_int(cress_group_next(&group, &result), 1);
	note("%d", as_number(result.value));
	return unused;
}

/* D8 */
static void a_member_may_wait_for_a_siblings_result(void)
{
	open_group();
	cress_group_go(&group, wait_for_sibling, NULL);
	cress_group_go(&group, nap, as_value(1));
	check_int(cress_group_join(&group), 0);

	check_noted("1");
	check_int(cress_group_close(&group), 0);
}

static void *spawn_late(void *unused)
{
	cress_sleep(INFINITY);
	check_refuses(cress_group_go(&group, note_word, "late"), ESHUTDOWN);
	check_refuses(cress_group_cancel(&group), ESHUTDOWN);
	check_refuses(cress_group_discard(&group, cress_current()), ESHUTDOWN);
	note("refused");
	return unused;
}

/* D8 */
static void nobody_is_spawned_into_a_group_that_closes(void)
{
	open_group();
	cress_group_go(&group, spawn_late, NULL);
	cress_sleep(0.001);
	check_int(cress_group_close(&group), 0);

	check_noted("refused");
}

static void spawn_in_handler(void *word)
{
	check_int(cress_group_go(&group, note_word, word), 0);
}

static void *die_spawning(void *word)
{
	check_int(cress_defer(spawn_in_handler, word), 0);
	return cress_fail(EIO);
}

/* D8 */
static void a_dying_member_may_still_spawn(void)
{
	open_group();
	cress_group_go(&group, die_spawning, "heir");
	check_int(cress_group_join(&group), EIO);

	check_noted("heir");
	check_int(cress_group_close(&group), 0);
}

static void *kill_all(void *unused)
{
	check_int(cress_group_kill(&group, EINTR), 0);
	check_int(cress_scope_error(), EINTR);
	check_refuses(cress_yield(), EINTR);
	return unused;
}

/* V17, R27 */
static void a_member_that_kills_all_kills_itself_too(void)
{
	open_group();
	cress_group_go(&group, park_for_ever, NULL);
	cress_group_go(&group, kill_all, NULL);
	cress_group_go(&group, note_word, "never");

	check_int(cress_group_join(&group), EINTR);
	check_nothing_noted();
	check_int(cress_group_close(&group), 0);
}

static void *throw_at_closer(void *main)
{
	cress_scope_t shield;

	cress_sleep(INFINITY);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	cress_kill(main, EINTR);
	cress_throw(main, EPIPE);
	check_int(cress_sleep(0.002), 0);
	check_int(cress_scope_close(&shield), 0);
	note("last words");
	return NULL;
}

static void *close_under_fire(void *unused)
{
	cress_group_t own;

	cress_group_open(&own, INFINITY, 0);
	cress_group_go(&own, throw_at_closer, cress_current());
	cress_sleep(0.001);
	errno = 0;
	check_int(cress_group_close(&own), 0);
	check_int(errno, 0);
	note("closed");
	check_refuses(cress_sleep(1), EPIPE);
	check_refuses(cress_sleep(1), EINTR);
	return unused;
}

/* D8, R25 */
static void neither_kill_nor_throw_ends_a_close(void)
{
	cress_t *c = cress_spawn(close_under_fire, NULL);

	check_int(cress_join(c, NULL), 0);
	check_noted("last words closed");
}

static void *leave_it_open(void *unused)
{
	cress_group_t own;

	cress_group_open(&own, INFINITY, 0);
	return unused;
}

static int run_one_that_leaves_it_open(void *unused)
{
	(void)unused;
	return cress_join(cress_spawn(leave_it_open, NULL), NULL);
}

static int leave_it_open_in_main(void *unused)
{
	return leave_it_open(unused) != NULL;
}

static void end_with_a_group_open(void *body)
{
	int (*const bodies[])(void *) = {run_one_that_leaves_it_open,
					 leave_it_open_in_main};

	exit(cress_run_virtual(bodies[as_number(body)], NULL, 0));
}

/* D5, D8 */
static void ending_with_a_group_open_aborts(void)
{
	static struct child child;

	for (int i = 0; i < 2; i++) {
		child_run(&child, end_with_a_group_open, as_value(i));
		check_int(child.signal, SIGABRT);
		check(child_said(&child, "ended with a scope open"));
	}
}

static void *never_end(void *unused)
{
	cress_scope_t shield;

	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	cress_sleep(INFINITY);
	return unused;
}

static int close_with_one_that_never_ends(void *unused)
{
	(void)unused;
	open_group();
	cress_group_go(&group, never_end, NULL);
	cress_sleep(0.001);
	return cress_group_close(&group);
}

static void close_for_ever(void *unused)
{
	cress_set_log(NULL, NULL);
	exit(cress_run_virtual(close_with_one_that_never_ends, unused, 0));
}

/* D8, V67 */
static void members_that_never_end_are_told_and_abort(void)
{
	static struct child child;

	child_run(&child, close_for_ever, NULL);
	check_int(child.signal, SIGABRT);
	check(child_said(&child, "\"main\" (0x"));
	check(child_said(&child, "waits for the members of the group of "
				 "coroutine \"main\" (1 live, "));
	check(child_said(&child, "wait for ever in a shield"));
}

static void from_elsewhere(void *unused)
{
	(void)unused;
	check_all_refuse(&group, EXDEV);
}

/* D13 */
static void another_thread_is_refused(void)
{
	open_group();
	on_thread(from_elsewhere, NULL);
	check_int((intmax_t)cress_group_count(&group), 0);

	check_int(cress_group_close(&group), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(a_closed_group_says_that_it_is),
		in_any_order(no_group_and_a_zeroed_one_were_never_opened),
		in_any_order(bad_arguments_are_refused),
		in_any_order(not_everybody_can_be_added),
		in_any_order(main_is_nobodys_member),
		in_any_order(a_child_cannot_close_its_group),
		in_any_order(scopes_and_groups_close_from_the_inside_out),
		in_any_order(a_member_that_would_wait_for_itself_is_told),
		in_any_order(a_member_may_wait_for_a_siblings_result),
		in_any_order(nobody_is_spawned_into_a_group_that_closes),
		in_any_order(a_dying_member_may_still_spawn),
		in_order(a_member_that_kills_all_kills_itself_too),
		in_any_order(neither_kill_nor_throw_ends_a_close),
		in_order(another_thread_is_refused),
		bare(ending_with_a_group_open_aborts),
		bare(members_that_never_end_are_told_and_abort),
	};

	return suite_run(tests);
}
