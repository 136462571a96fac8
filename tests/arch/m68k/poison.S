/* SPDX-License-Identifier: MIT */
/* m68k for the proof kit: journeys and the hook that poison.h declares. */
#define BEFORE 64
#define AFTER (BEFORE + 116)

/* The frame: four arguments, fp2 to fp7, d2 to d7 and a2 to a6. */
#define FRAME (16 + 72 + 44)

.macro cfi_of_frame
	.cfi_def_cfa_offset 4 + FRAME
	.irp	n, 2, 3, 4, 5, 6, 7
	.cfi_offset \n, (\n - 2) * 4 - 48
	.cfi_offset 16 + \n, (\n - 2) * 12 - 120
	.endr
	.irp	n, 10, 11, 12, 13, 14
	.cfi_offset \n, (\n - 10) * 4 - 24
	.endr
.endm

/* The four arguments lie at sp, the journey is our own argument. */
.macro JOURNEY name, flags
	.text
	.p2align 1
	.globl	\name
	.type	\name, %function
\name:
	.cfi_startproc
	movem.l	%d2-%d7/%a2-%a6, -(%sp)
	fmovem.x %fp2-%fp7, -(%sp)
	lea	-16(%sp), %sp
	cfi_of_frame
	move.l	FRAME + 4(%sp), %a0
	move.l	%sp, 40(%a0)

	/* Two bytes of each float are not in its register. */
	.irp	n, 0, 1, 2, 3, 4, 5
	clr.w	BEFORE + 44 + 12 * \n + 2(%a0)
	.endr
	movem.l	BEFORE(%a0), %d2-%d7/%a2-%a6
	fmovem.x BEFORE + 44(%a0), %fp2-%fp7
	move.l	8(%a0), (%sp)
	move.l	16(%a0), 4(%sp)
	move.l	24(%a0), 8(%sp)
	move.l	32(%a0), 12(%sp)
	move.l	48(%a0), %d0
	move.l	%d0, %d1
	move.l	%d0, %a1
	fmove.l	%d0, %fp0
	fmove.l	%d0, %fp1
	move.l	(%a0), %a0
	move.w	#\flags, %ccr
	jsr	(%a0)

	move.l	FRAME + 4(%sp), %a1
	movem.l	%d2-%d7/%a2-%a6, AFTER(%a1)
	fmovem.x %fp2-%fp7, AFTER + 44(%a1)
	move.l	%d0, %d1
	sub.l	%a0, %d1
	move.l	%d1, 56(%a1)
	lea	16(%sp), %sp
	fmovem.x (%sp)+, %fp2-%fp7
	movem.l	(%sp)+, %d2-%d7/%a2-%a6
	.cfi_def_cfa_offset 4
	rts
	.cfi_endproc
	.size	\name, . - \name
.endm

JOURNEY poison_here, 4
JOURNEY poison_there, 0

	.globl	poison_hook
	.type	poison_hook, %function
poison_hook:
	.cfi_startproc
	lea	poison_seen, %a1
	movem.l	%d2-%d7/%a2-%a6, (%a1)
	fmovem.x %fp2-%fp7, 44(%a1)
	jra	poison_hook_body
	.cfi_endproc
	.size	poison_hook, . - poison_hook

	.bss
	.globl	poison_seen
	.type	poison_seen, %object
	.size	poison_seen, 116
	.p2align 3
poison_seen:
	.zero	116

	.section .note.GNU-stack, "", %progbits
