/* SPDX-License-Identifier: MIT */
/*
 * Links: called once, never inside a call of whoever made them or brought the
 * end about, in the order in which they were made.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/future.h>
#include <cress/link.h>
#include <cress/queue.h>

#include "loop/virtual.h"

static void *note_link(cress_t *ended, void *word)
{
	void *value = NULL;
	int error = cress_try_wait(ended, &value);

	note("%s:%d:%d", (const char *)word, error, as_number(value));
	return NULL;
}

/* V21 */
static void a_link_is_called_once_after_the_end(void)
{
	cress_t *c = cress_spawn(give_back, as_value(5));

	check_int(cress_link(c, note_link, "plain", 0), 0);
	check_int(cress_link(c, note_link, "raw", CRESS_LINK_RAW), 0);
	check_nothing_noted();
	let_all_run();
	check_noted("raw:0:5 plain:0:5");
	let_all_run();

	check_nothing_noted();
	cress_release(c);
}

/* V21 */
static void a_link_to_a_dead_one_is_called_but_not_at_once(void)
{
	cress_t *c = cress_spawn(fail_with, as_value(ENXIO));

	let_all_run();
	check_int(cress_link(c, note_link, "raw", CRESS_LINK_RAW), 0);
	check_nothing_noted();
	let_all_run();
	check_noted("raw:%d:0", ENXIO);
	check_int(cress_link(c, note_link, "plain", 0), 0);
	check_nothing_noted();
	let_all_run();

	check_noted("plain:%d:0", ENXIO);
	cress_release(c);
}

/* V11, V21 */
static void a_kill_of_an_unstarted_one_calls_no_link_itself(void)
{
	cress_t *raw = cress_new(give_back, NULL);

	check_int(cress_link(raw, note_link, "raw", CRESS_LINK_RAW), 0);
	check_int(cress_link(raw, note_link, "plain", 0), 0);
	check_int(cress_kill(raw, EINTR), 0);
	check(cress_is_dead(raw));
	check_nothing_noted();
	let_all_run();

	check_noted("raw:%d:0 plain:%d:0", EINTR, EINTR);
	cress_release(raw);
}

/* V11 */
static void links_fire_when_one_never_ran(void)
{
	cress_t *c = cress_spawn(note_word, "never");

	check_int(cress_link(c, note_link, "a", 0), 0);
	cress_kill(c, CRESS_EXIT);
	check_int(cress_wait(c, NULL), 0);
	let_all_run();

	check_noted("a:0:0");
	cress_release(c);
}

static void *fail_link(cress_t *ended, void *error)
{
	check(cress_is_dead(ended));
	note("fails");
	return cress_fail(as_number(error));
}

/* V22, V68 */
static void the_order_is_that_of_making_and_an_error_stops_nobody(void)
{
	static char words[][2] = {"a", "b", "c", "d"};

	for (unsigned raw = 0; raw <= CRESS_LINK_RAW; raw++) {
		cress_t *c = cress_spawn(give_back, NULL);

		log_clear();
		cress_link(c, note_link, words[0], raw);
		cress_link(c, note_link, words[1], raw);
		cress_link(c, fail_link, as_value(EIO), raw);
		cress_link(c, note_link, words[2], raw);
		cress_link(c, note_link, words[3], raw);
		cress_sleep(0.001);

		check_noted("a:0:0 b:0:0 fails c:0:0 d:0:0");
		check_int(log_lines_with("error 5"), 1);
		cress_release(c);
	}
}

static void *park_in_link(cress_t *ended, void *word)
{
	(void)ended;
	if (cress_sleep(0.001) == 0)
		note("%s parked", (const char *)word);
	else
		note("%s:%d", (const char *)word, errno);
	return NULL;
}

/* V22 */
static void a_plain_link_may_park_and_a_raw_one_is_refused(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	cress_link(c, park_in_link, "plain", 0);
	cress_link(c, park_in_link, "raw", CRESS_LINK_RAW);
	cress_sleep(0.01);

	check_noted("raw:%d plain parked", EDEADLK);
	cress_release(c);
}

static void *open_a_scope(cress_t *ended, void *scope)
{
	check_refuses(cress_scope_open(scope, 1), EDEADLK);
	note("refused");
	return ended;
}

/* V22 */
static void a_raw_link_opens_no_scope(void)
{
	cress_t *c = cress_spawn(give_back, NULL);
	cress_scope_t scope;

	cress_link(c, open_a_scope, &scope, CRESS_LINK_RAW);
	let_all_run();

	check_noted("refused");
	cress_release(c);
}

static void *tell_who_runs(cress_t *ended, void *word)
{
	note("%s:%s:%d", (const char *)word, cress_name(cress_current()),
	     cress_current() == cress_parent(ended));
	return NULL;
}

