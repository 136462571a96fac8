/* SPDX-License-Identifier: MIT */
/* MIPS, n64 for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

/* s0 to s7, gp, fp, f24 to f31: their DWARF numbers. */
#define SAVED_REGISTERS 18
#define SAVED_DWARF_NUMBERS \
	{ 16, 17, 18, 19, 20, 21, 22, 23, 28, 30, \
	  56, 57, 58, 59, 60, 61, 62, 63 }

#include "../mips.h"

#endif
