/* SPDX-License-Identifier: MIT */
/* LoongArch for the proof kit: journeys and the hook that poison.h declares. */
#define SIZE 144			/* fp, s0 to s8, fs0 to fs7 */
#define BEFORE 64
#define AFTER (BEFORE + SIZE)
#define FRAME 160			/* all that, ra, the journey */

/* Store or load all that a callee keeps, at base + offset. */
.macro all how, float, base, offset
	.irp	n, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\how	$r\n, \base, \offset + (\n - 22) * 8
	.endr
	.irp	n, 24, 25, 26, 27, 28, 29, 30, 31
	\float	$f\n, \base, \offset + 80 + (\n - 24) * 8
	.endr
.endm

.macro cfi_of_frame
	.cfi_def_cfa_offset FRAME
	.irp	n, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.cfi_offset \n, (\n - 22) * 8 - FRAME
	.endr
	.irp	n, 24, 25, 26, 27, 28, 29, 30, 31
	.cfi_offset \n + 32, 80 + (\n - 24) * 8 - FRAME
	.endr
	.cfi_offset 1, SIZE - FRAME
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	addi.d	$sp, $sp, -FRAME
	all	st.d, fst.d, $sp, 0
	st.d	$ra, $sp, SIZE
	st.d	$a0, $sp, SIZE + 8
	cfi_of_frame
	move	$a4, $a0
	st.d	$sp, $a4, 40

	ld.d	$t0, $a4, 48
	.irp	scratch, $a5, $a6, $a7, $t1, $t2, $t3, $t4, $t5, $t6, $t7, $t8
	move	\scratch, $t0
	.endr
	all	ld.d, fld.d, $a4, BEFORE
	ld.d	$t0, $a4, 0
	ld.d	$a0, $a4, 8
	ld.d	$a1, $a4, 16
	ld.d	$a2, $a4, 24
	ld.d	$a3, $a4, 32
	li.w	$a4, \flag
	jirl	$ra, $t0, 0

	ld.d	$t0, $sp, SIZE + 8
	all	st.d, fst.d, $t0, AFTER
	all	ld.d, fld.d, $sp, 0
	ld.d	$ra, $sp, SIZE
	addi.d	$sp, $sp, FRAME
	.cfi_def_cfa_offset 0
	.cfi_restore 1
	jr	$ra
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 0
JOURNEY poison_there, 1

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	la.local $t0, poison_seen
	all	st.d, fst.d, $t0, 0
	b	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, SIZE
	.p2align 3
poison_seen:
	.zero	SIZE

	.section .note.GNU-stack, "", %progbits
