/* SPDX-License-Identifier: MIT */
/*
 * The rows of mutex and semaphore, through the public interface of the shared
 * library. Two coroutines take turns: one is measured, the other never ends.
 */
#include "../harness.h"

#include <cress.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static cress_mutex_t mutex;
static cress_semaphore_t there, back;
static bench_slice *slice;
static long turns;

/* What both have locked since; so the mutex is always held. */
static long lock_n(long n)
{
	long before = turns;

	for (long i = 0; i < n; i++) {
		cress_mutex_lock(&mutex);
		turns++;
		cress_yield();
		cress_mutex_unlock(&mutex);
	}
	return turns - before;
}

/* By the pointer: so it is the same loop, not a copy of it. */
static void *lock_always(void *arg)
{
	for (;;)
		slice(LONG_MAX);
	return arg;
}

static long ask_n(long n)
{
	for (long i = 0; i < n; i++) {
		cress_semaphore_release(&there);
		cress_semaphore_acquire(&back);
	}
	return 2 * n;
}

static void *answer_always(void *arg)
{
	for (;;) {
		cress_semaphore_acquire(&there);
		cress_semaphore_release(&back);
	}
	return arg;
}

/* Not main's: its stack is another than those of the others. */
static void *measure(void *arg)
{
	_exit(bench_time(slice));
	return arg;
}

static int body(void *arg)
{
	cress_fn *other = NULL;

	if (bench_is(arg, "mutex", "contended")) {
		slice = lock_n;
		other = lock_always;
	} else if (bench_is(arg, "semaphore", "hand-off")) {
		slice = ask_n;
		other = answer_always;
	}
	if (other == NULL)
		return bench_unknown(arg);
	if (cress_go(other, NULL) != 0)
		return 1;
	return cress_join(cress_spawn(measure, NULL), NULL);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return bench_unknown(argv);
	bench_clear_fp();
	return cress_run(body, argv);
}
