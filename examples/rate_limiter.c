/* SPDX-License-Identifier: MIT */
/*
 * A semaphore as a rate limiter: no more than so many requests at once, and no
 * more than so many in a stretch of time.
 *
 * Permits have no owner. For the first limit whoever takes one gives it back
 * when it is done. For the second nobody gives any back: a clock does, and
 * because the semaphore is bounded, what is not used is not saved up.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <cress.h>

#define CLIENTS 12
#define AT_ONCE 3
#define IN_A_TICK 4
#define TICK 0.005

static cress_semaphore_t slots, tokens;
static int running, most_running;
static int started, most_started;

/* As many as were used come back; one more would be refused. */
static void *refill(void *arg)
{
	while (cress_sleep(TICK) == 0) {
		if (started > most_started)
			most_started = started;
		for (; started > 0; started--)
			if (cress_semaphore_release(&tokens) != 0)
				return cress_fail(errno);
	}
	return arg;
}

/* Both permits, or none: the one that cannot be used is given back. */
static int begin(void)
{
	if (cress_semaphore_acquire(&slots) != 0)
		return -1;
	if (cress_semaphore_acquire(&tokens) == 0)
		return 0;
	cress_semaphore_release(&slots);
	return -1;
}

static void *request(void *number)
{
	if (begin() != 0)
		return cress_fail(errno);
	started++;
	if (++running > most_running)
		most_running = running;
	cress_sleep(0.001);
	running--;
	cress_semaphore_release(&slots);
	return number;
}

static int body(void *arg)
{
	cress_t *clients[CLIENTS], *clock;
	int served = 0;

	(void)arg;
	cress_semaphore_init_bounded(&slots, AT_ONCE);
	cress_semaphore_init_bounded(&tokens, IN_A_TICK);
	clock = cress_spawn(refill, NULL);
	for (intptr_t i = 0; i < CLIENTS; i++)
		clients[i] = cress_spawn(request, (void *)i);
	for (int i = 0; i < CLIENTS; i++)
		served += cress_join(clients[i], NULL) == 0;
	cress_kill(clock, CRESS_EXIT);
	cress_join(clock, NULL);

	printf("served: %d\n", served);
	printf("at once: %s\n", most_running <= AT_ONCE ? "as agreed" : "many");
	printf("in a tick: %s\n",
	       most_started <= IN_A_TICK ? "as agreed" : "many");
	return 0;
}

int main(void)
{
	return cress_run(body, NULL);
}
