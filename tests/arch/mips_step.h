/* SPDX-License-Identifier: MIT */
/* Breakpoints of MIPS of both sizes; see breakpoints.h. */
#ifndef TESTS_ARCH_MIPS_STEP_H
#define TESTS_ARCH_MIPS_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT 0x0000000du	/* break */

/* A jump has the instruction behind it as a part. */
static inline size_t step_length(const step_unit *code)
{
	uint32_t operation = *code >> 26;
	uint32_t function = *code & 0x3f;

	if (operation == 0 && (function == 8 || function == 9))
		return 2;
	return operation >= 1 && operation <= 7 ? 2 : 1;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return (uintptr_t)interrupted->uc_mcontext.pc;
}

/*
 * Call walk(pc) as if the trapped code did: libgcc knows the frame of a signal
 * by the code behind it, and that which qemu writes is another. The registers
 * are 0 to 31, the place, and with 64 bits f24 to f31 from the 40th on.
 */
void poison_walk(void (*walk)(uintptr_t pc), uintptr_t pc,
		 const uintptr_t *registers);

static inline void step_walk_of(void (*walk)(uintptr_t pc), uintptr_t pc,
				const ucontext_t *trapped)
{
	uintptr_t registers[48] = { 0 };

	for (int i = 0; i < 32; i++)
		registers[i] = (uintptr_t)trapped->uc_mcontext.gregs[i];
	registers[32] = pc;
	for (int i = 0; i < 8 && sizeof(uintptr_t) == 8; i++)
		memcpy(&registers[40 + i],
		       &trapped->uc_mcontext.fpregs.fp_r.fp_dregs[24 + i],
		       sizeof(uintptr_t));
	poison_walk(walk, pc, registers);
}

#define step_walk(walk, pc, trapped) step_walk_of(walk, pc, trapped)

#include "breakpoints.h"

#endif