/* V22 */
static void a_raw_link_runs_in_the_hub(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	cress_link(c, tell_who_runs, "raw", CRESS_LINK_RAW);
	cress_link(c, tell_who_runs, "plain", 0);
	let_all_run();

	check_noted("raw:hub:1 plain::0");
	cress_release(c);
}

/* V23 */
static void links_may_ask_for_success_or_error_only(void)
{
	cress_t *good = cress_spawn(give_back, as_value(1));
	cress_t *bad = cress_spawn(fail_with, as_value(EIO));
	cress_t *both[] = {good, bad};

	for (int i = 0; i < 2; i++) {
		for (unsigned raw = 0; raw <= 1; raw++) {
			cress_link(both[i], note_link, "v",
				   CRESS_LINK_VALUE | raw);
			cress_link(both[i], note_link, "e",
				   CRESS_LINK_ERROR | raw);
			cress_link(both[i], note_link, "b",
				   CRESS_LINK_VALUE | CRESS_LINK_ERROR | raw);
		}
		check_int(cress_wait(both[i], NULL), i ? EIO : 0);
		cress_sleep(0.001);
		if (i == 0)
			check_noted("v:0:1 b:0:1 v:0:1 b:0:1");
		else
			check_noted("e:5:0 b:5:0 e:5:0 b:5:0");
		cress_link(both[i], note_link, "late",
			   i ? CRESS_LINK_VALUE : CRESS_LINK_ERROR);
		cress_sleep(0.001);
		check_nothing_noted();
		cress_release(both[i]);
	}
}

/* V23 */
static void unlink_before_the_end_prevents_it(void)
{
	cress_t *c = cress_spawn(nap, as_value(1));

	cress_link(c, note_link, "a", 0);
	cress_link(c, note_link, "b", CRESS_LINK_RAW);
	cress_link(c, note_link, "c", 0);
	check_int(cress_unlink(c, note_link, "c"), 0);
	check_int(cress_unlink(c, note_link, "b"), 0);
	check_refuses(cress_unlink(c, note_link, "b"), ENOENT);
	check_refuses(cress_unlink(c, fail_link, "a"), ENOENT);
	check_int(cress_join(c, NULL), 0);
	let_all_run();

	check_noted("a:0:1");
}

/* V23 */
static void unlink_takes_one_of_two_that_are_equal(void)
{
	static char word[] = "a";
	cress_t *c = cress_spawn(give_back, NULL);

	cress_link(c, note_link, word, 0);
	cress_link(c, note_link, word, CRESS_LINK_RAW);
	check_int(cress_unlink(c, note_link, word), 0);
	let_all_run();

	check_noted("a:0:0");
	check_refuses(cress_unlink(c, note_link, word), ENOENT);
	cress_release(c);
}

/* V21 */
static void a_link_keeps_what_it_is_linked_to(void)
{
	cress_t *c = cress_spawn(give_back, as_value(3));

	cress_link(c, note_link, "a", 0);
	cress_link(c, note_link, "b", CRESS_LINK_RAW);
	cress_release(c);
	let_all_run();

	check_noted("b:0:3 a:0:3");
}

static void *link_again(cress_t *ended, void *left)
{
	note("%d", as_number(left));
	if (as_number(left) > 0)
		check_int(cress_link(ended, link_again,
				     as_value(as_number(left) - 1),
				     CRESS_LINK_RAW), 0);
	return NULL;
}

/* V21, V65 */
static void a_link_may_make_the_next(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	cress_link(c, link_again, as_value(3), CRESS_LINK_RAW);
	let_all_run();

	check_noted("3 2 1 0");
	cress_release(c);
}

static void *wake_main(cress_t *ended, void *main)
{
	(void)ended;
	cress_kill(main, EINTR);
	return NULL;
}

static void *wait_to_be_killed(void *unused)
{
	(void)unused;
	check_refuses(cress_sleep(INFINITY), EINTR);
	return NULL;
}

/* V67 */
static void a_link_that_is_due_is_no_deadlock(void)
{
	cress_t *sleeper = cress_spawn(wait_to_be_killed, NULL);
	cress_t *c;

	let_all_run();
	c = cress_spawn(give_back, NULL);
	cress_link(c, wake_main, sleeper, CRESS_LINK_RAW);
	check_int(cress_join(sleeper, NULL), 0);
	check_int(log_lines(), 0);
	cress_release(c);
}

/* V21 */
static void misuse_is_refused(void)
{
	cress_t *c = cress_spawn(give_back, NULL);

	check_refuses(cress_link(NULL, note_link, NULL, 0), EINVAL);
	check_refuses(cress_link(c, NULL, NULL, 0), EINVAL);
	check_refuses(cress_link(c, note_link, NULL, 8), EINVAL);
	check_refuses(cress_link(cress_parent(c), note_link, NULL, 0), EINVAL);
	check_refuses(cress_unlink(NULL, note_link, NULL), EINVAL);
	check_refuses(cress_unlink(c, note_link, NULL), ENOENT);
	check_int(cress_join(c, NULL), 0);
}

