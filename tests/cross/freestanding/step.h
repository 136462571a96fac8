/* SPDX-License-Identifier: MIT */
/* Breakpoints where there is no C library; see breakpoints.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <system.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT SYSTEM_BREAKPOINT

static inline size_t step_length(const step_unit *code)
{
	(void)code;
	return 1;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return SYSTEM_PC(interrupted);
}

#include <breakpoints.h>

#endif
