/* SPDX-License-Identifier: MIT */
/* SPARC V9 for the proof kit: what poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 128)
#define BIAS 2047
#define FRAME 208		/* 176 of the ABI; the journey, fp and i7 */

	.register %g2, #ignore
	.register %g3, #ignore

/* Note l0 to l7 and i0 to i7 at base + offset. */
.macro note base, offset
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	stx	%l\n, [\base + \offset + \n * 8]
	stx	%i\n, [\base + \offset + 64 + \n * 8]
	.endr
.endm

/*
 * fp is poisoned as all are. So the frame is found by sp, and the caller's
 * window must not be in a register by then: it would be spilled to where fp
 * points.
 */
.macro JOURNEY name, flag
	.text
	.p2align 2
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	save	%sp, -FRAME, %sp
	stx	%i0, [%sp + BIAS + 176]
	stx	%fp, [%sp + BIAS + 184]
	stx	%i7, [%sp + BIAS + 192]
	.cfi_def_cfa %sp, BIAS + FRAME
	.cfi_window_save
	.cfi_offset %o7, 192 - FRAME
	flushw
	add	%sp, BIAS, %o5
	stx	%o5, [%i0 + 40]

	mov	%i0, %o5
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	ldx	[%o5 + BEFORE + \n * 8], %l\n
	ldx	[%o5 + BEFORE + 64 + \n * 8], %i\n
	.endr
	ldx	[%o5], %g1
	ldx	[%o5 + 8], %o0
	ldx	[%o5 + 16], %o1
	ldx	[%o5 + 24], %o2
	ldx	[%o5 + 32], %o3
	ldx	[%o5 + 48], %g2
	mov	%g2, %g3
	mov	%g2, %g4
	mov	%g2, %g5
	mov	%g2, %o4
	mov	%g2, %o5
	subcc	%g0, \flag, %g0
	call	%g1
	nop

	ldx	[%sp + BIAS + 176], %g1
	stx	%g2, [%g1 + 56]
	note	%g1, AFTER
	ldx	[%sp + BIAS + 184], %fp
	ldx	[%sp + BIAS + 192], %i7
	ret
	restore	%g0, %o0, %o0
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 0
JOURNEY poison_there, 1

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	rd	%pc, %g1
	sethi	%pc22(poison_seen + 4), %g4	/* how far it is from there */
	or	%g4, %pc10(poison_seen + 8), %g4
	add	%g1, %g4, %g1
	note	%g1, 0
	mov	%o7, %g1
	call	poison_hook_body
	mov	%g1, %o7
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 128
	.p2align 3
poison_seen:
	.zero	128

	.section .note.GNU-stack, "", %progbits
