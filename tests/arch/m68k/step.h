/* SPDX-License-Identifier: MIT */
/* Breakpoints of m68k; see breakpoints.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint16_t step_unit;

#define STEP_BREAKPOINT 0x4afc		/* illegal */
#define STEP_SIGNAL SIGILL
#define STEP_ENTRY 8

/* One moves many registers. */
#define STEP_OLD 8
#define STEP_NEW 2
#define STEP_ALL 14

/* Of what a switch is made of: moves, comparisons and branches. */
static inline size_t step_length(const step_unit *code)
{
	unsigned int operation = *code >> 12;
	size_t length = 1 + ((*code >> 3 & 7) == 5);	/* an offset */

	if (operation == 6)			/* a branch */
		return (*code & 0xff) == 0 ? 2 : 1;
	if (operation == 2)			/* a move: a second offset */
		length += (*code >> 6 & 7) == 5;
	if (operation == 15 || (*code & 0xfb80) == 0x4880)
		length++;			/* which registers */
	return length;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return (uintptr_t)interrupted->uc_mcontext.gregs[R_PC];
}

#include "../breakpoints.h"

#endif
