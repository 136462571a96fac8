/* SPDX-License-Identifier: MIT */
/* What machine.h says of MIPS, whatever the size of its registers. */
#ifndef TESTS_ARCH_MIPS_H
#define TESTS_ARCH_MIPS_H

#include <stdint.h>

#define machine_platform_is_kept(journey, last) \
	((void)(journey), (void)(last), 1)

/* Flush to zero, traps, the rounding mode. */
#define FCSR_CONTROL 0x01000f83u
#define FCSR_STICKY 0x0000007cu

static inline uint32_t machine_fcsr(void)
{
	uint32_t fcsr;

	__asm__ volatile("cfc1 %0, $31" : "=r"(fcsr));
	return fcsr;
}

static inline uint64_t machine_control(void)
{
	return machine_fcsr() & FCSR_CONTROL;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("ctc1 %0, $31" : : "r"((uint32_t)control));
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
	return 2;
}

static inline int machine_sticky_flags(void)
{
	return (int)(machine_fcsr() & FCSR_STICKY);
}

static inline void machine_raise_sticky_flag(void)
{
	__asm__ volatile("ctc1 %0, $31" : : "r"(machine_fcsr() | 4));
}

/* A load of two words; a kernel may mend it, the kit does not. */
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
