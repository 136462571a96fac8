/* SPDX-License-Identifier: MIT */
/* PowerPC, 32 bits, for the proof kit: registers (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

/* r14 to r31: their DWARF numbers. Then f14 to f31, cr, v20 to v31. */
#ifdef __ALTIVEC__
#define SAVED_REGISTERS 104
#else
#define SAVED_REGISTERS 56
#endif
#define SHOWN_REGISTERS 18
#define SAVED_DWARF_NUMBERS \
	{ 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, \
	  30, 31 }

#include "../powerpc.h"

#endif
