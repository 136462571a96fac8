/* SPDX-License-Identifier: MIT */
/* x86-64 for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 48)

.macro keep register
	push	%\register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \register, 0
.endm

.macro give_back register
	pop	%\register
	.cfi_adjust_cfa_offset -8
	.cfi_restore \register
.endm

/* Note all that a callee keeps, at base + offset. */
.macro NOTE offset, base
	mov	%rbx, \offset + 0(%\base)
	mov	%rbp, \offset + 8(%\base)
	mov	%r12, \offset + 16(%\base)
	mov	%r13, \offset + 24(%\base)
	mov	%r14, \offset + 32(%\base)
	mov	%r15, \offset + 40(%\base)
.endm

.macro JOURNEY name, set_flags:vararg
	.text
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	keep	rbp
	keep	rbx
	keep	r12
	keep	r13
	keep	r14
	keep	r15
	push	%rdi
	.cfi_adjust_cfa_offset 8
	mov	%rsp, 40(%rdi)
	mov	%rdi, %rax

	mov	BEFORE + 0(%rax), %rbx
	mov	BEFORE + 8(%rax), %rbp
	mov	BEFORE + 16(%rax), %r12
	mov	BEFORE + 24(%rax), %r13
	mov	BEFORE + 32(%rax), %r14
	mov	BEFORE + 40(%rax), %r15
	mov	48(%rax), %r8
	mov	%r8, %r9
	mov	%r8, %r10
	mov	%r8, %r11

	mov	8(%rax), %rdi
	mov	16(%rax), %rsi
	mov	24(%rax), %rdx
	mov	32(%rax), %rcx
	\set_flags
	call	*(%rax)

	mov	(%rsp), %rcx
	NOTE	AFTER, rcx
	pushf
	.cfi_adjust_cfa_offset 8
	pop	56(%rcx)
	.cfi_adjust_cfa_offset -8
	cld
	pop	%rdi
	.cfi_adjust_cfa_offset -8
	give_back r15
	give_back r14
	give_back r13
	give_back r12
	give_back rbx
	give_back rbp
	ret
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, cmp %rax, %rax
JOURNEY poison_there, test %rax, %rax

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	lea	poison_seen(%rip), %rax
	NOTE	0, rax
	jmp	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 48
	.p2align 3
poison_seen:
	.zero	48

	.section .note.GNU-stack, "", %progbits
