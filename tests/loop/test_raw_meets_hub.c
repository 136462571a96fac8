/* SPDX-License-Identifier: MIT */
/*
 * Raw switches and the scheduler in one thread: whoever blocks is parked,
 * whoever it is, a switch to the hub is a yield, those that the scheduler
 * holds cannot be switched to, and nobody is ever lost.
 */
#include "loop/support.h"

static void *sleepy_count(void *consumer)
{
	for (intptr_t i = 1; i <= 3; i++) {
		check_int(cress_sleep(1), 0);
		cress_switch(consumer, (void *)i);
	}
	return NULL;
}

static void *consume(void *unused)
{
	cress_t *raw = cress_new(sleepy_count, NULL);
	void *n = cress_switch(raw, cress_current());

	for (; n != NULL; n = cress_switch(raw, NULL))
		note("%d", as_number(n));
	check(cress_is_dead(raw));
	cress_release(raw);
	return unused;
}

/* D4 */
static void generators_that_sleep_hold_up_nobody(void)
{
	double start = cress_now();
	cress_t *a = cress_spawn(consume, NULL);
	cress_t *b = cress_spawn(consume, NULL);

	consume(NULL);
	check_int(cress_join(a, NULL), 0);
	check_int(cress_join(b, NULL), 0);

	check_noted("1 1 1 2 2 2 3 3 3");
	check(cress_now() - start < 3.5);
}

static void *bounce_back(void *from)
{
	while (from != NULL)
		from = cress_switch(from, cress_current());
	return NULL;
}

static void *play(void *rounds)
{
	cress_t *raw = cress_new(bounce_back, NULL);

	for (int i = 0; i < as_number(rounds); i++) {
		check(cress_switch(raw, cress_current()) == raw);
		if (i % 8 == 0)
			check_int(cress_yield(), 0);
	}
	check(cress_switch(raw, NULL) == NULL);
	check(cress_is_dead(raw));
	cress_release(raw);
	return rounds;
}

/* D4 */
static void spawned_ones_may_switch_raw(void)
{
	cress_t *players[10];

	for (int i = 0; i < 10; i++)
		players[i] = cress_spawn(play, as_value(100));

	for (int i = 0; i < 10; i++)
		check_int(cress_join(players[i], NULL), 0);
}

/* D4 */
static void a_switch_to_the_hub_is_a_yield(void)
{
	cress_t *c = cress_spawn(note_word, "c");
	cress_t *hub = cress_parent(c);

	for (int i = 0; i < 3; i++) {
		cress_switch(hub, "value");
		check_int(cress_error(), 0);
	}

	check_noted("c");
	check_int(cress_join(c, NULL), 0);
}

/* D4 */
static void a_switch_to_a_dead_spawned_one_is_a_yield(void)
{
	cress_t *dead = cress_spawn(give_back, NULL);

	check_int(cress_wait(dead, NULL), 0);
	cress_go(note_word, "other");
	cress_switch(dead, "value");
	check_int(cress_error(), 0);

	check_noted("other");
	cress_release(dead);
}

static void *switch_to_the_hub(void *unused)
{
	cress_t *hub = cress_parent(cress_parent(cress_current()));

	cress_switch(hub, NULL);
	check_int(cress_error(), 0);
	note("raw");
	return unused;
}

static void *carry(void *unused)
{
	cress_t *raw = cress_new(switch_to_the_hub, NULL);

	cress_switch(raw, unused);
	note("carrier");
	cress_release(raw);
	return unused;
}

/* D4 */
static void a_raw_one_that_switches_to_the_hub_comes_back(void)
{
	cress_t *c = cress_spawn(carry, NULL);

	cress_go(note_word, "other");
	check_int(cress_join(c, NULL), 0);

	check_noted("other raw carrier");
}

static cress_t *orphan;

static void *return_once_switched(void *back)
{
	cress_switch(back, "made");
	note("orphan ends");
	return "lost";
}

static void *make_an_orphan(void *unused)
{
	orphan = cress_new(return_once_switched, NULL);
	check(cress_switch(orphan, cress_current()) != NULL);
	return unused;
}

