/* SPDX-License-Identifier: MIT */
/*
 * Two coroutines greet, each in its own time.
 *
 * cress_run() makes a hub for the time of body(). Each cress_spawn() queues a
 * coroutine; cress_sleep() parks the one that calls it, so that the others
 * run meanwhile: both sleep at once, and the whole takes 10 ms, not 20.
 */
#include <stdio.h>
#include <cress.h>

static void *greet(void *name)
{
	cress_sleep(0.01);
	printf("hello, %s\n", (const char *)name);
	return NULL;
}

static int body(void *arg)
{
	(void)arg;
	cress_t *a = cress_spawn(greet, "ann");
	cress_t *b = cress_spawn(greet, "bob");
	return cress_join(a, NULL) || cress_join(b, NULL);
}

int main(void)
{
	return cress_run(body, NULL);
}
