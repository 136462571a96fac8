/* SPDX-License-Identifier: MIT */
/*
 * x86-64, System V ABI (AMD64 psABI 1.0, 3.2.1 "Registers" and 3.2.2).
 *
 * rdi  from: where the caller's state goes	r8  to's sp
 * rsi  to: whose state comes back		r9  the caller's return address
 * rdx  the value, for rax			r10 to's ip
 * rcx  the hook, in cress_arch_switch_on
 *
 * A target that was suspended at the same call site goes on by ret, which the
 * return predictor foresees; any other by a jump, because a ret would be
 * predicted wrongly. From the load of rsp on, the frame is the target's, whose
 * registers lie in its context until each is loaded; the CFI says so.
 */
#include "../asm.h"

/* .cfi: the register is saved at rsi + offset (DW_OP_breg4). */
.macro in_context number, offset
	.cfi_escape 0x10, \number, 2, 0x74, \offset
.endm

.macro BEGIN				/* the longest chains */
	mov	(%rsp), %r9
	mov	%rsp, 0(%rdi)
	mov	%r9, 8(%rdi)
	mov	0(%rsi), %r8
.endm

.macro SAVE
	mov	%rbx, 16(%rdi)
	mov	%rbp, 24(%rdi)
	mov	%r12, 32(%rdi)
	mov	%r13, 40(%rdi)
	mov	%r14, 48(%rdi)
	mov	%r15, 56(%rdi)
.endm

.macro SAVE_FP				/* the slowest stores */
	stmxcsr	64(%rdi)
	fnstcw	68(%rdi)
.endm

/* Only control bits count: comparing sticky flags costs twenty switches. */
.macro COMPARE_FP
	mov	64(%rdi), %eax
	xor	64(%rsi), %eax
	test	$0xffc0, %eax
	jne	2f
	movzwl	68(%rdi), %eax
	cmp	68(%rsi), %ax
	jne	2f
1:
.endm

.macro reload register, offset
	mov	\offset(%rsi), %\register
	.cfi_restore \register
.endm

.macro RESTORE
	mov	%r8, %rsp
	in_context 3, 16
	in_context 6, 24
	in_context 12, 32
	in_context 13, 40
	in_context 14, 48
	in_context 15, 56
	reload	rbx, 16
	reload	rbp, 24
	reload	r12, 32
	reload	r13, 40
	reload	r14, 48
	reload	r15, 56
.endm

.macro RESUME
	cmp	%r9, %r10
	jne	3f
	RESTORE
	mov	%rdx, %rax
	ret
3:	RESTORE
	mov	%rdx, %rax
	add	$8, %rsp
	.cfi_def_cfa_offset 0
	.cfi_register rip, r10
	jmp	*%r10
	.cfi_def_cfa_offset 8
	.cfi_offset rip, -8	/* restore would mean unsaved */
.endm

.macro RELOAD_FP			/* outlined: they seldom differ */
2:	ldmxcsr	64(%rsi)
	fldcw	68(%rsi)
	jmp	1b
.endm

FUNCTION(cress_arch_switch)
	BEGIN
	mov	8(%rsi), %r10
	SAVE_FP
	SAVE
	COMPARE_FP
	RESUME
	RELOAD_FP
END(cress_arch_switch)

FUNCTION(cress_arch_switch_shared)
	BEGIN
	mov	8(%rsi), %r10
	SAVE
	RESUME
END(cress_arch_switch_shared)

FUNCTION(cress_arch_switch_on)		/* as if the target called it */
	BEGIN
	SAVE_FP
	SAVE
	COMPARE_FP
	RESTORE
	mov	%rdx, %rdi
	jmp	*%rcx
	RELOAD_FP
END(cress_arch_switch_on)

FUNCTION(cress_arch_switch_last)	/* nothing of the caller's is kept */
	mov	0(%rsi), %r8
	SAVE_FP
	COMPARE_FP
	RESTORE
	mov	%rdx, %rax
	ret				/* to the call that started it, often */
	RELOAD_FP
END(cress_arch_switch_last)

/*
 * The first frame of every stack: it has no caller, so unwinding ends. Stacks
 * begin after the nop: unwinders look up the byte before a return address. A
 * call of main would be one more return that the predictor expects at its end.
 */
FUNCTION(cress_arch_entry)
	.cfi_undefined rip
	nop
	mov	%rax, %rdi
	lea	1f(%rip), %rcx
	push	%rcx
	jmp	*%rbx
1:	ud2
END(cress_arch_entry)

NO_EXECUTABLE_STACK
