/* SPDX-License-Identifier: MIT */
/*
 * A SIGTRAP at each instruction from `first` to before `last`, for processors
 * whose programs have no trap flag: each instruction is replaced by a
 * breakpoint, and put back when it is reached. Whoever arrives ends the
 * stepping.
 *
 * The processor's step.h defines step_unit, the type of the smallest
 * instruction, STEP_BREAKPOINT, one of them, and before it includes this:
 *
 * step_length()  of the instruction there, in units; one with a delay slot
 *                takes that along, for nothing stops inside of the pair
 * step_pc()      where the trapped thread goes on: at the breakpoint itself
 */
#ifndef TESTS_ARCH_BREAKPOINTS_H
#define TESTS_ARCH_BREAKPOINTS_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEP_LIMIT 1024

static step_unit *step_code;
static size_t step_count;
static step_unit step_saved[STEP_LIMIT];

static inline void step_write(size_t i, step_unit instruction)
{
	step_code[i] = instruction;
	__builtin___clear_cache((char *)&step_code[i],
				(char *)&step_code[i + 1]);
}

static inline void step_begin(uintptr_t first, uintptr_t last)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = first & ~(page - 1);

	step_code = (step_unit *)first;
	step_count = (last - first) / sizeof(step_unit);
	if (step_count > STEP_LIMIT ||
	    mprotect((void *)start, last - start,
		     PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		abort();
	for (size_t i = 0; i < step_count; i++)
		step_saved[i] = step_code[i];
	for (size_t i = 0; i < step_count; i += step_length(&step_saved[i]))
		step_write(i, STEP_BREAKPOINT);
}

static inline void step_end(void)
{
	for (size_t i = 0; i < step_count; i++)
		step_write(i, step_saved[i]);
}

/* The handler calls this: which instruction would be next? */
static inline uintptr_t step_next(ucontext_t *interrupted)
{
	uintptr_t pc = step_pc(interrupted);
	size_t i = (pc - (uintptr_t)step_code) / sizeof(step_unit);

	if (i < step_count)
		step_write(i, step_saved[i]);
	return pc;
}

#endif