static int leave_a_link_behind(void *c)
{
	cress_t *spawned = cress_spawn(until_killed, as_value(4));

	cress_link(spawned, note_link, "raw", CRESS_LINK_RAW);
	cress_link(spawned, note_link, "plain", 0);
	cress_link(c, note_link, "gone", CRESS_LINK_RAW);
	cress_link(c, note_link, "gone", 0);
	let_all_run();
	cress_release(spawned);
	return 7;
}

/* V21, D11 */
static void raw_links_are_called_as_the_run_ends(void)
{
	cress_t *raw = cress_new(give_back, NULL);

	check_int(cress_run_virtual(leave_a_link_behind, raw, 0), 7);
	check_noted("raw:0:4");
	check(cress_switch(raw, as_value(2)) == as_value(2));

	check_nothing_noted();
	cress_release(raw);
}

static int link_in_a_second_run(void *raw)
{
	check_int(cress_link(raw, note_link, "second", 0), 0);
	cress_switch(raw, as_value(6));
	let_all_run();
	return 7;
}

/* V21 */
static void a_link_outlives_the_hub_that_it_was_made_in(void)
{
	cress_t *raw = cress_new(give_back, NULL);

	check_int(cress_run_virtual(leave_a_link_behind, raw, 0), 7);
	check_noted("raw:0:4");
	check_int(cress_run_virtual(link_in_a_second_run, raw, 0), 7);

	check_noted("gone:0:6 gone:0:6 second:0:6");
	cress_release(raw);
}

/* V23 */
static void a_future_may_be_a_links_target(void)
{
	cress_t *good = cress_spawn(nap, as_value(2));
	cress_t *bad = cress_spawn(park_for_ever, NULL);
	cress_future_t value = {.name = "value"}, error = {.name = "error"};
	void *got = NULL;

	check_int(cress_link(good, cress_future_link, &value, CRESS_LINK_RAW),
		  0);
	check_int(cress_link(bad, cress_future_link, &error, 0), 0);
	check_int(cress_future_get(&value, &got), 0);
	check_int(as_number(got), 2);
	check_refuses(cress_future_try_get(&error, NULL), EAGAIN);
	cress_kill(bad, EIO);
	check_int(cress_future_get(&error, NULL), EIO);

	check_int(cress_future_fini(&value) + cress_future_fini(&error), 0);
	cress_release(good);
	cress_release(bad);
}

static void *put_link(cress_t *ended, void *queue)
{
	return cress_queue_put(queue, ended) == 0 ? NULL : cress_fail(errno);
}

/* V23: a bounded one, whose put would park, serves plain links */
static void a_put_may_be_a_links_target(void)
{
	cress_queue_t queue;
	cress_t *c[4];
	void *ended;

	cress_queue_init(&queue, CRESS_QUEUE_FIFO, 1, NULL);
	for (int i = 0; i < 4; i++) {
		c[i] = cress_spawn(nap, as_value(i + 1));
		check_int(cress_link(c[i], put_link, &queue, 0), 0);
	}
	cress_sleep(0.01);
	for (int i = 0; i < 4; i++) {
		check_int(cress_queue_get(&queue, &ended), 0);
		check(ended == c[i]);
	}

	check_int(cress_link(c[0], put_link, &queue, CRESS_LINK_RAW), 0);
	check_int(cress_link(c[1], put_link, &queue, CRESS_LINK_RAW), 0);
	let_all_run();
	check_int(log_lines_with("link"), 1);
	check_int(cress_queue_fini(&queue), 0);
	for (int i = 0; i < 4; i++)
		cress_release(c[i]);
	log_clear();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(a_link_is_called_once_after_the_end),
		in_any_order(a_link_to_a_dead_one_is_called_but_not_at_once),
		in_any_order(a_kill_of_an_unstarted_one_calls_no_link_itself),
		in_any_order(links_fire_when_one_never_ran),
		in_order(the_order_is_that_of_making_and_an_error_stops_nobody),
		in_order(a_plain_link_may_park_and_a_raw_one_is_refused),
		in_order(a_raw_link_opens_no_scope),
		in_order(a_raw_link_runs_in_the_hub),
		in_order(links_may_ask_for_success_or_error_only),
		in_any_order(unlink_before_the_end_prevents_it),
		in_any_order(unlink_takes_one_of_two_that_are_equal),
		in_order(a_link_keeps_what_it_is_linked_to),
		in_any_order(a_link_may_make_the_next),
		in_any_order(a_link_that_is_due_is_no_deadlock),
		in_any_order(misuse_is_refused),
		bare(raw_links_are_called_as_the_run_ends),
		bare(a_link_outlives_the_hub_that_it_was_made_in),
		in_any_order(a_future_may_be_a_links_target),
		in_any_order(a_put_may_be_a_links_target),
	};

	return suite_run(tests);
}
