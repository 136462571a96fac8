/* SPDX-License-Identifier: MIT */
/*
 * A test that must hold in whatever order the ready coroutines run: on both
 * drivers in their order, and under 500 seeds; under 10,000 with CRESS_FULL.
 */
#ifndef TESTS_SYNC_SEEDS_H
#define TESTS_SYNC_SEEDS_H

#include "loop/support.h"

void run_under_seeds(void **state);

#define under_seeds(function) SCENARIO(run_under_seeds, function)

/*
 * The same with fewer seeds, and for each of them once more for each call that
 * parks: a throw there, a deadline, or with_kills() a kill.
 */
void run_with_throws(void **state);
void run_with_kills(void **state);

#define with_throws(function) SCENARIO(run_with_throws, function)
#define with_kills(function) SCENARIO(run_with_kills, function)

/* A number from 0 to below `bound`, another one under each seed. */
unsigned any_below(unsigned bound);

#endif
