/* SPDX-License-Identifier: MIT */
/* RISC-V for the proof kit: journeys and the hook that poison.h declares. */
#if __riscv_xlen == 64
#define STORE sd
#define LOAD ld
#define WORD 8
#define FRAME 208
#else
#define STORE sw
#define LOAD lw
#define WORD 4
#define FRAME 160
#endif
#define FLOATS (12 * WORD)
#define SIZE (FLOATS + 96)		/* then ra, and the journey */
#define BEFORE 64
#define AFTER (BEFORE + SIZE)

/* Store or load all that a callee keeps, at base + offset. */
.macro all how, float, base, offset
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	\how	s\n, \offset + \n * WORD(\base)
	\float	fs\n, \offset + FLOATS + \n * 8(\base)
	.endr
.endm

.macro cfi_of_frame
	.cfi_def_cfa_offset FRAME
	.cfi_offset 8, -FRAME
	.cfi_offset 9, WORD - FRAME
	.cfi_offset 40, FLOATS - FRAME
	.cfi_offset 41, FLOATS + 8 - FRAME
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	.cfi_offset \n + 16, \n * WORD - FRAME
	.cfi_offset \n + 48, FLOATS + \n * 8 - FRAME
	.endr
	.cfi_offset 1, SIZE - FRAME
.endm

.macro JOURNEY name, flag
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	addi	sp, sp, -FRAME
	all	STORE, fsd, sp, 0
	STORE	ra, SIZE(sp)
	STORE	a0, SIZE + WORD(sp)
	cfi_of_frame
	mv	a4, a0
	STORE	sp, 40(a4)

	LOAD	t0, 48(a4)
	.irp	scratch, a5, a6, a7, t1, t2, t3, t4, t5, t6
	mv	\scratch, t0
	.endr
	all	LOAD, fld, a4, BEFORE
	LOAD	t0, 0(a4)
	LOAD	a0, 8(a4)
	LOAD	a1, 16(a4)
	LOAD	a2, 24(a4)
	LOAD	a3, 32(a4)
	li	a4, \flag
	jalr	t0

	LOAD	t0, SIZE + WORD(sp)
	all	STORE, fsd, t0, AFTER
	all	LOAD, fld, sp, 0
	LOAD	ra, SIZE(sp)
	addi	sp, sp, FRAME
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
	all	STORE, fsd, t0, 0
	tail	poison_hook_body
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
