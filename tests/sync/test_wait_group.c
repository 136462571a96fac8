/* SPDX-License-Identifier: MIT */
/* Wait groups: who waits goes on at 0, and the count is never below it. */
#include "loop/support.h"

#include <limits.h>
#include <cress/barrier.h>

static cress_wait_group_t jobs;

static void *work(void *milliseconds)
{
	cress_sleep(as_number(milliseconds) / 1000.0);
	note("%d", as_number(milliseconds));
	check_int(cress_wait_group_done(&jobs), 0);
	return NULL;
}

static void *await(void *name)
{
	if (cress_wait_group_wait(&jobs) != 0)
		return cress_fail(errno);
	note("%s", (const char *)name);
	return NULL;
}

static void all_who_wait_go_on_when_all_is_done(void)
{
	cress_t *a = cress_spawn(await, "done"), *b;

	check_int(cress_join(a, NULL), 0);
	check_noted("done");
	check_int(cress_wait_group_add(&jobs, 3), 0);
	a = cress_spawn(await, "done");
	b = cress_spawn(await, "done");
	for (int i = 3; i > 0; i--)
		cress_go(work, as_value(i));
	check_int(cress_wait_group_wait(&jobs), 0);
	check_int(cress_join(a, NULL), 0);
	check_int(cress_join(b, NULL), 0);

	check_noted("1 2 3 done done");
	check_int(cress_wait_group_count(&jobs), 0);
	check_int(cress_wait_group_fini(&jobs), 0);
}

static void they_are_woken_in_order_and_not_at_once(void)
{
	cress_wait_group_add(&jobs, 1);
	cress_go(await, "a");
	cress_go(await, "b");
	cress_yield();
	cress_wait_group_done(&jobs);
	check_nothing_noted();
	check_int(cress_wait_group_add(&jobs, 5), 0);
	cress_yield();

	check_noted("a b");
	check_int(cress_wait_group_add(&jobs, -5), 0);
	check_int(cress_wait_group_fini(&jobs), 0);
}

static void the_count_is_never_negative_nor_wraps(void)
{
	jobs.name = "jobs";
	check_refuses(cress_wait_group_done(&jobs), EOVERFLOW);
	check_int(cress_wait_group_add(&jobs, 2), 0);
	check_refuses(cress_wait_group_add(&jobs, -3), EOVERFLOW);
	check_refuses(cress_wait_group_add(&jobs, LONG_MAX), EOVERFLOW);
	check_refuses(cress_wait_group_add(&jobs, LONG_MIN), EOVERFLOW);
	check_int(cress_wait_group_count(&jobs), 2);
	check_int(log_lines_with("wait group \"jobs\""), 4);
	check_int(cress_wait_group_fini(&jobs), 0);
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_wait_group_wait(&jobs), EXDEV);
	check_refuses(cress_wait_group_done(&jobs), EXDEV);
}

/* D7 */
static void misuse_is_refused_and_one_that_gives_up_leaves(void)
{
	cress_t *c;

	check_refuses(cress_wait_group_add(NULL, 1), EINVAL);
	check_refuses(cress_wait_group_wait(NULL), EINVAL);
	check_int(cress_wait_group_count(NULL), 0);
	check_int(cress_wait_group_fini(NULL), 0);

	cress_wait_group_add(&jobs, 1);
	c = cress_spawn(await, "a");
	cress_sleep(0.001);
	on_thread(use_elsewhere, NULL);
	check_refuses(cress_wait_group_fini(&jobs), EBUSY);
	cress_kill(c, EPIPE);
	check_int(cress_join(c, NULL), EPIPE);
	check_int(cress_wait_group_count(&jobs), 1);
	check_int(cress_wait_group_done(&jobs), 0);
	check_int(cress_wait_group_fini(&jobs), 0);
	check_nothing_noted();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(all_who_wait_go_on_when_all_is_done),
		in_order(they_are_woken_in_order_and_not_at_once),
		in_any_order(the_count_is_never_negative_nor_wraps),
		in_every_order(misuse_is_refused_and_one_that_gives_up_leaves),
	};

	return suite_run(tests);
}
