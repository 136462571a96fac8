/* SPDX-License-Identifier: MIT */
/* The runner of seeds.h. One failure is enough: its report repeats it. */
#include "sync/seeds.h"

#include <stdio.h>

#include "support/environment.h"

#include <cress/runtime.h>
#include <cress/simulate.h>

#define SEEDS 500
#define SEEDS_FULL 10000
#define SEEDS_REDUCED 20

static uint64_t drawn;

unsigned any_below(unsigned bound)
{
	drawn = drawn * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(drawn >> 33) % bound;
}

static void print_line(const char *line, void *context)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

/* A deadlock is a failure here, and so is what is left over. */
static int call_body(void *scenario)
{
	int failures = suite_failures();

	noted();
	drawn = cress_simulate_draw(UINT32_MAX);
	((struct scenario *)scenario)->body();
	return suite_failures() != failures;
}

static void simulate(void **state, uint32_t seeds, uint32_t faults)
{
	cress_simulation_t how = {
		.first_seed = 1,
		.seeds = environment_reduced() == NULL ? seeds : SEEDS_REDUCED,
		.flags = faults | CRESS_SIMULATE_LEAKS | CRESS_SIMULATE_TWICE,
		.print = print_line,
	};

	check_int(cress_simulate(call_body, *state, &how), 0);
}

void run_under_seeds(void **state)
{
	drawn = 0;
	run_on_both(state);
	simulate(state, environment_is_full() ? SEEDS_FULL : SEEDS, 0);
}

void run_with_throws(void **state)
{
	simulate(state, environment_is_full() ? SEEDS : SEEDS_REDUCED,
		 CRESS_SIMULATE_THROW | CRESS_SIMULATE_DEADLINE);
}

void run_with_kills(void **state)
{
	run_with_throws(state);
	simulate(state, environment_is_full() ? SEEDS : SEEDS_REDUCED,
		 CRESS_SIMULATE_KILL);
}
