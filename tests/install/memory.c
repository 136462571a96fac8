/* SPDX-License-Identifier: MIT */
/*
 * A program for valgrind, which is told of stacks by the ordinary library.
 *
 *   clean          coroutines switch to each other, grow, die and are reused:
 *                  no error, and no guess that the client is switching stacks
 *   uninitialised  a coroutine decides by a variable that has no value
 *
 * The line whose fault is to be reported ends in a comment that names it.
 */
#include <cress.h>

#include <stdio.h>
#include <string.h>

static int planted;

__attribute__((noinline)) static int grow(int depth)
{
	volatile char frame[512];

	memset((char *)frame, depth, sizeof(frame));
	return depth == 0 ? frame[0] : grow(depth - 1) + frame[511];
}

static void *work(void *peer)
{
	volatile int value[2];
	void *next = peer;
	int sum = 0;

	value[1] = 0;
	for (int i = 0; i < 20; i++) {
		sum += grow(i);
		next = cress_switch(next, cress_current());
	}
	if (planted && value[0] > 0) /* fault: uninitialised */
		puts("more");
	return sum == 0 ? peer : NULL;
}

int main(int argc, char **argv)
{
	planted = argc == 2 && strcmp(argv[1], "uninitialised") == 0;
	for (int i = 0; i < 5; i++) {
		cress_t *a = cress_new(work, NULL);
		cress_t *b = cress_new(work, NULL);

		cress_switch(a, b);
		while (!cress_is_dead(a))
			cress_switch(a, b);
		while (!cress_is_dead(b))
			cress_switch(b, cress_current());
		cress_release(a);
		cress_release(b);
	}
	puts("done");
	return 0;
}
