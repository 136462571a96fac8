/* SPDX-License-Identifier: MIT */
/* Semaphores: permits go to those who wait, in order, and none is lost. */
#include "loop/support.h"

#include <limits.h>
#include <cress/semaphore.h>

static cress_semaphore_t slots;

/* Takes a permit and keeps it. */
static void *take(void *name)
{
	if (cress_semaphore_acquire(&slots) != 0)
		return cress_fail(errno);
	note("%s", (const char *)name);
	return NULL;
}

static const char *const names[] = {"a", "b", "c", "d"};

static void let_four_wait(cress_t *c[4])
{
	for (int i = 0; i < 4; i++) {
		c[i] = cress_spawn(take, (void *)names[i]);
		cress_sleep(0.001);
	}
}

static void join_four(cress_t *c[4], int result)
{
	for (int i = 0; i < 4; i++)
		check_int(cress_join(c[i], NULL), result);
}

/* V39 */
static void each_release_serves_the_one_who_came_first(void)
{
	cress_t *c[4];

	let_four_wait(c);
	for (int i = 0; i < 4; i++) {
		check_int(cress_semaphore_release(&slots), 0);
		check_nothing_noted();
		cress_sleep(0.001);
		check_noted("%s", names[i]);
	}

	join_four(c, 0);
	check_int(cress_semaphore_count(&slots), 0);
	check_int(cress_semaphore_fini(&slots), 0);
}

/* V39 */
static void two_releases_serve_the_first_two_in_whatever_order(void)
{
	cress_t *c[4];

	let_four_wait(c);
	cress_semaphore_release(&slots);
	cress_semaphore_release(&slots);
	check_int(cress_semaphore_count(&slots), 0);
	check_int(cress_join(c[1], NULL), 0);
	check_int(cress_join(c[0], NULL), 0);

	check_refuses(cress_try_wait(c[2], NULL), EAGAIN);
	check_refuses(cress_try_wait(c[3], NULL), EAGAIN);
	cress_semaphore_release(&slots);
	check_int(cress_join(c[2], NULL), 0);
	cress_kill(c[3], EPIPE);
	check_int(cress_join(c[3], NULL), EPIPE);
	check_int(cress_semaphore_fini(&slots), 0);
	noted();
}

static void *release_and_acquire(void *unused)
{
	cress_semaphore_release(&slots);
	check_refuses(cress_semaphore_try_acquire(&slots), EAGAIN);
	check_int(cress_semaphore_acquire(&slots), 0);
	note("again");
	cress_semaphore_release(&slots);
	return unused;
}

/* V40: a permit that is released is handed over, and cannot be overtaken */
static void who_releases_and_acquires_again_stands_behind(void)
{
	cress_t *c = cress_spawn(take, "first");

	cress_sleep(0.001);
	cress_go(release_and_acquire, NULL);
	cress_sleep(0.001);
	check_noted("first");
	check_int(cress_join(c, NULL), 0);
	cress_semaphore_release(&slots);
	cress_sleep(0.001);

	check_noted("again");
	check_int(cress_semaphore_count(&slots), 1);
	check_int(cress_semaphore_fini(&slots), 0);
}

/* V41 */
static void none_free_is_eagain_and_out_of_time_etimedout(void)
{
	cress_scope_t limit, other;

	check_refuses(cress_semaphore_try_acquire(&slots), EAGAIN);
	cress_scope_open(&other, 5);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_semaphore_acquire(&slots), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(cress_scope_close(&other), 0);

	cress_scope_open(&other, 0.001);
	cress_scope_open(&limit, 5);
	check_refuses(cress_semaphore_acquire(&slots), ETIMEDOUT);
	check_int(cress_scope_close(&limit), 0);
	check_int(cress_scope_close(&other), ETIMEDOUT);

	cress_semaphore_release(&slots);
	check_int(cress_semaphore_try_acquire(&slots), 0);
	check_int(cress_semaphore_fini(&slots), 0);
}

/* V41 */
static void in_a_scope_that_is_over_only_a_try_takes_a_free_permit(void)
{
	cress_scope_t limit;

	cress_semaphore_init(&slots, 1);
	cress_scope_open(&limit, 0);
	check_refuses(cress_semaphore_acquire(&slots), ETIMEDOUT);
	check_int(cress_semaphore_count(&slots), 1);
	check_int(cress_semaphore_try_acquire(&slots), 0);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(cress_semaphore_fini(&slots), 0);
}

/* V43 */
static void a_bounded_one_refuses_what_is_too_much(void)
{
	check_refuses(cress_semaphore_init(&slots, -1), EINVAL);
	check_refuses(cress_semaphore_init_bounded(&slots, -1), EINVAL);
	check_int(cress_semaphore_init_bounded(&slots, 2), 0);
	slots.name = "slots";
	check_refuses(cress_semaphore_release(&slots), EOVERFLOW);
	check_int(cress_semaphore_count(&slots), 2);
	check_int(log_lines_with("semaphore \"slots\""), 1);

	check_int(cress_semaphore_acquire(&slots), 0);
	check_int(cress_semaphore_release(&slots), 0);
	check_refuses(cress_semaphore_release(&slots), EOVERFLOW);
	check_int(cress_semaphore_count(&slots), 2);
	check_int(cress_semaphore_fini(&slots), 0);
}

