/* SPDX-License-Identifier: MIT */
/* z/Architecture for the proof kit: registers, control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* r6 to r13, f8 to f15: their DWARF numbers. */
#define SAVED_REGISTERS 16
#define SAVED_DWARF_NUMBERS \
	{ 6, 7, 8, 9, 10, 11, 12, 13, 24, 28, 25, 29, 26, 30, 27, 31 }

#define machine_platform_is_kept(journey, last) \
	((void)(journey), (void)(last), 1)

/* Traps, the rounding modes of decimal and of binary numbers. */
#define FPC_CONTROL 0xf8000073u
#define FPC_STICKY 0x00f80000u

static inline uint32_t machine_fpc(void)
{
	uint32_t fpc;

	__asm__ volatile("efpc %0" : "=d"(fpc));
	return fpc;
}

static inline uint64_t machine_control(void)
{
	return machine_fpc() & FPC_CONTROL;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("sfpc %0" : : "d"((uint32_t)control));
}

/* Every other time the usual word. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	(void)only_rounding;
	return random & 1 ? (random >> 8) & FPC_CONTROL : 0;
}

/* Round upwards: visible in a sum. */
static inline uint64_t machine_round_up(void)
{
	return 2;
}

static inline int machine_sticky_flags(void)
{
	return (int)(machine_fpc() & FPC_STICKY);
}

static inline void machine_raise_sticky_flag(void)
{
	__asm__ volatile("sfpc %0" : : "d"(machine_fpc() | 0x00080000));
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
