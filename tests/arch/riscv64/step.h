/* SPDX-License-Identifier: MIT */
/* Breakpoints of RISC-V; see breakpoints.h. A switch has no short code. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT 0x00100073u	/* ebreak */

static inline size_t step_length(const step_unit *code)
{
	(void)code;
	return 1;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return interrupted->uc_mcontext.__gregs[REG_PC];
}

#include "../breakpoints.h"

#endif
