/* SPDX-License-Identifier: MIT */
/*
 * For the machine.h of a processor that has no floating-point control word, or
 * none that an ABI lets a program use.
 */
#ifndef TESTS_ARCH_NO_CONTROL_H
#define TESTS_ARCH_NO_CONTROL_H

#include "plain.h"

static inline uint64_t machine_control(void)
{
	return 0;
}

static inline void machine_set_control(uint64_t control)
{
	(void)control;
}

static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)random;
	(void)only_rounding;
	return 0;
}

/* There is none: no sum tells. */
static inline uint64_t machine_round_up(void)
{
	return 0;
}

#endif
