/* SPDX-License-Identifier: MIT */
/*
 * Boost.Context's fcontext, the switch below Boost's coroutines and fibers,
 * called as they call it, linked statically. It has a C interface but no C
 * header. Its stacks come from one mapping, at the distance of cress's default
 * ones, without guards; "coloured" offsets their tops as cress does, "aligned"
 * leaves them equal. It always exchanges the floating-point control words.
 */
#include "../harness.h"

#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef void *fcontext_t;

typedef struct {
	fcontext_t from;
	void *data;
} transfer_t;

transfer_t jump_fcontext(fcontext_t to, void *data);
fcontext_t make_fcontext(void *top, size_t size, void (*main)(transfer_t));

typedef fcontext_t side_t;

static inline side_t hop(side_t other)
{
	return jump_fcontext(other, NULL).from;
}

#include "../shapes.h"

#define STACK (128 * 1024)
#define CIRCLE 1000
#define COLOURS 24

static fcontext_t circle[CIRCLE];

/* Make context `i` on stack `i` of the mapping. */
static fcontext_t make(char *stacks, int i, int coloured,
		       void (*main)(transfer_t))
{
	char *top = stacks + (size_t)(i + 1) * STACK;

	if (coloured)
		top -= (i + 1) % (COLOURS + 1) * 64;
	return make_fcontext(top, STACK - COLOURS * 64, main);
}

static void far_side(transfer_t caller)
{
	shape->far(caller.from, LONG_MAX);
}

static long raw(long n)
{
	circle[0] = shape->near(circle[0], n);
	return 2 * n;
}

static void produce(transfer_t consumer)
{
	for (intptr_t i = 1;; i++)
		consumer = jump_fcontext(consumer.from, (void *)i);
}

static long consume(long n)
{
	transfer_t item = {circle[0], NULL};
	intptr_t sum = 0;

	for (long i = 0; i < n; i++) {
		item = jump_fcontext(item.from, NULL);
		sum += (intptr_t)item.data;
	}
	circle[0] = item.from;
	return sum != 0 ? 2 * n : 0;
}

static void bounce(transfer_t caller)
{
	for (;;)
		caller = jump_fcontext(caller.from, NULL);
}

static long round_robin(long n)
{
	for (long i = 0; i < n; i++)
		for (int k = 0; k < CIRCLE; k++)
			circle[k] = jump_fcontext(circle[k], NULL).from;
	return 2 * CIRCLE * n;
}

int main(int argc, char **argv)
{
	int coloured = argc == 4 && strcmp(argv[3], "coloured") == 0;
	void (*entry)(transfer_t) = far_side;
	bench_slice *slice = raw;
	int contexts = 1;

	if (bench_is(argv, "switch", "generator")) {
		entry = produce;
		slice = consume;
	} else if (bench_is(argv, "switch", "round-robin-1000")) {
		entry = bounce;
		slice = round_robin;
		contexts = CIRCLE;
	} else if (!shape_choose(argv)) {
		return bench_unknown(argv);
	}
	char *stacks =
		mmap(NULL, (size_t)contexts * STACK, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stacks == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	madvise(stacks, (size_t)contexts * STACK, MADV_NOHUGEPAGE);
	bench_clear_fp();
	for (int i = 0; i < contexts; i++)
		circle[i] = make(stacks, i, coloured, entry);
	return bench_time(slice);
}
