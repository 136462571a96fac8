/* SPDX-License-Identifier: MIT */
/*
 * PowerPC, 64 bits (ELFv2 ABI 1.5, 2.2 "Function Calling Sequence", and the
 * 64-bit ELF ABI Supplement 1.9, 3.2). r13 is the thread pointer: never
 * touched. Vectors are kept if this is built for a machine that has them.
 *
 * r3  to: whose state comes back		r10  to's sp
 * r4  the value, which goes into r3		r11  to's pc
 * r5  from: where the caller's state goes	r7   the caller's return address
 * r6  the hook, in cress_arch_switch_on	r8, r9  control words
 *
 * From the load of r1 on, the frame is the target's: its return address is in
 * r11, its registers lie in its context until each is loaded. The CFI says so.
 */
#include "abi.h"

#define FIND ld %r10, 0(%r3); ld %r11, 8(%r3)	/* the longest chains */
#define SAVE_FP mffs %f0; stfd %f0, 512(%r5)
#define RELOAD_FP 2: lfd %f0, 512(%r3); mtfsf 3, %f0; b 1b
#define VECTORS 320				/* their offset */
#include "../asm.h"
#include "../ppc/vectors.S"

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\how	std, ld, %r\n, \n, (\n - 12) * 8
	.endr
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\how	stfd, lfd, %f\n, \n + 32, (\n + 6) * 8
	.endr
#ifdef __ALTIVEC__
	REGISTERS_V \how
#endif
.endm

.macro save store, load, register, number, offset
	\store	\register, \offset(%r5)
.endm

.macro in_context store, load, register, number, offset
	lies_at 3, \number, \offset		/* at r3 + offset */
.endm

.macro reload store, load, register, number, offset
	\load	\register, \offset(%r3)
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	mflr	%r7
	std	%r1, 0(%r5)
	std	%r7, 8(%r5)
	mfcr	%r8				/* its fields 2 to 4 */
	std	%r8, 304(%r5)
	std	%r2, 312(%r5)
.endm

.macro COMPARE_FP
	ld	%r8, 512(%r5)
	ld	%r9, 512(%r3)
	xor	%r8, %r8, %r9
	andi.	%r8, %r8, 0xff			/* not the sticky flags: */
	bne	2f				/* they differ all the time */
1:
.endm

.macro RESTORE
	mr	%r1, %r10			/* the target's frame: */
	.cfi_register lr, r11			/* it goes on there, and all */
	REGISTERS in_context			/* the rest is in memory */
	lies_at 3, 70, 304
	REGISTERS reload			/* until it is loaded */
	ld	%r8, 304(%r3)
	mtcrf	0x38, %r8
	.cfi_restore 70
	ld	%r2, 312(%r3)
.endm

.macro RETURN
	RESTORE
	mr	%r3, %r4
	mtlr	%r11
	.cfi_restore lr
	blr					/* to the start, often */
.endm

.macro RESUME
	RESTORE
	mr	%r3, %r4
	cmpd	%r7, %r11
	bne	3f
	blr					/* foreseen: same call site */
3:	mtctr	%r11				/* foreseen wrongly by a blr */
	bctr
	.cfi_restore lr				/* what follows is called */
.endm

/* The hook may have another TOC, so it is called from a frame of ours. */
.macro CALL_HOOK
	RESTORE
	mr	%r3, %r4
	std	%r11, 16(%r1)
	stdu	%r1, -HEADER(%r1)
	.cfi_def_cfa_offset HEADER
	.cfi_offset lr, 16
	std	%r2, TOC_SLOT(%r1)
	CALL	%r6
	ld	%r2, TOC_SLOT(%r1)
	addi	%r1, %r1, HEADER
	.cfi_def_cfa_offset 0
	ld	%r0, 16(%r1)
	mtlr	%r0
	.cfi_restore lr
	blr
.endm

.macro CALL function
#if _CALL_ELF == 2
	mr	%r12, \function
	mtctr	%r12
#else
	ld	%r0, 0(\function)
	ld	%r2, 8(\function)
	mtctr	%r0
#endif
	bctrl
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined lr
	nop					/* stacks begin behind it: */
	CALL	%r14				/* unwinders look before that */
	trap					/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
