/* SPDX-License-Identifier: MIT */
/* LoongArch for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* fp, s0 to s8, fs0 to fs7: their DWARF numbers. */
#define SAVED_REGISTERS 18
#define SAVED_DWARF_NUMBERS \
	{ 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, \
	  56, 57, 58, 59, 60, 61, 62, 63 }

#define machine_platform_is_kept(journey, last) \
	((void)(journey), (void)(last), 1)

/* Traps, the rounding mode. */
#define FCSR_CONTROL 0x31fu
#define FCSR_INEXACT 0x10000u

static inline uint32_t machine_fcsr(void)
{
	uint32_t fcsr;

	__asm__ volatile("movfcsr2gr %0, $fcsr0" : "=r"(fcsr));
	return fcsr;
}

static inline void machine_set_fcsr(uint32_t fcsr)
{
	__asm__ volatile("movgr2fcsr $fcsr0, %0" : : "r"(fcsr));
}

static inline uint64_t machine_control(void)
{
	return machine_fcsr() & FCSR_CONTROL;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	machine_set_fcsr((uint32_t)control);
}

/* Every other time the usual word. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)only_rounding;
	return random & 1 ? (random >> 8) & FCSR_CONTROL : 0;
}

/* Round upwards: visible in a sum. */
static inline uint64_t machine_round_up(void)
{
	return 0x200;
}

static inline int machine_sticky_flags(void)
{
	return (int)(machine_fcsr() & FCSR_INEXACT);
}

static inline void machine_raise_sticky_flag(void)
{
	machine_set_fcsr(machine_fcsr() | FCSR_INEXACT);
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
