// SPDX-License-Identifier: MIT
/*
 * Boost.Fiber with its round-robin scheduler, pooled stacks, and fibers that
 * run at once when they are made (launch::dispatch), which is its fastest;
 * linked statically. Only the parked million has plain stacks, because a pool
 * would allocate ahead of what is measured.
 */
#include "../harness.h"

#include <boost/fiber/all.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <unistd.h>
#include <vector>

namespace fibers = boost::fibers;
using boost::this_fiber::sleep_for;
using boost::this_fiber::yield;

static long turns, parked;
static size_t stack_size;

/* Made at first use, and never destroyed: fibers may outlive main(). */
static fibers::pooled_fixedsize_stack &pool()
{
	static auto *stacks = new fibers::pooled_fixedsize_stack;
	return *stacks;
}

template <typename Entry> static fibers::fiber spawn(Entry entry)
{
	return fibers::fiber(fibers::launch::dispatch, std::allocator_arg,
			     pool(), entry);
}

static long spawn_join(long n)
{
	long before = turns;

	for (long i = 0; i < n; i++)
		spawn([] { turns++; }).join();
	return turns - before;
}

static long yield_n(long n)
{
	long before = turns;

	for (long i = 0; i < n; i++) {
		turns++;
		yield();
	}
	return turns - before;
}

static double sleep_all()
{
	double start = bench_cpu();
	std::vector<fibers::fiber> all;

	all.reserve(BENCH_SLEEPERS);
	for (long i = 0; i < BENCH_SLEEPERS; i++)
		all.push_back(spawn([i] {
			sleep_for(std::chrono::microseconds(bench_nap(i)));
		}));
	for (auto &one : all)
		one.join();
	return bench_cpu() - start;
}

static double park_all()
{
	fibers::fixedsize_stack stacks(stack_size);
	double before = bench_resident(0);

	for (long i = 0; i < BENCH_PARKED; i++)
		fibers::fiber(std::allocator_arg, stacks, [] {
			parked++;
			sleep_for(std::chrono::hours(1000));
		}).detach();
	while (parked < BENCH_PARKED)
		yield();
	return (bench_resident(0) - before) / BENCH_PARKED;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return bench_unknown(argv);
	bench_clear_fp();
	if (bench_is(argv, "spawn", "spawn-join"))
		return bench_time(spawn_join);
	if (bench_is(argv, "yield", nullptr)) {
		for (long i = atol(argv[2]); i > 1; i--)
			spawn([] {
				yield_n(std::numeric_limits<long>::max());
			}).detach();
		spawn([] { bench_time(yield_n); }).join();
		_exit(0);
	}
	if (bench_is(argv, "sleep", nullptr)) {
		if (strcmp(argv[2], "100000-pooled") == 0)
			sleep_all();
		return bench_figures(sleep_all);
	}
	if (!bench_is(argv, "memory", nullptr))
		return bench_unknown(argv);
	stack_size = strstr(argv[2], "-64k") ? 64 * 1024 : 128 * 1024;
	bench_figures(park_all);
	_exit(0);
}
