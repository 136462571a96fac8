/* SPDX-License-Identifier: MIT */
/* MIPS, n64 for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 144)
#define FRAME 192

	.set	noreorder
	.option	pic0
#include "../../../arch/asm.h"

/* Store or load all that a callee keeps, at base + offset. */
.macro all how, float, base, offset
	\how	$16, 0 + \offset(\base)
	\how	$17, 8 + \offset(\base)
	\how	$18, 16 + \offset(\base)
	\how	$19, 24 + \offset(\base)
	\how	$20, 32 + \offset(\base)
	\how	$21, 40 + \offset(\base)
	\how	$22, 48 + \offset(\base)
	\how	$23, 56 + \offset(\base)
	\how	$28, 64 + \offset(\base)
	\how	$30, 72 + \offset(\base)
	\float	$f24, 80 + \offset(\base)
	\float	$f25, 88 + \offset(\base)
	\float	$f26, 96 + \offset(\base)
	\float	$f27, 104 + \offset(\base)
	\float	$f28, 112 + \offset(\base)
	\float	$f29, 120 + \offset(\base)
	\float	$f30, 128 + \offset(\base)
	\float	$f31, 136 + \offset(\base)
.endm

/* The frame: 16 bytes of the callee, all that, return address, journey. */
.macro cfi_of_frame
	.cfi_def_cfa_offset FRAME
	.cfi_offset 16, -176
	.cfi_offset 17, -168
	.cfi_offset 18, -160
	.cfi_offset 19, -152
	.cfi_offset 20, -144
	.cfi_offset 21, -136
	.cfi_offset 22, -128
	.cfi_offset 23, -120
	.cfi_offset 28, -112
	.cfi_offset 30, -104
	.cfi_offset 56, -96
	.cfi_offset 57, -88
	.cfi_offset 58, -80
	.cfi_offset 59, -72
	.cfi_offset 60, -64
	.cfi_offset 61, -56
	.cfi_offset 62, -48
	.cfi_offset 63, -40
	.cfi_offset 31, -32
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	daddiu	$sp, $sp, -FRAME
	all	sd, sdc1, $sp, 16
	sd	$31, 160($sp)
	sd	$4, 168($sp)
	cfi_of_frame
	sd	$sp, 40($4)

	all	ld, ldc1, $4, BEFORE
	ld	$12, 48($4)
	move	$13, $12
	move	$14, $12
	move	$15, $12
	move	$24, $12
	move	$2, $12
	move	$3, $12
	ld	$25, 0($4)
	ld	$5, 16($4)
	ld	$6, 24($4)
	ld	$7, 32($4)
	ld	$4, 8($4)
	jalr	$25
	li	$8, \flag

	ld	$4, 168($sp)
	all	sd, sdc1, $4, AFTER
	all	ld, ldc1, $sp, 16
	ld	$31, 160($sp)
	daddiu	$sp, $sp, FRAME
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
	dla	$12, poison_seen
	all	sd, sdc1, $12, 0
	dla	$25, poison_hook_body
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
	daddiu	$sp, $sp, -48
	sd	$16, 32($sp)
	sd	$31, 40($sp)
	move	$16, $6
	.cfi_escape 0x0f, 4, 0x70 + 16, 0x80 | (232 & 127), 232 >> 7, 6
	.irp	n, 2, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, \
		23, 24, 25, 28, 30, 31
	lies_at 16, \n, \n*8
	.endr
	lies_at 16, 66, 32*8		/* where it was trapped */
	.irp	n, 24, 25, 26, 27, 28, 29, 30, 31
	lies_at 16, \n+32, (\n+16)*8
	.endr
	move	$25, $4
	jalr	$25
	move	$4, $5
	ld	$16, 32($sp)
	ld	$31, 40($sp)
	jr	$31
	daddiu	$sp, $sp, 48
	.cfi_endproc

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 144
	.p2align 3
poison_seen:
	.zero	144

	.section .note.GNU-stack, "", %progbits
