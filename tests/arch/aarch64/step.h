/* SPDX-License-Identifier: MIT */
/*
 * A SIGTRAP at each instruction from `first` to before `last`. A program has
 * no trap flag here, so each instruction is replaced by a breakpoint, and put
 * back when it is reached. Whoever arrives ends the stepping.
 */
#ifndef TESTS_ARCH_STEP_H
#define TESTS_ARCH_STEP_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define STEP_BREAKPOINT 0xd4200000u	/* brk #0 */
#define STEP_LIMIT 256

static uint32_t *step_code;
static size_t step_count;
static uint32_t step_saved[STEP_LIMIT];

static inline void step_write(size_t i, uint32_t instruction)
{
	step_code[i] = instruction;
	__builtin___clear_cache((char *)&step_code[i],
				(char *)&step_code[i + 1]);
}

static inline void step_begin(uintptr_t first, uintptr_t last)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = first & ~(page - 1);

	step_code = (uint32_t *)first;
	step_count = (last - first) / sizeof(uint32_t);
	if (step_count > STEP_LIMIT ||
	    mprotect((void *)start, last - start,
		     PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		abort();
	for (size_t i = 0; i < step_count; i++) {
		step_saved[i] = step_code[i];
		step_write(i, STEP_BREAKPOINT);
	}
}

static inline void step_end(void)
{
	for (size_t i = 0; i < step_count; i++)
		step_write(i, step_saved[i]);
}

/* The handler calls this: which instruction would be next? */
static inline uintptr_t step_next(const ucontext_t *interrupted)
{
	uintptr_t pc = interrupted->uc_mcontext.pc;
	size_t i = (pc - (uintptr_t)step_code) / sizeof(uint32_t);

	if (i < step_count)
		step_write(i, step_saved[i]);
	return pc;
}

#endif
