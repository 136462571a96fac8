/* SPDX-License-Identifier: MIT */
/* ARM for the proof kit: journeys and the hook that poison.h declares. */
	.syntax unified
	.arm
	.cfi_sections .debug_frame

#define BEFORE 64
#ifdef __ARM_FP
#define SIZE 96
#else
#define SIZE 32
#endif
#define AFTER (BEFORE + SIZE)

/* Store or load all that a callee keeps, at base, which is changed. */
.macro all how, base
	\how	\base!, {r4-r11}
#ifdef __ARM_FP
	v\how	\base, {d8-d15}
#endif
.endm

/* The frame: 96 bytes for registers, r4 to r11 first; the journey, lr. */
.macro cfi_of_frame
	.cfi_def_cfa_offset 104
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11
	.cfi_offset \n, (\n - 4) * 4 - 104
#ifdef __ARM_FP
	.cfi_offset \n + 260, (\n - 4) * 8 + 32 - 104
#endif
	.endr
	.cfi_offset 14, -4
.endm

.macro JOURNEY name, set_flags:vararg
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	push	{r0, lr}
	sub	sp, sp, #96
	mov	r12, sp
	all	stmia, r12
	cfi_of_frame
	mov	r12, r0
	str	sp, [r12, #40]

	ldr	lr, [r12]
	add	r0, r12, #BEFORE
	all	ldmia, r0
	ldr	r0, [r12, #8]
	ldr	r1, [r12, #16]
	ldr	r2, [r12, #24]
	ldr	r3, [r12, #32]
	\set_flags
	mov	r12, lr
	blx	r12

	ldr	r12, [sp, #96]
	add	r12, r12, #AFTER
	all	stmia, r12
	mov	r12, sp
	all	ldmia, r12
	add	sp, sp, #96
	.cfi_def_cfa_offset 8
	pop	{r1, pc}
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, cmp r0, r0
JOURNEY poison_there, cmp sp, #0

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	ldr	r12, =poison_seen
	all	stmia, r12
	b	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook
	.ltorg

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, SIZE
	.p2align 3
poison_seen:
	.zero	SIZE

	.section .note.GNU-stack, "", %progbits
