/* SPDX-License-Identifier: MIT */
/* RISC-V for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include "../plain.h"

/* s0 to s11, fs0 to fs11: their DWARF numbers. */
#if __riscv_xlen == 64
#define SAVED_REGISTERS 24
#define FLOAT(number) number
#else
#define SAVED_REGISTERS 36		/* a float takes two words */
#define FLOAT(number) number, UPPER_HALF(number)
#endif
#if __riscv_xlen == 64 || defined(KIT_UNWINDER)
#define SAVED_DWARF_NUMBERS \
	{ 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, FLOAT(40), \
	  FLOAT(41), FLOAT(50), FLOAT(51), FLOAT(52), FLOAT(53), FLOAT(54), \
	  FLOAT(55), FLOAT(56), FLOAT(57), FLOAT(58), FLOAT(59) }
#else
#define SHOWN_REGISTERS 12
#define SAVED_DWARF_NUMBERS \
	{ 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 }
#endif

/* The rounding mode; the sticky flags are read and written apart from it. */
static inline uint64_t machine_control(void)
{
	unsigned long frm;

	__asm__ volatile("frrm %0" : "=r"(frm));
	return frm;
}

static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("fsrm %0" : : "r"((unsigned long)control));
}

/* Every other time the usual mode. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)only_rounding;
	return random & 1 ? (random >> 8) % 5 : 0;
}

/* Round upwards: visible in a sum. */
static inline uint64_t machine_round_up(void)
{
	return 3;
}

/* No store faults because it is not aligned. */
static inline void machine_store_aligned(void *where)
{
	*(volatile char *)where = 1;
}

#endif
