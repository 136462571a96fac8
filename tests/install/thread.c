/* SPDX-License-Identifier: MIT */
/*
 * A program for ThreadSanitizer. run.py builds it with -fsanitize=thread
 * against the ordinary library, which is built without.
 *
 *   clean  two threads run coroutines that share data within their thread
 *          only: silence
 *   race   coroutines of both threads write the same variable
 *
 * The line whose fault is to be reported ends in a comment that names it.
 */
#include <cress.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 200

static int racing;
static long shared;
static atomic_int arrived;

struct pair {
	cress_t *consumer;
	long sum;
	int meetings;
};

/*
 * Wait for the other thread without ordering anything: relaxed accesses tell
 * ThreadSanitizer nothing. Between two meetings both threads write, and none
 * of their coroutines ends, so that no race is missed for want of a witness.
 */
static void meet(struct pair *pair)
{
	int all = 2 * ++pair->meetings;

	atomic_fetch_add_explicit(&arrived, 1, memory_order_relaxed);
	while (atomic_load_explicit(&arrived, memory_order_relaxed) < all)
		sched_yield();
}

__attribute__((noinline)) static void add(struct pair *pair, int depth)
{
	if (depth > 0) {
		add(pair, depth - 1);
		pair->sum++;
		return;
	}
	if (racing)
		shared++; /* fault: race */
	pair->sum++;
	cress_switch(pair->consumer, NULL);
}

static void *produce(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 20 == 10)
			meet(arg);
		add(arg, i % 10);
	}
	return NULL;
}

static void *work(void *arg)
{
	struct pair pair = {.consumer = cress_current()};

	(void)arg;
	for (int i = 0; i < 10; i++) {
		cress_t *a = cress_new(produce, NULL);
		cress_t *b = cress_new(produce, NULL);

		while (!cress_is_dead(a) || !cress_is_dead(b)) {
			if (!cress_is_dead(a))
				cress_switch(a, &pair);
			if (!cress_is_dead(b))
				cress_switch(b, &pair);
		}
		cress_release(a);
		cress_release(b);
	}
	return pair.sum > 0 ? NULL : &shared;
}

int main(int argc, char **argv)
{
	pthread_t threads[2];
	void *wrong = NULL;

	racing = argc == 2 && strcmp(argv[1], "race") == 0;
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			return 1;
	for (int i = 0; i < 2; i++)
		if (pthread_join(threads[i], &wrong) != 0 || wrong != NULL)
			return 1;
	puts("done");
	return 0;
}