static void *run_the_orphan(void *unused)
{
	check(cress_switch(orphan, unused) == NULL);
	note("thrown:%d", cress_error() == EPIPE);
	return unused;
}

/* D4 */
static void a_death_that_ends_at_the_hub_loses_nobody(void)
{
	cress_t *maker = cress_spawn(make_an_orphan, NULL);
	cress_t *runner;

	check_int(cress_join(maker, NULL), 0);
	runner = cress_spawn(run_the_orphan, NULL);
	cress_go(note_word, "other");
	check_int(cress_sleep(0.001), 0);
	check_noted("orphan ends other");
	check(!cress_is_dead(runner));
	cress_kill(runner, EPIPE);
	check_int(cress_join(runner, NULL), 0);

	check_noted("thrown:1");
	cress_release(orphan);
}

static void *fail_once_switched(void *back)
{
	cress_switch(back, "made");
	return cress_fail(ENOTTY);
}

static void *make_a_failing_orphan(void *unused)
{
	orphan = cress_new(fail_once_switched, NULL);
	check(cress_switch(orphan, cress_current()) != NULL);
	return unused;
}

static void *end_the_orphan(void *unused)
{
	cress_switch(orphan, unused);
	return unused;
}

/* D4, V8, V68 */
static void a_failed_orphan_stops_nothing(void)
{
	cress_t *maker = cress_spawn(make_a_failing_orphan, NULL);

	check_int(cress_join(maker, NULL), 0);
	cress_go(end_the_orphan, NULL);
	check_int(cress_sleep(0.001), 0);

	check_int(log_lines(), 1);
	check_int(cress_join(orphan, NULL), ENOTTY);
	check_int(cress_sleep(0.001), 0);
}

static void *sleep_twice(void *unused)
{
	double start = cress_now();
	int first = cress_sleep(100);

	note("%d:%d", first, first == -1 ? errno : 0);
	check_int(cress_sleep(5), 0);
	check(cress_now() - start >= 5 && cress_now() - start < 7);
	return unused;
}

/* D2, D4 */
static void a_throw_at_a_sleeper_fails_its_call_once(void)
{
	cress_t *c = cress_spawn(sleep_twice, NULL);

	cress_sleep(1);
	check(cress_throw(c, ENXIO) == NULL);
	check_int(cress_error(), 0);
	note("thrower");
	check_int(cress_join(c, NULL), 0);

	check_noted("%d:%d thrower", -1, ENXIO);
}

/* D2 */
static void an_exit_thrown_at_a_sleeper_reads_ecanceled(void)
{
	cress_t *c = cress_spawn(sleep_twice, NULL);

	cress_sleep(1);
	check(cress_throw(c, CRESS_EXIT) == NULL);
	check_int(cress_join(c, NULL), 0);

	check_noted("%d:%d", -1, ECANCELED);
}

static void *yield_then_sleep_twice(void *unused)
{
	int results[4];

	results[0] = cress_yield();
	results[1] = cress_sleep(1) == -1 ? errno : 0;
	results[2] = cress_sleep(1);
	results[3] = cress_yield();
	note("%d %d %d %d", results[0], results[1], results[2], results[3]);
	return unused;
}

static void *throw_enoent(void *c)
{
	cress_throw(c, ENOENT);
	return NULL;
}

/* D2, D4 */
static void a_throw_at_a_queued_one_hits_its_next_call_once(void)
{
	cress_t *c = cress_spawn(yield_then_sleep_twice, NULL);
	cress_t *thrower = cress_spawn(throw_enoent, c);

	check_int(cress_join(c, NULL), 0);
	check_int(cress_join(thrower, NULL), 0);

	check_noted("0 %d 0 0", ENOENT);
}

static void *throw_at_main(void *target)
{
	check(cress_throw(target, EHOSTDOWN) == NULL);
	check_int(cress_error(), 0);
	note("thrower");
	return NULL;
}

/* D2, D4 */
static void main_that_is_parked_may_be_thrown_at(void)
{
	cress_t *c = cress_spawn(throw_at_main, cress_current());

	check_refuses(cress_sleep(100), EHOSTDOWN);
	check_int(cress_sleep(0.001), 0);

	check_int(cress_join(c, NULL), 0);
	check_noted("thrower");
}

