/* SPDX-License-Identifier: MIT */
/*
 * PowerPC, 64 bits (ELFv2 ABI 1.5, 2.2 "Function Calling Sequence", and the
 * 64-bit ELF ABI Supplement 1.9, 3.2). r13 is the thread pointer: never
 * touched. Vectors are kept if this is built for a machine that has them.
 *
 * r3  to: whose state comes back		r10  to's sp
 * r4  the value, which goes into r3		r11  to's pc
 * r5  from: where the caller's state goes	r7   the caller's return address
 * r6  the hook, in cress_arch_switch_on	r8, r9  control words
 *
 * From the load of r1 on, the frame is the target's: its return address is in
 * r11, its registers lie in its context until each is loaded. The CFI says so.
 */
#include "abi.h"

#define BRANCH_TARGET
#define FIND ld %r10, 0(%r3); ld %r11, 8(%r3)	/* the longest chains */
#define AIM					/* r11 is there already */
#define SAVE_FP mffs %f0; stfd %f0, 512(%r5)
#define RELOAD_FP 2: lfd %f0, 512(%r3); mtfsf 3, %f0; b 1b
#include "../asm.h"

/* What a callee keeps: kind, number, that in DWARF, offset; of cr fields 2-4. */
.macro REGISTERS how
	.set	at, 16
	.irp	n, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\how	d, %r, \n, \n, 16 + (\n - 14) * 8
	.endr
.endm
