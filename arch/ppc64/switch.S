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

#define BRANCH_TARGET
#define FIND ld %r10, 0(%r3); ld %r11, 8(%r3)	/* the longest chains */
#define AIM					/* r11 is there already */
#define SAVE_FP mffs %f0; stfd %f0, 512(%r5)
#define RELOAD_FP 2: lfd %f0, 512(%r3); mtfsf 3, %f0; b 1b
#include "../asm.h"

/* What a callee keeps: two registers, the first's number, the offset. */
.macro REGISTERS how
	\how	std, ld, %r14, %r15, 14, 16
	\how	std, ld, %r16, %r17, 16, 32
	\how	std, ld, %r18, %r19, 18, 48
	\how	std, ld, %r20, %r21, 20, 64
	\how	std, ld, %r22, %r23, 22, 80
	\how	std, ld, %r24, %r25, 24, 96
	\how	std, ld, %r26, %r27, 26, 112
	\how	std, ld, %r28, %r29, 28, 128
	\how	std, ld, %r30, %r31, 30, 144
	\how	stfd, lfd, %f14, %f15, 46, 160
	\how	stfd, lfd, %f16, %f17, 48, 176
	\how	stfd, lfd, %f18, %f19, 50, 192
	\how	stfd, lfd, %f20, %f21, 52, 208
	\how	stfd, lfd, %f22, %f23, 54, 224
	\how	stfd, lfd, %f24, %f25, 56, 240
	\how	stfd, lfd, %f26, %f27, 58, 256
	\how	stfd, lfd, %f28, %f29, 60, 272
	\how	stfd, lfd, %f30, %f31, 62, 288
#ifdef __ALTIVEC__
	\how\()_v	%v20, %v21, 97, 320
	\how\()_v	%v22, %v23, 99, 352
	\how\()_v	%v24, %v25, 101, 384
	\how\()_v	%v26, %v27, 103, 416
	\how\()_v	%v28, %v29, 105, 448
	\how\()_v	%v30, %v31, 107, 480
#endif
.endm

.macro save store, load, first, second, number, offset
	\store	\first, \offset(%r5)
	\store	\second, \offset + 8(%r5)
.endm

.macro save_v first, second, number, offset
	li	%r9, \offset
	stvx	\first, %r5, %r9
	li	%r9, \offset + 16
	stvx	\second, %r5, %r9
.endm

.macro in_context store, load, first, second, number, offset
	lies_at 3, \number, \offset		/* at r3 + offset */
	lies_at 3, \number + 1, \offset + 8
.endm

.macro in_context_v first, second, number, offset
	lies_at 3, \number, \offset
	lies_at 3, \number + 1, \offset + 16
.endm

.macro reload store, load, first, second, number, offset
	\load	\first, \offset(%r3)
	.cfi_restore \number			/* in its register again */
	\load	\second, \offset + 8(%r3)
	.cfi_restore \number + 1
.endm

.macro reload_v first, second, number, offset
	li	%r9, \offset
	lvx	\first, %r3, %r9
	.cfi_restore \number
	li	%r9, \offset + 16
	lvx	\second, %r3, %r9
	.cfi_restore \number + 1
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
