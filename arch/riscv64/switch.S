/* SPDX-License-Identifier: MIT */
/*
 * RISC-V, LP64D (RISC-V ELF psABI 1.0, "Register Convention" and "Hardware
 * Floating-point Calling Convention"). gp and tp are never touched; vectors
 * belong to the caller.
 *
 * a0  to: whose state comes back		t1  to's pc
 * a1  the value, which goes into a0		t2  the caller's frm
 * a2  from: where the caller's state goes	t3  to's frm
 * a3  the hook, in cress_arch_switch_on		t4  to's sp
 *
 * From the load of sp on, the frame is the target's: its return address is in
 * t1, its registers lie in its context until each is loaded. The CFI says so.
 */
#define BRANCH_TARGET				/* no landing pads yet */
#define FIND ld t4, 0(a0); ld t1, 8(a0) /* the longest chain */
#define AIM					/* t1 is there already */
#define SAVE_FP frrm t2; sw t2, 208(a2)
#define RELOAD_FP 2: fsrm t3; j 1b
#include "../asm.h"

	.option norvc				/* the entry relies on it */

/* What a callee keeps: two registers, the first's number, the offset. */
.macro REGISTERS how
	\how	sd, ld, s0, s1, 8, 16
	\how	sd, ld, s2, s3, 18, 32
	\how	sd, ld, s4, s5, 20, 48
	\how	sd, ld, s6, s7, 22, 64
	\how	sd, ld, s8, s9, 24, 80
	\how	sd, ld, s10, s11, 26, 96
	\how	fsd, fld, fs0, fs1, 40, 112
	\how	fsd, fld, fs2, fs3, 50, 128
	\how	fsd, fld, fs4, fs5, 52, 144
	\how	fsd, fld, fs6, fs7, 54, 160
	\how	fsd, fld, fs8, fs9, 56, 176
	\how	fsd, fld, fs10, fs11, 58, 192
.endm

.macro save store, load, first, second, number, offset
	\store	\first, \offset(a2)
	\store	\second, \offset + 8(a2)
.endm

.macro in_context store, load, first, second, number, offset
	lies_at 10, \number, \offset		/* at a0 + offset */
	lies_at 10, \number + 1, \offset + 8
.endm

.macro reload store, load, first, second, number, offset
	\load	\first, \offset(a0)
	.cfi_restore \number			/* in its register again */
	\load	\second, \offset + 8(a0)
	.cfi_restore \number + 1
.endm

.macro LEAVE
	sd	sp, 0(a2)
	sd	ra, 8(a2)
.endm

.macro COMPARE_FP
	lw	t3, 208(a0)
	bne	t2, t3, 2f
1:
.endm

.macro RESTORE
	mv	sp, t4				/* the target's frame: */
	.cfi_register ra, t1			/* it goes on there, and all */
	REGISTERS in_context			/* the rest is in memory */
	REGISTERS reload			/* until it is loaded */
.endm

.macro RETURN
	RESTORE
	mv	a0, a1
	mv	ra, t1				/* only jr ra is foreseen as */
	.cfi_restore ra				/* a return */
	ret
.endm

.macro RESUME
	RESTORE
	mv	a0, a1
	bne	t1, ra, 3f
	ret					/* foreseen: same call site */
3:	jr	t1				/* foreseen wrongly by a ret */
	.cfi_restore ra				/* what follows is called */
.endm

.macro CALL_HOOK
	RESTORE
	mv	ra, t1				/* it returns to the target */
	.cfi_restore ra
	mv	a0, a1
	jr	a3
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined ra
	nop					/* stacks begin behind it: */
	jalr	s1				/* unwinders look before that */
	ebreak					/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
