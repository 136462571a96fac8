/* SPDX-License-Identifier: MIT */
/*
 * PowerPC, 32 bits (System V ABI, its Supplement, 3-14 and on). r2 is the
 * threads', r13 small data's: never touched. Vectors are kept if built for any.
 *
 * r3  to: whose state comes back		r10  to's sp
 * r4  the value, which goes into r3		r11  to's pc
 * r5  from: where the caller's state goes	r7   the caller's return address
 * r6  the hook, in cress_arch_switch_on	r8, r9  control words
 *
 * From the load of r1 on, the frame is the target's: its return address is in
 * r11, its registers lie in its context until each is loaded. The CFI says so.
 */
#ifdef _SOFT_FLOAT
#error "for machines with floating-point registers; others take -Darch=ucontext"
#endif

#define FIND lwz %r10, 0(%r3); lwz %r11, 4(%r3)	/* the longest chains */
#define SAVE_FP mffs %f0; stfd %f0, 224(%r5)
#define RELOAD_FP 2: lfd %f0, 224(%r3); mtfsf 3, %f0; b 1b
#define RETURN RESTORE; mtlr %r11; .cfi_restore lr; blr	/* often to the start */
#define VECTORS 240				/* their offset */
#include "../asm.h"
#include "vectors.S"

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\how	stw, lwz, %r\n, \n, (\n - 12) * 4
	.endr
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\how	stfd, lfd, %f\n, \n + 32, (\n - 4) * 8
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
	stw	%r1, 0(%r5)
	stw	%r7, 4(%r5)
	mfcr	%r8				/* its fields 2 to 4 */
	stw	%r8, 232(%r5)
.endm

.macro COMPARE_FP
	lwz	%r8, 228(%r5)
	lwz	%r9, 228(%r3)
	xor	%r8, %r8, %r9
	andi.	%r8, %r8, 0xff			/* not the sticky flags: */
	bne	2f				/* they differ all the time */
1:
.endm

.macro RESTORE
	mr	%r1, %r10			/* the target's frame: */
	.cfi_register lr, r11			/* it goes on there, and all */
	REGISTERS in_context			/* the rest is in memory */
	lies_at 3, 70, 232
	REGISTERS reload			/* until it is loaded */
	lwz	%r8, 232(%r3)
	mtcrf	0x38, %r8
	.cfi_restore 70
	mr	%r3, %r4
.endm

.macro RESUME
	RESTORE
	cmpw	%r7, %r11
	bne	3f
	blr					/* foreseen: same call site */
3:	mtctr	%r11				/* foreseen wrongly by a blr */
	bctr
	.cfi_restore lr				/* what follows is called */
.endm

.macro CALL_HOOK
	RESTORE
	mtlr	%r11				/* it returns to the target */
	.cfi_restore lr
	mtctr	%r6
	bctr
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined lr
	nop					/* stacks begin behind it: */
	mtctr	%r14				/* unwinders look before that */
	bctrl					/* main(value) */
	trap					/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
