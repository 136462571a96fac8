/* SPDX-License-Identifier: MIT */
/*
 * Kill: it never parks, its first error wins, it reaches the call that the
 * target is parked in and all that follow, it never takes away what the target
 * has got already, and the target alone decides when it ends.
 */
#include "loop/support.h"

static void *sleep_and_note(void *word)
{
	int error = cress_sleep(INFINITY) == 0 ? 0 : errno;

	note("%s:%d", (const char *)word, error);
	return cress_fail(error);
}

/* V11, R27 */
static void one_killed_before_its_first_run_never_runs(void)
{
	cress_t *a = cress_spawn(note_word, "ran");
	cress_t *b = cress_spawn(note_word, "ran");
	cress_t *c = cress_spawn(note_word, "ran");
	void *value = "";

	check_int(cress_kill(a, CRESS_EXIT), 0);
	check_int(cress_kill(b, EIO), 0);
	check_int(cress_kill(c, 0), 0);
	check_int(cress_join(a, &value), 0);
	check_int(cress_wait(b, NULL), EIO);
	check_int(cress_join(c, NULL), ECANCELED);

	check(value == NULL);
	check(cress_switch(b, NULL) == NULL);
	check_nothing_noted();
	cress_release(b);
}

/* V11, R27 */
static void a_raw_one_killed_before_its_start_never_runs(void)
{
	cress_t *raw = cress_new(note_word, NULL);

	check_int(cress_kill(raw, EIO), 0);
	check_int(cress_wait(raw, NULL), EIO);
	check(cress_is_dead(raw));
	cress_switch(raw, "ran");

	check_nothing_noted();
	check_int(cress_join(raw, NULL), EIO);
}

/* V12, R27 */
static void kill_of_a_dead_one_does_nothing(void)
{
	cress_t *c = cress_spawn(give_back, as_value(4));
	void *value = NULL;

	check_int(cress_wait(c, NULL), 0);
	cress_go(note_word, "other");
	check_int(cress_kill(c, EIO), 0);
	check_int(cress_kill(c, CRESS_EXIT), 0);
	note("killed");
	check_int(cress_join(c, &value), 0);
	cress_sleep(0.001);

	check_int(as_number(value), 4);
	check_noted("killed other");
}

/* V13, V15, D6 */
static void kill_returns_before_the_target_sees_it(void)
{
	cress_t *c = cress_spawn(sleep_and_note, "c");

	cress_sleep(0.001);
	check_int(cress_kill(c, EPIPE), 0);
	note("killed");
	check(!cress_is_dead(c));
	check_int(cress_join(c, NULL), EPIPE);

	note("joined");
	check_noted("killed c:%d joined", EPIPE);
}

static void *clean_up_slowly(void *seconds)
{
	cress_scope_t cleanup;
	int error;

	cress_sleep(INFINITY);
	error = errno;
	cress_scope_open(&cleanup, INFINITY);
	cress_scope_shield(&cleanup);
	note("begin");
	check_int(cress_sleep(as_number(seconds)), 0);
	note("end");
	check_int(cress_scope_close(&cleanup), 0);
	return cress_fail(error);
}

/* V13, D5 */
static void a_wait_after_kill_lasts_through_the_cleanup(void)
{
	cress_t *c = cress_spawn(clean_up_slowly, as_value(10));
	double start = cress_now();

	cress_sleep(1);
	check_int(cress_kill(c, EPIPE), 0);
	check_int(cress_join(c, NULL), EPIPE);
	note("joined");

	check_noted("begin end joined");
	check(cress_now() - start >= 11);
}

/* V14, D6 */
static void a_bounded_wait_after_kill_finds_it_alive(void)
{
	cress_t *c = cress_spawn(clean_up_slowly, as_value(10));
	cress_scope_t limit;

	cress_sleep(1);
	check_int(cress_kill(c, EPIPE), 0);
	cress_scope_open(&limit, 2);
	check_refuses(cress_wait(c, NULL), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);

	check(!cress_is_dead(c));
	check_int(cress_join(c, NULL), EPIPE);
}

/* V15, D6 */
static void the_first_of_two_kills_decides(void)
{
	cress_t *a = cress_spawn(park_for_ever, NULL);
	cress_t *b = cress_spawn(give_back, NULL);

	cress_sleep(0.001);
	cress_t *unstarted = cress_spawn(give_back, NULL);
	check_int(cress_kill(a, EPIPE), 0);
	check_int(cress_kill(a, EIO), 0);
	check_int(cress_kill(unstarted, EPIPE), 0);
	check_int(cress_kill(unstarted, CRESS_EXIT), 0);

	check_int(cress_join(a, NULL), EPIPE);
	check_int(cress_join(b, NULL), 0);
	check_int(cress_join(unstarted, NULL), EPIPE);
}

static void *defy(void *count)
{
	int failures = 0;

	for (int i = 0; i < as_number(count); i++)
		failures += cress_sleep(INFINITY) == -1 && errno == EPIPE;
	cress_yield();
	note("yield:%d", errno == EPIPE);
	return as_value(failures);
}

/* V16, D6 */
static void one_that_ignores_a_kill_parks_no_more(void)
{
	cress_t *c = cress_spawn(defy, as_value(1000));
	void *value = NULL;

	cress_sleep(0.001);
	cress_kill(c, EPIPE);
	check_int(cress_join(c, &value), 0);

	check_int(as_number(value), 1000);
	check_noted("yield:1");
}

