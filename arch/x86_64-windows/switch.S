/* SPDX-License-Identifier: MIT */
/*
 * x86-64, Windows (Microsoft's "x64 calling convention"; for the unwind data
 * "x64 exception handling").
 *
 * rcx  to: whose state comes back		r10 the caller's return address
 * rdx  the value, for rax			r11 to's sp
 * r8   from: where the caller's state goes	r9  to's ip, or the hook
 * rax  control words, and what cannot go from memory to memory
 *
 * The thread's environment block says where the running stack lies, for those
 * who handle exceptions and overflows. So that goes along.
 *
 * Unwind data says how a frame is undone, for a piece of code as a whole. Up to
 * ARRIVE the frame is the caller's, and nothing is to be undone. From there on
 * it is the target's, whose context at rcx is a machine frame with registers
 * behind it: they are found there, loaded or not.
 */
#define FIND mov 24(%rcx), %r11			/* the longest chains */
#define AIM mov (%rcx), %r9			/* begin with these loads */
#define SAVE_FP stmxcsr 108(%r8); fnstcw 112(%r8)	/* slow stores */
#define FUNCTION(name) .text; .p2align 6; .globl name; \
	.def name; .scl 2; .type 32; .endef; name: .seh_proc name
#define END(name) .seh_endproc
#define BRANCH_TARGET .seh_endprologue		/* where the piece begins */
#include "../asm.h"

/* What a callee keeps: register, offset in the context. */
.macro REGISTERS how
	\how	%rbx, 8
	\how	%rbp, 16
	\how	%rdi, 32
	\how	%rsi, 40
	\how	%r12, 48
	\how	%r13, 56
	\how	%r14, 64
	\how	%r15, 72
	\how\()_bound 0, %rax, 120		/* ExceptionList */
	\how\()_bound 0x8, %rax, 80		/* StackBase */
	\how\()_bound 0x10, %rax, 88		/* StackLimit */
	\how\()_bound 0x1478, %rax, 96		/* DeallocationStack */
	\how\()_bound 0x1748, %eax, 104		/* GuaranteedStackBytes */
	\how\()_vector %xmm6, 128
	\how\()_vector %xmm7, 144
	\how\()_vector %xmm8, 160
	\how\()_vector %xmm9, 176
	\how\()_vector %xmm10, 192
	\how\()_vector %xmm11, 208
	\how\()_vector %xmm12, 224
	\how\()_vector %xmm13, 240
	\how\()_vector %xmm14, 256
	\how\()_vector %xmm15, 272
.endm

.macro PIECE name
	.seh_endproc
	.seh_proc \name
.endm

.macro save register, offset
	mov	\register, \offset(%r8)
.endm
.macro save_vector register, offset
	movaps	\register, \offset(%r8)
.endm
.macro save_bound field, register, offset
	mov	%gs:\field, \register
	mov	\register, \offset(%r8)
.endm

.macro in_context register, offset
	.seh_savereg \register, \offset
.endm
.macro in_context_vector register, offset
	.seh_savexmm \register, \offset
.endm
.macro in_context_bound field, register, offset
.endm

.macro reload register, offset
	mov	\offset(%rcx), \register
.endm
.macro reload_vector register, offset
	movaps	\offset(%rcx), \register
.endm
.macro reload_bound field, register, offset
	mov	\offset(%rcx), \register
	mov	\register, %gs:\field
.endm

.macro LEAVE
	BRANCH_TARGET
	mov	(%rsp), %r10			/* what a ret would take */
	lea	8(%rsp), %rax			/* and what it would leave */
	mov	%r10, (%r8)
	mov	%rax, 24(%r8)
.endm

.macro COMPARE_FP
	mov	108(%r8), %eax
	xor	108(%rcx), %eax
	test	$0xffc0, %eax			/* not the sticky flags: */
	jne	2f				/* they differ all the time */
	movzwl	112(%r8), %eax
	cmp	112(%rcx), %ax
	jne	2f
1:
.endm

.macro RELOAD_FP				/* slower */
	PIECE	cress_arch_reload_fp
	.seh_endprologue			/* again the caller's */
2:	ldmxcsr	108(%rcx)
	fldcw	112(%rcx)
	jmp	1b
.endm

.macro ARRIVE
	PIECE	cress_arch_arrive
	.seh_pushframe				/* to be read upwards */
	.seh_setframe %rcx, 0
	REGISTERS in_context
	.seh_endprologue
	REGISTERS reload
.endm

.macro RETURN
	ARRIVE
	lea	-8(%r11), %rsp
	mov	%rdx, %rax
	ret					/* to the start, often */
.endm

.macro RESUME
	cmp	%r10, %r9
	jne	3f
	RETURN					/* foreseen: same call site */
3:	ARRIVE
	mov	%r11, %rsp			/* a ret would be foreseen */
	mov	%rdx, %rax			/* wrongly */
	jmp	*%r9
.endm

.macro CALL_HOOK
	ARRIVE
	lea	-8(%r11), %rsp			/* to's return address is on */
	mov	%rdx, %rcx			/* its stack, so the hook */
	PIECE	cress_arch_call_hook		/* returns there by itself */
	.seh_endprologue			/* as if it had called it */
	jmp	*%r9
.endm

	SWITCHES

/*
 * The first frame of every stack. It was called by 0, so unwinding ends. It is
 * also where an exception comes that nobody handles.
 */
FUNCTION(cress_arch_entry)
	.seh_stackalloc 32
	.seh_endprologue
	mov	%rax, %rcx			/* the first switch's value */
	lea	1f(%rip), %rdx
	push	%rdx
	PIECE	cress_arch_enter
	.seh_endprologue			/* as if it had called main */
	jmp	*%rbx				/* main(value): a call would */
	PIECE	cress_arch_return		/* leave a return foreseen */
	.seh_handler cress_arch_unhandled, @except
	.seh_stackalloc 32
	.seh_endprologue
1:	ud2
END(cress_arch_entry)

/*
 * As the first frame of a thread does: ask the process's filter, which may let
 * the thrower go on (C++'s does, to terminate), or find no handler either. The
 * arguments are the exception in rcx and, in r8, where it was raised.
 */
FUNCTION(cress_arch_unhandled)
	sub	$56, %rsp
	.seh_stackalloc 56
	.seh_endprologue
	mov	$1, %eax			/* search on, in vain */
	testl	$0x66, 4(%rcx)			/* frames are being left */
	jne	1f
	mov	%rcx, 32(%rsp)
	mov	%r8, 40(%rsp)
	lea	32(%rsp), %rcx
	call	*__imp_UnhandledExceptionFilter(%rip)
	cmp	$-1, %eax
	setne	%al
	movzbl	%al, %eax			/* 0: go on, as it says */
1:	add	$56, %rsp
	ret
END(cress_arch_unhandled)
