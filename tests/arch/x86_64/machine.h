/* SPDX-License-Identifier: MIT */
/* x86-64 for the proof kit: registers and control words (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* rbx, rbp, r12, r13, r14, r15: their DWARF numbers. */
#define SAVED_REGISTERS 6
#define SAVED_DWARF_NUMBERS { 3, 6, 12, 13, 14, 15 }

/* `platform` holds the flags: the direction flag must be clear. */
#define machine_platform_is_kept(journey, last) \
	(((journey)->platform & 0x400) == 0)

#define MXCSR_CONTROL 0xffc0u
#define MXCSR_INEXACT 0x20u

/* The control bits of mxcsr, and the x87 control word above them. */
static inline uint64_t machine_control(void)
{
	uint32_t mxcsr;
	uint16_t x87cw;

	__asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(x87cw));
	return (mxcsr & MXCSR_CONTROL) | (uint64_t)x87cw << 32;
}

/* Sticky flags become clear. */
static inline void machine_set_control(uint64_t control)
{
	uint32_t mxcsr = (uint32_t)control;
	uint16_t x87cw = (uint16_t)(control >> 32);

	__asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(x87cw));
}

/* Rounding, masks, flush to zero; every other time one word is the usual. */
static inline uint64_t machine_random_control(uint64_t random,
					      int only_rounding)
{
	uint64_t mxcsr = 0x1f80, x87cw = 0x37f;

	if (random & 1)
		mxcsr = (random >> 8) & MXCSR_CONTROL;
	if (random & 2)
		x87cw = 0x240 | ((random >> 24) & 0xd3f);
	if (only_rounding) {
		mxcsr = 0x1f80 | (mxcsr & 0x6000);
		x87cw = 0x37f | (x87cw & 0xc00);
	}
	return mxcsr | x87cw << 32;
}

/* Round upwards: visible in a sum, and in both words. */
static inline uint64_t machine_round_up(void)
{
	return 0x5f80 | (uint64_t)0xb7f << 32;
}

/* What has happened since machine_set_control(). */
static inline int machine_sticky_flags(void)
{
	uint32_t mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	return (int)(mxcsr & ~MXCSR_CONTROL);
}

static inline void machine_raise_sticky_flag(void)
{
	uint32_t mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	mxcsr |= MXCSR_INEXACT;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* Faults where the compiler was promised an alignment that does not hold. */
static inline void machine_store_aligned(void *where)
{
	__asm__ volatile("movaps %%xmm0, (%0)" : : "r"(where) : "memory");
}

static inline uint64_t machine_flags(void)
{
	uint64_t flags;

	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags) : : "memory");
	return flags & 0x400;
}

/* Of a struct user_regs_struct. */
#define machine_stopped_sp(registers) ((registers)->rsp)

#endif
