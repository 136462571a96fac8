/* SPDX-License-Identifier: MIT */
/*
 * Threads: coroutines never leave theirs. What another thread may not do, what
 * it may hand in, and what a thread leaves behind when it ends.
 *
 * An owner is a thread that makes one coroutine of each state and then waits,
 * so that the test acts while it lives. Each test has its own, because one that
 * fails leaves its thread behind, waiting.
 */
#include "support/suite.h"

#include <pthread.h>
#include <semaphore.h>

#include <cress/coroutine.h>
#include <cress/local.h>
#include <cress/trace.h>

enum { UNSTARTED, ACTIVE, DEAD, MAIN, KINDS };

struct owner {
	pthread_t thread;
	sem_t ready, go_on, ready_again, end;
	cress_t *coroutines[KINDS];
	int collect;	/* call cress_collect(), or else switch */
	size_t collected;
};

static __thread cress_t *own_main;

static void *park_noting(void *arg)
{
	cress_switch(own_main, NULL);
	/* On a thread that is not its own it had better not go on. */
	if (own_main == NULL)
		abort();
	note("resumed:%d", cress_error());
	return arg;
}

static void *end_at_once(void *arg)
{
	return arg;
}

static void *own(void *arg)
{
	struct owner *owner = arg;
	cress_t **all = owner->coroutines;

	own_main = cress_current();
	all[UNSTARTED] = cress_new(park_noting, NULL);
	all[ACTIVE] = cress_new(park_noting, NULL);
	all[DEAD] = cress_new(end_at_once, NULL);
	all[MAIN] = cress_retain(own_main);
	cress_switch(all[ACTIVE], NULL);
	cress_switch(all[DEAD], NULL);
	sem_post(&owner->ready);

	sem_wait(&owner->go_on);
	if (owner->collect)
		owner->collected = cress_collect();
	else
		cress_switch(own_main, NULL);
	sem_post(&owner->ready_again);
	sem_wait(&owner->end);
	return NULL;
}

static void owner_start(struct owner *owner)
{
	*owner = (struct owner){.collect = 1};
	sem_init(&owner->ready, 0, 0);
	sem_init(&owner->go_on, 0, 0);
	sem_init(&owner->ready_again, 0, 0);
	sem_init(&owner->end, 0, 0);
	check(pthread_create(&owner->thread, NULL, own, owner) == 0);
	sem_wait(&owner->ready);
}

static void owner_go_on(struct owner *owner)
{
	sem_post(&owner->go_on);
	sem_wait(&owner->ready_again);
}

static void owner_end(struct owner *owner)
{
	sem_post(&owner->end);
	check(pthread_join(owner->thread, NULL) == 0);
}

static void release_all(struct owner *owner)
{
	for (int i = 0; i < KINDS; i++)
		cress_release(owner->coroutines[i]);
}

/* G36, R30, D2, D13 */
static void another_threads_coroutines_are_refused_and_not_run(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	for (int i = 0; i < KINDS; i++) {
		cress_t *c = owner.coroutines[i];

		/* The short way is for those with no error from before. */
		assert_gives(cress_switch(cress_current(), NULL), NULL);
		assert_fails(cress_switch(c, as_value(1)), EXDEV);
		assert_fails(cress_throw(c, EIO), EXDEV);
		assert_fails(cress_throw(c, CRESS_EXIT), EXDEV);
		assert_int_equal(cress_is_active(c), i == ACTIVE || i == MAIN);
		assert_int_equal(cress_is_dead(c), i == DEAD);
	}

	assert_string_equal(noted(), "");
	owner_go_on(&owner);
	owner_end(&owner);
	release_all(&owner);
}

/* D13 */
static void other_calls_refuse_other_threads_too(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	cress_t *c = owner.coroutines[UNSTARTED];
	assert_refuses(cress_set_entry(c, end_at_once), EXDEV);
	assert_refuses(cress_set_name(c, "mine"), EXDEV);
	assert_refuses(cress_local_copy(c, cress_current()), EXDEV);
	assert_refuses(cress_local_share(c, cress_current()), EXDEV);

	owner_go_on(&owner);
	owner_end(&owner);
	release_all(&owner);
}

/* G37, G38 */
static void what_a_gone_thread_left_is_never_resumed(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	owner_go_on(&owner);
	owner_end(&owner);
	for (int i = 0; i < KINDS; i++) {
		assert_fails(cress_switch(owner.coroutines[i], NULL), ESRCH);
		assert_fails(cress_throw(owner.coroutines[i], EIO), ESRCH);
		assert_fails(cress_throw(owner.coroutines[i], CRESS_EXIT),
			     ESRCH);
	}

	assert_true(cress_is_dead(owner.coroutines[MAIN]));
	assert_false(cress_is_active(owner.coroutines[MAIN]));
	assert_string_equal(noted(), "");
	release_all(&owner);
}

/* G31 */
static void a_release_elsewhere_is_delivered_by_collect(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	cress_release(owner.coroutines[ACTIVE]);
	owner.coroutines[ACTIVE] = NULL;
	assert_string_equal(noted(), "");
	owner_go_on(&owner);

	assert_string_equal(noted(), "resumed:-1");
	assert_int_equal(owner.collected, 1);
	owner_end(&owner);
	release_all(&owner);
}

/* G31 */
static void a_release_elsewhere_is_delivered_by_a_switch(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	owner.collect = 0;
	cress_release(owner.coroutines[ACTIVE]);
	owner.coroutines[ACTIVE] = NULL;
	assert_string_equal(noted(), "");
	owner_go_on(&owner);

	assert_string_equal(noted(), "resumed:-1");
	owner_end(&owner);
	release_all(&owner);
}

