/* SPDX-License-Identifier: MIT */
/*
 * What simulation is for: bugs are planted that no run in the ordinary order
 * meets, and each must be found within a thousand seeds.
 */
#include "support/suite.h"

#include "wait/wait.h"

#include <cress.h>

#include "debug/program.h"

#define MOST 4

/* A thing to wait for, as the primitives are made. */
static struct cress_wait_list waiting;

static const struct cress_wait_kind signal_kind = {
	.what = "a signal",
	.unlink = cress_unlink_from_list,
};

static int wait_for_signal(void)
{
	struct cress_waiter waiter = {
		.kind = &signal_kind,
		.object = &waiting,
	};
	struct cress_hub *hub = cress_wait_begin();

	if (hub == NULL)
		return -1;
	cress_waiter_append(&waiting, &waiter);
	return cress_park(hub, &waiter);
}

static void signal_one(void)
{
	cress_wake_first(cress_current()->thread->hub, &waiting);
}

/* Spawn one of each, and wait for the end of all. */
static void run_all(cress_fn *const *fns, size_t count, void *arg)
{
	cress_t *all[MOST];

	waiting = (struct cress_wait_list){0};
	for (size_t i = 0; i < count; i++)
		all[i] = cress_spawn(fns[i], arg);
	for (size_t i = 0; i < count; i++)
		cress_join(all[i], NULL);
}

/* How many of so many runs, from each second seed on, meet the bug. */
static int count_found(int (*fn)(void *arg), uint64_t first, int runs)
{
	int found = 0;

	for (int i = 0; i < runs; i++) {
		cress_simulation_t how = {.first_seed = first, .seeds = 1};

		how.print = ignore_line;
		found += cress_simulate(fn, NULL, &how) == 1;
		first += 2;
	}
	return found;
}

/*
 * Found from seed 1 on, replayed with the same digest, and missed in the
 * ordinary order.
 */
static void assert_found(int (*fn)(void *arg), int reason)
{
	cress_simulation_t plain = {.seeds = 1};
	cress_simulation_t how = {.first_seed = 1, .seeds = 1000};
	cress_simulation_t again = {.seeds = 1};

	how.print = again.print = ignore_line;
	assert_int_equal(cress_simulate(fn, NULL, &plain), 0);
	assert_int_equal(cress_simulate(fn, NULL, &how), 1);
	assert_int_equal(how.reason, reason);

	again.first_seed = how.seed;
	assert_int_equal(cress_simulate(fn, NULL, &again), 1);
	assert_int_equal(again.reason, reason);
	assert_int_equal(again.decisions, how.decisions);
	assert_true(again.digest == how.digest);
	print_message("found by seed %u; of 500 each: %d evenly, %d by "
		      "priority\n", (unsigned)how.seed,
		      count_found(fn, 2, 500), count_found(fn, 1, 500));
}

static const struct cress_wait_kind outside_kind = {
	.what = "the world",
	.outside = 1,
	.unlink = cress_unlink_from_list,
};

static int wait_for_the_world(void *arg)
{
	struct cress_wait_list world = {0};
	struct cress_waiter waiter = {.kind = &outside_kind, .object = &world};
	struct cress_hub *hub = cress_wait_begin();

	(void)arg;
	cress_waiter_append(&world, &waiter);
	return cress_park(hub, &waiter) == -1 && errno == EDEADLK ? 0 : 1;
}

