/* SPDX-License-Identifier: MIT */
/*
 * What every switch.S shares: symbols, sections, the notes at the end, and how
 * the four switches are put together from the parts that a port defines.
 *
 * A port includes this behind the parts that are #defines, because they have
 * one line or none. The others are macros of the assembler.
 */
#ifndef CRESS_ARCH_ASM_H
#define CRESS_ARCH_ASM_H

/* Compiled for checked branches (BTI, IBT), a port must do without others. */
#if defined(__ARM_FEATURE_BTI_DEFAULT) || (defined(__CET__) && __CET__ & 1)
#define IF_GUARDED(guarded, otherwise) guarded
#else
#define IF_GUARDED(guarded, otherwise) otherwise
#endif

#ifdef __MACH__
/*
 * Apple's format. Ports for it have one statement a line, as there a ; may
 * begin a comment, and $(8) for $8, which would be an argument of a macro.
 */
.macro begin_function symbol
	.text
	.p2align 6
	.globl	\symbol
	.private_extern \symbol
\symbol:
	.cfi_startproc
.endm

#define FUNCTION(name) begin_function _##name
#define END(name) .cfi_endproc
#define NO_EXECUTABLE_STACK .subsections_via_symbols	/* never is */
#define BRANCH_PROPERTY(type, features)
#else
/* Where a function's symbol is not its code, a port defines these two. */
#ifndef LABEL
#define LABEL(name) .globl name; .type name, %function; name:
#define CODE(name) name
#endif

/* GNU ld puts what is hot together, the library's switching functions too. */
#ifndef SECTION
#define SECTION .section .text.hot, "ax", %progbits
#endif

/* Where objects are no ELF, a port says what a function is made of. */
#ifndef FUNCTION
/* Hidden: a call from inside the library needs no PLT, nobody else calls. */
#define FUNCTION(name) \
	SECTION; .p2align 6; LABEL(name) .hidden name; .cfi_startproc

#define END(name) .cfi_endproc; .size name, . - CODE(name)
#endif

/* Without this note the linker would ask for an executable stack. */
#define NO_EXECUTABLE_STACK .section .note.GNU-stack, "", %progbits

/* Branches are checked only if every object says that it is ready for it. */
#define BRANCH_PROPERTY(type, features) \
	.if IF_GUARDED(1, 0); \
	.section .note.gnu.property, "a", %note; .p2align 3; \
	.long 4, 16, 5; .asciz "GNU"; .long type, 4, features, 0; .endif
#endif

/* Unwinders find a register at an offset from another, up to 8191. */
.macro lies_at base, number, offset
	.cfi_escape 0x10, ((\number) & 127) + 128, (\number) >> 7
	.cfi_escape 3, 0x70 + \base		/* numbers are LEB128 */
	.cfi_escape ((\offset) & 127) + 128, (\offset) >> 7
.endm

#ifndef BRANCH_TARGET
#define BRANCH_TARGET
#endif

#ifndef AIM
#define AIM
#endif

/*
 * The parts that a port defines, of one instruction or of several:
 *
 * BRANCH_TARGET  what indirect branches must land on, where that is checked;
 *                all that is entered through a pointer begins with it; optional
 * LEAVE          that; save the stack pointer and the place to go on at
 * FIND           begin to load the target's: the longest chain starts here
 * AIM            the same, as far as CALL_HOOK does not need it; optional
 * SAVE_FP        save the control words
 * REGISTERS      `REGISTERS save` saves all else that a callee keeps
 * COMPARE_FP     to 2: if the target's control words differ; 1: is behind it
 * RETURN         load the target's registers, go on where it was suspended
 * RESUME         the same; by a branch where a return is foreseen wrongly
 * CALL_HOOK      the same, but go on in the hook, as if the target called it
 * RELOAD_FP      2: load the control words, and back to 1:
 */
.macro SWITCHES
FUNCTION(cress_arch_switch)
	LEAVE
	FIND
	AIM
	SAVE_FP
	REGISTERS save
	COMPARE_FP
	RESUME
	RELOAD_FP	/* out of the way: they seldom differ */
END(cress_arch_switch)

FUNCTION(cress_arch_switch_shared)
	LEAVE
	FIND
	AIM
	REGISTERS save
	RESUME
END(cress_arch_switch_shared)

FUNCTION(cress_arch_switch_on)
	LEAVE
	FIND
	SAVE_FP
	REGISTERS save
	COMPARE_FP
	CALL_HOOK
	RELOAD_FP
END(cress_arch_switch_on)

FUNCTION(cress_arch_switch_last)
	BRANCH_TARGET
	FIND
	SAVE_FP		/* only to compare them */
	COMPARE_FP
	RETURN
	RELOAD_FP
END(cress_arch_switch_last)
.endm

#endif
