// SPDX-License-Identifier: MIT
/*
 * Boost.Fiber's channels and mutex, with its round-robin scheduler; linked
 * statically. Its buffered channel holds one item less than it is made for.
 */
#include "../harness.h"

#include <boost/fiber/all.hpp>
#include <cstdlib>
#include <memory>
#include <unistd.h>
#include <vector>

namespace fibers = boost::fibers;
using boost::this_fiber::yield;

using unbuffered = fibers::unbuffered_channel<long>;
using buffered = fibers::buffered_channel<long>;

static unbuffered *meeting;
static buffered *store;
static std::vector<std::unique_ptr<unbuffered>> ring;
static fibers::mutex mutex;
static long turns;

template <typename Entry> static fibers::fiber spawn(Entry entry)
{
	return fibers::fiber(fibers::launch::dispatch, entry);
}

static long receive_meeting(long n)
{
	long item;

	for (long i = 0; i < n; i++)
		meeting->pop(item);
	return n;
}

static long receive_store(long n)
{
	long item;

	for (long i = 0; i < n; i++)
		store->pop(item);
	return n;
}

static long go_round(long n)
{
	long hops = 0;

	while (hops < n) {
		ring.front()->push(hops);
		ring.back()->pop(hops);
	}
	return hops;
}

static void make_ring(long size)
{
	for (long i = 0; i <= size; i++)
		ring.push_back(std::make_unique<unbuffered>());
	for (long i = 0; i < size; i++)
		spawn([i] {
			for (long token;;) {
				ring[i]->pop(token);
				ring[i + 1]->push(token + 1);
			}
		}).detach();
}

static void lock_n(long n)
{
	for (long i = 0; i < n; i++) {
		mutex.lock();
		turns++;
		yield();
		mutex.unlock();
	}
}

/* While one has it the other waits, whoever may be the next. */
static long lock_by_two(long n)
{
	long before = turns;
	fibers::fiber other = spawn([n] { lock_n(n); });

	lock_n(n);
	other.join();
	return turns - before;
}

static void measure(char **argv)
{
	if (bench_is(argv, "channel", "unbuffered")) {
		spawn([] { for (long i = 0;; i++) meeting->push(i); }).detach();
		bench_time(receive_meeting);
	} else if (bench_is(argv, "ring", nullptr)) {
		make_ring(std::atol(argv[2]));
		bench_time(go_round);
	} else if (bench_is(argv, "mutex", "contended")) {
		bench_time(lock_by_two);
	} else {
		spawn([] { for (long i = 0;; i++) store->push(i); }).detach();
		bench_time(receive_store);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3 || !(bench_is(argv, "channel", nullptr) ||
			   bench_is(argv, "ring", nullptr) ||
			   bench_is(argv, "queue", "put-get") ||
			   bench_is(argv, "mutex", "contended")))
		return bench_unknown(argv);
	bench_clear_fp();
	meeting = new unbuffered;
	store = new buffered(128);
	spawn([argv] { measure(argv); }).join();
	_exit(0);
}
