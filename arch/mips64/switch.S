/* SPDX-License-Identifier: MIT */
/*
 * MIPS, 64 bits (MIPSpro N32 ABI Handbook, chapter 2, on n64). gp is kept.
 * A function is called through $25. With each jump goes one instruction more.
 *
 * $4  to: whose state comes back		$12  to's sp
 * $5  the value, which goes into $2		$13  to's pc
 * $6  from: where the caller's state goes	$14  the caller's fcsr
 * $7  the hook, in cress_arch_switch_on	$15  to's fcsr
 *
 * From the load of sp on, the frame is the target's: its return address is in
 * $13, its registers lie in its context until each is loaded. The CFI says so.
 */
#define FIND ld $12, 0($4); ld $13, 8($4)	/* the longest chains */
#define RELOAD_FP 2: ctc1 $15, $31; b 1b; nop
#include "../asm.h"

	.set	noreorder
	.set	noat

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23
	\how	sd, ld, $\n, \n, (\n - 14) * 8
	.endr
	\how	sd, ld, $28, 28, 80
	\how	sd, ld, $30, 30, 88
	.irp	n, 24, 25, 26, 27, 28, 29, 30, 31
	\how	sdc1, ldc1, $f\n, \n + 32, (\n - 12) * 8
	.endr
.endm

.macro save store, load, register, number, offset
	\store	\register, \offset($6)
.endm

.macro in_context store, load, register, number, offset
	lies_at 4, \number, \offset		/* at $4 + offset */
.endm

.macro reload store, load, register, number, offset
	\load	\register, \offset($4)
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	sd	$sp, 0($6)
	sd	$31, 8($6)
.endm

.macro SAVE_FP
	cfc1	$14, $31
	lui	$24, 0x0100			/* flush to zero, traps, */
	ori	$24, $24, 0x0f83		/* rounding: no flags */
	and	$14, $14, $24
	sw	$14, 160($6)
.endm

.macro COMPARE_FP
	lw	$15, 160($4)
	bne	$14, $15, 2f
	nop
1:
.endm

.macro RESTORE
	move	$sp, $12			/* the target's frame: */
	.cfi_register 31, 13			/* it goes on there, and all */
	REGISTERS in_context			/* the rest is in memory */
	REGISTERS reload			/* until it is loaded */
.endm

.macro RETURN
	RESTORE
	move	$31, $13			/* only jr $31 is foreseen as */
	.cfi_restore 31				/* a return */
	jr	$31
	move	$2, $5
.endm

.macro RESUME
	RESTORE
	bne	$13, $31, 3f
	move	$2, $5
	jr	$31				/* foreseen: same call site */
	nop
3:	jr	$13				/* foreseen wrongly there */
	nop
	.cfi_restore 31				/* what follows is called */
.endm

.macro CALL_HOOK
	RESTORE
	move	$31, $13			/* it returns to the target */
	.cfi_restore 31
	move	$25, $7
	jr	$25
	move	$4, $5
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined 31
	nop					/* stacks begin behind it: */
	move	$25, $16			/* unwinders look before that */
	jalr	$25
	move	$4, $2				/* the first switch's value */
	break					/* main must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
