/* SPDX-License-Identifier: MIT */
/*
 * Objects take no memory, but the first wait of a thread makes its hub. If
 * there is none for that, the call fails and the object is as it was.
 */
#include "loop/support.h"

#include <cress/sync.h>

#include "support/memory.h"

static int wait_for_event(void)
{
	static cress_event_t event;
	int result = cress_event_wait(&event);

	check_int(cress_event_fini(&event), 0);
	return result;
}

static int get_future(void)
{
	static cress_future_t future;
	int result = cress_future_get(&future, NULL);

	check_int(cress_future_fini(&future), 0);
	return result;
}

static int acquire(void)
{
	static cress_semaphore_t semaphore;
	int result = cress_semaphore_acquire(&semaphore);

	check_int(cress_semaphore_fini(&semaphore), 0);
	return result;
}

static int meet(void)
{
	static cress_barrier_t barrier;
	int result;

	cress_barrier_init(&barrier, 2);
	result = cress_barrier_wait(&barrier);
	check_int(cress_barrier_waiting(&barrier), 0);
	check_int(cress_barrier_fini(&barrier), 0);
	return result;
}

static int wait_for_jobs(void)
{
	static cress_wait_group_t jobs;
	int result;

	cress_wait_group_add(&jobs, 1);
	result = cress_wait_group_wait(&jobs);
	check_int(cress_wait_group_fini(&jobs), 0);
	return result;
}

static int wait_with_a_mutex(void)
{
	static cress_condition_t condition;
	static cress_mutex_t mutex;
	int result, error;

	if (cress_mutex_lock(&mutex) != 0)
		return -1;
	result = cress_condition_wait(&condition, &mutex);
	error = errno;
	check(cress_mutex_owner(&mutex) == cress_current());
	check_int(cress_mutex_unlock(&mutex), 0);
	check_int(cress_condition_fini(&condition), 0);
	errno = error;
	return result;
}

static int lock_for_writing(void)
{
	static cress_rwlock_t lock;
	int result = cress_rwlock_write_lock(&lock);

	if (result == 0)
		check_int(cress_rwlock_unlock(&lock), 0);
	check_int(cress_rwlock_fini(&lock), 0);
	return result;
}

static int recover(void)
{
	static cress_mutex_t mutex;

	return cress_mutex_recover(&mutex);
}

static int succeed(void *unused)
{
	(void)unused;
	return 0;
}

static int run_once(void)
{
	static cress_once_t once;
	int result = cress_once_run(&once, succeed, NULL);

	check_int(cress_once_fini(&once), 0);
	return result;
}

struct attempt {
	int (*call)(void);
	int result, error;	/* with all the memory that it wants */
};

/* Fail each request of the thread in its turn, from its very first one. */
static void try_in_a_thread(void *arg)
{
	struct attempt *attempt = arg;

	for (size_t n = 1;; n++) {
		memory_fail(n);
		attempt->result = attempt->call();
		attempt->error = errno;
		if (!memory_has_failed())
			break;
		check_int(attempt->result, -1);
		check_int(attempt->error, ENOMEM);
	}
	memory_fail(0);
	check(attempt->error != ENOMEM || attempt->result == 0);
}

static void try_each(int (*const *calls)(void), size_t count, int result,
		     int error)
{
	for (size_t i = 0; i < count; i++) {
		struct attempt attempt = {.call = calls[i]};

		on_thread(try_in_a_thread, &attempt);
		if (!check_int(attempt.result, result) ||
		    (result == -1 && !check_int(attempt.error, error)))
			note("call %zu", i);
	}
	check_nothing_noted();
}

static void a_wait_without_memory_for_a_hub_fails_and_leaves_nothing(void)
{
	int (*const calls[])(void) = {wait_for_event, get_future, acquire,
				      meet, wait_for_jobs, wait_with_a_mutex};

	try_each(calls, COUNT(calls), -1, EDEADLK);
}

static void a_thread_without_memory_takes_no_lock(void)
{
	int (*const calls[])(void) = {lock_for_writing, run_once};
	int (*const refused[])(void) = {recover};

	try_each(calls, COUNT(calls), 0, 0);
	try_each(refused, COUNT(refused), -1, EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(a_wait_without_memory_for_a_hub_fails_and_leaves_nothing),
		bare(a_thread_without_memory_takes_no_lock),
	};

	memory_install();
	return suite_run(tests);
}
