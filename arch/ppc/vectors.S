/* SPDX-License-Identifier: MIT */
/*
 * What a callee keeps of AltiVec's registers, for both sizes of PowerPC: they
 * lie at VECTORS in the context.
 */
.macro REGISTERS_V how
	.irp	n, 20,21,22,23,24,25,26,27,28,29,30,31
	\how\()_v	%v\n, \n + 77, (\n - 20) * 16 + VECTORS
	.endr
.endm

.macro save_v register, number, offset
	li	%r9, \offset
	stvx	\register, %r5, %r9
.endm

.macro in_context_v register, number, offset
	lies_at 3, \number, \offset
.endm

.macro reload_v register, number, offset
	li	%r9, \offset
	lvx	\register, %r3, %r9
	.cfi_restore \number
.endm
