/* SPDX-License-Identifier: MIT */
/*
 * The smallest program that uses an installed cress: the generator of
 * coroutine.h. run.py builds it against the shared and the static library
 * with nothing but the flags that pkg-config gives.
 */
#include <cress.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *count(void *consumer)
{
	for (intptr_t i = 1; i <= 3; i++)
		cress_switch(consumer, (void *)i);
	return NULL;
}

static void *nap(void *sum)
{
	cress_sleep(0.001);
	*(intptr_t *)sum += 4;
	return NULL;
}

static int body(void *sum)
{
	return cress_join(cress_spawn(nap, sum), NULL);
}

int main(void)
{
	cress_t *numbers = cress_new(count, NULL);
	void *n = cress_switch(numbers, cress_current());
	intptr_t sum = 0;

	for (; n != NULL; n = cress_switch(numbers, NULL))
		sum += (intptr_t)n;
	cress_release(numbers);
	if (cress_run(body, &sum) != 0 || sum != 10)
		return 1;
	if (strcmp(cress_version(), CRESS_VERSION_STRING) != 0)
		return 2;
	puts(cress_version());
	return 0;
}
