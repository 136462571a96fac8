/* SPDX-License-Identifier: MIT */
/* i386 for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 16)

.macro keep register
	push	%\register
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset \register, 0
.endm

.macro give_back register
	pop	%\register
	.cfi_adjust_cfa_offset -4
	.cfi_restore \register
.endm

/* Note all that a callee keeps, at base + offset. */
.macro NOTE offset, base
	mov	%ebx, \offset + 0(%\base)
	mov	%ebp, \offset + 4(%\base)
	mov	%esi, \offset + 8(%\base)
	mov	%edi, \offset + 12(%\base)
.endm

/* The four arguments lie at esp, the journey is our own argument. */
.macro JOURNEY name, set_flags:vararg
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	keep	ebp
	keep	ebx
	keep	esi
	keep	edi
	sub	$28, %esp
	.cfi_adjust_cfa_offset 28
	mov	48(%esp), %eax
	mov	%esp, 40(%eax)

	.irp	offset, 0, 4, 8, 12
	mov	8 + 2 * \offset(%eax), %ecx
	mov	%ecx, \offset(%esp)
	.endr
	mov	BEFORE + 0(%eax), %ebx
	mov	BEFORE + 4(%eax), %ebp
	mov	BEFORE + 8(%eax), %esi
	mov	BEFORE + 12(%eax), %edi
	mov	48(%eax), %ecx
	mov	%ecx, %edx
	\set_flags
	call	*(%eax)

	mov	48(%esp), %ecx
	NOTE	AFTER, ecx
	pushf
	.cfi_adjust_cfa_offset 4
	pop	56(%ecx)
	.cfi_adjust_cfa_offset -4
	cld
	add	$28, %esp
	.cfi_adjust_cfa_offset -28
	give_back edi
	give_back esi
	give_back ebx
	give_back ebp
	ret
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, cmp %eax, %eax
JOURNEY poison_there, test %eax, %eax

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	lea	poison_seen, %eax
	NOTE	0, eax
	jmp	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 16
	.p2align 3
poison_seen:
	.zero	16

	.section .note.GNU-stack, "", %progbits
