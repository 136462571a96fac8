/* SPDX-License-Identifier: MIT */
/*
 * AArch64, AAPCS64 (6.1.1 "General-purpose registers", 6.1.2 "SIMD and
 * floating-point registers"). x18 belongs to the platform: never touched.
 *
 * x0  from: where the caller's state goes	x9  to's sp
 * x1  to: whose state comes back		x10 the caller's sp
 * x2  the value, which goes into x0		x11 the caller's fpcr
 * x3  the hook, in cress_arch_switch_on	x12 to's fpcr
 *						x17 to's pc
 *
 * A target that was suspended at the same call site goes on by ret, which the
 * return predictor foresees; any other by a branch. From the load of sp on,
 * the frame is the target's: its return address is in x17, and its registers
 * lie in its context until each is loaded. The CFI says so.
 */
#define BRANCH_TARGET hint #34		/* bti c, also for old assemblers */
#include "../asm.h"

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define GO_ON ret		/* a return site is no target for branches */
#else
#define GO_ON br
#endif

/* .cfi: the register is saved at x1 + offset (DW_OP_breg1, SLEB128). */
.macro in_context number, offset
	.cfi_escape 0x10, \number, 3, 0x71
	.cfi_escape ((\offset) & 127) | 128, (\offset) >> 7
.endm

.macro reload first, second, number, offset
	ldp	\first, \second, [x1, #\offset]
	.cfi_restore \number
	.cfi_restore \number + 1
.endm

.macro SAVE
	ldp	x9, x17, [x1]		/* the longest chain first */
	mov	x10, sp
	stp	x10, x30, [x0]
	stp	x19, x20, [x0, #16]
	stp	x21, x22, [x0, #32]
	stp	x23, x24, [x0, #48]
	stp	x25, x26, [x0, #64]
	stp	x27, x28, [x0, #80]
	str	x29, [x0, #96]
	stp	d8, d9, [x0, #112]
	stp	d10, d11, [x0, #128]
	stp	d12, d13, [x0, #144]
	stp	d14, d15, [x0, #160]
.endm

.macro SAVE_FP
	mrs	x11, fpcr
	str	x11, [x0, #104]
.endm

.macro COMPARE_FP			/* x11 with what the target had */
	ldr	x12, [x1, #104]
	cmp	x11, x12
	b.ne	2f
1:
.endm

.macro RESTORE
	mov	sp, x9
	.cfi_register x30, x17
	.irp number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	in_context \number, 16 + (\number - 19) * 8
	.endr
	.irp number, 72, 73, 74, 75, 76, 77, 78, 79	/* d8 to d15 */
	in_context \number, 112 + (\number - 72) * 8
	.endr
	reload	x19, x20, 19, 16
	reload	x21, x22, 21, 32
	reload	x23, x24, 23, 48
	reload	x25, x26, 25, 64
	reload	x27, x28, 27, 80
	ldr	x29, [x1, #96]
	.cfi_restore 29
	reload	d8, d9, 72, 112
	reload	d10, d11, 74, 128
	reload	d12, d13, 76, 144
	reload	d14, d15, 78, 160
.endm

.macro RESUME
	RESTORE
	mov	x0, x2
	cmp	x17, x30
	b.ne	3f
	ret
3:	GO_ON	x17
	.cfi_restore x30
.endm

/* Outlined: writing is slow, reading is not, and seldom do they differ. */
.macro RELOAD_FP
2:	msr	fpcr, x12
	b	1b
.endm

FUNCTION(cress_arch_switch)
	SAVE
	SAVE_FP
	COMPARE_FP
	RESUME
	RELOAD_FP
END(cress_arch_switch)

FUNCTION(cress_arch_switch_shared)
	SAVE
	RESUME
END(cress_arch_switch_shared)

/* The hook runs as if the target had called it; its result is the value. */
FUNCTION(cress_arch_switch_on)
	SAVE
	SAVE_FP
	COMPARE_FP
	RESTORE
	mov	x30, x17
	.cfi_restore x30
	mov	x0, x2
	mov	x16, x3
	br	x16
	RELOAD_FP
END(cress_arch_switch_on)

/* Nothing of the caller's is kept. */
FUNCTION(cress_arch_switch_last)
	ldp	x9, x17, [x1]
	mrs	x11, fpcr
	COMPARE_FP
	RESTORE
	mov	x0, x2
	mov	x30, x17
	.cfi_restore x30
	ret				/* to the call that started it, often */
	RELOAD_FP
END(cress_arch_switch_last)

/*
 * The first frame of every stack: it has no caller, so unwinding ends. Stacks
 * begin at its third instruction, because unwinders look up what comes before
 * a return address.
 */
FUNCTION(cress_arch_entry)
	.cfi_undefined x30
	nop
	BRANCH_TARGET
	blr	x19
	brk	#0
END(cress_arch_entry)

NO_EXECUTABLE_STACK
BRANCH_PROPERTY(0xc0000000, 3)	/* bti, pac */
