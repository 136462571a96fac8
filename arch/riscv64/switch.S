/* SPDX-License-Identifier: MIT */
/*
 * RISC-V, LP64D and ILP32D (RISC-V ELF psABI 1.0, "Register Convention" and
 * "Hardware Floating-point Calling Convention"). gp and tp are never touched;
 * vectors belong to the caller.
 *
 * a0  to: whose state comes back		t1  to's pc
 * a1  the value, which goes into a0		t2  the caller's frm
 * a2  from: where the caller's state goes	t3  to's frm
 * a3  the hook, in cress_arch_switch_on		t4  to's sp
 *
 * From the load of sp on, the frame is the target's: its return address is in
 * t1, its registers lie in its context until each is loaded. The CFI says so.
 */
#if __riscv_xlen == 64
#define STORE sd
#define LOAD ld
#define WORD 8
#else
#define STORE sw
#define LOAD lw
#define WORD 4
#endif
#define FLOATS (14 * WORD)			/* in a context */
#define FRM (14 * WORD + 96)

#define FIND LOAD t4, 0(a0); LOAD t1, WORD(a0)	/* longest chain */
#define SAVE_FP frrm t2; sw t2, FRM(a2)
#define RELOAD_FP 2: fsrm t3; j 1b
#include "../asm.h"

	.option norvc				/* the entry relies on it */

/* What a callee keeps: register, number in DWARF, offset in the context. */
.macro REGISTERS how
	\how	STORE, LOAD, s0, 8, 2 * WORD
	\how	STORE, LOAD, s1, 9, 3 * WORD
	.irp	n, 2,3,4,5,6,7,8,9,10,11
	\how	STORE, LOAD, s\n, \n + 16, (\n + 2) * WORD
	.endr
	\how	fsd, fld, fs0, 40, FLOATS
	\how	fsd, fld, fs1, 41, FLOATS + 8
	.irp	n, 2,3,4,5,6,7,8,9,10,11
	\how	fsd, fld, fs\n, \n + 48, FLOATS + \n * 8
	.endr
.endm

.macro save store, load, register, number, offset
	\store	\register, \offset(a2)
.endm

.macro in_context store, load, register, number, offset
	lies_at 10, \number, \offset		/* at a0 + offset */
.endm

.macro reload store, load, register, number, offset
	\load	\register, \offset(a0)
	.cfi_restore \number			/* in its register again */
.endm

.macro LEAVE
	STORE	sp, 0(a2)
	STORE	ra, WORD(a2)
.endm

.macro COMPARE_FP
	lw	t3, FRM(a0)
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
