/* SPDX-License-Identifier: MIT */
/*
 * cress_switch() as a program has it: the public call, checks and errno
 * included, of the shared library, without a hub. The generator yields from
 * its top frame; the round robin is main resuming a thousand in turn.
 */
#include "../harness.h"

#include <cress.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CIRCLE 1000

static cress_t *circle[CIRCLE];

static cress_t *make(cress_fn *entry, unsigned flags)
{
	cress_attr_t attributes = {.flags = flags};
	cress_t *c = cress_new(entry, &attributes);

	if (c == NULL) {
		perror("cress_new");
		exit(1);
	}
	return c;
}

static void *produce(void *consumer)
{
	for (intptr_t i = 1;; i++)
		cress_switch(consumer, (void *)i);
	return NULL;
}

static long consume(long n)
{
	cress_t *generator = circle[0];
	intptr_t sum = 0;

	for (long i = 0; i < n; i++)
		sum += (intptr_t)cress_switch(generator, NULL);
	return sum != 0 ? 2 * n : 0;
}

static void *bounce(void *resumer)
{
	for (;;)
		cress_switch(resumer, NULL);
	return NULL;
}

static long round_robin(long n)
{
	for (long i = 0; i < n; i++)
		for (int k = 0; k < CIRCLE; k++)
			cress_switch(circle[k], NULL);
	return 2 * CIRCLE * n;
}

/* The first switch brings the argument, and starts the coroutine. */
static void start(int i, cress_fn *entry, unsigned flags)
{
	circle[i] = make(entry, flags);
	cress_switch(circle[i], cress_current());
}

int main(int argc, char **argv)
{
	int plain = bench_is(argv, "switch", "generator");

	(void)argc;
	bench_clear_fp();
	if (plain || bench_is(argv, "switch", "generator-shared-fp")) {
		start(0, produce, plain ? 0 : CRESS_SHARED_FP);
		return bench_time(consume);
	}
	if (!bench_is(argv, "switch", "round-robin-1000"))
		return bench_unknown(argv);
	for (int i = 0; i < CIRCLE; i++)
		start(i, bounce, 0);
	return bench_time(round_robin);
}
