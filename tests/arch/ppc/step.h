/* SPDX-License-Identifier: MIT */
/* Breakpoints of PowerPC, 32 bits; see breakpoints.h. */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

typedef uint32_t step_unit;

#define STEP_BREAKPOINT 0x7fe00008u	/* trap */

static inline size_t step_length(const step_unit *code)
{
	(void)code;
	return 1;
}

static inline uintptr_t step_pc(ucontext_t *interrupted)
{
	return interrupted->uc_mcontext.uc_regs->gregs[32];
}

/*
 * Call walk(pc) as if the trapped code did: libgcc knows the frame of a signal
 * by the code behind it, and that which qemu writes is another.
 */
void poison_walk(void (*walk)(uintptr_t pc), uintptr_t pc,
		 const unsigned long *registers);

#define step_walk(walk, pc, interrupted) \
	poison_walk(walk, pc, \
		    ((ucontext_t *)(interrupted))->uc_mcontext.uc_regs->gregs)

#include "../breakpoints.h"

#endif
