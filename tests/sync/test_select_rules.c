/* SPDX-License-Identifier: MIT */
/*
 * Select over channels: fair, refused where it is misused, on another thread,
 * in what the loop calls and without memory; and a thousand channels at once.
 */
#include "sync/two_channels.h"

#include <limits.h>
#include <string.h>

#include "loop/virtual.h"
#include "support/environment.h"
#include "support/memory.h"
#include "wait/wait.h"

#define CHANNELS 1000
#define DRAWS 2000

static void *send_b(void *item)
{
	put(&b, as_number(item));
	note("sent");
	return NULL;
}

static int draws_of_first(int ready, int count)
{
	cress_channel_t all[8];
	cress_channel_case_t cases[8];
	int first = 0, item = 0;

	for (int i = 0; i < count; i++) {
		cress_channel_init(&all[i], sizeof(int), 1);
		cases[i] = receive_case(&all[i], &item);
		if (i < ready)
			put(&all[i], i);
	}
	for (int i = 0; i < DRAWS; i++) {
		int chosen = cress_channel_select(cases, (size_t)count, 0);

		check(chosen >= 0 && chosen < ready);
		first += chosen == 0;
		put(&all[chosen], chosen);
	}
	for (int i = 0; i < count; i++)
		cress_channel_fini(&all[i]);
	return first;
}

/* Fair: the ready ones lie side by side, where a mere start would favour one */
static void each_that_is_ready_is_as_likely(void)
{
	int first = draws_of_first(2, 8);

	check(first > DRAWS * 4 / 10 && first < DRAWS * 6 / 10);
	first = draws_of_first(8, 8);
	check(first > DRAWS / 12 && first < DRAWS / 6);
	check_int(draws_of_first(1, 8), DRAWS);
}

#define CHOICES 64

static char choices[CHOICES + 1];

static int choose_often(void *unused)
{
	(void)unused;
	make(1);
	put(&a, 1);
	put(&b, 1);
	for (int i = 0; i < CHOICES; i++) {
		int chosen = receive_either(0);

		choices[i] = (char)('a' + chosen);
		put(chosen == 0 ? &a : &b, 1);
	}
	unmake();
	return 0;
}

static void a_seed_repeats_the_choices(void)
{
	char first[CHOICES + 1];

	check_int(cress_run_virtual(choose_often, NULL, 7), 0);
	strcpy(first, choices);
	check_int(cress_run_virtual(choose_often, NULL, 7), 0);
	check(strcmp(first, choices) == 0);
	check_int(cress_run_virtual(choose_often, NULL, 8), 0);
	check(strcmp(first, choices) != 0);
	check(strchr(first, 'a') != NULL && strchr(first, 'b') != NULL);
}

static void wrong_cases_are_refused_with_nothing_moved(void)
{
	cress_channel_t none = {0};
	cress_channel_case_t cases[2];

	make(1);
	put(&a, 1);
	cases[0] = receive_case(&a, &item_a);
	cases[1] = receive_case(&none, &item_b);
	check_refuses(cress_channel_select(cases, 2, INFINITY), EINVAL);
	cases[1] = receive_case(&b, NULL);
	check_refuses(cress_channel_select(cases, 2, INFINITY), EINVAL);
	cases[1] = receive_case(&b, &item_b);
	cases[1].operation = 3;
	check_refuses(cress_channel_select(cases, 2, INFINITY), EINVAL);
	check_refuses(cress_channel_select(cases, 1, -1), EINVAL);
	check_refuses(cress_channel_select(cases, 1, NAN), EINVAL);
	check_refuses(cress_channel_select(NULL, 1, 0), EINVAL);
	check_refuses(cress_channel_select(cases, (size_t)INT_MAX + 1, 0),
		      EINVAL);
	check_int(item_a, -1);
	check_int(cress_channel_size(&a), 1);
	unmake();
}

static void select_elsewhere(void *unused)
{
	(void)unused;
	check_int(receive_either(INFINITY), -1);
	check_int(errno, EXDEV);
}

