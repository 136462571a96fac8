/* SPDX-License-Identifier: MIT */
/*
 * x86-64 on Windows for the proof kit: journeys and the hook that poison.h
 * declares. While the stack's bounds are poisoned no exception may be raised.
 */
#define WORDS 33
#define BEFORE 64
#define AFTER (BEFORE + 8 * WORDS)

/* A frame: arguments of callees, vectors, bounds, and the journey. */
#define VECTORS_AT 32
#define BOUNDS_AT (VECTORS_AT + 160)
#define JOURNEY_AT (BOUNDS_AT + 40)
#define FRAME (JOURNEY_AT + 8 + 8)

/* What a callee keeps: register, and where it is in an array of words. */
.macro INTEGERS how, base, offset
	\how	rbx, \base, \offset + 0
	\how	rbp, \base, \offset + 8
	\how	rdi, \base, \offset + 16
	\how	rsi, \base, \offset + 24
	\how	r12, \base, \offset + 32
	\how	r13, \base, \offset + 40
	\how	r14, \base, \offset + 48
	\how	r15, \base, \offset + 56
.endm

.macro VECTORS how, base, offset
	\how	xmm6, \base, \offset + 0
	\how	xmm7, \base, \offset + 16
	\how	xmm8, \base, \offset + 32
	\how	xmm9, \base, \offset + 48
	\how	xmm10, \base, \offset + 64
	\how	xmm11, \base, \offset + 80
	\how	xmm12, \base, \offset + 96
	\how	xmm13, \base, \offset + 112
	\how	xmm14, \base, \offset + 128
	\how	xmm15, \base, \offset + 144
.endm

.macro BOUNDS how, base, offset
	\how	0x8, rax, \base, \offset + 0
	\how	0x10, rax, \base, \offset + 8
	\how	0x1478, rax, \base, \offset + 16
	\how	0x1748, eax, \base, \offset + 24
	\how	0, rax, \base, \offset + 32
.endm

.macro put register, base, offset
	mov	%\register, \offset(%\base)
.endm

.macro take register, base, offset
	mov	\offset(%\base), %\register
.endm

.macro put_vector register, base, offset
	movups	%\register, \offset(%\base)
.endm

.macro take_vector register, base, offset
	movups	\offset(%\base), %\register
.endm

.macro described register, base, offset
	.seh_savexmm %\register, \offset
.endm

/* All 64 bits are written, where only 32 are read. */
.macro put_bound field, register, base, offset
	mov	%gs:\field, %\register
	mov	%rax, \offset(%\base)
.endm

.macro take_bound field, register, base, offset
	mov	\offset(%\base), %\register
	mov	%\register, %gs:\field
.endm

/* Note all that a callee keeps, at base + offset. */
.macro NOTE offset, base
	INTEGERS put, \base, \offset
	VECTORS	put_vector, \base, \offset + 64
	BOUNDS	put_bound, \base, \offset + 224
.endm

.macro keep register
	push	%\register
	.seh_pushreg %\register
.endm

.macro JOURNEY name, set_flags:vararg
	.text
	.globl	\name
	.def	\name; .scl 2; .type 32; .endef
\name:
	.seh_proc \name
	keep	rbp
	keep	rbx
	keep	rdi
	keep	rsi
	keep	r12
	keep	r13
	keep	r14
	keep	r15
	sub	$FRAME, %rsp
	.seh_stackalloc FRAME
	VECTORS	put_vector, rsp, VECTORS_AT
	VECTORS	described, rsp, VECTORS_AT
	.seh_endprologue
	BOUNDS	put_bound, rsp, BOUNDS_AT
	mov	%rcx, JOURNEY_AT(%rsp)
	mov	%rsp, 40(%rcx)
	movl	$0, BEFORE + 8 * 31 + 4(%rcx)	/* of 32 bits */

	mov	%rcx, %r11
	INTEGERS take, r11, BEFORE
	VECTORS	take_vector, r11, BEFORE + 64
	BOUNDS	take_bound, r11, BEFORE + 224
	movq	48(%r11), %xmm0
	movaps	%xmm0, %xmm5

	mov	8(%r11), %rcx
	mov	16(%r11), %rdx
	mov	24(%r11), %r8
	mov	32(%r11), %r9
	mov	48(%r11), %r10
	mov	%r10, %rax
	\set_flags
	call	*(%r11)

	mov	JOURNEY_AT(%rsp), %rcx
	mov	%rax, %rdx
	NOTE	AFTER, rcx
	pushf
	pop	56(%rcx)
	cld
	BOUNDS	take_bound, rsp, BOUNDS_AT
	mov	%rdx, %rax
	VECTORS	take_vector, rsp, VECTORS_AT
	add	$FRAME, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rsi
	pop	%rdi
	pop	%rbx
	pop	%rbp
	ret
	.seh_endproc
.endm

JOURNEY poison_here, cmp %rax, %rax
JOURNEY poison_there, test %rsp, %rsp

	.globl	poison_hook
	.def	poison_hook; .scl 2; .type 32; .endef
poison_hook:
	lea	poison_seen(%rip), %rdx
	NOTE	0, rdx
	jmp	poison_hook_body

	.bss
	.globl	poison_seen
	.p2align 4
poison_seen:
	.zero	8 * WORDS
