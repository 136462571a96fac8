/* SPDX-License-Identifier: MIT */
/* Breakpoints of AArch64; see breakpoints.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT 0xd4200000u	/* brk #0 */

static inline size_t step_length(const step_unit *code)
{
	(void)code;
	return 1;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return interrupted->uc_mcontext.pc;
}

#include "../breakpoints.h"

#endif
