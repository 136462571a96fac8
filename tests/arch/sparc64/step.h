/* SPDX-License-Identifier: MIT */
/* Breakpoints of SPARC V9; see breakpoints.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT 0		/* illtrap */
#define STEP_SIGNAL SIGILL

/* What is gone to is loaded at once, by restore. */
#define STEP_OLD 12
#define STEP_NEW 2
#define STEP_ALL 14

/* A branch, a call or a jump has the instruction behind it as a part. */
static inline size_t step_length(const step_unit *code)
{
	uint32_t operation = *code >> 30;
	uint32_t second = *code >> 22 & 7;
	uint32_t third = *code >> 19 & 0x3f;

	if (operation == 0)
		return second != 0 && second != 4 ? 2 : 1;
	return operation == 1 || (operation == 2 && third == 0x38) ? 2 : 1;
}

/* What a handler gets is no ucontext_t on this processor. */
static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return ((struct sigcontext *)interrupted)->sigc_regs.tpc;
}

#include "../breakpoints.h"

#endif
