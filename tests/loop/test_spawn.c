/* SPDX-License-Identifier: MIT */
/*
 * Spawning: nothing runs before the spawner lets go, the order of starts is
 * the order of spawns, attributes are copied, a delayed start honours time,
 * and what has not started costs no stack.
 */
#include "loop/support.h"

#include <stdlib.h>
#include <string.h>

#include <cress/stack.h>

#define BURST 100000

static void *record(void *slot)
{
	static int next;

	*(int *)slot = next++;
	return slot;
}

/* V1 */
static void spawn_does_not_run_before_the_spawner_parks(void)
{
	cress_t *c = cress_spawn(note_word, "ran");

	note("spawned");
	spin(0.002);
	check(!cress_is_dead(c));
	cress_sleep(0.001);
	note("back");

	check_noted("spawned ran back");
	check(cress_is_dead(c));
	check(!cress_is_active(c));
	check_int(cress_join(c, NULL), 0);
}

/* V1 */
static void a_thousand_start_in_the_order_of_their_spawns(void)
{
	static int places[1000];
	int first;

	for (int i = 0; i < 1000; i++)
		check_int(cress_go(record, &places[i]), 0);
	cress_sleep(0.001);

	first = places[0];
	for (int i = 0; i < 1000; i++)
		check_int(places[i], first + i);
}

static void *spawn_a_child(void *unused)
{
	note("parent");
	cress_go(note_word, "child");
	note("spawned");
	return unused;
}

/* V1 */
static void a_spawn_goes_behind_all_that_are_ready(void)
{
	cress_go(spawn_a_child, NULL);
	cress_go(note_word, "second");
	cress_go(note_word, "third");

	cress_sleep(0.001);

	check_noted("parent spawned second third child");
}

static void *be_active_twice(void *unused)
{
	check(cress_is_active(cress_current()));
	cress_sleep(0.005);
	check(cress_is_active(cress_current()));
	return unused;
}

/* V1 */
static void it_is_active_from_its_start_to_its_end(void)
{
	cress_t *c = cress_spawn(be_active_twice, NULL);

	cress_sleep(0.001);
	check(cress_is_active(c));
	check(!cress_is_dead(c));
	check_int(cress_wait(c, NULL), 0);

	check(!cress_is_active(c));
	check(cress_is_dead(c));
	cress_release(c);
}

static void *its_parent(void *unused)
{
	(void)unused;
	return cress_parent(cress_current());
}

/* V1 */
static void the_parent_of_a_spawned_one_is_the_hub(void)
{
	cress_t *a = cress_spawn(its_parent, NULL);
	cress_t *b = cress_spawn(its_parent, NULL);
	cress_t *hub = cress_parent(a);
	void *value = NULL;

	check(hub != NULL && hub != cress_current());
	check(cress_parent(b) == hub);
	check(cress_parent(hub) == NULL);
	check_int(cress_join(a, &value), 0);
	check(value == hub);
	check_int(cress_join(b, NULL), 0);
}

/* V1, D3 */
static void go_runs_it_without_a_handle(void)
{
	check_int(cress_go(note_word, "one"), 0);
	check_int(cress_go(note_word, "two"), 0);
	note("before");

	cress_yield();

	check_noted("before one two");
}

/* V1, D3 */
static void a_handle_released_at_once_does_not_stop_it(void)
{
	cress_t *c = cress_spawn(nap, as_value(5));

	cress_release(c);
	cress_release(cress_spawn(note_word, "ran"));
	cress_sleep(0.01);

	check_noted("ran");
}

static void *own_name(void *unused)
{
	(void)unused;
	return as_value(strcmp(cress_name(cress_current()), "carl") == 0);
}

/* D3 */
static void attributes_may_go_when_spawn_with_returns(void)
{
	char name[] = "carl";
	cress_attr_t attr = {.name = name, .stack_size = 65536};
	cress_t *c = cress_spawn_with(own_name, NULL, &attr);
	void *value = NULL;

	memset(name, 'x', sizeof name - 1);
	memset(&attr, 0xff, sizeof attr);
	check(c != NULL);
	check_int(cress_join(c, &value), 0);

	check_int(as_number(value), 1);
}

static void *address_of_its_frame(void *unused)
{
	(void)unused;
	cress_sleep(0.001);
	return __builtin_frame_address(0);
}

/* D3 */
static void it_runs_on_the_stack_that_it_was_given(void)
{
	size_t size = 65536;
	char *memory = aligned_alloc(4096, size);
	cress_attr_t attr = {.stack = memory, .stack_size = size};
	cress_t *c = cress_spawn_with(address_of_its_frame, NULL, &attr);
	void *where = NULL;

	check_int(cress_join(c, &where), 0);
	cress_yield();

	check((char *)where >= memory && (char *)where < memory + size);
	free(memory);
}

/* V1 */
static void misuse_of_spawn_is_refused(void)
{
	cress_attr_t unknown = {.flags = 1u << 30};
	cress_attr_t tiny = {.stack_size = 1};
	cress_attr_t later = {.reserved0 = 1};

	check(cress_spawn(NULL, NULL) == NULL && errno == EINVAL);
	check_refuses(cress_go(NULL, NULL), EINVAL);
	check(!cress_spawn_with(give_back, NULL, &unknown) && errno == EINVAL);
	check(!cress_spawn_with(give_back, NULL, &tiny) && errno == EINVAL);
	check(!cress_spawn_with(give_back, NULL, &later) && errno == EINVAL);
	check(!cress_spawn_after(1, NULL, NULL, NULL) && errno == EINVAL);
	check(!cress_spawn_after(NAN, give_back, NULL, NULL) &&
	      errno == EINVAL);
	check(!cress_spawn_after(1, give_back, NULL, &tiny) && errno == EINVAL);
	check_int(cress_yield(), 0);
}

