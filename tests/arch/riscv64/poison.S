/* SPDX-License-Identifier: MIT */
/* RISC-V for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 192)

/* Store or load all that a callee keeps, at base + offset. */
.macro all how, base, offset
	\how	s0, \offset(\base)
	\how	s1, \offset + 8(\base)
	.set	at, \offset + 16
	.irp	register, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
	\how	\register, at(\base)
	.set	at, at + 8
	.endr
	.irp	register, fs0, fs1, fs2, fs3, fs4, fs5, fs6, fs7, fs8, fs9, \
		fs10, fs11
	f\how	\register, at(\base)
	.set	at, at + 8
	.endr
.endm

/* The frame: s0 to s11, fs0 to fs11, ra, the journey. */
.macro cfi_of_frame
	.cfi_def_cfa_offset 208
	.cfi_offset 8, -208
	.cfi_offset 9, -200
	.irp	number, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
	.cfi_offset \number, (\number - 18) * 8 - 192
	.endr
	.cfi_offset 40, -112
	.cfi_offset 41, -104
	.irp	number, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59
	.cfi_offset \number, (\number - 50) * 8 - 96
	.endr
	.cfi_offset 1, -16
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	addi	sp, sp, -208
	all	sd, sp, 0
	sd	ra, 192(sp)
	sd	a0, 200(sp)
	cfi_of_frame
	mv	a4, a0
	sd	sp, 40(a4)

	ld	t0, 48(a4)
	.irp	scratch, a5, a6, a7, t1, t2, t3, t4, t5, t6
	mv	\scratch, t0
	.endr
	all	ld, a4, BEFORE
	ld	t0, 0(a4)
	ld	a0, 8(a4)
	ld	a1, 16(a4)
	ld	a2, 24(a4)
	ld	a3, 32(a4)
	li	a4, \flag
	jalr	t0

	ld	t0, 200(sp)
	all	sd, t0, AFTER
	all	ld, sp, 0
	ld	ra, 192(sp)
	addi	sp, sp, 208
	.cfi_def_cfa_offset 0
	.cfi_restore 1
	ret
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 0
JOURNEY poison_there, 1

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	lla	t0, poison_seen
	all	sd, t0, 0
	tail	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 192
	.p2align 3
poison_seen:
	.zero	192

	.section .note.GNU-stack, "", %progbits
