/* SPDX-License-Identifier: MIT */
/*
 * x86-64, System V ABI (AMD64 psABI 1.0, 3.2.1 "Registers" and 3.2.2).
 *
 * rdi  to: whose state comes back		r8  to's sp
 * rsi  the value, for rax			r9  the caller's return address
 * rdx  from: where the caller's state goes	r10 to's ip
 * rcx  the hook, in cress_arch_switch_on	eax control words
 *
 * From the load of rsp on, the frame is the target's, whose registers lie in
 * its context until each is loaded. The CFI says so.
 */
#define BRANCH_TARGET .if IF_GUARDED(1, 0); endbr64; .endif
#define FIND mov 0(%rdi), %r8			/* the longest chains */
#define AIM mov 8(%rdi), %r10			/* begin with these loads */
#define SAVE_FP stmxcsr 64(%rdx); fnstcw 68(%rdx)	/* slow stores */
#define RELOAD_FP 2: ldmxcsr 64(%rdi); fldcw 68(%rdi); jmp 1b	/* slower */
#define RETURN RESTORE; mov %rsi, %rax; ret	/* to the start, often */
#include "../asm.h"
#include "shadow_stack.S"

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	\how	%rbx, 3, 16
	\how	%rbp, 6, 24
	\how	%r12, 12, 32
	\how	%r13, 13, 40
	\how	%r14, 14, 48
	\how	%r15, 15, 56
.endm

.macro save register, number, offset
	mov	\register, \offset(%rdx)
.endm

.macro in_context register, number, offset	/* an expression of DWARF: */
	.cfi_escape 0x10, \number, 2, 0x75, \offset	/* at rdi + offset */
.endm

.macro reload register, number, offset
	mov	\offset(%rdi), \register
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	BRANCH_TARGET
	mov	(%rsp), %r9			/* what a ret would take */
	mov	%rsp, 0(%rdx)
	mov	%r9, 8(%rdx)
.endm

.macro COMPARE_FP
	mov	64(%rdx), %eax
	xor	64(%rdi), %eax
	test	$(0xffc0), %eax			/* not the sticky flags: */
	jne	2f				/* they differ all the time */
	movzwl	68(%rdx), %eax
	cmp	68(%rdi), %ax
	jne	2f
1:
.endm

.macro RESTORE
	mov	%r8, %rsp			/* the target's frame: */
	REGISTERS in_context			/* all of it is in memory */
	REGISTERS reload			/* until it is loaded */
.endm

.macro RESUME
	cmp	%r9, %r10
	jne	3f
	RETURN					/* foreseen: same call site */
3:	RESTORE
	mov	%rsi, %rax			/* a ret would be foreseen */
	add	$(8), %rsp			/* wrongly */
	.cfi_def_cfa_offset 0			/* as if returned to r10 */
	.cfi_register rip, r10
	IF_GUARDED(notrack jmp, jmp) *%r10	/* it is no branch target */
	.cfi_def_cfa_offset 8			/* what follows is called; */
	.cfi_offset rip, -8			/* restore means unsaved */
.endm

.macro CALL_HOOK
	SHADOW
	RESTORE					/* to's return address is on */
	mov	%rsi, %rdi			/* its stack, so the hook */
	jmp	*%rcx				/* returns there by itself */
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined rip
	call	2f				/* stacks begin behind it: */
	endbr64					/* unwinders look before that */
	mov	%rax, %rdi			/* the first switch's value */
	lea	1f(%rip), %rcx
	push	%rcx
	jmp	*%rbx				/* main(value): a call would */
1:	ud2					/* leave a return foreseen */
2:	BEGIN_SHADOW
END(cress_arch_entry)

	SHADOW_INIT

NO_EXECUTABLE_STACK
BRANCH_PROPERTY(0xc0000002, __CET__)		/* 1: ibt, 2: shstk */
