/* SPDX-License-Identifier: MIT */
/*
 * AArch64, AAPCS64 (6.1.1 and 6.1.2). x18 is the platform's: never touched.
 *
 * x0  to: whose state comes back		x9  to's sp
 * x1  the value, which goes into x0		x17 to's pc
 * x2  from: where the caller's state goes	x11 the caller's fpcr
 * x3  the hook, in cress_arch_switch_on	x12 to's fpcr
 *
 * From the load of sp on, the frame is the target's: its return address is in
 * x17, its registers lie in its context until each is loaded. The CFI says so.
 */
#define BRANCH_TARGET hint #34			/* bti c, for any assembler */
#define FIND ldp x9, x17, [x0]			/* the longest chains */
#include "../asm.h"

/* What a callee keeps: two registers, the first's number, the offset. */
.macro REGISTERS how
	\how	x19, x20, 19, 16
	\how	x21, x22, 21, 32
	\how	x23, x24, 23, 48
	\how	x25, x26, 25, 64
	\how	x27, x28, 27, 80		/* x29 has fpcr beside it */
	\how	d8, d9, 72, 112
	\how	d10, d11, 74, 128
	\how	d12, d13, 76, 144
	\how	d14, d15, 78, 160
.endm

.macro save first, second, number, offset
	stp	\first, \second, [x2, #\offset]
.endm

.macro in_context first, second, number, offset	/* at x0 + offset */
	lies_at 0, \number, \offset
	lies_at 0, \number + 1, \offset + 8
.endm

.macro reload first, second, number, offset
	ldp	\first, \second, [x0, #\offset]
	.cfi_restore \number			/* in its register again */
	.cfi_restore \number + 1
.endm

.macro LEAVE
	BRANCH_TARGET
	mov	x10, sp				/* sp itself has no stp */
	stp	x10, x30, [x2]
	str	x29, [x2, #96]
.endm

.macro SAVE_FP
	mrs	x11, fpcr			/* cheap to read */
	str	x11, [x2, #104]
.endm

.macro COMPARE_FP
	ldr	x12, [x0, #104]
	cmp	x11, x12
	b.ne	2f
1:
.endm

.macro RELOAD_FP
2:	msr	fpcr, x12			/* dear to write */
	b	1b
.endm

.macro RESTORE
	mov	sp, x9				/* the target's frame: */
	.cfi_register x30, x17			/* it goes on there, and all */
	REGISTERS in_context			/* the rest is in memory */
	lies_at 0, 29, 96
	REGISTERS reload			/* until it is loaded */
	ldr	x29, [x0, #96]
	.cfi_restore 29
.endm

.macro RETURN
	RESTORE
	mov	x0, x1
	ret	x17				/* to the start, often */
	.cfi_restore x30			/* what follows is called */
.endm

.macro RESUME
	RESTORE
	mov	x0, x1
	cmp	x17, x30
	b.ne	3f
	ret					/* foreseen: same call site */
3:	IF_GUARDED(ret, br) x17			/* foreseen wrongly by a ret */
	.cfi_restore x30			/* what follows is called */
.endm

.macro CALL_HOOK
	RESTORE
	mov	x30, x17			/* it returns to the target */
	.cfi_restore x30
	mov	x0, x1
	mov	x16, x3				/* br x16 is like a call: */
	br	x16				/* it may land on a bti c */
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined x30
	nop					/* stacks begin behind it: */
	BRANCH_TARGET				/* unwinders look before that */
	blr	x19				/* main(value) */
	brk	#0				/* which must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
BRANCH_PROPERTY(0xc0000000, 1)			/* bti; not pac */
