/* SPDX-License-Identifier: MIT */
/*
 * A program for AddressSanitizer. run.py builds it with -fsanitize=address
 * against the ordinary library, which is built without.
 *
 *   clean     switches, dies, unwinds by longjmp inside a coroutine: silence.
 *             Without the hooks of the library, the longjmp alone makes
 *             AddressSanitizer complain about a stack that it does not know.
 *   overflow  writes behind an array on a coroutine's stack, after a switch
 *   return    reads the frame of a function that has returned, after a switch
 *
 * A line whose fault is to be reported ends in a comment that names it.
 */
#include <cress.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static jmp_buf back;
static volatile int depth = 8;
static volatile char *stale;

__attribute__((noinline)) static void leave(int levels)
{
	volatile char frame[200];

	frame[levels] = 1;
	if (levels == 0)
		longjmp(back, 1);
	leave(levels - 1);
	frame[levels]++;
}

static void *clean(void *main_coroutine)
{
	for (int i = 0; i < 100; i++) {
		if (setjmp(back) == 0)
			leave(depth);
		cress_switch(main_coroutine, NULL);
	}
	return NULL;
}

static void *overflow(void *main_coroutine)
{
	char array[16];

	memset(array, 0, sizeof(array));
	cress_switch(main_coroutine, NULL);
	((volatile char *)array)[depth * 2] = 1; /* fault: overflow */
	return NULL;
}

__attribute__((noinline)) static void expose(void)
{
	volatile char frame[64];

	frame[0] = 1;
	stale = frame;
}

static void *use_after_return(void *main_coroutine)
{
	expose();
	cress_switch(main_coroutine, NULL);
	return (void *)(intptr_t)stale[0]; /* fault: return */
}

static void drive(cress_fn *fn)
{
	for (int i = 0; i < 20; i++) {
		cress_t *c = cress_new(fn, NULL);
		cress_t *other = cress_new(clean, NULL);

		while (!cress_is_dead(c)) {
			cress_switch(c, cress_current());
			if (!cress_is_dead(other))
				cress_switch(other, cress_current());
		}
		cress_release(other);
		cress_release(c);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "overflow") == 0)
		drive(overflow);
	else if (strcmp(what, "return") == 0)
		drive(use_after_return);
	else
		drive(clean);
	puts("done");
	return 0;
}
