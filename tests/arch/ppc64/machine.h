/* SPDX-License-Identifier: MIT */
/* PowerPC for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

#include <stdint.h>

/* r14 to r31, f14 to f31: their DWARF numbers. Then cr, r2, v20 to v31. */
#ifdef __ALTIVEC__
#define SAVED_REGISTERS 62
#else
#define SAVED_REGISTERS 38
#endif
#define SHOWN_REGISTERS 36
#define SAVED_DWARF_NUMBERS \
	{ 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, \
	  30, 31, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, \
	  60, 61, 62, 63 }

#if _CALL_ELF != 2
#define machine_code_of(function) (*(const uintptr_t *)(uintptr_t)(function))
#endif

#include "../powerpc.h"

#endif