/* D13 */
static void channels_of_another_thread_are_refused(void)
{
	make(1);
	put(&a, 1);
	put(&b, 1);
	on_thread(select_elsewhere, NULL);
	check_int(cress_channel_size(&a), 1);
	unmake();
}

static void select_in_the_loop(struct cress_timer *timer)
{
	(void)timer;
	check_int(receive_either(INFINITY), 0);
	check_int(receive_either(INFINITY), -1);
	check_int(errno, EDEADLK);
}

/* V50 */
static void in_the_loop_it_never_parks(void)
{
	struct cress_timer timer = {.fire = select_in_the_loop};
	struct cress_hub *hub = cress_hub_get();

	make(1);
	put(&a, 1);
	check_int(cress_timers_reserve(&hub->timers), 0);
	cress_timer_add(&hub->timers, &timer, hub->driver->now(hub));
	cress_sleep(0.001);
	check_int(item_a, 1);
	unmake();
}

static void it_needs_no_memory_without_a_deadline(void)
{
	make(0);
	cress_go(send_b, as_value(4));
	memory_fail(1);
	check_int(receive_either(INFINITY), 1);
	check(!memory_has_failed());
	memory_fail(0);
	unmake();
}

static void a_lack_of_memory_for_the_deadline_is_told(void)
{
	make(0);
	memory_fail(1);
	int chosen = receive_either(0.001);
	check(chosen == -1 && (errno == ENOMEM || !memory_has_failed()));
	memory_fail(0);
	item_a = 1;
	check_refuses(cress_channel_try_send(&a, &item_a), EAGAIN);
	unmake();
}

static cress_channel_t many[CHANNELS];

static void *serve_many(void *rounds)
{
	for (int i = 0; i < as_number(rounds); i++)
		put(&many[i * 617 % CHANNELS], i);
	return NULL;
}

/* Ten thousand selects over a thousand channels: ten million steps. */
static void a_thousand_channels_are_no_burden(void)
{
	static cress_channel_case_t cases[CHANNELS];
	int rounds = environment_reduced() == NULL ? 10000 : 500;
	int item, wrong = 0;

	for (int i = 0; i < CHANNELS; i++) {
		cress_channel_init(&many[i], sizeof(int), 0);
		cases[i] = receive_case(&many[i], &item);
	}
	cress_go(serve_many, as_value(rounds));
	for (int i = 0; i < rounds; i++) {
		int chosen = cress_channel_select(cases, CHANNELS, INFINITY);

		wrong += item != i || chosen != i * 617 % CHANNELS;
	}
	check_int(wrong, 0);
	for (int i = 0; i < CHANNELS; i++)
		check_int(cress_channel_fini(&many[i]), 0);
}

/* R50 */
static void the_report_of_a_deadlock_names_the_channels(void)
{
	cress_channel_case_t cases[3];

	make(0);
	a.name = "jobs";
	b.name = "answers";
	cases[0] = receive_case(&a, &item_a);
	cases[1] = send_case(NULL, &item_b);
	cases[2] = send_case(&b, &item_b);
	check_refuses(cress_channel_select(cases, 3, INFINITY), EDEADLK);

	check_int(log_lines_with("to receive from \"jobs\""), 1);
	check_int(log_lines_with("to send to \"answers\""), 1);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(each_that_is_ready_is_as_likely),
		bare(a_seed_repeats_the_choices),
		in_order(wrong_cases_are_refused_with_nothing_moved),
		in_order(channels_of_another_thread_are_refused),
		in_order(in_the_loop_it_never_parks),
		in_order(it_needs_no_memory_without_a_deadline),
		in_order(a_lack_of_memory_for_the_deadline_is_told),
		in_any_order(the_report_of_a_deadlock_names_the_channels),
		on_libev(a_thousand_channels_are_no_burden),
	};

	memory_install();
	return suite_run(tests);
}
