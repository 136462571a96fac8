/* SPDX-License-Identifier: MIT */
/*
 * State Threads as Debian packages it: it only knows select(2), and has no
 * st_thread_yield(), for which st_usleep(0) stands. Its free stacks are pooled
 * by the library itself.
 */
#include "../harness.h"

#include <st.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long turns, parked;
static int stack_size;
static st_thread_t sleepers[BENCH_SLEEPERS];

static st_thread_t spawn(void *(*entry)(void *), void *arg, int joinable)
{
	st_thread_t thread = st_thread_create(entry, arg, joinable, stack_size);

	if (thread == NULL) {
		perror("st_thread_create");
		exit(1);
	}
	return thread;
}

static void *run(void *arg)
{
	turns++;
	return arg;
}

static long spawn_join(long n)
{
	long before = turns;

	for (long i = 0; i < n; i++)
		st_thread_join(spawn(run, NULL, 1), NULL);
	return turns - before;
}

static void *yield_always(void *arg)
{
	for (;;) {
		turns++;
		st_usleep(0);
	}
	return arg;
}

static long yield(long n)
{
	long before = turns;

	for (long i = 0; i < n; i++) {
		turns++;
		st_usleep(0);
	}
	return turns - before;
}

static void *yield_timed(void *arg)
{
	bench_time(yield);
	return arg;
}

/* Two threads lock, yield and unlock, so that the mutex is always held. */
static long lock_n(long n)
{
	static st_mutex_t mutex;
	long before = turns;

	if (mutex == NULL)
		mutex = st_mutex_new();
	for (long i = 0; i < n; i++) {
		st_mutex_lock(mutex);
		turns++;
		st_usleep(0);
		st_mutex_unlock(mutex);
	}
	return turns - before;
}

static void *lock_always(void *arg)
{
	for (;;)
		lock_n(1000);
	return arg;
}

static void *lock_timed(void *arg)
{
	bench_time(lock_n);
	return arg;
}

static void *sleep_once(void *arg)
{
	st_usleep(bench_nap((long)arg));
	return arg;
}

static double sleep_all(void)
{
	double start = bench_cpu();

	for (long i = 0; i < BENCH_SLEEPERS; i++)
		sleepers[i] = spawn(sleep_once, (void *)i, 1);
	for (long i = 0; i < BENCH_SLEEPERS; i++)
		st_thread_join(sleepers[i], NULL);
	return bench_cpu() - start;
}

static void *park(void *arg)
{
	parked++;
	st_sleep(1000000);
	return arg;
}

static double park_all(void)
{
	double before = bench_resident(0);

	for (long i = 0; i < BENCH_PARKED; i++)
		spawn(park, NULL, 0);
	while (parked < BENCH_PARKED)
		st_usleep(0);
	return (bench_resident(0) - before) / BENCH_PARKED;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return bench_unknown(argv);
	bench_clear_fp();
	if (st_init() != 0) {
		perror("st_init");
		return 1;
	}
	if (bench_is(argv, "spawn", "spawn-join"))
		return bench_time(spawn_join);
	if (bench_is(argv, "yield", NULL)) {
		for (long i = atol(argv[2]); i > 1; i--)
			spawn(yield_always, NULL, 0);
		st_thread_join(spawn(yield_timed, NULL, 1), NULL);
		return 0;
	}
	if (bench_is(argv, "mutex", "contended")) {
		spawn(lock_always, NULL, 0);
		st_thread_join(spawn(lock_timed, NULL, 1), NULL);
		return 0;
	}
	if (bench_is(argv, "sleep", NULL)) {
		if (strcmp(argv[2], "100000-pooled") == 0)
			sleep_all();
		return bench_figures(sleep_all);
	}
	if (!bench_is(argv, "memory", NULL))
		return bench_unknown(argv);
	stack_size = strstr(argv[2], "-64k") ? 64 * 1024 : 128 * 1024;
	bench_figures(park_all);
	_exit(0);
}
