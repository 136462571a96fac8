/* SPDX-License-Identifier: MIT */
/*
 * The scheduler when memory runs out: each request in turn is refused, once.
 * The call that needed it fails with ENOMEM, everything else goes on, nobody
 * is lost, and when the thread has ended nothing is left.
 */
#include "loop/support.h"

#include "loop/hub.h"
#include "loop/virtual.h"
#include "support/memory.h"

#define MANY 300

static int refused;

/* Only this may go wrong. */
static int no_memory(void)
{
	check_int(errno, ENOMEM);
	refused++;
	return 1;
}

static void sleep_at_last(double seconds)
{
	while (cress_sleep(seconds) != 0)
		if (!no_memory() || refused > 10)
			break;
}

static void *work(void *count)
{
	cress_scope_t scope;

	while (cress_scope_open(&scope, 10) != 0)
		if (!no_memory() || refused > 10)
			return NULL;
	sleep_at_last(0.001);
	check_int(cress_scope_close(&scope), 0);
	sleep_at_last(0);
	++*(int *)count;
	return count;
}

/* Join at last; 1 if it has done its work. */
static int join_at_last(cress_t *c)
{
	int result;

	if (c == NULL)
		return 0;
	while ((result = cress_join(c, NULL)) == -1)
		if (!no_memory() || refused > 10)
			return 0;
	if (result == ENOMEM)
		refused++;
	else
		check_int(result, 0);
	return result == 0;
}

static int everything(void *unused)
{
	cress_attr_t attr = {.name = "worker", .stack_size = 65536};
	cress_t *workers[4];
	int done = 0, joined = 0;

	(void)unused;
	workers[0] = cress_spawn(work, &done);
	workers[1] = cress_spawn_with(work, &done, &attr);
	workers[2] = cress_spawn_after(0.001, work, &done, NULL);
	workers[3] = cress_spawn_after(0.002, work, &done, &attr);
	for (int i = 0; i < 4; i++)
		if (workers[i] == NULL)
			no_memory();
	sleep_at_last(0.005);
	for (int i = 0; i < 4; i++)
		joined += join_at_last(workers[i]);
	check_int(joined, done);
	check_int(joined + refused >= 4, 1);
	return 7;
}

struct attempt {
	size_t n;
	int virtual;
	int failed;
};

static void attempt_run(void *arg)
{
	struct attempt *attempt = arg;
	int result;

	refused = 0;
	cress_current();
	memory_fail(attempt->n);
	result = attempt->virtual ? cress_run_virtual(everything, NULL, 0)
				  : cress_run(everything, NULL);
	if (result == -1)
		check_int(errno, ENOMEM);
	attempt->failed = memory_has_failed();
	memory_fail(0);
	if (result == -1)
		check(attempt->failed);
	else
		check_int(result, 7);
	check(refused <= 1);
}

/* The allocator refuses each request of `fn` in turn, in a new thread each. */
static size_t refuse_each(void (*fn)(void *), int virtual)
{
	struct attempt attempt = {.n = 0, .virtual = virtual};
	size_t blocks, mappings;

	on_thread(fn, &attempt);
	blocks = memory_blocks();
	mappings = memory_mappings();
	do {
		attempt.n++;
		on_thread(fn, &attempt);
		check_int(memory_blocks(), blocks);
		check_int(memory_mappings(), mappings);
	} while (attempt.failed && attempt.n < 1000);
	check_int(attempt.failed, 0);
	return attempt.n - 1;
}

/* D7 */
static void a_run_without_memory_says_so_and_loses_nothing(void)
{
	check(refuse_each(attempt_run, 0) >= 5);
	check(refuse_each(attempt_run, 1) >= 5);
}

static void attempt_without_run(void *arg)
{
	struct attempt *attempt = arg;

	refused = 0;
	memory_fail(attempt->n);
	sleep_at_last(0.0001);
	everything(NULL);
	attempt->failed = memory_has_failed();
	memory_fail(0);
	check(refused <= 1);
}

/* D7, D11 */
static void a_hub_that_cannot_be_made_is_made_by_the_next_call(void)
{
	check(refuse_each(attempt_without_run, 0) >= 5);
}

static int finished;

static void *sleep_many_times(void *unused)
{
	for (int i = 1; i <= 3; i++)
		sleep_at_last(i * 0.001);
	finished++;
	return unused;
}

static int sleep_in_a_crowd(void *n)
{
	cress_t *crowd[MANY];
	int done = 0;

	for (int i = 0; i < MANY; i++)
		crowd[i] = cress_spawn(sleep_many_times, NULL);
	memory_fail((size_t)as_number(n));
	sleep_at_last(1);
	memory_fail(0);
	for (int i = 0; i < MANY; i++)
		done += join_at_last(crowd[i]);
	check_int(done, finished);
	return finished;
}

