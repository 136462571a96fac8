/* SPDX-License-Identifier: MIT */
/*
 * ARM version 5 and on, AAPCS32 (6.1.1 "Core registers", 6.1.2.1 VFP). Built
 * for a machine with VFP, be floats passed in it or not, d8 to d15 and fpscr
 * are kept; otherwise nobody uses them.
 *
 * r0  to: whose state comes back		r12  scratch
 * r1  the value, which goes into r0		r2   to's fpscr, then its pc
 * r2  from: where the caller's state goes
 * r3  the hook, in cress_arch_switch_on
 *
 * Exceptions go by tables of ARM's own, which have no word for what happens
 * here: they end at the first frame. The CFI is for debuggers. From the load of
 * sp on, the frame is the target's: its return address is in r2, its registers
 * lie in its context until each is loaded.
 */
	.syntax unified
	.arm
	.cfi_sections .debug_frame

#define FIND					/* each load stands alone */
#ifdef __ARM_FP
#define SAVE_FP vmrs r12, fpscr; str r12, [r2, #104]
#define RELOAD_FP 2: vmsr fpscr, r2; b 1b
#else
#define SAVE_FP
#define RELOAD_FP
#endif
#include "../asm.h"

.macro LEAVE
	str	sp, [r2]
	str	lr, [r2, #4]
.endm

.macro REGISTERS how
	add	r12, r2, #8
	stmia	r12!, {r4-r11}
#ifdef __ARM_FP
	vstmia	r12, {d8-d15}
#endif
.endm

.macro COMPARE_FP
#ifdef __ARM_FP
	ldr	r12, [r2, #104]
	ldr	r2, [r0, #104]
	eor	r12, r12, r2
	bic	r12, r12, #0xf8000000		/* not what compares left, */
	bics	r12, r12, #0x9f			/* not the sticky flags */
	bne	2f
1:
#endif
.endm

.macro RESTORE
	ldr	r2, [r0, #4]
	ldr	sp, [r0]			/* the target's frame: */
	.cfi_register lr, r2			/* it goes on there, and all */
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11
	lies_at 0, \n, (\n - 2) * 4		/* the rest is in memory */
	lies_at 0, \n + 260, (\n + 1) * 8	/* until it is loaded */
	.endr
	add	r12, r0, #8
	ldmia	r12!, {r4-r11}
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11
	.cfi_restore \n
	.endr
#ifdef __ARM_FP
	vldmia	r12, {d8-d15}
#endif
	.irp	n, 264, 265, 266, 267, 268, 269, 270, 271
	.cfi_restore \n
	.endr
.endm

.macro RETURN
	RESTORE
	mov	r0, r1
	mov	lr, r2				/* bx lr is foreseen as a */
	.cfi_restore lr				/* return */
	bx	lr
.endm

.macro RESUME
	RESTORE
	mov	r0, r1
	cmp	r2, lr
	bxeq	lr				/* foreseen: same site */
	bx	r2				/* foreseen wrongly by bx lr */
	.cfi_restore lr				/* what follows is called */
.endm

.macro CALL_HOOK
	RESTORE
	mov	lr, r2				/* it returns to the target */
	.cfi_restore lr
	mov	r0, r1
	bx	r3
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined lr
	nop					/* stacks begin behind it: */
	blx	r4				/* unwinders look before that */
	udf	#0				/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
