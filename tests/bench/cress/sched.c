/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's rows, through the public interface of the shared library:
 * spawn, yield, memory and sleep. Stacks, guards and the event loop are what
 * the library uses by itself.
 */
#include "../harness.h"

#include <cress.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long turns, parked;
static cress_attr_t attributes;
static cress_t *sleepers[BENCH_SLEEPERS];

static cress_t *spawn(cress_fn *entry, void *arg)
{
	cress_t *c = cress_spawn_with(entry, arg, &attributes);

	if (c == NULL) {
		perror("cress_spawn_with");
		exit(1);
	}
	return c;
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
		cress_join(cress_spawn(run, NULL), NULL);
	return turns - before;
}

static void *yield_always(void *arg)
{
	for (;;) {
		turns++;
		cress_yield();
	}
	return arg;
}

static long yield(long n)
{
	long before = turns;

	for (long i = 0; i < n; i++) {
		turns++;
		cress_yield();
	}
	return turns - before;
}

static void *yield_timed(void *arg)
{
	bench_time(yield);
	return arg;
}

static void *sleep_once(void *arg)
{
	cress_sleep(bench_nap((intptr_t)arg) * 1e-6);
	return arg;
}

static double sleep_all(void)
{
	double start = bench_cpu();

	for (long i = 0; i < BENCH_SLEEPERS; i++)
		sleepers[i] = spawn(sleep_once, (void *)(intptr_t)i);
	for (long i = 0; i < BENCH_SLEEPERS; i++)
		cress_join(sleepers[i], NULL);
	return bench_cpu() - start;
}

static void *park(void *arg)
{
	parked++;
	cress_sleep(1e6);
	return arg;
}

static double park_all(void)
{
	double before = bench_resident(0);

	for (long i = 0; i < BENCH_PARKED; i++)
		cress_release(spawn(park, NULL));
	while (parked < BENCH_PARKED)
		cress_yield();
	return (bench_resident(0) - before) / BENCH_PARKED;
}

/* What is left over when the driver is content need not end in order. */
static int body(void *arg)
{
	char **argv = arg;

	cress_join(spawn(run, NULL), NULL);
	if (bench_is(argv, "spawn", "spawn-join"))
		_exit(bench_time(spawn_join));
	if (bench_is(argv, "yield", NULL)) {
		for (long i = atol(argv[2]); i > 1; i--)
			cress_release(spawn(yield_always, NULL));
		cress_join(spawn(yield_timed, NULL), NULL);
		_exit(0);
	}
	if (bench_is(argv, "sleep", NULL)) {
		if (strcmp(argv[2], "100000-pooled") == 0)
			sleep_all();
		_exit(bench_figures(sleep_all));
	}
	if (!bench_is(argv, "memory", NULL))
		return bench_unknown(argv);
	attributes.stack_size = strstr(argv[2], "-64k") ? 65536 : 131072;
	_exit(bench_figures(park_all));
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return bench_unknown(argv);
	bench_clear_fp();
	return cress_run(body, argv);
}
