/* SPDX-License-Identifier: MIT */
/*
 * The sieve of Eratosthenes as a line of coroutines. Each prime has one, which
 * lets through what it does not divide; the first number that gets through all
 * of them is the next prime, and gets a coroutine of its own at the end of the
 * line. Between any two of them is a channel.
 *
 *     sieve [HOW MANY]
 */
#include <stdio.h>
#include <stdlib.h>
#include <cress.h>

/* One link of the line: what comes in, and what goes on to the next. */
struct filter {
	cress_channel_t in;
	cress_channel_t *out;
	int prime;
};

static void *count(void *out)
{
	for (int number = 2; cress_channel_send(out, &number) == 0; number++)
		;
	return NULL;
}

static void *let_through(void *arg)
{
	struct filter *filter = arg;
	int number;

	while (cress_channel_receive(&filter->in, &number) == 0)
		if (number % filter->prime != 0 &&
		    cress_channel_send(filter->out, &number) != 0)
			break;
	return NULL;
}

static int body(void *arg)
{
	int many = *(int *)arg;
	struct filter *line = calloc((size_t)many + 1, sizeof *line);

	if (line == NULL)
		return 1;
	cress_channel_init(&line[0].in, sizeof(int), 0);
	cress_go(count, &line[0].in);
	for (int i = 0; i < many; i++) {
		struct filter *last = &line[i];

		if (cress_channel_receive(&last->in, &last->prime) != 0)
			return 1;
		printf("%d\n", last->prime);
		cress_channel_init(&line[i + 1].in, sizeof(int), 0);
		last->out = &line[i + 1].in;
		cress_go(let_through, last);
	}
	/* Everybody waits at one of these, is told, and goes home. */
	for (int i = 0; i <= many; i++)
		cress_channel_close(&line[i].in);
	cress_yield();
	for (int i = 0; i <= many; i++)
		cress_channel_fini(&line[i].in);
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	int many = argc > 1 ? atoi(argv[1]) : 10;

	if (many < 1) {
		fprintf(stderr, "usage: sieve [HOW MANY]\n");
		return 2;
	}
	return cress_run(body, &many);
}
