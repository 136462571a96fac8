/* SPDX-License-Identifier: MIT */
/* z/Architecture for the proof kit: what poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 128)
#define FRAME 232

/* Store or load f8 to f15 at base + offset. */
.macro floats how, base, offset
	.set	at, \offset
	.irp	register, 8, 9, 10, 11, 12, 13, 14, 15
	\how	%f\register, at(%\base)
	.set	at, at + 8
	.endr
.endm

/* The frame: the callee's 160 bytes, f8 to f15, the journey. */
.macro cfi_of_frame
	.cfi_adjust_cfa_offset FRAME
	.irp	number, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.cfi_offset \number, (\number - 6) * 8 - 112
	.endr
	.set	at, -FRAME
	.irp	number, 24, 28, 25, 29, 26, 30, 27, 31
	.cfi_offset \number, at
	.set	at, at + 8
	.endr
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	stmg	%r6, %r15, 48(%r15)
	aghi	%r15, -FRAME
	floats	std, r15, 160
	stg	%r2, 224(%r15)
	cfi_of_frame
	la	%r1, 160(%r15)
	stg	%r1, 40(%r2)

	lmg	%r6, %r13, BEFORE(%r2)
	floats	ld, r2, BEFORE + 64
	lg	%r0, 48(%r2)
	lg	%r14, 0(%r2)
	lg	%r5, 32(%r2)
	lg	%r4, 24(%r2)
	lg	%r3, 16(%r2)
	lg	%r2, 8(%r2)
	lgr	%r1, %r14
	lghi	%r14, \flag
	cghi	%r14, 0
	basr	%r14, %r1

	lg	%r1, 224(%r15)
	stmg	%r6, %r13, AFTER(%r1)
	floats	std, r1, AFTER + 64
	floats	ld, r15, 160
	lmg	%r6, %r15, 48 + FRAME(%r15)
	.cfi_def_cfa_offset 160
	br	%r14
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 0
JOURNEY poison_there, 1

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	larl	%r1, poison_seen
	stmg	%r6, %r13, 0(%r1)
	floats	std, r1, 64
	jg	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 128
	.p2align 3
poison_seen:
	.zero	128

	.section .note.GNU-stack, "", %progbits