/* D7 */
static void sleepers_survive_a_refusal_to_one_of_them(void)
{
	for (int n = 1; n < 40; n++) {
		refused = finished = 0;
		check(cress_run_virtual(sleep_in_a_crowd, as_value(n), 0) >=
		      MANY - 1);
		check(refused <= 1);
	}
}

static void *stay_in_a_switch(void *unused)
{
	cress_t *raw = cress_new(until_killed, NULL);

	cress_switch(raw, unused);
	check_int(cress_error(), EPIPE);
	cress_release(raw);
	return unused;
}

/* D6 */
static void a_kill_needs_no_memory(void)
{
	cress_t *targets[4] = {cress_spawn(until_killed, NULL),
			       cress_spawn(stay_in_a_switch, NULL),
			       cress_spawn_after(9, give_back, NULL, NULL)};

	cress_sleep(0.001);
	targets[3] = cress_spawn(give_back, NULL);
	memory_fail(1);
	for (int i = 0; i < 4; i++)
		check_int(cress_kill(targets[i], EPIPE), 0);
	check_int(cress_yield(), 0);
	check_int(cress_yield(), 0);
	check(!memory_has_failed());
	memory_fail(0);

	for (int i = 0; i < 4; i++)
		check(cress_join(targets[i], NULL) >= 0);
}

/* D7 */
static void a_spawn_without_memory_leaves_the_others_alone(void)
{
	cress_t *before = cress_spawn(nap, as_value(1));
	int refusals = 0, made = 0;

	for (int i = 0; i < 2000; i++) {
		memory_fail(1);
		if (cress_go(give_back, NULL) == 0)
			made++;
		else
			refusals += errno == ENOMEM;
	}
	memory_fail(0);

	check_int(made + refusals, 2000);
	check(refusals > 0);
	check_int(cress_join(before, NULL), 0);
	check_int(cress_go(give_back, NULL), 0);
}

/* R25, V10 */
static void a_killed_delayed_start_gives_its_memory_back(void)
{
	size_t before;

	check_int(cress_sleep(0.001), 0);
	cress_release(cress_spawn_after(0.001, give_back, NULL, NULL));
	check_int(cress_sleep(0.002), 0);
	before = memory_blocks();
	for (int i = 0; i < 10; i++) {
		cress_t *c = cress_spawn_after(9, give_back, NULL, NULL);

		check_int(cress_kill(c, CRESS_EXIT), 0);
		check_int(cress_join(c, NULL), 0);
	}

	check_int(memory_blocks(), before);
}

static void sleep_at_the_end(void *word)
{
	check_int(cress_sleep(0.0001), 0);
	note("%s", (const char *)word);
}

static void park_when_the_thread_ends(void *unused)
{
	(void)unused;
	check_int(cress_sleep(0), 0);
	check_int(cress_defer(sleep_at_the_end, "slept"), 0);
}

/* D11, R25 */
static void a_handler_of_main_may_park_when_its_thread_ends(void)
{
	size_t blocks = memory_blocks(), mappings = memory_mappings();

	for (int i = 0; i < 3; i++) {
		on_thread(park_when_the_thread_ends, NULL);
		check_noted("slept");
	}

	check_int(memory_blocks(), blocks);
	check_int(memory_mappings(), mappings);
}

/* D7, D2 */
static void a_throw_without_room_for_the_thrower_throws_nothing(void)
{
	static cress_t *raw[5000];
	cress_t *target = cress_spawn(park_for_ever, NULL);
	struct cress_thread *thread = cress_thread_self;
	size_t count = 0;

	check_int(cress_yield(), 0);
	while (thread->live < thread->hub->mask && count < 5000)
		raw[count++] = cress_new(give_back, NULL);
	memory_fail(1);
	check(cress_throw(target, EPIPE) == NULL);
	check_int(cress_error(), ENOMEM);
	check(memory_has_failed());
	memory_fail(0);
	check_int(cress_yield(), 0);
	check(!cress_is_dead(target));

	check_int(cress_kill(target, EPROTO), 0);
	check_int(cress_join(target, NULL), EPROTO);
	while (count > 0)
		cress_release(raw[--count]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(a_run_without_memory_says_so_and_loses_nothing),
		bare(a_hub_that_cannot_be_made_is_made_by_the_next_call),
		bare(sleepers_survive_a_refusal_to_one_of_them),
		in_order(a_killed_delayed_start_gives_its_memory_back),
		bare(a_handler_of_main_may_park_when_its_thread_ends),
		in_order(a_kill_needs_no_memory),
		in_order(a_spawn_without_memory_leaves_the_others_alone),
		in_order(a_throw_without_room_for_the_thrower_throws_nothing),
	};

	memory_install();
	return suite_run(tests);
}
