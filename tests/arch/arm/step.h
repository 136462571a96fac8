/* SPDX-License-Identifier: MIT */
/* No instruction of a switch is stopped at: see machine.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stdint.h>
#include <ucontext.h>

static inline void step_begin(uintptr_t first, uintptr_t last)
{
	(void)first;
	(void)last;
}

static inline void step_end(void)
{
}

static inline uintptr_t step_next(ucontext_t *interrupted)
{
	return interrupted->uc_mcontext.arm_pc;
}

#endif
