/* SPDX-License-Identifier: MIT */
/* SPARC V9 for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* l0 to l7, i0 to i7: their DWARF numbers. */
#define SAVED_REGISTERS 16
#define SAVED_DWARF_NUMBERS \
	{ 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 }

/* `platform` holds g2: nobody may have written it on the way. */
#define machine_platform_is_kept(journey, last) ((journey)->platform == (last))

/* The rounding mode, traps, the nonstandard mode. */
#define FSR_CONTROL 0xcfc00000u
#define FSR_STICKY 0x000003e0u

static inline uint64_t machine_fsr(void)
{
	uint64_t fsr;

	__asm__ volatile("stx %%fsr, %0" : "=m"(fsr));
	return fsr;
}

static inline uint64_t machine_control(void)
{
	return machine_fsr() & FSR_CONTROL;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("ldx %0, %%fsr" : : "m"(control));
}

/* Every other time the usual word. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)only_rounding;
	return random & 1 ? (random >> 8) & FSR_CONTROL : 0;
}

/* Round upwards: visible in a sum. */
static inline uint64_t machine_round_up(void)
{
	return 0x80000000;
}

static inline int machine_sticky_flags(void)
{
	return (int)(machine_fsr() & FSR_STICKY);
}

static inline void machine_raise_sticky_flag(void)
{
	machine_set_control(machine_fsr() | 0x20);
}

/* Two registers are stored where each fourth of them has its place. */
static inline void machine_store_aligned(void *where)
{
	*(volatile double *)where = 1;
}

/* No flag has a meaning across calls. */
static inline uint64_t machine_flags(void)
{
	return 0;
}

#endif
