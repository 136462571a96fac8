/* SPDX-License-Identifier: MIT */
/* MIPS, o32 for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 88)
#define FRAME 128

	.set	noreorder
	.option	pic0
#include "../../../arch/asm.h"

/* Store or load all that a callee keeps, at base + offset. */
.macro all how, float, base, offset
	\how	$16, 0 + \offset(\base)
	\how	$17, 4 + \offset(\base)
	\how	$18, 8 + \offset(\base)
	\how	$19, 12 + \offset(\base)
	\how	$20, 16 + \offset(\base)
	\how	$21, 20 + \offset(\base)
	\how	$22, 24 + \offset(\base)
	\how	$23, 28 + \offset(\base)
	\how	$30, 32 + \offset(\base)
	\float	$f20, 40 + \offset(\base)
	\float	$f22, 48 + \offset(\base)
	\float	$f24, 56 + \offset(\base)
	\float	$f26, 64 + \offset(\base)
	\float	$f28, 72 + \offset(\base)
	\float	$f30, 80 + \offset(\base)
.endm

/* The frame: 16 bytes of the callee, all that, return address, journey. */
.macro cfi_of_frame
	.cfi_def_cfa_offset FRAME
	.cfi_offset 16, -112
	.cfi_offset 17, -108
	.cfi_offset 18, -104
	.cfi_offset 19, -100
	.cfi_offset 20, -96
	.cfi_offset 21, -92
	.cfi_offset 22, -88
	.cfi_offset 23, -84
	.cfi_offset 30, -80
	.cfi_offset 52, -72
	.cfi_offset 54, -64
	.cfi_offset 56, -56
	.cfi_offset 58, -48
	.cfi_offset 60, -40
	.cfi_offset 62, -32
	.cfi_offset 31, -24
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	addiu	$sp, $sp, -FRAME
	all	sw, sdc1, $sp, 16
	sw	$31, 104($sp)
	sw	$4, 108($sp)
	cfi_of_frame
	sw	$sp, 40($4)

	sw	$0, BEFORE + 36($4)		/* between the kinds */
	all	lw, ldc1, $4, BEFORE
	lw	$12, 48($4)
	move	$13, $12
	move	$14, $12
	move	$15, $12
	move	$24, $12
	move	$2, $12
	move	$3, $12
	lw	$25, 0($4)
	lw	$5, 16($4)
	lw	$6, 24($4)
	lw	$7, 32($4)
	lw	$4, 8($4)
	jalr	$25
	li	$8, \flag

	lw	$4, 108($sp)
	all	sw, sdc1, $4, AFTER
	all	lw, ldc1, $sp, 16
	lw	$31, 104($sp)
	addiu	$sp, $sp, FRAME
	.cfi_def_cfa_offset 0
	jr	$31
	nop
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 0
JOURNEY poison_there, 1

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	la	$12, poison_seen
	all	sw, sdc1, $12, 0
	la	$25, poison_hook_body
	jr	$25
	nop
	.cfi_endproc
	.size	poison_hook, . - poison_hook

/* Calls $4($5); the registers of its caller lie where $6 points to. */
	.globl	poison_walk
	.type	poison_walk, %function
poison_walk:
	.cfi_startproc
	.cfi_signal_frame
	.cfi_return_column 66
	addiu	$sp, $sp, -48
	sw	$16, 32($sp)
	sw	$31, 40($sp)
	move	$16, $6
	.cfi_escape 0x0f, 4, 0x70 + 16, 0x80 | (116 & 127), 116 >> 7, 6
	.irp	n, 2, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, \
		23, 24, 25, 28, 30, 31
	lies_at 16, \n, \n*4
	.endr
	lies_at 16, 66, 32*4		/* where it was trapped */
	move	$25, $4
	jalr	$25
	move	$4, $5
	lw	$16, 32($sp)
	lw	$31, 40($sp)
	jr	$31
	addiu	$sp, $sp, 48
	.cfi_endproc

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 88
	.p2align 3
poison_seen:
	.zero	88

	.section .note.GNU-stack, "", %progbits
