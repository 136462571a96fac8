/* SPDX-License-Identifier: MIT */
/* The program of program.h. */
#include "program.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>

#define WORKERS 5

void ignore_line(const char *line, void *context)
{
	(void)line;
	(void)context;
}

static void *wander(void *arg)
{
	cress_scope_t limit;
	int *sum = arg;

	for (int i = 0; i < 3; i++) {
		cress_yield();
		cress_scope_open(&limit, 0.5 + (double)cress_simulate_draw(3));
		if (cress_sleep(1) == 0)
			++*sum;
		cress_scope_close(&limit);
	}
	return arg;
}

static void *sleep_for_ever(void *arg)
{
	(void)arg;
	cress_sleep(INFINITY);
	return cress_fail(errno);
}

static void *kill_it(void *c)
{
	cress_sleep(0.7);
	cress_kill(c, EPIPE);
	return NULL;
}

int program(void *unused)
{
	static const cress_attr_t attr = {.name = "victim"};
	cress_t *workers[WORKERS];
	cress_t *victim = cress_spawn_with(sleep_for_ever, NULL, &attr);
	cress_t *killer = cress_spawn_after(0.1, kill_it, victim, NULL);
	int sum = 0;
	int failed = 0;

	(void)unused;
	for (int i = 0; i < WORKERS; i++)
		workers[i] = cress_spawn(wander, &sum);
	failed |= cress_wait(victim, NULL) != EPIPE;
	cress_throw(workers[0], EINTR);
	for (int i = 0; i < WORKERS; i++) {
		int error = cress_join(workers[i], NULL);

		/* The first may not have started yet. */
		failed |= error != 0 && (i > 0 || error != EINTR);
	}
	failed |= cress_join(killer, NULL) != 0;
	cress_release(victim);
	return failed || sum > 3 * WORKERS;
}

uint64_t program_digest(uint32_t seeds)
{
	uint64_t digest = 0;

	for (uint32_t i = 0; i < seeds; i++) {
		cress_simulation_t how = {
			.first_seed = i,
			.seeds = 1,
			.flags = CRESS_SIMULATE_TWICE | CRESS_SIMULATE_LEAKS |
				 CRESS_SIMULATE_SLOW,
		};

		if (cress_simulate(program, NULL, &how) != 0)
			return 0;
		digest = (digest ^ how.digest) * 0x100000001b3ull + how.runs;
	}
	return digest;
}
