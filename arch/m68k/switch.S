/* SPDX-License-Identifier: MIT */
/*
 * m68k, 68020 and up with a floating-point unit (System V ABI, Motorola 68000
 * Processor Family Supplement, "Function Calling Sequence"). The arguments are
 * on the stack, and belong to the callee. A pointer is returned in a0, and in
 * d0 for callers that do not know that it is one.
 *
 * 4(%sp)   to: whose state comes back		a0  to; later the value
 * 8(%sp)   the value				a1  from; later the hook
 * 12(%sp)  from				d0  control words;
 * 16(%sp)  the hook				    later the value
 *
 * One instruction loads the stack pointer, d2 to d7 and a2 to a6, and from
 * there on the frame is the target's. fp2 to fp7 lie in its context until they
 * are loaded. The CFI says so.
 */
#define LEAVE					/* REGISTERS saves all */
#define FIND move.l 4(%sp), %a0; move.l 12(%sp), %a1
#define SAVE_FP fmove.l %fpcr, %d0; move.l %d0, 48(%a1)
#define RELOAD_FP 2: fmove.l 48(%a0), %fpcr; jra 1b
#include "../asm.h"

/* What a callee keeps: instruction, registers, offset in the context. */
.macro REGISTERS how
	\how	movem.l, %d2-%d7/%a2-%a7, 0
	\how	fmovem.x, %fp2-%fp7, 52
.endm

.macro save move, registers, offset
	\move	\registers, \offset(%a1)
.endm

.macro COMPARE_FP
	cmp.l	48(%a0), %d0			/* flags are elsewhere */
	jne	2f
1:
.endm

.macro floats_in_context			/* at a0 + offset */
	.irp	n, 2, 3, 4, 5, 6, 7
	lies_at 8, (16+\n), (52+(\n-2)*12)
	.endr
.endm

.macro floats_reloaded				/* in their registers again */
	.irp	n, 2, 3, 4, 5, 6, 7
	.cfi_restore 16 + \n
	.endr
.endm

.macro RESTORE
	movem.l	0(%a0), %d2-%d7/%a2-%a7		/* the target's frame */
	floats_in_context
	fmovem.x 52(%a0), %fp2-%fp7
	floats_reloaded
.endm

.macro RETURN
	move.l	8(%sp), %d0
	RESTORE
	move.l	%d0, %a0
	rts
.endm

/* No processor of these foresees returns: one way is enough. */
.macro RESUME
	RETURN
.endm

.macro CALL_HOOK
	move.l	8(%sp), %d0
	move.l	16(%sp), %a1
	RESTORE					/* to's return address is on */
	move.l	%d0, 4(%sp)			/* its stack, so the hook */
	jmp	(%a1)				/* returns there by itself */
.endm

	SWITCHES

/* The first frame of every stack: without a caller, so unwinding ends. */
FUNCTION(cress_arch_entry)
	.cfi_undefined 24
	nop					/* stacks begin behind it: */
	move.l	%a0, (%sp)			/* unwinders look before that */
	jsr	(%a2)				/* main(value) */
	illegal					/* which must not return */
END(cress_arch_entry)

NO_EXECUTABLE_STACK
