/* SPDX-License-Identifier: MIT */
/* AArch64 for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* x19 to x28, x29, d8 to d15: their DWARF numbers. */
#define SAVED_REGISTERS 19
#define SAVED_DWARF_NUMBERS \
	{ 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, \
	  72, 73, 74, 75, 76, 77, 78, 79 }

/* `platform` holds x18: nobody may have written it on the way. */
#define machine_platform_is_kept(journey, last) ((journey)->platform == (last))

/* Rounding mode, flush to zero, default NaN, alternative half precision. */
#define FPCR_CONTROL 0x07c00000u

static inline uint64_t machine_control(void)
{
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	return fpcr;
}

static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(control));
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
	return 1u << 22;
}

/* The sticky flags are in a register of their own, which no switch reads. */
static inline int machine_sticky_flags(void)
{
	return 0;
}

static inline void machine_raise_sticky_flag(void)
{
}

static inline void machine_store_aligned(void *where)
{
	__asm__ volatile("str q0, [%0]" : : "r"(where) : "memory");
}

/* No flag has a meaning across calls. */
static inline uint64_t machine_flags(void)
{
	return 0;
}

/* Of a struct user_regs_struct. */
#define machine_stopped_sp(registers) ((registers)->sp)

#endif
