/* SPDX-License-Identifier: MIT */
/* What machine.h says of PowerPC, whatever the size of its registers. */
#ifndef TESTS_ARCH_POWERPC_H
#define TESTS_ARCH_POWERPC_H

#include <stdint.h>

#define machine_platform_is_kept(journey, last) \
	((void)(journey), (void)(last), 1)

/* Traps, the mode without IEEE's rarer numbers, the rounding mode. */
#define FPSCR_CONTROL 0xffu
#define FPSCR_INEXACT 0x02000000u

union machine_fpscr {
	double real;
	uint64_t bits;
};

static inline uint64_t machine_fpscr(void)
{
	union machine_fpscr fpscr;

	__asm__ volatile("mffs %0" : "=d"(fpscr.real));
	return fpscr.bits & 0xffffffff;
}

static inline void machine_set_fpscr(uint64_t bits)
{
	union machine_fpscr fpscr = { .bits = bits };

	__asm__ volatile("mtfsf 255, %0" : : "d"(fpscr.real));
}

static inline uint64_t machine_control(void)
{
	return machine_fpscr() & FPSCR_CONTROL;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	machine_set_fpscr(control);
}

/* Every other time the usual word. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)only_rounding;
	return random & 1 ? (random >> 8) & FPSCR_CONTROL : 0;
}

/* Round upwards: visible in a sum. */
static inline uint64_t machine_round_up(void)
{
	return 2;
}

static inline int machine_sticky_flags(void)
{
	return (int)(machine_fpscr() & FPSCR_INEXACT);
}

static inline void machine_raise_sticky_flag(void)
{
	machine_set_fpscr(machine_fpscr() | FPSCR_INEXACT);
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
