/* SPDX-License-Identifier: MIT */
/*
 * Deadlock: when nothing is ready and nothing from outside can make anybody
 * ready, main alone is told, a report names every waiter, and the loop goes on
 * as if nothing had been.
 */
#include "loop/support.h"

#include <string.h>

static cress_t *spawn_named(const char *name, cress_fn *fn, void *arg)
{
	cress_attr_t attr = {.name = name};

	return cress_spawn_with(fn, arg, &attr);
}

static void *wait_for(void *c)
{
	return cress_wait(c, NULL) == -1 ? cress_fail(errno) : NULL;
}

/* V67, R50 */
static void main_alone_is_told(void)
{
	cress_t *a = cress_spawn(park_for_ever, NULL);
	cress_t *b = cress_spawn(wait_for, a);
	double start = cress_now();

	check_refuses(cress_wait(b, NULL), EDEADLK);

	check(cress_now() - start < 1);
	check(!cress_is_dead(a));
	check(!cress_is_dead(b));
	cress_kill(a, CRESS_EXIT);
	check_int(cress_join(a, NULL), 0);
	check_int(cress_join(b, NULL), 0);
}

/* V67, D12 */
static void the_report_names_every_waiter(void)
{
	cress_t *a = spawn_named("adelheid", park_for_ever, NULL);
	cress_t *b = spawn_named("bertram", wait_for, a);
	cress_t *c = spawn_named("clothilde", wait_for, b);
	cress_t *d = spawn_named("dagobert", give_back, NULL);

	check_refuses(cress_wait(c, NULL), EDEADLK);

	check(log_lines_with("adelheid") >= 1);
	check(log_lines_with("bertram") >= 1);
	check(log_lines_with("clothilde") >= 1);
	check_int(log_lines_with("dagobert"), 0);
	check(log_lines() >= 4);
	cress_release(a);
	cress_release(b);
	cress_release(c);
	cress_release(d);
}

/* V67, D12 */
static void the_report_tells_what_each_waits_for(void)
{
	cress_t *a = spawn_named("adelheid", park_for_ever, NULL);
	cress_t *b = spawn_named("bertram", wait_for, a);

	check_refuses(cress_wait(b, NULL), EDEADLK);

	check(log_lines_with("waits for") >= 3);
	check(strstr(log_text(), "deadlock") != NULL);
	/* Its own line, and the line of the one who waits for it. */
	check(log_lines_with("adelheid") >= 2);
	check(log_lines_with("bertram") >= 2);
	cress_release(a);
	cress_release(b);
}

/* V67 */
static void the_loop_is_usable_afterwards(void)
{
	cress_t *a = cress_spawn(park_for_ever, NULL);

	for (int i = 0; i < 5; i++) {
		cress_t *c;

		log_clear();
		check_refuses(cress_wait(a, NULL), EDEADLK);
		check(log_lines() > 0);
		check_int(cress_sleep(0.0005), 0);
		c = cress_spawn(nap, as_value(1));
		check_int(cress_join(c, NULL), 0);
		check_refuses(cress_sleep(INFINITY), EDEADLK);
		check_int(cress_yield(), 0);
	}

	cress_kill(a, CRESS_EXIT);
	check_int(cress_join(a, NULL), 0);
}

/* V67, D12 */
static void a_timer_that_is_due_some_time_is_no_deadlock(void)
{
	cress_t *a = cress_spawn(nap, as_value(1000000));
	cress_t *b = cress_spawn(wait_for, a);
	cress_t *late = cress_spawn_after(2000, give_back, NULL, NULL);

	check_int(cress_join(b, NULL), 0);
	check_int(cress_join(late, NULL), 0);

	check_int(log_lines(), 0);
	check_int(cress_join(a, NULL), 0);
}

