/* SPDX-License-Identifier: MIT */
/*
 * i386, System V ABI (i386 psABI 1.1, 2.2.1 "Registers" and 2.2.2), with SSE.
 * The arguments are on the stack, and belong to the callee.
 *
 * 4(%esp)   to: whose state comes back		eax  to
 * 8(%esp)   the value				edx  from; later the value
 * 12(%esp)  from				ecx  from; later to's ip,
 * 16(%esp)  the hook				     or the hook
 *
 * From the load of esp on, the frame is the target's, whose registers lie in
 * its context until each is loaded. The CFI says so.
 */
#define FIND mov 4(%esp), %eax
#define RELOAD_FP 2: ldmxcsr 24(%eax); fldcw 28(%eax); jmp 1b
#include "../asm.h"

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	\how	%ebx, 3, 8
	\how	%ebp, 5, 12
	\how	%esi, 6, 16
	\how	%edi, 7, 20
.endm

.macro save register, number, offset
	mov	\register, \offset(%edx)
.endm

.macro in_context register, number, offset	/* at eax + offset */
	lies_at 0, \number, \offset
.endm

.macro reload register, number, offset
	mov	\offset(%eax), \register
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	mov	12(%esp), %edx
	mov	(%esp), %ecx			/* what a ret would take */
	mov	%esp, 0(%edx)
	mov	%ecx, 4(%edx)
.endm

.macro SAVE_FP
	mov	12(%esp), %ecx
	stmxcsr	24(%ecx)
	fnstcw	28(%ecx)
.endm

.macro COMPARE_FP
	mov	24(%ecx), %edx
	xor	24(%eax), %edx
	test	$0xffc0, %edx			/* not the sticky flags: */
	jne	2f				/* they differ all the time */
	movzwl	28(%ecx), %edx
	cmp	28(%eax), %dx
	jne	2f
1:
.endm

.macro RESTORE
	mov	0(%eax), %esp			/* the target's frame: */
	REGISTERS in_context			/* all of it is in memory */
	REGISTERS reload			/* until it is loaded */
.endm

.macro RETURN
	mov	8(%esp), %edx
	RESTORE
	mov	%edx, %eax
	ret					/* to the start, often */
.endm

.macro RESUME
	mov	4(%eax), %ecx
	cmp	(%esp), %ecx
	jne	3f
	RETURN					/* foreseen: same call site */
3:	mov	8(%esp), %edx			/* a ret would be foreseen */
	RESTORE					/* wrongly */
	mov	%edx, %eax
	add	$4, %esp
	.cfi_def_cfa_offset 0			/* as if returned to ecx */
	.cfi_register eip, ecx
	jmp	*%ecx
	.cfi_def_cfa_offset 4			/* what follows is called; */
	.cfi_offset eip, -4			/* restore means unsaved */
.endm

.macro CALL_HOOK
	mov	8(%esp), %edx
	mov	16(%esp), %ecx
	RESTORE					/* to's return address is on */
	mov	%edx, 4(%esp)			/* its stack, so the hook */
	jmp	*%ecx				/* returns there by itself */
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined eip
	nop					/* stacks begin behind it: */
	mov	%eax, (%esp)			/* unwinders look before that */
	call	*%ebx				/* main(value) */
	ud2					/* which must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
