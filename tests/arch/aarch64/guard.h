/* SPDX-License-Identifier: MIT */
/*
 * A program that links guard.c and guarded.S has its switch and the journeys in
 * pages where an indirect branch must land on `bti c`; whoever lands elsewhere
 * dies of SIGILL. It ends with KIT_SKIPPED at once if the processor does not
 * check branches.
 */
#ifndef TESTS_ARCH_GUARD_H
#define TESTS_ARCH_GUARD_H

#include <stdint.h>

/* The pages of the switch: from the first, to before the last. */
extern uint32_t guard_first[], guard_last[];

/* Replace an instruction there. */
void guard_patch(uint32_t *where, uint32_t instruction);

#endif