static void *kill_oneself(void *unused)
{
	(void)unused;
	check_int(cress_kill(cress_current(), ENOLCK), 0);
	note("alive");
	check_int(cress_scope_error(), ENOLCK);
	check_refuses(cress_sleep(1), ENOLCK);
	check_refuses(cress_yield(), ENOLCK);
	check_refuses(cress_wait(cress_current(), NULL), ENOLCK);
	check_int(cress_kill(cress_current(), EIO), 0);
	check_refuses(cress_yield(), ENOLCK);
	return cress_fail(errno);
}

/* V17, R27 */
static void a_kill_of_oneself_fails_the_next_parking_call(void)
{
	cress_t *c = cress_spawn(kill_oneself, NULL);

	check_int(cress_join(c, NULL), ENOLCK);

	check_noted("alive");
}

/* V18 */
static void the_very_error_is_what_the_target_gets(void)
{
	static const int errors[] = {EPERM, EINVAL, ETIMEDOUT, EHWPOISON, 4095};

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		cress_t *c = cress_spawn(park_for_ever, NULL);

		cress_sleep(0.001);
		check_int(cress_kill(c, errors[i]), 0);
		check_int(cress_join(c, NULL), errors[i]);
	}
}

/* V18, V7 */
static void an_exit_reads_ecanceled_and_is_a_success(void)
{
	cress_t *c = cress_spawn(sleep_and_note, "c");
	void *value = "";

	cress_sleep(0.001);
	check_int(cress_kill(c, CRESS_EXIT), 0);
	check_int(cress_join(c, &value), 0);

	check_noted("c:%d", ECANCELED);
	check(value == NULL);
}

/* V15 */
static void misuse_of_kill_is_refused(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	check_refuses(cress_kill(NULL, 0), EINVAL);
	check_refuses(cress_kill(cress_parent(c), 0), EINVAL);
	check_refuses(cress_kill(c, -2), EINVAL);

	check_int(cress_join(c, NULL), 0);
}

static void kill_from_elsewhere(void *c)
{
	check_refuses(cress_kill(c, EIO), EXDEV);
}

/* V15, D13 */
static void kill_from_another_thread_is_refused(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	on_thread(kill_from_elsewhere, c);

	check_int(cress_join(c, NULL), 0);
}

static void *hold_the_shield(void *unused)
{
	cress_scope_t shield;

	(void)unused;
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_int(cress_sleep(5), 0);
	check_int(cress_scope_error(), 0);
	check_int(cress_scope_close(&shield), 0);
	check_int(cress_scope_error(), EPIPE);
	check_refuses(cress_sleep(5), EPIPE);
	return cress_fail(EPIPE);
}

/* D5, D6 */
static void a_kill_waits_until_the_shield_is_closed(void)
{
	cress_t *c = cress_spawn(hold_the_shield, NULL);
	double start = cress_now();

	cress_sleep(1);
	check_int(cress_kill(c, EPIPE), 0);
	check_int(cress_join(c, NULL), EPIPE);

	check(cress_now() - start >= 5 && cress_now() - start < 6);
}

static void sleep_at_the_end(void *word)
{
	cress_scope_t shield;

	note("%s", (const char *)word);
	check_refuses(cress_sleep(1), EPIPE);
	cress_kill(cress_current(), EIO);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_int(cress_sleep(1), 0);
	cress_scope_close(&shield);
	note("done");
}

static void *defer_two(void *unused)
{
	check_int(cress_defer(sleep_at_the_end, "one"), 0);
	check_int(cress_defer(sleep_at_the_end, "two"), 0);
	return park_for_ever(unused);
}

/* D5, D6 */
static void handlers_of_a_killed_one_run_once_and_may_park(void)
{
	cress_t *c = cress_spawn(defer_two, NULL);

	cress_sleep(1);
	cress_kill(c, EPIPE);
	cress_sleep(0.5);
	cress_kill(c, ENOSPC);
	check_int(cress_join(c, NULL), EPIPE);

	check_noted("two done one done");
}

static void *kill_the_parent(void *parent)
{
	cress_sleep(1);
	check_int(cress_kill(parent, EPIPE), 0);
	return NULL;
}

/* D6, R27 */
static void main_may_be_killed_too(void)
{
	cress_t *c = cress_spawn(kill_the_parent, cress_current());

	check_refuses(cress_sleep(10), EPIPE);
	check_refuses(cress_wait(cress_current(), NULL), EPIPE);
	check_refuses(cress_yield(), EPIPE);

	check_int(cress_scope_error(), EPIPE);
	cress_release(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(one_killed_before_its_first_run_never_runs),
		in_any_order(a_raw_one_killed_before_its_start_never_runs),
		in_any_order(kill_of_a_dead_one_does_nothing),
		in_any_order(kill_returns_before_the_target_sees_it),
		on_virtual(a_wait_after_kill_lasts_through_the_cleanup),
		on_virtual(a_bounded_wait_after_kill_finds_it_alive),
		in_any_order(the_first_of_two_kills_decides),
		in_any_order(one_that_ignores_a_kill_parks_no_more),
		in_any_order(a_kill_of_oneself_fails_the_next_parking_call),
		in_any_order(the_very_error_is_what_the_target_gets),
		in_any_order(an_exit_reads_ecanceled_and_is_a_success),
		in_any_order(misuse_of_kill_is_refused),
		in_any_order(kill_from_another_thread_is_refused),
		on_virtual(a_kill_waits_until_the_shield_is_closed),
		on_virtual(handlers_of_a_killed_one_run_once_and_may_park),
		on_virtual(main_may_be_killed_too),
	};

	return suite_run(tests);
}