/* G31 */
static void a_release_after_the_thread_is_gone_runs_nothing(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	owner_go_on(&owner);
	owner_end(&owner);
	release_all(&owner);

	assert_string_equal(noted(), "");
}

/* G31 */
static void a_release_still_queued_is_delivered_at_the_end(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	owner_go_on(&owner);
	for (int i = 0; i < KINDS; i++)
		cress_release(owner.coroutines[i]);
	assert_string_equal(noted(), "");
	owner_end(&owner);

	assert_string_equal(noted(), "resumed:-1");
}

/* D13 */
static void references_may_be_taken_and_given_on_any_thread(void **state)
{
	(void)state;
	static struct owner owner;

	owner_start(&owner);
	for (int i = 0; i < KINDS; i++) {
		for (int n = 0; n < 1000; n++)
			cress_retain(owner.coroutines[i]);
		for (int n = 0; n < 1000; n++)
			cress_release(owner.coroutines[i]);
	}
	owner_go_on(&owner);

	assert_true(cress_is_active(owner.coroutines[ACTIVE]));
	assert_string_equal(noted(), "");
	owner_end(&owner);
	release_all(&owner);
}

static void retain_and_release(void *arg)
{
	for (int n = 0; n < 10000; n++) {
		cress_retain(arg);
		cress_release(arg);
	}
}

static void *retain_in_thread(void *arg)
{
	retain_and_release(arg);
	return NULL;
}

/* D13 */
static void counting_from_two_threads_at_once_loses_nothing(void **state)
{
	(void)state;
	own_main = cress_current();
	pthread_t thread;
	cress_t *c = cress_new(park_noting, NULL);

	assert_gives(cress_switch(c, NULL), NULL);
	assert_int_equal(pthread_create(&thread, NULL, retain_in_thread, c), 0);
	retain_and_release(c);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(cress_collect(), 10000);
	assert_true(cress_is_active(c));
	assert_string_equal(noted(), "");
	cress_release(c);

	assert_string_equal(noted(), "resumed:-1");
}

static void *use_keys(void *arg)
{
	for (int n = 0; n < 1000; n++) {
		cress_local_t key;

		check(cress_local_new(&key, NULL, NULL) == 0);
		check(cress_local_set(key, arg) == 0);
		check(cress_local_get(key) == arg);
		check(cress_local_free(key) == 0);
	}
	return NULL;
}

/* G46, D13 */
static void two_threads_may_make_and_use_keys_at_once(void **state)
{
	(void)state;
	pthread_t thread;
	int values[2];

	assert_int_equal(pthread_create(&thread, NULL, use_keys, values), 0);
	use_keys(values + 1);

	assert_int_equal(pthread_join(thread, NULL), 0);
}

static int trace_nothing(int event, cress_t *from, cress_t *to, void *context)
{
	(void)event;
	(void)from;
	(void)to;
	(void)context;
	return 0;
}

static void look_at_trace(void *arg)
{
	(void)arg;
	check(cress_get_trace(NULL) == NULL);
	check(cress_set_trace(trace_nothing, NULL, NULL, NULL) == 0);
}

/* G39 */
static void tracing_is_per_thread(void **state)
{
	(void)state;
	static int context;
	void *found = NULL;

	cress_set_trace(trace_nothing, &context, NULL, NULL);
	on_thread(look_at_trace, NULL);

	assert_ptr_equal(cress_get_trace(&found), trace_nothing);
	assert_ptr_equal(found, &context);
	cress_set_trace(NULL, NULL, NULL, NULL);
}

static void note_end(void *arg)
{
	check(cress_current() == own_main);
	note("%s", (const char *)arg);
}

static void defer_on_main(void *arg)
{
	own_main = cress_current();
	check(cress_defer(note_end, "registered-first") == 0);
	check(cress_defer(note_end, "registered-last") == 0);
	note("%s", (const char *)arg);
}

/* R28, G38 */
static void handlers_on_main_run_when_the_thread_ends(void **state)
{
	(void)state;

	on_thread(defer_on_main, "body");

	assert_string_equal(noted(), "body registered-last registered-first");
}

static void leave_parked(void *arg)
{
	(void)arg;
	own_main = cress_current();
	for (int i = 0; i < 10; i++) {
		cress_t *c = cress_new(park_noting, NULL);

		cress_switch(c, NULL);
	}
}

/* G38 */
static void threads_may_end_with_coroutines_parked_again_and_again(void **state)
{
	(void)state;

	for (int i = 0; i < 50; i++)
		on_thread(leave_parked, NULL);

	assert_string_equal(noted(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(another_threads_coroutines_are_refused_and_not_run),
		test(other_calls_refuse_other_threads_too),
		test(what_a_gone_thread_left_is_never_resumed),
		test(a_release_elsewhere_is_delivered_by_collect),
		test(a_release_elsewhere_is_delivered_by_a_switch),
		test(a_release_after_the_thread_is_gone_runs_nothing),
		test(a_release_still_queued_is_delivered_at_the_end),
		test(references_may_be_taken_and_given_on_any_thread),
		test(counting_from_two_threads_at_once_loses_nothing),
		test(two_threads_may_make_and_use_keys_at_once),
		test(tracing_is_per_thread),
		test(handlers_on_main_run_when_the_thread_ends),
		test(threads_may_end_with_coroutines_parked_again_and_again),
	};

	return suite_run(tests);
}
