/* SPDX-License-Identifier: MIT */
/* Events: who is woken when, and that nothing but a set wakes anybody. */
#include "loop/support.h"

#include <stdio.h>
#include <cress/event.h>

#include "support/environment.h"

static cress_event_t event;

static void *await(void *name)
{
	if (cress_event_wait(&event) != 0)
		return cress_fail(errno);
	note("%s", (const char *)name);
	return NULL;
}

/* V33 */
static void set_wakes_in_the_order_of_waiting_and_never_at_once(void)
{
	for (int i = 0; i < 4; i++)
		cress_go(await, (void *)&"a\0b\0c\0d"[2 * i]);
	cress_yield();

	check_int(cress_event_set(&event), 0);
	check_nothing_noted();
	cress_yield();

	check_noted("a b c d");
	check_int(cress_event_is_set(&event), 1);
	check_int(cress_event_clear(&event), 0);
	check_int(cress_event_fini(&event), 0);
}

/* V33 */
static void a_flag_that_is_set_lets_through_without_a_park(void)
{
	cress_go(note_word, "other");
	cress_event_set(&event);

	check_int(cress_event_wait(&event), 0);
	check_int(cress_event_wait(&event), 0);
	note("main");
	cress_sleep(0.001);

	check_noted("main other");
	cress_event_fini(&event);
	check_int(cress_event_is_set(&event), 0);
}

/* V33 */
static void a_set_and_a_clear_let_through_those_who_wait_now(void)
{
	cress_t *early = cress_spawn(await, "early");
	cress_t *late;

	cress_sleep(0.001);
	cress_event_set(&event);
	cress_event_clear(&event);
	late = cress_spawn(await, "late");
	cress_sleep(0.001);

	check_noted("early");
	check_int(cress_join(early, NULL), 0);
	check_int(cress_event_fini(&event), -1);
	cress_event_set(&event);
	check_int(cress_join(late, NULL), 0);
	cress_event_fini(&event);
	log_clear();
}

/* V35 */
static void a_wait_out_of_time_fails_and_has_no_part_in_the_event(void)
{
	cress_scope_t limit;

	cress_scope_open(&limit, 0.001);
	check_refuses(cress_event_wait(&event), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(cress_event_is_set(&event), 0);

	cress_event_set(&event);
	cress_scope_open(&limit, 0);
	check_int(cress_event_is_set(&event), 1);
	check_refuses(cress_event_wait(&event), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(cress_event_wait(&event), 0);
	check_int(cress_event_fini(&event), 0);
}

/* V33, D6 */
static void one_that_was_woken_and_then_killed_has_seen_it(void)
{
	cress_t *c = cress_spawn(await, "seen");

	cress_sleep(0.001);
	cress_event_set(&event);
	cress_kill(c, EPIPE);

	check_int(cress_join(c, NULL), 0);
	check_noted("seen");
	cress_event_fini(&event);
}

/* V33, D7 */
static void kills_take_out_the_killed_only(void)
{
	cress_t *c[6];

	for (int i = 0; i < 6; i++)
		c[i] = cress_spawn(await, "woken");
	cress_sleep(0.001);
	for (int i = 0; i < 6; i += 2)
		cress_kill(c[i], EPIPE);
	cress_event_set(&event);

	for (int i = 0; i < 6; i++)
		check_int(cress_join(c[i], NULL), i % 2 == 0 ? EPIPE : 0);
	check_noted("woken woken woken");
	check_int(cress_event_fini(&event), 0);
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_event_wait(&event), EXDEV);
	check_refuses(cress_event_set(&event), EXDEV);
}

static void misuse_is_refused_and_names_the_event(void)
{
	cress_t *c = cress_spawn(await, "woken");

	event.name = "ready";
	cress_sleep(0.001);
	on_thread(use_elsewhere, NULL);
	check_int(log_lines(), 0);
	check_refuses(cress_event_fini(&event), EBUSY);
	check_int(log_lines_with("event \"ready\""), 1);
	check_refuses(cress_event_wait(NULL), EINVAL);
	check_refuses(cress_event_set(NULL), EINVAL);
	check_refuses(cress_event_clear(NULL), EINVAL);
	check_int(cress_event_is_set(NULL), 0);
	check_int(cress_event_fini(NULL), 0);

	cress_event_set(&event);
	check_int(cress_join(c, NULL), 0);
	check_int(cress_event_fini(&event), 0);
	check(event.name == NULL);
}

static void a_deadlock_report_names_the_event(void)
{
	event.name = "never";
	check_refuses(cress_event_wait(&event), EDEADLK);

	check_int(log_lines_with("\"main\""), 1);
	check_int(log_lines_with("waits for event \"never\""), 1);
	check_int(cress_event_fini(&event), 0);
}

static int served;

static void *be_served(void *unused)
{
	served += cress_event_wait(&event) == 0;
	return unused;
}

/* V33: the cost is linear, or this would not end */
static void a_crowd_waits_for_one_event(void)
{
	int crowd = environment_is_full() ? 1000000 : 20000;

	if (environment_reduced() != NULL)
		crowd = 1000;
	served = 0;
	for (int i = 0; i < crowd; i++)
		if (cress_go(be_served, NULL) != 0)
			crowd = i;
	cress_sleep(0.001);
	check_int(served, 0);
	cress_event_set(&event);
	cress_sleep(0.001);

	check_int(served, crowd);
	check_int(cress_event_fini(&event), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(set_wakes_in_the_order_of_waiting_and_never_at_once),
		in_every_order(a_flag_that_is_set_lets_through_without_a_park),
		in_every_order(
			a_set_and_a_clear_let_through_those_who_wait_now),
		in_every_order(
			a_wait_out_of_time_fails_and_has_no_part_in_the_event),
		in_any_order(one_that_was_woken_and_then_killed_has_seen_it),
		in_every_order(kills_take_out_the_killed_only),
		in_any_order(misuse_is_refused_and_names_the_event),
		in_any_order(a_deadlock_report_names_the_event),
		on_virtual(a_crowd_waits_for_one_event),
	};

	return suite_run(tests);
}
