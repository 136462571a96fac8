/* SPDX-License-Identifier: MIT */
/*
 * Calls of a switch with every register of the processor under control. A
 * journey loads the registers that a callee keeps with `before`, the scratch
 * registers with rubbish, calls `function` and notes in `after` what came back.
 *
 * machine.h is the processor's part: how many registers there are, and how the
 * floating-point control words are read and written. poison.S makes the
 * journeys.
 */
#ifndef TESTS_ARCH_POISON_H
#define TESTS_ARCH_POISON_H

#include <machine.h>

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

/* How many of them the unwinder can show, from the first on. */
#ifndef SHOWN_REGISTERS
#define SHOWN_REGISTERS SAVED_REGISTERS
#endif

/* The same offsets on all processors; a wide register takes two words. */
struct journey {
	alignas(16) void (*function)(void);	/* 0 */
	alignas(8) void *to;			/* 8 */
	alignas(8) void *value;			/* 16 */
	alignas(8) void *from;			/* 24 */
	alignas(8) void *(*hook)(void *value);	/* 32 */
	alignas(8) uintptr_t sp;		/* 40: noted at the call */
	alignas(8) uintptr_t scratch;		/* 48 */
	alignas(8) uintptr_t platform;		/* 56: noted afterwards */
	alignas(8) uintptr_t before[SAVED_REGISTERS];	/* 64 */
	uintptr_t after[SAVED_REGISTERS];
};

_Static_assert(offsetof(struct journey, before) == 64,
	       "poison.S knows these offsets");

/*
 * Two call sites: between journeys of one site the switch ends with a return,
 * between different ones with a jump. Processor flags on entry: equal at the
 * first, not equal at the second.
 */
void *poison_here(struct journey *journey);
void *poison_there(struct journey *journey);

/* A hook that notes the registers, then returns poison_hook_body(value). */
void *poison_hook(void *value);
extern uintptr_t poison_seen[SAVED_REGISTERS];
void *poison_hook_body(void *value);

#endif
