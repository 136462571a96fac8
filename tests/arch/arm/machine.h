/* SPDX-License-Identifier: MIT */
/* ARM for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

/* The compiler's unwinder has other tables than those that tell of a switch. */
#ifndef KIT_UNWINDER
#define MACHINE_UNWINDS_BY_EXIDX 1
#endif

/* The lowest bit says that the code is Thumb. */
#define machine_code_of(function) ((uintptr_t)(function) & ~(uintptr_t)1)

/* r4 to r11, and d8 to d15, of two words each: their DWARF numbers. */
#ifdef __ARM_FP
#define SAVED_REGISTERS 24
#else
#define SAVED_REGISTERS 8
#endif
#if defined(__ARM_FP) && defined(KIT_UNWINDER)
#define HALVES(number) number, UPPER_HALF(number)
#define SAVED_DWARF_NUMBERS \
	{ 4, 5, 6, 7, 8, 9, 10, 11, HALVES(264), HALVES(265), HALVES(266), \
	  HALVES(267), HALVES(268), HALVES(269), HALVES(270), HALVES(271) }
#else
#define SHOWN_REGISTERS 8
#define SAVED_DWARF_NUMBERS { 4, 5, 6, 7, 8, 9, 10, 11 }
#endif

#ifndef __ARM_FP

#include "../no_control.h"

#else

#include <stdint.h>

#define machine_platform_is_kept(journey, last) \
	((void)(journey), (void)(last), 1)

/* Rounding mode, flush to zero, default NaN, alternative half precision. */
#define FPSCR_CONTROL 0x07c00000u
/* And what compares and saturation leave behind. */
#define FPSCR_STICKY 0xf800009fu

static inline uint32_t machine_fpscr(void)
{
	uint32_t fpscr;

	__asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
	return fpscr;
}

static inline uint64_t machine_control(void)
{
	return machine_fpscr() & FPSCR_CONTROL;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	__asm__ volatile("vmsr fpscr, %0" : : "r"((uint32_t)control));
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
	return 1u << 22;
}

static inline int machine_sticky_flags(void)
{
	return (int)(machine_fpscr() & FPSCR_STICKY);
}

static inline void machine_raise_sticky_flag(void)
{
	__asm__ volatile("vmsr fpscr, %0"
			 : : "r"(machine_fpscr() | 0x80000010));
}

/* No flag has a meaning across calls. */
static inline uint64_t machine_flags(void)
{
	return 0;
}

#endif

/* A store of two words; qemu lets any alignment pass, the kit does not. */
static inline void machine_store_aligned(void *where)
{
	__asm__ volatile("strd r0, r1, [%0]" : : "r"(where) : "memory");
}

#endif
