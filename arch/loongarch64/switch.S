/* SPDX-License-Identifier: MIT */
/*
 * LoongArch, LP64D (Procedure Call Standard for the LoongArch Architecture,
 * "Registers"). $tp and $r21 are never touched; vectors belong to the caller,
 * but for the floats that are a part of them.
 *
 * $a0  to: whose state comes back		$t0  to's sp
 * $a1  the value, which goes into $a0		$t1  to's pc
 * $a2  from: where the caller's state goes	$t2  the caller's fcsr
 * $a3  the hook, in cress_arch_switch_on	$t3  to's fcsr
 *
 * From the load of sp on, the frame is the target's: its return address is in
 * $t1, its registers lie in its context until each is loaded. The CFI says so.
 */
#define FIND ld.d $t0, $a0, 0; ld.d $t1, $a0, 8	/* the longest chains */
#define RELOAD_FP 2: movgr2fcsr $fcsr0, $t3; b 1b
#include "../asm.h"

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	.irp	n, 22,23,24,25,26,27,28,29,30,31	/* fp, s0 to s8 */
	\how	st.d, ld.d, $r\n, \n, (\n - 22) * 8 + 16
	.endr
	.irp	n, 24,25,26,27,28,29,30,31		/* fs0 to fs7 */
	\how	fst.d, fld.d, $f\n, \n + 32, (\n - 24) * 8 + 96
	.endr
.endm

.macro save store, load, register, number, offset
	\store	\register, $a2, \offset
.endm

.macro in_context store, load, register, number, offset
	lies_at 4, \number, \offset		/* at $a0 + offset */
.endm

.macro reload store, load, register, number, offset
	\load	\register, $a0, \offset
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	st.d	$sp, $a2, 0
	st.d	$ra, $a2, 8
.endm

.macro SAVE_FP
	movfcsr2gr $t2, $fcsr0
	andi	$t2, $t2, 0x31f			/* traps, rounding: no flags */
	st.w	$t2, $a2, 160
.endm

.macro COMPARE_FP
	ld.w	$t3, $a0, 160
	bne	$t2, $t3, 2f
1:
.endm

.macro RESTORE
	move	$sp, $t0			/* the target's frame: */
	.cfi_register 1, 13			/* it goes on there, and all */
	REGISTERS in_context			/* the rest is in memory */
	REGISTERS reload			/* until it is loaded */
	move	$a0, $a1
.endm

.macro RETURN
	RESTORE
	move	$ra, $t1			/* only jr $ra is foreseen as */
	.cfi_restore 1				/* a return */
	jr	$ra
.endm

.macro RESUME
	RESTORE
	bne	$t1, $ra, 3f
	jr	$ra				/* foreseen: same call site */
3:	jr	$t1				/* foreseen wrongly there */
	.cfi_restore 1				/* what follows is called */
.endm

.macro CALL_HOOK
	RESTORE
	move	$ra, $t1			/* it returns to the target */
	.cfi_restore 1
	jr	$a3
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined 1
	nop					/* stacks begin behind it: */
	jirl	$ra, $s0, 0			/* unwinders look before that */
	break	0				/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
