/* SPDX-License-Identifier: MIT */
/* The runner of seeds.h. One failure is enough: its seed repeats it. */
#include "sync/seeds.h"

#include "loop/virtual.h"
#include "support/environment.h"

#define SEEDS 500
#define SEEDS_FULL 10000
#define SEEDS_REDUCED 50

static uint64_t drawn;

unsigned any_below(unsigned bound)
{
	drawn = drawn * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(drawn >> 33) % bound;
}

static int call_body(void *scenario)
{
	((struct scenario *)scenario)->body();
	return 0;
}

void run_on_many_seeds(void **state)
{
	unsigned count = environment_is_full() ? SEEDS_FULL : SEEDS;

	if (environment_reduced() != NULL)
		count = SEEDS_REDUCED;
	drawn = 0;
	run_on_both(state);
	for (unsigned seed = 1; seed <= count; seed++) {
		int failures = suite_failures();

		noted();
		drawn = seed;
		check_int(cress_run_virtual(call_body, *state, seed), 0);
		if (suite_failures() != failures)
			fail_msg("failed under seed %u", seed);
	}
}
