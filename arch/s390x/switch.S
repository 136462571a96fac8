/* SPDX-License-Identifier: MIT */
/*
 * z/Architecture (s390x ELF ABI 1.6, 1.2.1 "Register preservation rules" and
 * 1.2.2). The access registers hold the thread pointer: never touched. Of the
 * vector registers a callee keeps only what f8 to f15 are.
 *
 * r2  to: whose state comes back
 * r3  the value, which goes into r2		r1  control words
 * r4  from: where the caller's state goes
 * r5  the hook, in cress_arch_switch_on
 *
 * One instruction loads the stack pointer, the return address and r6 to r13,
 * and from there on the frame is the target's. f8 to f15 lie in its context
 * until each is loaded. The CFI says so.
 */
#define FIND					/* that load */
#define SAVE_FP stfpc 144(%r4)
#define RELOAD_FP 2: lfpc 144(%r2); j 1b
#include "../asm.h"

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	\how	%f8, 24, 80
	\how	%f9, 28, 88
	\how	%f10, 25, 96
	\how	%f11, 29, 104
	\how	%f12, 26, 112
	\how	%f13, 30, 120
	\how	%f14, 27, 128
	\how	%f15, 31, 136
.endm

.macro save register, number, offset
	std	\register, \offset(%r4)
.endm

.macro in_context register, number, offset	/* at r2 + offset */
	lies_at 2, \number, \offset
.endm

.macro reload register, number, offset
	ld	\register, \offset(%r2)
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	stmg	%r6, %r15, 0(%r4)
.endm

.macro COMPARE_FP
	l	%r1, 144(%r4)
	x	%r1, 144(%r2)
	nilf	%r1, 0xfc000077			/* not the sticky flags: */
	jne	2f				/* they differ all the time */
1:
.endm

.macro RETURN
	lmg	%r6, %r15, 0(%r2)		/* the target's frame */
	REGISTERS in_context
	REGISTERS reload
	lgr	%r2, %r3
	br	%r14
.endm

/* Returns are foreseen by address, as all jumps are: one way is enough. */
.macro RESUME
	RETURN
.endm

.macro CALL_HOOK
	lmg	%r6, %r15, 0(%r2)		/* r14: the hook returns to */
	REGISTERS in_context			/* the target by itself */
	REGISTERS reload
	lgr	%r2, %r3
	br	%r5
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined %r14
	nopr					/* stacks begin behind it: */
	basr	%r14, %r6			/* unwinders look before that */
	.short	0				/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
