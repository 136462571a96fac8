/* SPDX-License-Identifier: MIT */
/*
 * Links, groups, maps and simulations while the hub is a guest, in a loop of
 * libev that has a watcher of the program's own or in a foreign one: links are
 * called, groups close, and the host's loop ends or sleeps when it may.
 */
#include "loop/embed_support.h"

#include <poll.h>
#include <unistd.h>

#include <cress/embed.h>
#include <cress/group.h>
#include <cress/link.h>
#include <cress/map.h>
#include <cress/simulate.h>

static struct ev_loop *loop;

static void in_attached_loop(void)
{
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
}

/* ev_run() returns by itself, or the watchdog ends the test. */
static void end_attached_loop(void)
{
	check_int(ev_run(loop, 0), 0);
	check_int((intmax_t)cress_hub_waiters(NULL), 0);
	leave_loop(loop);
}

static void in_foreign_loop(void)
{
	check(cress_hub_fd() >= 0);
}

/* Until the hub has no more to do: then it lets the host sleep for ever. */
static void run_foreign_loop(void)
{
	while (!isinf(cress_hub_timeout())) {
		struct pollfd event = {cress_hub_fd(), POLLIN, 0};
		double seconds = cress_hub_timeout();

		poll(&event, 1, seconds > 1 ? 1000 : (int)(seconds * 1e3) + 1);
		check(cress_hub_run_once() >= 0);
	}
	check_int((intmax_t)cress_hub_waiters(NULL), 0);
}

static void end_foreign_loop(void)
{
	run_foreign_loop();
	check_int(cress_hub_detach(), 0);
}

static void in_each_loop(void (*prepare)(void), const char *wanted)
{
	alarm(20);
	in_attached_loop();
	prepare();
	end_attached_loop();
	check_noted("%s", wanted);
	in_foreign_loop();
	prepare();
	end_foreign_loop();
	check_noted("%s", wanted);
	alarm(0);
}

static void *note_end(cress_t *ended, void *word)
{
	void *value = NULL;

	check_int(cress_try_wait(ended, &value), 0);
	note("%s%d", (const char *)word, as_number(value));
	return NULL;
}

static void *note_end_later(cress_t *ended, void *word)
{
	check_int(cress_sleep(0.001), 0);
	return note_end(ended, word);
}

static void link_to_one_that_sleeps(void)
{
	cress_t *c = cress_spawn(nap, as_value(1));

	check_int(cress_link(c, note_end, "raw", CRESS_LINK_RAW), 0);
	check_int(cress_link(c, note_end_later, "plain", 0), 0);
	cress_release(c);
}

/* V58 */
static void links_of_a_guest_are_called(void)
{
	in_each_loop(link_to_one_that_sleeps, "raw1 plain1");
}

static void link_to_one_that_is_dead(void)
{
	cress_t *c = cress_new(give_back, NULL);

	cress_switch(c, NULL);
	check(cress_is_dead(c));
	check_int(cress_link(c, note_end, "dead", CRESS_LINK_RAW), 0);
	cress_release(c);
}

/* Main makes it, and no coroutine is ready: only the call itself is due. */
static void a_link_to_a_dead_one_is_called_in_the_next_turn(void)
{
	in_each_loop(link_to_one_that_is_dead, "dead0");
}

static void *work_in_a_group(void *unused)
{
	void *items[] = {as_value(1), as_value(2), as_value(1)};
	void *results[3];
	cress_group_t group;

	check_int(cress_group_open(&group, 5, 0), 0);
	check_int(cress_group_set_limit(&group, 2), 0);
	check_int(cress_group_map(&group, nap, items, 3, results, NULL), 0);
	note("%d", as_number(results[1]));
	for (int i = 0; i < 3; i++)
		check_int(cress_group_go(&group, i ? nap : fail_with,
					 as_value(EIO)), 0);
	check_int(cress_group_join(&group), EIO);
	check_int(cress_group_go(&group, until_killed, NULL), 0);
	check_int(cress_group_close(&group), 0);
	note("closed");
	return unused;
}