/* V10 */
static void delayed_starts_honour_time_and_not_spawn_order(void)
{
	cress_release(cress_spawn_after(0.009, note_word, "c", NULL));
	cress_release(cress_spawn_after(0.003, note_word, "a", NULL));
	cress_release(cress_spawn_after(0.006, note_word, "b", NULL));
	cress_yield();
	note("yielded");

	cress_sleep(0.012);

	check_noted("yielded a b c");
}

/* V10, V64 */
static void a_negative_delay_counts_as_none(void)
{
	cress_t *c = cress_spawn_after(-1, note_word, "negative", NULL);
	cress_t *d = cress_spawn_after(0, note_word, "zero", NULL);

	note("before");
	cress_sleep(0.002);

	check_noted("before negative zero");
	check_int(cress_join(c, NULL), 0);
	check_int(cress_join(d, NULL), 0);
}

/* V10, V11 */
static void kill_cancels_a_delayed_start(void)
{
	double start = cress_now();
	cress_t *c = cress_spawn_after(3600, note_word, "ran", NULL);
	cress_t *d = cress_spawn_after(INFINITY, note_word, "ran", NULL);
	void *value = "";

	check_int(cress_kill(c, CRESS_EXIT), 0);
	check_int(cress_kill(d, ENOLINK), 0);
	check_int(cress_join(c, &value), 0);
	check_int(cress_join(d, NULL), ENOLINK);

	check(value == NULL);
	check(cress_now() - start < 3600);
	check_nothing_noted();
}

/* V10 */
static void one_delayed_for_ever_is_queued_by_nothing(void)
{
	cress_t *c = cress_spawn_after(INFINITY, note_word, "ran", NULL);

	cress_sleep(1e6);

	check_refuses(cress_try_wait(c, NULL), EAGAIN);
	check_nothing_noted();
	cress_release(c);
}

/* V1 */
static void a_switch_before_its_turn_is_refused(void)
{
	cress_t *c = cress_spawn(note_word, "word");
	cress_t *d = cress_spawn_after(0.001, note_word, "later", NULL);

	check(cress_switch(c, "stolen") == NULL);
	check_int(cress_error(), EBUSY);
	check(cress_switch(d, "stolen") == NULL);
	check_int(cress_error(), EBUSY);
	check_int(cress_join(c, NULL), 0);
	check_int(cress_join(d, NULL), 0);

	check_noted("word later");
}

static void *never(void *unused)
{
	note("ran");
	return unused;
}

/* V11, R27 */
static void a_burst_killed_before_its_first_run_touches_no_stack(void)
{
	cress_t **burst = calloc(BURST, sizeof *burst);
	cress_stack_stats_t before, after;
	int wrong = 0;

	cress_stack_stats(&before);
	for (int i = 0; i < BURST; i++)
		wrong += !(burst[i] = cress_spawn(never, NULL));
	for (int i = 0; i < BURST; i++)
		wrong += cress_kill(burst[i], CRESS_EXIT) != 0;
	for (int i = 0; i < BURST; i++)
		wrong += cress_join(burst[i], NULL) != 0;
	cress_stack_stats(&after);

	check_int(wrong, 0);
	check_nothing_noted();
	check_int(after.in_use + after.pooled, before.in_use + before.pooled);
	check_int(after.mapped_bytes, before.mapped_bytes);
	free(burst);
}

/* V1 */
static void short_ones_share_one_stack_one_after_another(void)
{
	cress_stack_stats_t before, after;

	check_int(cress_go(give_back, NULL), 0);
	cress_yield();
	cress_stack_stats(&before);
	for (int i = 0; i < 10000; i++)
		cress_go(give_back, NULL);
	cress_sleep(0.001);
	cress_stack_stats(&after);

	check(after.in_use + after.pooled <= before.in_use + before.pooled + 2);
}

/* R22: the last to die still runs on it when the next one starts */
static void a_stack_is_not_cleaned_before_it_is_left(void)
{
	const cress_attr_t attr = {.flags = CRESS_CLEAN_STACK};
	cress_t *all[5];

	for (int i = 0; i < 5; i++)
		all[i] = cress_spawn_with(note_word, "ran", &attr);
	for (int i = 0; i < 5; i++)
		check_int(cress_join(all[i], NULL), 0);

	check_noted("ran ran ran ran ran");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(spawn_does_not_run_before_the_spawner_parks),
		in_order(a_thousand_start_in_the_order_of_their_spawns),
		in_order(a_spawn_goes_behind_all_that_are_ready),
		in_any_order(it_is_active_from_its_start_to_its_end),
		in_any_order(the_parent_of_a_spawned_one_is_the_hub),
		in_order(go_runs_it_without_a_handle),
		in_any_order(a_handle_released_at_once_does_not_stop_it),
		in_any_order(attributes_may_go_when_spawn_with_returns),
		in_any_order(it_runs_on_the_stack_that_it_was_given),
		in_any_order(misuse_of_spawn_is_refused),
		in_order(delayed_starts_honour_time_and_not_spawn_order),
		on_virtual(a_negative_delay_counts_as_none),
		in_any_order(kill_cancels_a_delayed_start),
		on_virtual(one_delayed_for_ever_is_queued_by_nothing),
		in_any_order(a_switch_before_its_turn_is_refused),
		in_order(a_burst_killed_before_its_first_run_touches_no_stack),
		in_order(short_ones_share_one_stack_one_after_another),
		in_any_order(a_stack_is_not_cleaned_before_it_is_left),
	};

	return suite_run(tests);
}
