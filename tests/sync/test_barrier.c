/* SPDX-License-Identifier: MIT */
/* Barriers: all or nobody, one is told, and who gives up was never there. */
#include "loop/support.h"

#include <cress/barrier.h>

static cress_barrier_t barrier;

static void *meet(void *rounds)
{
	int last = 0;

	for (int i = 0; i < as_number(rounds); i++) {
		int result = cress_barrier_wait(&barrier);

		if (result < 0)
			return cress_fail(errno);
		last += result;
	}
	return as_value(last);
}

static void tidy_up(void)
{
	check_int(cress_barrier_waiting(&barrier), 0);
	check_int(cress_barrier_fini(&barrier), 0);
}

static void nobody_goes_on_before_the_last_has_come(void)
{
	cress_t *c[2];

	cress_barrier_init(&barrier, 3);
	for (int i = 0; i < 2; i++)
		c[i] = cress_spawn(meet, as_value(1));
	cress_sleep(0.001);
	check_int(cress_barrier_waiting(&barrier), 2);
	check_refuses(cress_try_wait(c[0], NULL), EAGAIN);
	check_int(cress_barrier_wait(&barrier), 1);

	check_refuses(cress_try_wait(c[0], NULL), EAGAIN);
	for (int i = 0; i < 2; i++)
		check_int(cress_join(c[i], NULL), 0);
	tidy_up();
}

static void exactly_one_is_told_in_each_round(void)
{
	cress_t *c[5];
	int told = 0;

	cress_barrier_init(&barrier, 5);
	for (int i = 0; i < 5; i++)
		c[i] = cress_spawn(meet, as_value(7));
	for (int i = 0; i < 5; i++) {
		void *value = NULL;

		check_int(cress_join(c[i], &value), 0);
		told += as_number(value);
	}

	check_int(told, 7);
	tidy_up();
}

/* D7 */
static void one_that_gives_up_was_never_there(void)
{
	cress_scope_t limit;
	cress_t *c[3];

	cress_barrier_init(&barrier, 3);
	for (int i = 0; i < 2; i++)
		c[i] = cress_spawn(meet, as_value(1));
	cress_sleep(0.001);
	cress_kill(c[0], EPIPE);
	check_int(cress_join(c[0], NULL), EPIPE);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_barrier_wait(&barrier), ETIMEDOUT);
	check_refuses(cress_barrier_wait(&barrier), ETIMEDOUT);
	cress_scope_close(&limit);
	check_int(cress_barrier_waiting(&barrier), 1);

	c[2] = cress_spawn(meet, as_value(1));
	check(cress_barrier_wait(&barrier) >= 0);
	check_int(cress_join(c[1], NULL), 0);
	check_int(cress_join(c[2], NULL), 0);
	tidy_up();
}

static void a_barrier_for_one_never_parks(void)
{
	cress_barrier_init(&barrier, 1);
	cress_go(note_word, "other");
	check_int(cress_barrier_wait(&barrier), 1);
	check_int(cress_barrier_wait(&barrier), 1);
	check_nothing_noted();
	cress_sleep(0.001);

	check_noted("other");
	tidy_up();
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_barrier_wait(&barrier), EXDEV);
}

static void misuse_is_refused_and_names_the_barrier(void)
{
	cress_barrier_t raw = {0};
	cress_t *c;

	check_refuses(cress_barrier_init(&barrier, 0), EINVAL);
	check_refuses(cress_barrier_init(NULL, 1), EINVAL);
	check_refuses(cress_barrier_wait(NULL), EINVAL);
	check_refuses(cress_barrier_wait(&raw), EINVAL);
	check_int(cress_barrier_fini(NULL), 0);
	check_int(cress_barrier_waiting(NULL), 0);

	cress_barrier_init(&barrier, 2);
	barrier.name = "start";
	c = cress_spawn(meet, as_value(1));
	cress_sleep(0.001);
	on_thread(use_elsewhere, NULL);
	check_refuses(cress_barrier_fini(&barrier), EBUSY);
	check_int(log_lines_with("barrier \"start\""), 1);
	check_refuses(cress_sleep(INFINITY), EDEADLK);
	check_int(log_lines_with("waits for barrier \"start\""), 1);
	check_int(cress_barrier_wait(&barrier), 1);
	check_int(cress_join(c, NULL), 0);
	tidy_up();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(nobody_goes_on_before_the_last_has_come),
		in_every_order(exactly_one_is_told_in_each_round),
		in_every_order(one_that_gives_up_was_never_there),
		in_any_order(a_barrier_for_one_never_parks),
		in_any_order(misuse_is_refused_and_names_the_barrier),
	};

	return suite_run(tests);
}
