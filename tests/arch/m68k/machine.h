/* SPDX-License-Identifier: MIT */
/* m68k for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* d2 to d7, a2 to a6: their DWARF numbers. Then fp2 to fp7, in 12 bytes. */
#define SAVED_REGISTERS 29
#define SHOWN_REGISTERS 11
#define SAVED_DWARF_NUMBERS { 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14 }

/* `platform` holds the difference between the two places of a result. */
#define machine_platform_is_kept(journey, last) \
	((void)(last), (journey)->platform == 0)

/* Traps, the precision and the direction of rounding. */
#define FPCR_CONTROL 0xfff0u

static inline uint64_t machine_control(void)
{
	uint32_t fpcr;

	__asm__ volatile("fmove.l %%fpcr, %0" : "=d"(fpcr));
	return fpcr & FPCR_CONTROL;
}

static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("fmove.l %0, %%fpcr" : : "d"((uint32_t)control));
}

/* Every other time the usual word. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)only_rounding;
	return random & 1 ? (random >> 8) & FPCR_CONTROL : 0;
}

/* Round upwards: visible in a sum. */
static inline uint64_t machine_round_up(void)
{
	return 0x30;
}

/* The sticky flags are in a register of their own, which no switch reads. */
static inline int machine_sticky_flags(void)
{
	return 0;
}

static inline void machine_raise_sticky_flag(void)
{
}

/* No store faults because it is not aligned. */
static inline void machine_store_aligned(void *where)
{
	*(volatile char *)where = 1;
}

/* No flag has a meaning across calls. */
static inline uint64_t machine_flags(void)
{
	return 0;
}

#endif
