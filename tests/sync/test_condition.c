/* SPDX-License-Identifier: MIT */
/* Conditions: who a signal is for, and who has the mutex afterwards. */
#include "loop/support.h"

#include <cress/condition.h>

static cress_mutex_t mutex;
static cress_condition_t condition;

/* Waits once, and notes its name and what became of it. */
static void *await(void *name)
{
	int result;

	if (cress_mutex_lock(&mutex) != 0)
		return cress_fail(errno);
	result = cress_condition_wait(&condition, &mutex) == 0 ? 0 : errno;
	check(cress_mutex_owner(&mutex) == cress_current());
	note("%s:%d", (const char *)name, result);
	check_int(cress_mutex_unlock(&mutex), 0);
	return result == 0 ? NULL : cress_fail(result);
}

static cress_t *after(cress_fn *fn, const char *name)
{
	cress_t *c = cress_spawn(fn, (void *)name);

	cress_sleep(0.001);
	return c;
}

static void tidy_up(void)
{
	check_int(cress_condition_fini(&condition), 0);
	check_int(cress_mutex_fini(&mutex), 0);
}

/* V39, V40 */
static void a_signal_is_for_the_one_who_came_first(void)
{
	cress_t *c[] = {after(await, "a"), after(await, "b")};

	check(cress_mutex_owner(&mutex) == NULL);
	check_int(cress_condition_signal(&condition), 0);
	check_nothing_noted();
	check_int(cress_join(c[0], NULL), 0);
	cress_sleep(0.001);
	check_noted("a:0");
	check_int(cress_condition_signal(&condition), 0);
	check_int(cress_join(c[1], NULL), 0);

	check_noted("b:0");
	check_int(cress_condition_signal(&condition), 0);
	check_int(cress_condition_broadcast(&condition), 0);
	tidy_up();
}

/* V39, R49 */
static void a_broadcast_gives_the_mutex_to_all_in_turn(void)
{
	cress_t *c[] = {after(await, "a"), after(await, "b"),
			after(await, "c")};

	cress_mutex_lock(&mutex);
	check_int(cress_condition_broadcast(&condition), 0);
	cress_sleep(0.001);
	check_nothing_noted();
	cress_mutex_unlock(&mutex);
	for (size_t i = 0; i < COUNT(c); i++)
		check_int(cress_join(c[i], NULL), 0);

	check_noted("a:0 b:0 c:0");
	tidy_up();
}

/* D5: a wait that is cancelled has the mutex when it returns */
static void a_cancelled_wait_gets_the_mutex_first(void)
{
	cress_t *c = after(await, "a");

	cress_mutex_lock(&mutex);
	cress_kill(c, EPIPE);
	cress_sleep(0.001);
	check_nothing_noted();
	check_int(cress_kill(c, EIO), 0);
	check(cress_throw(c, EIO) == NULL);
	cress_sleep(0.001);
	check_nothing_noted();
	cress_mutex_unlock(&mutex);

	check_int(cress_join(c, NULL), EPIPE);
	check_noted("a:%d", EPIPE);
	tidy_up();
}

/* D5: before it runs, so that nobody destroys what it still needs */
static void a_cancelled_wait_takes_a_free_mutex_at_once(void)
{
	cress_t *c = after(await, "a");

	cress_kill(c, EPIPE);
	check(cress_mutex_owner(&mutex) == c);
	check_refuses(cress_mutex_fini(&mutex), EBUSY);
	check_int(cress_condition_fini(&condition), 0);

	check_int(cress_join(c, NULL), EPIPE);
	check_noted("a:%d", EPIPE);
	tidy_up();
}

/* V39, D5 */
static void a_cancelled_wait_stands_in_line_for_the_mutex(void)
{
	cress_t *a = after(await, "a");
	cress_t *b;

	cress_mutex_lock(&mutex);
	cress_kill(a, EPIPE);
	b = after(await, "b");
	check_int(cress_condition_fini(&condition), 0);
	cress_mutex_unlock(&mutex);
	check_int(cress_join(a, NULL), EPIPE);
	check_noted("a:%d", EPIPE);
	cress_sleep(0.001);
	check_int(cress_condition_signal(&condition), 0);

	check_int(cress_join(b, NULL), 0);
	check_noted("b:0");
	tidy_up();
}

