/* SPDX-License-Identifier: MIT */
/* What every switch.S shares: symbols, sections and the notes at the end. */
#ifndef CRESS_ARCH_ASM_H
#define CRESS_ARCH_ASM_H

/* The first instruction, where a processor checks indirect branches. */
#ifndef BRANCH_TARGET
#define BRANCH_TARGET
#endif

/* Hidden: a call from inside the library needs no PLT, nobody else calls. */
#define FUNCTION(name) \
	.text; .p2align 6; .globl name; .hidden name; \
	.type name, %function; name: .cfi_startproc; BRANCH_TARGET

#define END(name) .cfi_endproc; .size name, . - name

/* Without this note the linker would ask for an executable stack. */
#define NO_EXECUTABLE_STACK .section .note.GNU-stack, "", %progbits

/* The linker guards branches only if every object says that it is ready. */
#ifdef __ARM_FEATURE_BTI_DEFAULT
#define BRANCH_PROPERTY(type, features) \
	.section .note.gnu.property, "a", %note; .p2align 3; \
	.long 4, 16, 5; .asciz "GNU"; .long type, 4, features, 0
#else
#define BRANCH_PROPERTY(type, features)
#endif

#endif
