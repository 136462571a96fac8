/* SPDX-License-Identifier: MIT */
/* Once: it runs until it has succeeded, for everybody, and never twice. */
#include "loop/support.h"

#include <cress/once.h>

static cress_once_t once;
static int runs;

static int succeed(void *unused)
{
	(void)unused;
	runs++;
	return cress_sleep(0.001);
}

static int fail_twice(void *unused)
{
	(void)unused;
	cress_sleep(0.001);
	if (++runs > 2)
		return 0;
	errno = ENXIO;
	return -1;
}

static int (*function)(void *unused);

static void *run_and_note(void *unused)
{
	int result = cress_once_run(&once, function, unused);
	int error = errno;

	note("%d", result == 0 ? 0 : error);
	return NULL;
}

static void run_by(size_t count, int (*fn)(void *))
{
	cress_t *c[8];

	runs = 0;
	function = fn;
	for (size_t i = 0; i < count; i++)
		c[i] = cress_spawn(run_and_note, NULL);
	for (size_t i = 0; i < count; i++)
		check_int(cress_join(c[i], NULL), 0);
}

static void it_runs_once_and_all_wait_for_it(void)
{
	run_by(5, succeed);
	check_int(runs, 1);
	check_noted("0 0 0 0 0");
	check_int(cress_once_is_done(&once), 1);

	check_int(cress_once_run(&once, succeed, NULL), 0);
	check_int(runs, 1);
	check_int(cress_once_fini(&once), 0);
	check_int(cress_once_is_done(&once), 0);
}

static void when_it_fails_the_next_one_runs_it(void)
{
	run_by(5, fail_twice);
	check_int(runs, 3);
	check_int(cress_once_is_done(&once), 1);

	check_noted("%d %d 0 0 0", ENXIO, ENXIO);
	check_int(cress_once_fini(&once), 0);
}

static void when_all_have_failed_a_later_one_runs_it(void)
{
	run_by(2, fail_twice);
	check_int(cress_once_is_done(&once), 0);
	check_noted("%d %d", ENXIO, ENXIO);

	check_int(cress_once_run(&once, succeed, NULL), 0);
	check_int(cress_once_is_done(&once), 1);
	check_int(cress_once_fini(&once), 0);
}

/* D5, D6 */
static void when_the_runner_is_killed_the_next_one_runs_it(void)
{
	cress_t *c[4];

	runs = 0;
	function = succeed;
	for (int i = 0; i < 4; i++) {
		c[i] = cress_spawn(run_and_note, NULL);
		cress_sleep(0.0001);
	}
	cress_kill(c[0], EPIPE);
	cress_kill(c[1], EIO);
	for (int i = 0; i < 4; i++)
		check_int(cress_join(c[i], NULL), 0);

	check_int(runs, 2);
	check_int(cress_once_is_done(&once), 1);
	check_int(cress_once_fini(&once), 0);
	noted();
}

/* D6: whoever is ready has what it waited for, not the object */
static void who_waited_is_told_though_the_object_has_gone(void)
{
	cress_t *c;

	runs = 0;
	function = succeed;
	c = cress_spawn(run_and_note, NULL);
	check_int(cress_once_run(&once, succeed, NULL), 0);
	check_int(cress_once_fini(&once), 0);

	check_int(cress_join(c, NULL), 0);
	check_noted("0");
	check_int(runs, 1);
}

static int run_inside(void *unused)
{
	check_refuses(cress_once_run(&once, run_inside, unused), EDEADLK);
	check_refuses(cress_once_fini(&once), EBUSY);
	return 0;
}

static int odd(void *result)
{
	errno = EDOM;
	return as_number(result);
}

static void use_elsewhere(void *unused)
{
	check_refuses(cress_once_run(&once, succeed, unused), EXDEV);
}

static void misuse_is_refused_and_names_it(void)
{
	cress_t *c;

	check_refuses(cress_once_run(NULL, succeed, NULL), EINVAL);
	check_refuses(cress_once_run(&once, NULL, NULL), EINVAL);
	check_int(cress_once_is_done(NULL), 0);
	check_int(cress_once_fini(NULL), 0);

	once.name = "log";
	check_int(cress_once_run(&once, odd, as_value(5)), 5);
	check_int(errno, EDOM);
	function = succeed;
	c = cress_spawn(run_and_note, NULL);
	cress_sleep(0.0001);
	on_thread(use_elsewhere, NULL);
	check_int(cress_join(c, NULL), 0);
	check_int(cress_once_fini(&once), 0);
	once.name = "log";
	check_int(cress_once_run(&once, run_inside, NULL), 0);
	check_int(log_lines_with("once \"log\""), 2);
	check_int(cress_once_fini(&once), 0);
	noted();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(it_runs_once_and_all_wait_for_it),
		in_every_order(when_it_fails_the_next_one_runs_it),
		in_every_order(when_all_have_failed_a_later_one_runs_it),
		in_every_order(when_the_runner_is_killed_the_next_one_runs_it),
		in_order(who_waited_is_told_though_the_object_has_gone),
		in_any_order(misuse_is_refused_and_names_it),
	};

	return suite_run(tests);
}
