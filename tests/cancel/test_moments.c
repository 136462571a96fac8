/* SPDX-License-Identifier: MIT */
/*
 * Forces at moments that are no parking call: before the first run, from
 * oneself, at the parent, at the dead, in the middle of a handler, and at one
 * who is suspended in a raw switch. Each has a defined result and leaves
 * nothing: the counts of balance.h say so.
 */
#include "loop/support.h"

#include "cancel/balance.h"
#include "support/memory.h"

static struct balance before;

/* What grows once and stays is there when the counting begins. */
static void begin_count(void)
{
	cress_t *c = cress_spawn_after(1e-6, nap, as_value(0), NULL);

	check_int(cress_join(c, NULL), 0);
	cress_release(cress_new(give_back, NULL));
	balance_take(&before);
}

static void end_count(void)
{
	check_int(log_lines(), 0);
	balance_check(&before);
}

/* Before the first run. */

static cress_t *make_spawned(void)
{
	return cress_spawn(note_word, "ran");
}

static cress_t *make_delayed(void)
{
	return cress_spawn_after(1000, note_word, "ran", NULL);
}

static cress_t *make_delayed_for_ever(void)
{
	return cress_spawn_after(INFINITY, note_word, "ran", NULL);
}

static cress_t *make_raw(void)
{
	return cress_new(note_word, NULL);
}

typedef cress_t *maker(void);

static maker *const makers[] = {make_spawned, make_delayed,
				make_delayed_for_ever, make_raw};

/* R27, R25, V10: whoever made it, and in whatever way it was queued */
static void a_kill_before_the_first_run_leaves_nothing(void)
{
	static const int errors[] = {EPROTO, 0, CRESS_EXIT};
	static const int deaths[] = {EPROTO, ECANCELED, 0};

	begin_count();
	for (size_t i = 0; i < COUNT(makers) * 3; i++) {
		cress_t *c = makers[i / 3]();

		check_int(cress_kill(c, errors[i % 3]), 0);
		check_int(cress_kill(c, EIO), 0);
		check_int(cress_join(c, NULL), deaths[i % 3]);
	}
	check_nothing_noted();
	end_count();
}

/* R27, R25, D2 */
static void a_throw_before_the_first_run_leaves_nothing(void)
{
	begin_count();
	for (size_t i = 0; i < COUNT(makers) * 2; i++) {
		int error = i % 2 == 0 ? EPROTO : CRESS_EXIT;
		int raw = makers[i / 2] == make_raw;
		cress_t *c = makers[i / 2]();

		check(cress_throw(c, error) == NULL);
		/* The error of a raw one goes to its parent, as any death. */
		check_int(cress_error(), raw && error > 0 ? error : 0);
		check_int(cress_join(c, NULL), error > 0 ? error : 0);
	}
	check_nothing_noted();
	end_count();
}

static void *open_a_scope_that_is_over(void *maker_index)
{
	cress_t *c = makers[as_number(maker_index)]();
	cress_scope_t scope;

	cress_scope_open(&scope, 0);
	check_refuses(cress_wait(c, NULL), ETIMEDOUT);
	check_int(cress_kill(c, 0), 0);
	check_int(cress_scope_close(&scope), ETIMEDOUT);
	check_int(cress_join(c, NULL), ECANCELED);
	return maker_index;
}

/* R27, D6: to kill never parks */
static void one_who_is_over_may_still_kill(void)
{
	begin_count();
	for (size_t i = 0; i < COUNT(makers); i++) {
		cress_t *c = cress_spawn(open_a_scope_that_is_over,
					 as_value(i));

		check_int(cress_join(c, NULL), 0);
	}
	check_nothing_noted();
	end_count();
}

/* Oneself, the parent, the dead. */

static void *kill_oneself_with(void *error)
{
	check_int(cress_kill(cress_current(), as_number(error)), 0);
	check_int(cress_scope_error(), as_number(error));
	check_refuses(cress_yield(), as_number(error));
	return cress_fail(errno);
}

/* R27 */
static void a_kill_of_oneself_leaves_nothing(void)
{
	begin_count();
	check_int(cress_join(cress_spawn(kill_oneself_with, as_value(EPIPE)),
			     NULL),
		  EPIPE);
	cress_go(kill_oneself_with, as_value(EPIPE));
	cress_yield();
	end_count();
}

