/* SPDX-License-Identifier: MIT */
/* Breakpoints of z/Architecture; see breakpoints.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint16_t step_unit;

#define STEP_BREAKPOINT 0		/* an operation that is not one */
#define STEP_SIGNAL SIGILL
#define STEP_PASSED 2

/* The first two bits say how long an instruction is. */
static inline size_t step_length(const step_unit *code)
{
	return *code < 0x4000 ? 1 : *code < 0xc000 ? 2 : 3;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return interrupted->uc_mcontext.psw.addr - STEP_PASSED;
}

static inline void step_go_back(ucontext_t *interrupted)
{
	interrupted->uc_mcontext.psw.addr -= STEP_PASSED;
}

#include "../breakpoints.h"

#endif
