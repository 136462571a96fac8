/* SPDX-License-Identifier: MIT */
/* PowerPC, 32 bits, for the proof kit: what poison.h declares. */
#include "../../../arch/asm.h"

#ifdef __ALTIVEC__
#define SIZE 416
#else
#define SIZE 224
#endif
#define BEFORE 64
#define AFTER (BEFORE + SIZE)
#define CR 216				/* a word without a use follows */
#define VECTORS 224
#define FRAME 448			/* 16, all of that, the journey */

/* At base + offset: r14 to r31, f14 to f31, v20 to v31. */
.macro store_all base, offset
	stmw	%r14, \offset(\base)
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	stfd	%f\n, \offset + 72 + (\n - 14) * 8(\base)
	.endr
#ifdef __ALTIVEC__
	.irp	n, 20,21,22,23,24,25,26,27,28,29,30,31
	li	%r0, \offset + VECTORS + (\n - 20) * 16
	stvx	%v\n, \base, %r0
	.endr
#endif
.endm

.macro load_all base, offset
	lmw	%r14, \offset(\base)
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	lfd	%f\n, \offset + 72 + (\n - 14) * 8(\base)
	.endr
#ifdef __ALTIVEC__
	.irp	n, 20,21,22,23,24,25,26,27,28,29,30,31
	li	%r0, \offset + VECTORS + (\n - 20) * 16
	lvx	%v\n, \base, %r0
	.endr
#endif
.endm

/* Fields 2 to 4 of cr, for a journey has only these in its word. */
.macro note_cr base, offset
	mfcr	%r10
	rlwinm	%r10, %r10, 0, 8, 19
	stw	%r10, \offset(\base)
.endm

.macro cfi_of_frame
	.cfi_def_cfa_offset FRAME
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	.cfi_offset \n, 16 - FRAME + (\n - 14) * 4
	.cfi_offset (\n + 32), 16 - FRAME + 72 + (\n - 14) * 8
	.endr
	.cfi_offset lr, 4
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	mflr	%r0
	stw	%r0, 4(%r1)
	stwu	%r1, -FRAME(%r1)
	store_all %r1, 16
	mfcr	%r0
	stw	%r0, 16 + CR(%r1)
	stw	%r3, FRAME - 4(%r1)
	cfi_of_frame
	stw	%r1, 40(%r3)

	load_all %r3, BEFORE
	lwz	%r0, BEFORE + CR(%r3)
	rlwinm	%r0, %r0, 0, 8, 19
	stw	%r0, BEFORE + CR(%r3)
	mtcrf	0x38, %r0
	li	%r0, 0
	stw	%r0, BEFORE + CR + 4(%r3)
	lwz	%r12, 0(%r3)
	mtctr	%r12
	lfd	%f0, 48(%r3)
	lwz	%r7, 48(%r3)
	mr	%r8, %r7
	mr	%r9, %r7
	mr	%r10, %r7
	mr	%r11, %r7
	mr	%r12, %r7
	lwz	%r4, 16(%r3)
	lwz	%r5, 24(%r3)
	lwz	%r6, 32(%r3)
	lwz	%r3, 8(%r3)
	li	%r0, \flag
	cmpwi	%r0, 0
	bctrl

	lwz	%r11, FRAME - 4(%r1)
	store_all %r11, AFTER
	note_cr	%r11, AFTER + CR
	load_all %r1, 16
	lwz	%r0, 16 + CR(%r1)
	mtcrf	0x38, %r0
	addi	%r1, %r1, FRAME
	.cfi_def_cfa_offset 0
	lwz	%r0, 4(%r1)
	mtlr	%r0
	blr
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 0
JOURNEY poison_there, 1

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	lis	%r11, poison_seen@ha
	addi	%r11, %r11, poison_seen@l
	store_all %r11, 0
	note_cr	%r11, CR
	b	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

/* Calls r3(r4); the registers of its caller lie where r5 points to. */
	.globl	poison_walk
	.type	poison_walk, %function
poison_walk:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 67
	mflr	%r0
	stw	%r0, 4(%r1)
	stwu	%r1, -16(%r1)
	stw	%r31, 8(%r1)
	mr	%r31, %r5
	.cfi_escape 0x0f, 3, 0x8f, 4, 6		/* r1 is the caller's frame */
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	lies_at 31, \n, \n * 4
	.endr
	.irp	n, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	lies_at 31, \n, \n * 4
	.endr
	lies_at 31, 65, 144			/* lr */
	lies_at 31, 67, 128			/* where it was trapped */
	mtctr	%r3
	mr	%r3, %r4
	bctrl
	lwz	%r31, 8(%r1)
	addi	%r1, %r1, 16
	lwz	%r0, 4(%r1)
	mtlr	%r0
	blr
	.cfi_endproc
	.size	poison_walk, . - poison_walk

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, SIZE
	.p2align 4
poison_seen:
	.zero	SIZE

	.section .note.GNU-stack, "", %progbits
