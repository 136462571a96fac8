/* SPDX-License-Identifier: MIT */
/* Breakpoints of ARM; see breakpoints.h. No switch is in Thumb. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT 0xe7f001f0u	/* udf #16, Linux' own */
#define STEP_ENTRY 12

/* One instruction moves many registers; without floats that is nearly all. */
#ifndef __ARM_FP
#define STEP_OLD 5
#define STEP_NEW 4
#define STEP_ALL 10
#endif

static inline size_t step_length(const step_unit *code)
{
	(void)code;
	return 1;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return interrupted->uc_mcontext.arm_pc;
}

#include "../breakpoints.h"

#endif