/* V67, D12 */
static void a_deadline_that_is_due_some_time_is_no_deadlock(void)
{
	cress_t *a = cress_spawn(park_for_ever, NULL);
	cress_scope_t limit;

	cress_scope_open(&limit, 1000);
	check_refuses(cress_wait(a, NULL), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(log_lines(), 0);
	check_refuses(cress_wait(a, NULL), EDEADLK);

	cress_release(a);
}

static void *wait_within(void *c)
{
	cress_scope_t limit;

	cress_scope_open(&limit, 100);
	cress_wait(c, NULL);
	note("deadline");
	cress_scope_close(&limit);
	cress_sleep(INFINITY);
	return NULL;
}

/* V67, D12 */
static void the_deadline_of_another_puts_the_deadlock_off(void)
{
	cress_t *a = cress_spawn(wait_within, cress_current());
	double start = cress_now();

	check_refuses(cress_wait(a, NULL), EDEADLK);

	check_noted("deadline");
	check(cress_now() - start >= 100 && cress_now() - start < 101);
	cress_release(a);
}

/* V67, D12 */
static void a_deadline_behind_a_shield_wakes_nobody(void)
{
	cress_t *a = cress_spawn(park_for_ever, NULL);
	cress_scope_t limit, shield;

	cress_scope_open(&limit, 10);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_refuses(cress_wait(a, NULL), EDEADLK);
	check_int(cress_scope_close(&shield), 0);
	check_int(cress_scope_close(&limit), 0);

	cress_release(a);
}

static void *sleep_raw(void *unused)
{
	int result = cress_sleep(INFINITY);

	note("raw:%d", result);
	return unused;
}

/* V67, D12 */
static void main_in_a_switch_is_told_by_a_throw(void)
{
	cress_t *raw = cress_new(sleep_raw, NULL);

	check(cress_switch(raw, NULL) == NULL);
	check_int(cress_error(), EDEADLK);
	check_int(errno, EDEADLK);

	check_nothing_noted();
	check_int(cress_sleep(0.001), 0);
	cress_release(raw);
}

static void *deadlock_in_a_coroutine(void *unused)
{
	cress_wait(cress_current(), NULL);
	note("told");
	return unused;
}

/* V67, D12 */
static void a_spawned_one_is_never_told(void)
{
	cress_t *a = cress_spawn(deadlock_in_a_coroutine, NULL);

	for (int i = 0; i < 3; i++)
		check_refuses(cress_wait(a, NULL), EDEADLK);
	check_nothing_noted();

	cress_release(a);
}

/* V67 */
static void a_deadlock_is_no_scopes_doing(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, INFINITY);
	check_refuses(cress_sleep(INFINITY), EDEADLK);
	check_int(cress_scope_error(), 0);
	check_int(cress_sleep(0.001), 0);

	check_int(cress_scope_close(&scope), 0);
}

/* V67, D12, R50 */
static void a_start_that_is_never_due_is_no_hope(void)
{
	cress_t *c = cress_spawn_after(INFINITY, note_word, "ran", NULL);

	check_refuses(cress_wait(c, NULL), EDEADLK);
	check_int(cress_kill(c, CRESS_EXIT), 0);

	check_int(cress_join(c, NULL), 0);
	check_nothing_noted();
}

static void *ping(void *peer)
{
	for (int i = 0; i < 3; i++)
		cress_yield();
	return wait_for(*(cress_t **)peer);
}

/* V67, R50 */
static void a_ring_of_waiters_is_found(void)
{
	static cress_t *ring[100];

	for (int i = 0; i < 100; i++)
		ring[i] = cress_spawn(ping, &ring[(i + 1) % 100]);
	check_refuses(cress_wait(ring[0], NULL), EDEADLK);
	check(log_lines() >= 100);

	cress_kill(ring[50], CRESS_EXIT);
	for (int i = 0; i < 100; i++)
		check_int(cress_join(ring[i], NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(main_alone_is_told),
		in_any_order(the_report_names_every_waiter),
		in_any_order(the_report_tells_what_each_waits_for),
		in_any_order(the_loop_is_usable_afterwards),
		on_virtual(a_timer_that_is_due_some_time_is_no_deadlock),
		on_virtual(a_deadline_that_is_due_some_time_is_no_deadlock),
		on_virtual(the_deadline_of_another_puts_the_deadlock_off),
		on_virtual(a_deadline_behind_a_shield_wakes_nobody),
		in_any_order(main_in_a_switch_is_told_by_a_throw),
		in_any_order(a_spawned_one_is_never_told),
		in_any_order(a_deadlock_is_no_scopes_doing),
		in_any_order(a_start_that_is_never_due_is_no_hope),
		in_any_order(a_ring_of_waiters_is_found),
	};

	return suite_run(tests);
}