/* D7 */
static void a_cancelled_wait_takes_no_signal(void)
{
	cress_t *a = after(await, "a");
	cress_t *b = after(await, "b");

	cress_kill(a, EPIPE);
	cress_condition_signal(&condition);

	check_int(cress_join(a, NULL), EPIPE);
	check_int(cress_join(b, NULL), 0);
	tidy_up();
	noted();
}

static cress_scope_t limit;

static void *await_within(void *unused)
{
	cress_mutex_lock(&mutex);
	cress_scope_open(&limit, 0.002);
	check_int(cress_condition_wait(&condition, &mutex), 0);
	check_int(cress_scope_error(), ETIMEDOUT);
	check_int(cress_scope_close(&limit), 0);
	check_int(cress_mutex_unlock(&mutex), 0);
	return unused;
}

/* D6 */
static void one_that_was_signalled_succeeds_though_out_of_time(void)
{
	cress_t *c = after(await_within, NULL);

	cress_mutex_lock(&mutex);
	cress_condition_signal(&condition);
	cress_sleep(0.005);
	cress_mutex_unlock(&mutex);

	check_int(cress_join(c, NULL), 0);
	tidy_up();
}

static void *await_then_sleep(void *unused)
{
	cress_mutex_lock(&mutex);
	check_int(cress_condition_wait(&condition, &mutex), 0);
	cress_mutex_unlock(&mutex);
	check_refuses(cress_sleep(1), EIO);
	check_int(cress_sleep(0.001), 0);
	return unused;
}

/* D2 */
static void a_throw_at_one_that_was_signalled_comes_later(void)
{
	cress_t *c = after(await_then_sleep, NULL);

	cress_mutex_lock(&mutex);
	cress_condition_signal(&condition);
	check(cress_throw(c, EIO) == NULL);
	cress_mutex_unlock(&mutex);

	check_int(cress_join(c, NULL), 0);
	tidy_up();
}

static void *wait_without(void *unused)
{
	check_refuses(cress_condition_wait(&condition, &mutex), EPERM);
	return unused;
}

static void signal_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_condition_signal(&condition), EXDEV);
	check_refuses(cress_condition_broadcast(&condition), EXDEV);
}

static void misuse_is_refused_and_names_the_condition(void)
{
	cress_mutex_t other = {0};
	cress_t *c = after(await, "a");

	condition.name = "not empty";
	check_refuses(cress_condition_wait(&condition, &mutex), EPERM);
	cress_mutex_lock(&mutex);
	check_int(cress_join(cress_spawn(wait_without, NULL), NULL), 0);
	cress_mutex_unlock(&mutex);
	cress_mutex_lock(&other);
	check_refuses(cress_condition_wait(&condition, &other), EINVAL);
	check(cress_mutex_owner(&other) == cress_current());
	cress_mutex_unlock(&other);
	check_refuses(cress_condition_fini(&condition), EBUSY);
	check_int(log_lines_with("condition \"not empty\""), 4);
	on_thread(signal_elsewhere, NULL);
	check_refuses(cress_condition_wait(NULL, &mutex), EINVAL);
	check_refuses(cress_condition_wait(&condition, NULL), EINVAL);
	check_refuses(cress_condition_signal(NULL), EINVAL);
	check_int(cress_condition_fini(NULL), 0);

	cress_condition_signal(&condition);
	check_int(cress_join(c, NULL), 0);
	tidy_up();
	noted();
}

/* D5 */
static void a_wait_in_a_scope_that_is_over_keeps_the_mutex(void)
{
	cress_scope_t over;

	cress_mutex_lock(&mutex);
	cress_scope_open(&over, 0);
	check_refuses(cress_condition_wait(&condition, &mutex), ETIMEDOUT);
	check(cress_mutex_owner(&mutex) == cress_current());
	check_int(cress_scope_close(&over), ETIMEDOUT);
	cress_mutex_unlock(&mutex);
	tidy_up();
}

