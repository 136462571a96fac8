/* SPDX-License-Identifier: MIT */
/*
 * In what the two ABIs of 64-bit PowerPC differ. With the first a function's
 * address is that of a descriptor: its code, its TOC, its environment.
 */
#ifndef CRESS_ARCH_ABI_H
#define CRESS_ARCH_ABI_H

#if _CALL_ELF == 2
#define LABEL(name) .globl name; .type name, %function; name:
#define CODE(name) name
#define HEADER 32	/* the least frame */
#define TOC_SLOT 24	/* where in it the TOC is kept */
#else
#define LABEL(name) \
	.section .opd, "aw"; .p2align 3; .globl name; .type name, %function; \
	name: .quad code_##name, .TOC.@tocbase, 0; .previous; code_##name:
#define CODE(name) code_##name
#define HEADER 112
#define TOC_SLOT 40
#endif

#endif