/* V43 */
static void the_limit_without_a_bound_is_that_of_the_number(void)
{
	cress_semaphore_init(&slots, LONG_MAX - 1);
	check_int(cress_semaphore_release(&slots), 0);
	check_refuses(cress_semaphore_release(&slots), EOVERFLOW);
	check_int(cress_semaphore_count(&slots), LONG_MAX);

	cress_semaphore_init_bounded(&slots, 0);
	check_refuses(cress_semaphore_release(&slots), EOVERFLOW);
	check_refuses(cress_semaphore_try_acquire(&slots), EAGAIN);
	check_int(cress_semaphore_fini(&slots), 0);
}

/* V39, D6 */
static void one_that_was_served_and_then_killed_has_its_permit(void)
{
	cress_t *c[4];

	let_four_wait(c);
	cress_semaphore_release(&slots);
	cress_kill(c[0], EPIPE);
	cress_kill(c[1], EPIPE);
	cress_semaphore_release(&slots);

	check_int(cress_join(c[0], NULL), 0);
	check_int(cress_join(c[1], NULL), EPIPE);
	check_int(cress_join(c[2], NULL), 0);
	cress_kill(c[3], EPIPE);
	check_int(cress_join(c[3], NULL), EPIPE);
	check_int(cress_semaphore_count(&slots), 0);
	check_int(cress_semaphore_fini(&slots), 0);
	noted();
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_semaphore_acquire(&slots), EXDEV);
	check_refuses(cress_semaphore_release(&slots), EXDEV);
}

static void misuse_is_refused(void)
{
	cress_t *c = cress_spawn(take, "a");

	slots.name = "slots";
	cress_sleep(0.001);
	on_thread(use_elsewhere, NULL);
	check_refuses(cress_semaphore_fini(&slots), EBUSY);
	check_int(log_lines_with("semaphore \"slots\""), 1);
	check_refuses(cress_semaphore_init(NULL, 1), EINVAL);
	check_refuses(cress_semaphore_acquire(NULL), EINVAL);
	check_refuses(cress_semaphore_try_acquire(NULL), EINVAL);
	check_refuses(cress_semaphore_release(NULL), EINVAL);
	check_int(cress_semaphore_count(NULL), 0);
	check_int(cress_semaphore_fini(NULL), 0);

	cress_semaphore_release(&slots);
	check_int(cress_join(c, NULL), 0);
	check_int(cress_semaphore_fini(&slots), 0);
	noted();
}

static int inside, most, rounds;

static void *visit(void *number)
{
	for (int i = 0; i < 5; i++) {
		cress_scope_t limit;
		int got;

		cress_scope_open(&limit, 0.0001 * (as_number(number) + i));
		got = cress_semaphore_acquire(&slots) == 0;
		cress_scope_close(&limit);
		if (!got)
			continue;
		most = ++inside > most ? inside : most;
		cress_sleep(0.0001 * (i + 1));
		rounds++;
		inside--;
		cress_semaphore_release(&slots);
	}
	return NULL;
}

/* V39, V43, R49 */
static void never_more_inside_than_permits_and_none_is_lost(void)
{
	cress_t *c[12];

	cress_semaphore_init_bounded(&slots, 3);
	inside = most = rounds = 0;
	for (int i = 0; i < 12; i++)
		c[i] = cress_spawn(visit, as_value(i));
	cress_sleep(0.0005);
	cress_kill(c[2], EPIPE);
	cress_kill(c[7], EPIPE);
	for (int i = 0; i < 12; i++)
		check_int(cress_join(c[i], NULL), 0);

	check_int(most, 3);
	check(rounds > 5);
	check_int(cress_semaphore_count(&slots), 3);
	check_int(cress_semaphore_fini(&slots), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(each_release_serves_the_one_who_came_first),
		in_every_order(
			two_releases_serve_the_first_two_in_whatever_order),
		in_every_order(who_releases_and_acquires_again_stands_behind),
		in_any_order(none_free_is_eagain_and_out_of_time_etimedout),
		in_any_order(
			in_a_scope_that_is_over_only_a_try_takes_a_free_permit),
		in_any_order(a_bounded_one_refuses_what_is_too_much),
		in_any_order(the_limit_without_a_bound_is_that_of_the_number),
		in_every_order(
			one_that_was_served_and_then_killed_has_its_permit),
		in_any_order(misuse_is_refused),
		in_every_order(never_more_inside_than_permits_and_none_is_lost),
	};

	return suite_run(tests);
}
