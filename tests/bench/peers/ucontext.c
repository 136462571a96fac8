/* SPDX-License-Identifier: MIT */
/*
 * The C library's ucontext: two system calls in every switch, for the signal
 * mask. Spawning reuses one stack, as a pool would.
 */
#include "../harness.h"

#include <stdint.h>
#include <ucontext.h>

struct route {
	ucontext_t *from, *to;
};

typedef const struct route *side_t;

static inline side_t hop(side_t route)
{
	swapcontext(route->from, route->to);
	return route;
}

#include "../shapes.h"

static ucontext_t near, far;
static const struct route out = {&near, &far}, back = {&far, &near};
static char stack[128 * 1024] __attribute__((aligned(4096)));
static intptr_t item;
static long runs;

static void make(void (*entry)(void))
{
	getcontext(&far);
	far.uc_stack.ss_sp = stack;
	far.uc_stack.ss_size = sizeof(stack);
	far.uc_link = &near;
	makecontext(&far, entry, 0);
}

static void far_side(void)
{
	shape->far(&back, LONG_MAX);
}

static long raw(long n)
{
	shape->near(&out, n);
	return 2 * n;
}

static void produce(void)
{
	for (;;) {
		item++;
		swapcontext(&far, &near);
	}
}

static long consume(long n)
{
	intptr_t sum = 0;

	for (long i = 0; i < n; i++) {
		swapcontext(&near, &far);
		sum += item;
	}
	return sum != 0 ? 2 * n : 0;
}

static void run(void)
{
	runs++;
}

static long spawn(long n)
{
	long before = runs;

	for (long i = 0; i < n; i++) {
		make(run);
		swapcontext(&near, &far);
	}
	return runs - before;
}

int main(int argc, char **argv)
{
	(void)argc;
	bench_clear_fp();
	if (bench_is(argv, "spawn", "spawn-join"))
		return bench_time(spawn);
	if (bench_is(argv, "switch", "generator")) {
		make(produce);
		return bench_time(consume);
	}
	if (!shape_choose(argv))
		return bench_unknown(argv);
	make(far_side);
	return bench_time(raw);
}