static void *lock_and_end(void *unused)
{
	cress_mutex_lock(&mutex);
	cress_condition_signal(&condition);
	cress_sleep(0.001);
	return unused;
}

static void *await_orphan(void *unused)
{
	cress_mutex_lock(&mutex);
	check_refuses(cress_condition_wait(&condition, &mutex), EOWNERDEAD);
	check(cress_mutex_owner(&mutex) != cress_current());
	return unused;
}

/* R49 */
static void the_end_of_the_mutex_owner_fails_the_wait(void)
{
	cress_t *a = after(await_orphan, NULL);
	cress_t *b = after(await_orphan, NULL);

	check_int(cress_join(cress_spawn(lock_and_end, NULL), NULL), 0);
	check_int(cress_join(a, NULL), 0);
	check_refuses(cress_try_wait(b, NULL), EAGAIN);
	check_int(cress_condition_signal(&condition), 0);

	check_int(cress_join(b, NULL), 0);
	tidy_up();
}

static void *hold_for_ever(void *unused)
{
	cress_mutex_lock(&mutex);
	cress_sleep(INFINITY);
	cress_mutex_unlock(&mutex);
	return unused;
}

/* R50, V67 */
static void a_deadlock_ends_the_wait_of_main_for_the_mutex(void)
{
	cress_t *c = cress_spawn(hold_for_ever, NULL);

	cress_mutex_lock(&mutex);
	check_refuses(cress_condition_wait(&condition, &mutex), EDEADLK);
	check(cress_mutex_owner(&mutex) == c);
	check_int(log_lines_with("waits for condition"), 1);

	cress_kill(c, 0);
	check_int(cress_join(c, NULL), 0);
	tidy_up();
}

static int items, taken;

static void *consume(void *number)
{
	for (int i = 0; i < 4; i++) {
		cress_scope_t time;
		int got = 1;

		cress_scope_open(&time, 0.001 * (as_number(number) + i));
		if (cress_mutex_lock(&mutex) != 0) {
			cress_scope_close(&time);
			continue;
		}
		while (items == 0 && got)
			got = cress_condition_wait(&condition, &mutex) == 0;
		cress_scope_close(&time);
		check(cress_mutex_owner(&mutex) == cress_current());
		if (got) {
			items--;
			taken++;
		}
		cress_mutex_unlock(&mutex);
	}
	return NULL;
}

/* D7, V39 */
static void no_signal_is_lost_whoever_gives_up(void)
{
	cress_t *c[8];

	items = taken = 0;
	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = cress_spawn(consume, as_value(i));
	for (int i = 0; i < 20; i++) {
		cress_sleep(0.0003);
		cress_mutex_lock(&mutex);
		items++;
		cress_condition_signal(&condition);
		cress_mutex_unlock(&mutex);
	}
	cress_kill(c[1], EPIPE);
	for (size_t i = 0; i < COUNT(c); i++)
		check_int(cress_join(c[i], NULL), 0);

	check_int(items + taken, 20);
	check(taken > 5);
	tidy_up();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_every_order(a_signal_is_for_the_one_who_came_first),
		in_every_order(a_broadcast_gives_the_mutex_to_all_in_turn),
		in_every_order(a_cancelled_wait_gets_the_mutex_first),
		in_every_order(a_cancelled_wait_takes_a_free_mutex_at_once),
		in_every_order(a_cancelled_wait_stands_in_line_for_the_mutex),
		in_every_order(a_cancelled_wait_takes_no_signal),
		on_virtual(one_that_was_signalled_succeeds_though_out_of_time),
		in_any_order(a_throw_at_one_that_was_signalled_comes_later),
		in_any_order(misuse_is_refused_and_names_the_condition),
		in_any_order(a_wait_in_a_scope_that_is_over_keeps_the_mutex),
		in_every_order(the_end_of_the_mutex_owner_fails_the_wait),
		in_any_order(a_deadlock_ends_the_wait_of_main_for_the_mutex),
		in_every_order(no_signal_is_lost_whoever_gives_up),
	};

	return suite_run(tests);
}