/* R50, V67 */
static void to_wait_for_the_world_is_a_deadlock(void **state)
{
	cress_simulation_t how = {.print = ignore_line};

	(void)state;
	assert_int_equal(cress_simulate(wait_for_the_world, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_DEADLOCK);
	assert_int_equal(how.result, 0);
}

/* A check, then a park, then an act that the check was for. */
static void *spend(void *balance)
{
	int *left = balance;

	if (*left < 100)
		return NULL;
	cress_sleep(*left / 100.0);
	*left -= 100;
	return NULL;
}

static void *spend_later(void *balance)
{
	for (int i = 0; i < 4; i++)
		cress_yield();
	cress_sleep(1);
	return spend(balance);
}

static int check_park_act(void *arg)
{
	static cress_fn *const fns[] = {spend, spend_later};
	int balance = 100;

	(void)arg;
	run_all(fns, COUNT(fns), &balance);
	return balance < 0;
}

/* R61 */
static void a_check_then_a_park_then_an_act_is_found(void **state)
{
	(void)state;
	assert_found(check_park_act, CRESS_SIMULATED_FAILURE);
}

/* The flag may be set between the look at it and the wait. */
static void *consume(void *flag)
{
	if (*(int *)flag == 0) {
		cress_yield();
		wait_for_signal();
	}
	return NULL;
}

static void *produce(void *flag)
{
	for (int i = 0; i < 3; i++)
		cress_yield();
	*(int *)flag = 1;
	signal_one();
	return NULL;
}

static int lost_wake_up(void *arg)
{
	static cress_fn *const fns[] = {consume, produce};
	int flag = 0;

	(void)arg;
	run_all(fns, COUNT(fns), &flag);
	return 0;
}

/* R61, R50, V67 */
static void a_lost_wake_up_is_found(void **state)
{
	(void)state;
	assert_found(lost_wake_up, CRESS_SIMULATED_DEADLOCK);
}

/*
 * Three steps in one order, of three coroutines that all have more to do: the
 * first must stop after its step, the second after its own.
 */
struct three {
	int stage;
	int broken;
};

static void work(int steps)
{
	for (int i = 0; i < steps; i++)
		cress_yield();
}

static void *open_door(void *arg)
{
	struct three *three = arg;

	work(2);
	three->stage = 1;
	work(2);
	three->stage = 0;
	return NULL;
}

static void *go_through(void *arg)
{
	struct three *three = arg;

	work(4);
	if (three->stage == 1) {
		three->stage = 2;
		work(2);
		three->stage = 0;
	}
	return NULL;
}

static void *look_inside(void *arg)
{
	struct three *three = arg;

	work(6);
	if (three->stage == 2)
		three->broken = 1;
	return NULL;
}

static int three_in_a_row(void *arg)
{
	static cress_fn *const fns[] = {open_door, go_through, look_inside};
	struct three three = {0};

	(void)arg;
	run_all(fns, COUNT(fns), &three);
	return three.broken;
}

/* R61 */
static void a_bug_of_depth_three_is_found(void **state)
{
	(void)state;
	assert_found(three_in_a_row, CRESS_SIMULATED_FAILURE);
}

/* One must rest for as long as another takes, and more are about. */
static void *check_twice(void *arg)
{
	int *flag = arg;
	int before = *flag;

	cress_yield();
	if (*flag != before)
		flag[1] = 1;
	return NULL;
}

static void *set_late(void *arg)
{
	work(16);
	++*(int *)arg;
	return NULL;
}

static void *bystander(void *arg)
{
	work(16);
	return arg;
}

static int long_rest(void *arg)
{
	static cress_fn *const fns[] = {set_late, check_twice, bystander,
					bystander};
	int flag[2] = {0, 0};

	(void)arg;
	run_all(fns, COUNT(fns), flag);
	return flag[1];
}

/* R61 */
static void a_bug_that_takes_a_long_rest_is_found(void **state)
{
	(void)state;
	assert_found(long_rest, CRESS_SIMULATED_FAILURE);
}

/* A time-out that is met only if the processor is slow. */
static void *answer(void *arg)
{
	cress_sleep(0.5);
	work(3);
	*(int *)arg = 1;
	signal_one();
	return NULL;
}

static int in_time(void *arg)
{
	cress_scope_t limit;
	int answered = 0;
	cress_t *c = cress_spawn(answer, &answered);

	(void)arg;
	waiting = (struct cress_wait_list){0};
	cress_scope_open(&limit, 1);
	wait_for_signal();
	cress_scope_close(&limit);
	cress_join(c, NULL);
	return !answered;
}

static int forgets_time_out(void *arg)
{
	cress_scope_t limit;
	int answered = 0, missed;
	cress_t *c = cress_spawn(answer, &answered);

	(void)arg;
	waiting = (struct cress_wait_list){0};
	cress_scope_open(&limit, 1);
	wait_for_signal();
	missed = !answered;
	cress_scope_close(&limit);
	cress_join(c, NULL);
	return missed;
}

/* R61 */
static void a_slow_processor_meets_deadlines(void **state)
{
	cress_simulation_t how = {.flags = CRESS_SIMULATE_SLOW};

	(void)state;
	how.print = ignore_line;
	assert_int_equal(cress_simulate(in_time, NULL, &how), 0);
	assert_int_equal(cress_simulate(forgets_time_out, NULL, NULL), 0);
	assert_int_equal(cress_simulate(forgets_time_out, NULL, &how), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(to_wait_for_the_world_is_a_deadlock),
		test(a_check_then_a_park_then_an_act_is_found),
		test(a_lost_wake_up_is_found),
		test(a_bug_of_depth_three_is_found),
		test(a_bug_that_takes_a_long_rest_is_found),
		test(a_slow_processor_meets_deadlines),
	};

	return suite_run(tests);
}
