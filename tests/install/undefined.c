/* SPDX-License-Identifier: MIT */
/*
 * A program for UndefinedBehaviorSanitizer, against the ordinary library.
 *
 *   clean     coroutines add numbers and switch: silence
 *   overflow  a sum inside a coroutine becomes too large, after a switch
 *
 * The line whose fault is to be reported ends in a comment that names it.
 */
#include <cress.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

static volatile int first = 1;

static void *add(void *main_coroutine)
{
	int sum = first;

	for (int i = 0; i < 10; i++) {
		cress_switch(main_coroutine, NULL);
		sum += i; /* fault: overflow */
	}
	return sum == 0 ? main_coroutine : NULL;
}

int main(int argc, char **argv)
{
	cress_t *c = cress_new(add, NULL);

	if (argc == 2 && strcmp(argv[1], "overflow") == 0)
		first = INT_MAX - 5;
	while (!cress_is_dead(c))
		cress_switch(c, cress_current());
	cress_release(c);
	puts("done");
	return 0;
}
