/* SPDX-License-Identifier: MIT */
/*
 * A program for LeakSanitizer. run.py builds it with -fsanitize=address against
 * the ordinary library, which is built without.
 *
 *   clean  the only pointers to memory lie on the stacks of coroutines that are
 *          suspended when the process ends: silence
 *   leak   each has forgotten another pointer before
 *
 * The line whose memory is to be reported ends in a comment that names it.
 */
#include <cress.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int leaking;
static cress_t *keepers[3];

__attribute__((noinline)) static char *take(void)
{
	char *memory = malloc(1000); /* fault: leak */

	if (memory == NULL)
		abort();
	memory[0] = 1;
	return memory;
}

/* What was left below by calls before is no pointer of anybody's. */
__attribute__((noinline)) static void scrub(void)
{
	volatile char frame[8192];

	for (size_t i = 0; i < sizeof frame; i++)
		frame[i] = 0;
}

__attribute__((noinline)) static void take_and_forget(void)
{
	char *volatile memory = take();

	memory[0] = 2;
	memory = NULL;
}

__attribute__((noinline)) static void keep(void *main_coroutine, int depth)
{
	char *volatile memory;

	if (depth > 0) {
		keep(main_coroutine, depth - 1);
		return;
	}
	memory = take();
	if (leaking)
		take_and_forget();
	scrub();
	cress_switch(main_coroutine, NULL);
	free(memory);
}

static void *keeper(void *main_coroutine)
{
	keep(main_coroutine, 5);
	return NULL;
}

int main(int argc, char **argv)
{
	leaking = argc == 2 && strcmp(argv[1], "leak") == 0;
	for (int i = 0; i < 3; i++) {
		keepers[i] = cress_new(keeper, NULL);
		cress_switch(keepers[i], cress_current());
	}
	puts("done");
	return 0;
}