static void *switch_to_everybody(void *sleeper)
{
	cress_t *queued = cress_spawn(note_word, "right");

	check(cress_switch(sleeper, "wrong") == NULL);
	check_int(cress_error(), EBUSY);
	check(cress_switch(queued, "wrong") == NULL);
	check_int(cress_error(), EBUSY);
	check(cress_switch(cress_parent(queued), NULL) == NULL);
	check_int(cress_join(queued, NULL), 0);
	return NULL;
}

/* D2, D4 */
static void a_switch_to_what_the_scheduler_holds_is_refused(void)
{
	cress_t *c = cress_spawn(nap, as_value(2000));
	cress_t *d;

	cress_sleep(1);
	d = cress_spawn(switch_to_everybody, c);
	check_int(cress_join(d, NULL), 0);
	cress_t *raw = cress_new(switch_to_everybody, NULL);
	cress_switch(raw, c);

	check(cress_is_dead(raw));
	check_noted("right right");
	check_int(cress_join(c, NULL), 0);
	cress_release(raw);
}

static void *end_while_parent_sleeps(void *back)
{
	cress_switch(back, "ready");
	return "result";
}

static void *wake_it(void *raw)
{
	cress_switch(raw, NULL);
	note("never");
	return NULL;
}

/* D4, V5 */
static void a_result_never_wakes_a_parent_that_is_parked(void)
{
	cress_t *raw = cress_new(end_while_parent_sleeps, NULL);
	double start = cress_now();

	check(cress_switch(raw, cress_current()) != NULL);
	cress_go(wake_it, raw);
	check_int(cress_sleep(5), 0);

	check(cress_now() - start >= 5);
	check(cress_is_dead(raw));
	check_int(cress_join(raw, NULL), 0);
	check_nothing_noted();
}

/* D4 */
static void a_parent_may_wait_for_its_spawned_child(void)
{
	cress_attr_t attr = {.parent = cress_current()};
	cress_t *c = cress_spawn_with(nap, as_value(1), &attr);
	void *value = NULL;

	check(cress_parent(c) == cress_current());
	check_int(cress_join(c, &value), 0);

	check_int(as_number(value), 1);
	check_int(cress_sleep(0.001), 0);
}

static cress_t *loose;

static void *sleep_alone(void *unused)
{
	cress_sleep(2);
	note("slept");
	return unused;
}

static void *start_loose(void *unused)
{
	loose = cress_new(sleep_alone, NULL);
	cress_switch(loose, unused);
	note("back");
	return unused;
}

/* D3, D4 */
static void a_parked_raw_one_outlives_its_last_handle(void)
{
	cress_t *c = cress_spawn(start_loose, NULL);

	cress_sleep(1);
	cress_release(loose);
	check_nothing_noted();
	check_int(cress_join(c, NULL), 0);

	check_noted("slept back");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(generators_that_sleep_hold_up_nobody),
		in_any_order(spawned_ones_may_switch_raw),
		in_order(a_switch_to_the_hub_is_a_yield),
		in_order(a_switch_to_a_dead_spawned_one_is_a_yield),
		in_order(a_raw_one_that_switches_to_the_hub_comes_back),
		in_order(a_death_that_ends_at_the_hub_loses_nobody),
		in_any_order(a_failed_orphan_stops_nothing),
		on_virtual(a_throw_at_a_sleeper_fails_its_call_once),
		on_virtual(an_exit_thrown_at_a_sleeper_reads_ecanceled),
		in_order(a_throw_at_a_queued_one_hits_its_next_call_once),
		in_any_order(main_that_is_parked_may_be_thrown_at),
		on_virtual(a_switch_to_what_the_scheduler_holds_is_refused),
		on_virtual(a_result_never_wakes_a_parent_that_is_parked),
		in_any_order(a_parent_may_wait_for_its_spawned_child),
		on_virtual(a_parked_raw_one_outlives_its_last_handle),
	};

	return suite_run(tests);
}