static void begin_a_group(void)
{
	check_int(cress_go(work_in_a_group, NULL), 0);
}

/* V20, D8 */
static void groups_of_a_guest_work_and_close(void)
{
	in_each_loop(begin_a_group, "2 closed");
}

static void *meet_the_deadline(void *unused)
{
	cress_group_t group;

	check_int(cress_group_open(&group, 0.002, 0), 0);
	for (int i = 0; i < 3; i++)
		check_int(cress_group_go(&group, until_killed, NULL), 0);
	check_refuses(cress_group_join(&group), ETIMEDOUT);
	check_int(cress_group_close(&group), ETIMEDOUT);
	note("over");
	return unused;
}

static void begin_a_late_group(void)
{
	check_int(cress_go(meet_the_deadline, NULL), 0);
}

/* D8 */
static void the_deadline_of_a_guests_group_ends_it(void)
{
	in_each_loop(begin_a_late_group, "over");
}

static int simulated(void *unused)
{
	cress_t *c = cress_spawn(nap, as_value(4));

	check_int(cress_sleep(1000), 0);
	check_int(cress_join(c, unused), 0);
	return 0;
}

static void *simulate_in_a_coroutine(void *unused)
{
	cress_simulation_t how = {.seeds = 20};

	check_int(cress_simulate(simulated, NULL, &how), 0);
	check_int((intmax_t)how.runs, 20);
	check_int(cress_sleep(0.001), 0);
	note("simulated");
	return unused;
}

static void simulate_on_both_stacks(void)
{
	check_int(cress_go(simulate_in_a_coroutine, NULL), 0);
	check_int(cress_simulate(simulated, NULL, NULL), 0);
}

static void a_simulation_leaves_the_guest_as_it_was(void)
{
	in_each_loop(simulate_on_both_stacks, "simulated");
}

static void *leave_slowly(void *unused)
{
	cress_scope_t scope;

	cress_sleep(1);
	cress_scope_open(&scope, INFINITY);
	cress_scope_shield(&scope);
	check_int(cress_sleep(0.002), 0);
	check_int(cress_scope_close(&scope), 0);
	note("left");
	return unused;
}

static cress_group_t group;

static void turn_attached(void)
{
	ev_run(loop, EVRUN_NOWAIT);
}

static void turn_foreign(void)
{
	check(cress_hub_run_once() >= 0);
}

static void open_and_close_from_main(void (*turn)(void))
{
	check_int(cress_group_open(&group, INFINITY, 0), 0);
	check_int(cress_group_go(&group, leave_slowly, NULL), 0);
	turn();
	check_refuses(cress_group_join(&group), EDEADLK);
	check_refuses(cress_group_close(&group), EDEADLK);
	check_refuses(cress_group_go(&group, nap, NULL), ESHUTDOWN);
}

/* D8: main of a guest cannot wait, but nothing is lost by its trying */
static void a_group_of_the_hosts_stack_closes_after_its_members(void)
{
	alarm(20);
	in_attached_loop();
	open_and_close_from_main(turn_attached);
	check_int(ev_run(loop, 0), 0);
	check_int(cress_group_close(&group), 0);
	end_attached_loop();
	in_foreign_loop();
	open_and_close_from_main(turn_foreign);
	run_foreign_loop();
	check_int(cress_group_close(&group), 0);
	end_foreign_loop();
	check_noted("left left");
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(links_of_a_guest_are_called),
		bare(a_link_to_a_dead_one_is_called_in_the_next_turn),
		bare(groups_of_a_guest_work_and_close),
		bare(the_deadline_of_a_guests_group_ends_it),
		bare(a_simulation_leaves_the_guest_as_it_was),
		bare(a_group_of_the_hosts_stack_closes_after_its_members),
	};

	return suite_run(tests);
}
