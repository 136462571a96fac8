/* SPDX-License-Identifier: MIT */
/* AArch64 for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 152)

/* Store or load all that a callee keeps, except x29, at base + offset. */
.macro all_but_x29 how, base, integers, vectors
	\how	x19, x20, [\base, #\integers]
	\how	x21, x22, [\base, #\integers + 16]
	\how	x23, x24, [\base, #\integers + 32]
	\how	x25, x26, [\base, #\integers + 48]
	\how	x27, x28, [\base, #\integers + 64]
	\how	d8, d9, [\base, #\vectors]
	\how	d10, d11, [\base, #\vectors + 16]
	\how	d12, d13, [\base, #\vectors + 32]
	\how	d14, d15, [\base, #\vectors + 48]
.endm

/* The frame: x29, x30, x19 to x28, d8 to d15, the journey. */
.macro cfi_of_frame
	.cfi_def_cfa_offset 176
	.cfi_offset 29, -176
	.cfi_offset 30, -168
	.irp	number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
	.cfi_offset \number, (\number - 19) * 8 - 160
	.endr
	.irp	number, 72, 73, 74, 75, 76, 77, 78, 79
	.cfi_offset \number, (\number - 72) * 8 - 80
	.endr
.endm

.macro JOURNEY name, set_flags:vararg
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	hint	#34
	stp	x29, x30, [sp, #-176]!
	all_but_x29 stp, sp, 16, 96
	str	x0, [sp, #160]
	cfi_of_frame
	mov	x4, x0
	mov	x5, sp
	str	x5, [x4, #40]

	all_but_x29 ldp, x4, BEFORE, BEFORE + 88
	ldr	x29, [x4, #BEFORE + 80]
	ldr	x18, [x4, #48]
	.irp	scratch, x9, x10, x11, x12, x13, x14, x15, x16, x17
	mov	\scratch, x18
	.endr

	ldr	x8, [x4]
	ldp	x0, x1, [x4, #8]
	ldp	x2, x3, [x4, #24]
	\set_flags
	blr	x8

	ldr	x9, [sp, #160]
	str	x18, [x9, #56]
	all_but_x29 stp, x9, AFTER, AFTER + 88
	str	x29, [x9, #AFTER + 80]
	all_but_x29 ldp, sp, 16, 96
	ldp	x29, x30, [sp], #176
	.cfi_def_cfa_offset 0
	.cfi_restore 29
	.cfi_restore 30
	ret
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, cmp x4, x4
JOURNEY poison_there, cmp x4, xzr

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	hint	#34
	adrp	x9, poison_seen
	add	x9, x9, :lo12:poison_seen
	all_but_x29 stp, x9, 0, 88
	str	x29, [x9, #80]
	b	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 152
	.p2align 3
poison_seen:
	.zero	152

	.section .note.GNU-stack, "", %progbits