static void *kill_the_parent(void *parent)
{
	check_int(cress_kill(parent, EPIPE), 0);
	note("killed");
	return parent;
}

static void *be_killed_by_a_child(void *unused)
{
	cress_t *child = cress_new(kill_the_parent, NULL);

	/* It is suspended in the switch, and comes back with the value. */
	check(cress_switch(child, cress_current()) == NULL);
	note("error:%d", cress_error() == EPIPE);
	check_refuses(cress_sleep(1), EPIPE);
	check(cress_is_dead(child));
	cress_release(child);
	return unused;
}

/* R27, R29: a raw parent gets its throw, a child its end */
static void a_kill_of_the_parent_leaves_nothing(void)
{
	begin_count();
	check_int(cress_join(cress_spawn(be_killed_by_a_child, NULL), NULL),
		  0);
	check_noted("killed error:1");
	end_count();
}

/* R27 */
static void force_at_the_dead_does_nothing(void)
{
	cress_t *c;

	begin_count();
	c = cress_spawn(give_back, "value");
	cress_yield();
	while (!cress_is_dead(c))
		cress_yield();
	check_int(cress_kill(c, EPROTO), 0);
	check_int(cress_kill(c, CRESS_EXIT), 0);
	check(cress_throw(c, CRESS_EXIT) == NULL);

	check_int(cress_error(), 0);
	check_int(cress_join(c, NULL), 0);
	end_count();
}

/* Handlers. */

static int runs[3];

/* Killed again, by itself and by another, and over in time: it goes on. */
static void park_in_shield(void *n)
{
	cress_scope_t shield;

	runs[as_number(n)]++;
	check_int(cress_kill(cress_current(), EIO), 0);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_int(cress_sleep(1e-4), 0);
	cress_scope_close(&shield);
	check_refuses(cress_sleep(1), EPIPE);
}

static void *defer_three(void *unused)
{
	for (int i = 0; i < 3; i++)
		check_int(cress_defer(park_in_shield, as_value(i)), 0);
	cress_sleep(INFINITY);
	(void)unused;
	return cress_fail(EPIPE);
}

/* R28, R25 */
static void a_kill_in_a_handler_repeats_no_handler(void)
{
	cress_t *c;

	begin_count();
	c = cress_spawn(defer_three, NULL);
	cress_sleep(1e-4);
	check_int(cress_kill(c, EPIPE), 0);
	while (!cress_is_dead(c)) {
		check_int(cress_kill(c, ENOSPC), 0);
		cress_sleep(1e-5);
	}
	check_int(cress_join(c, NULL), EPIPE);

	for (int i = 0; i < 3; i++)
		check_int(runs[i], 1);
	runs[0] = runs[1] = runs[2] = 0;
	end_count();
}

/* Raw switches. */

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
	cress_kill(sleeper, CRESS_EXIT);
	cress_release(sleeper);
	cress_release(raw);
	return unused;
}

/* D4, D6 */
static void one_suspended_in_a_switch_gets_one_throw(void)
{
	cress_t *c;

	begin_count();
	c = cress_spawn(switch_then_sleep, NULL);
	cress_sleep(1);
	check_int(cress_kill(c, EPIPE), 0);
	check_int(cress_kill(c, EIO), 0);
	note("killed");
	check_int(cress_join(c, NULL), 0);

	check_noted("killed thrown");
	end_count();
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
	cress_t *raw;

	begin_count();
	raw = cress_new(generate, NULL);
	check(cress_switch(raw, cress_current()) != NULL);
	check(cress_switch(raw, "more") != NULL);
	check_int(cress_kill(raw, 5), 0);
	note("killed");
	check_int(cress_join(raw, NULL), 5);

	check_noted("more killed error:5");
	check_int(cress_sleep(1e-3), 0);
	end_count();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(a_kill_before_the_first_run_leaves_nothing),
		in_any_order(a_throw_before_the_first_run_leaves_nothing),
		in_any_order(one_who_is_over_may_still_kill),
		in_any_order(a_kill_of_oneself_leaves_nothing),
		in_any_order(a_kill_of_the_parent_leaves_nothing),
		in_any_order(force_at_the_dead_does_nothing),
		in_any_order(a_kill_in_a_handler_repeats_no_handler),
		on_virtual(one_suspended_in_a_switch_gets_one_throw),
		in_any_order(the_parent_of_a_killed_generator_may_join_it),
	};

	memory_install();
	return suite_run(tests);
}
