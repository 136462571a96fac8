/* SPDX-License-Identifier: MIT */
/* PowerPC for the proof kit: journeys and the hook that poison.h declares. */
#include "../../../arch/ppc64/abi.h"
#include "../../../arch/asm.h"

#ifdef __ALTIVEC__
#define SIZE 496
#else
#define SIZE 304
#endif
#define BEFORE 64
#define AFTER (BEFORE + SIZE)
#define CR 288
#define R2 296
#define VECTORS 304
#define FRAME (HEADER + 512)		/* all of that, and the journey */

/* At base + offset: r14 to r31, f14 to f31, v20 to v31. */
.macro store_all base, offset
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	std	%r\n, \offset + (\n - 14) * 8(\base)
	stfd	%f\n, \offset + 144 + (\n - 14) * 8(\base)
	.endr
#ifdef __ALTIVEC__
	.irp	n, 20,21,22,23,24,25,26,27,28,29,30,31
	li	%r0, \offset + VECTORS + (\n - 20) * 16
	stvx	%v\n, \base, %r0
	.endr
#endif
.endm

.macro load_all base, offset
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	%r\n, \offset + (\n - 14) * 8(\base)
	lfd	%f\n, \offset + 144 + (\n - 14) * 8(\base)
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
	std	%r10, \offset(\base)
.endm

.macro cfi_of_frame
	.cfi_def_cfa_offset FRAME
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	.cfi_offset \n, HEADER - FRAME + (\n - 14) * 8
	.cfi_offset (\n + 32), HEADER - FRAME + 144 + (\n - 14) * 8
	.endr
	.cfi_offset lr, 16
.endm

.macro JOURNEY_BODY flag
	.cfi_startproc
	mflr	%r0
	std	%r0, 16(%r1)
	mfcr	%r0
	std	%r0, 8(%r1)
	stdu	%r1, -FRAME(%r1)
	store_all %r1, HEADER
	std	%r2, TOC_SLOT(%r1)
	std	%r3, HEADER + SIZE(%r1)
	cfi_of_frame
	std	%r1, 40(%r3)

	load_all %r3, BEFORE
	ld	%r0, BEFORE + CR(%r3)
	rlwinm	%r0, %r0, 0, 8, 19
	std	%r0, BEFORE + CR(%r3)
	mtcrf	0x38, %r0
	ld	%r12, 0(%r3)
#if _CALL_ELF != 2
	ld	%r12, 0(%r12)
#endif
	mtctr	%r12
	ld	%r2, BEFORE + R2(%r3)
	lfd	%f0, 48(%r3)
	ld	%r7, 48(%r3)
	mr	%r8, %r7
	mr	%r9, %r7
	mr	%r10, %r7
	mr	%r11, %r7
	ld	%r4, 16(%r3)
	ld	%r5, 24(%r3)
	ld	%r6, 32(%r3)
	ld	%r3, 8(%r3)
	li	%r0, \flag
	cmpdi	%r0, 0
	bctrl

	ld	%r11, HEADER + SIZE(%r1)
	store_all %r11, AFTER
	note_cr	%r11, AFTER + CR
	std	%r2, AFTER + R2(%r11)
	ld	%r2, TOC_SLOT(%r1)
	load_all %r1, HEADER
	addi	%r1, %r1, FRAME
	.cfi_def_cfa_offset 0
	ld	%r0, 8(%r1)
	mtcrf	0x38, %r0
	ld	%r0, 16(%r1)
	mtlr	%r0
	blr
	.cfi_endproc
.endm

LABEL(poison_here)
	JOURNEY_BODY 0
LABEL(poison_there)
	JOURNEY_BODY 1

/* Entered with a TOC of somebody's: it has to make its own. */
LABEL(poison_hook)
	.cfi_startproc
#if _CALL_ELF == 2
	addis	%r2, %r12, .TOC. - poison_hook@ha
	addi	%r2, %r2, .TOC. - poison_hook@l
#endif
	addis	%r11, %r2, poison_seen@toc@ha
	addi	%r11, %r11, poison_seen@toc@l
	store_all %r11, 0
	note_cr	%r11, CR
	ld	%r0, TOC_SLOT(%r1)
	std	%r0, R2(%r11)
	b	poison_hook_body
	.cfi_endproc

/* Calls r3(r4); the registers of its caller lie where r5 points to. */
LABEL(poison_walk)
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 67
	mflr	%r0
	std	%r0, 16(%r1)
	std	%r31, -8(%r1)
	stdu	%r1, -(HEADER + 16)(%r1)
	mr	%r31, %r5
	.cfi_escape 0x0f, 3, 0x8f, 8, 6		/* r1 is the caller's frame */
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	lies_at 31, \n, \n * 8
	lies_at 31, (\n + 32), (384 + \n * 8)
	.endr
	.irp	n, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	lies_at 31, \n, \n * 8
	.endr
	lies_at 31, 65, 288			/* lr */
	lies_at 31, 67, 256			/* where it was trapped */
	mr	%r12, %r3
#if _CALL_ELF != 2
	ld	%r12, 0(%r3)
#endif
	mtctr	%r12
	mr	%r3, %r4
	bctrl
	addi	%r1, %r1, HEADER + 16
	ld	%r31, -8(%r1)
	ld	%r0, 16(%r1)
	mtlr	%r0
	blr
	.cfi_endproc

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, SIZE
	.p2align 4
poison_seen:
	.zero	SIZE

	.section .note.GNU-stack, "", %progbits
