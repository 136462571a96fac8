/* SPDX-License-Identifier: MIT */
/*
 * For the machine.h of a processor that has nothing of this: a register that
 * nobody may write, sticky flags in the control word that a switch compares,
 * or flags with a meaning across calls.
 */
#ifndef TESTS_ARCH_PLAIN_H
#define TESTS_ARCH_PLAIN_H

#include <stdint.h>

#define machine_platform_is_kept(journey, last) \
	((void)(journey), (void)(last), 1)

static inline int machine_sticky_flags(void)
{
	return 0;
}

static inline void machine_raise_sticky_flag(void)
{
}

static inline uint64_t machine_flags(void)
{
	return 0;
}

#endif
