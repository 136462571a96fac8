/* SPDX-License-Identifier: MIT */
/*
 * SPARC V9, 64 bits (SPARC Compliance Definition 2.4.1, "Function Calling
 * Sequence" of V9). The global registers are never touched. What a callee keeps
 * is in register windows: flushw stores each of them in the first 128 bytes of
 * its frame, and restore takes it from there. Stack pointers are biased: they
 * are 2047 less than the address that they mean.
 *
 * The switch takes a window of its own, for only restore changes the stack
 * pointer and l0 to i7 at once: a window beside the stack pointer of another
 * could be spilled onto that one's frame at any time.
 *
 * i0  to: whose state comes back		l0  to's sp
 * i1  the value, which goes into o0		l1  to's pc
 * i2  from: where the caller's state goes	l2, l3  control words
 * i3  the hook, in cress_arch_switch_on
 *
 * From the load of fp on, the caller is the target: its return address is in
 * l1, its registers lie in its frame. The CFI says so.
 */
#define BRANCH_TARGET WINDOW			/* none, but all begin so */
#define SAVE_FP stx %fsr, [%i2 + 16]
#define RELOAD_FP 2: ldx [%i0 + 16], %fsr; ba %xcc, 1b; nop
#include "../asm.h"

/* Each of the switches takes one of its own. */
.macro WINDOW
	save	%sp, -176, %sp
	.cfi_def_cfa_register %fp
	.cfi_window_save
	.cfi_register %o7, %i7
.endm

.macro LEAVE
	WINDOW
	add	%fp, 2047, %l0
	stx	%l0, [%i2]
	stx	%i7, [%i2 + 8]
.endm

.macro FIND
	ldx	[%i0], %l0			/* the longest chains */
	ldx	[%i0 + 8], %l1
	flushw					/* of all but this window */
.endm

.macro REGISTERS how				/* flushw has saved them */
.endm

.macro COMPARE_FP
	ldx	[%i2 + 16], %l2
	ldx	[%i0 + 16], %l3
	xor	%l2, %l3, %l2
	sethi	%hi(0xcfc00000), %l3		/* rounding, traps, mode: */
	andcc	%l2, %l3, %g0			/* not the sticky flags, they */
	bne,pn	%xcc, 2f			/* differ all the time */
	nop
1:
.endm

.macro RETURN
	add	%l0, -2047, %fp			/* the target's frame: */
	.cfi_register %o7, %l1			/* it goes on there */
	mov	%l1, %i7			/* only i7 is foreseen as */
	.cfi_register %o7, %i7			/* a return */
	ret
	restore	%g0, %i1, %o0
.endm

.macro RESUME
	add	%l0, -2047, %fp
	.cfi_register %o7, %l1
	cmp	%l1, %i7
	bne,pn	%xcc, 3f
	nop
	ret					/* foreseen: same call site */
	restore	%g0, %i1, %o0
3:	jmp	%l1 + 8				/* foreseen wrongly there */
	restore	%g0, %i1, %o0
	.cfi_register %o7, %i7			/* what follows is called */
.endm

.macro CALL_HOOK
	add	%l0, -2047, %fp
	.cfi_register %o7, %l1
	mov	%l1, %i7			/* it returns to the target */
	.cfi_register %o7, %i7
	jmp	%i3
	restore	%g0, %i1, %o0
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined %o7
	nop					/* as if these had called: */
	nop					/* unwinders look before */
	call	%l0				/* main(value) */
	nop
	illtrap	0				/* which must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
