/* SPDX-License-Identifier: MIT */
/*
 * A SIGTRAP at each instruction from `first` to before `last`, on x86-64 by the
 * trap flag, which also stops at instructions outside of the range. The flag
 * belongs to the thread, so the one who arrives ends the stepping.
 */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stdint.h>
#include <ucontext.h>

/* The pushes must not hit the red zone of the function around them. */
static inline void step_begin(uintptr_t first, uintptr_t last)
{
	(void)first;
	(void)last;
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
			 "pushfq\n\t"
			 "orq $0x100, (%%rsp)\n\t"
			 "popfq\n\t"
			 "lea 128(%%rsp), %%rsp"
			 : : : "memory", "cc");
}

static inline void step_end(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
			 "pushfq\n\t"
			 "andq $~0x100, (%%rsp)\n\t"
			 "popfq\n\t"
			 "lea 128(%%rsp), %%rsp"
			 : : : "memory", "cc");
}

/* The handler calls this: which instruction would be next? */
static inline uintptr_t step_next(ucontext_t *interrupted)
{
	return (uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP];
}

#endif
