/* SPDX-License-Identifier: MIT */
/* MIPS, o32 for the proof kit: registers and control word (see poison.h). */
#ifndef TESTS_ARCH_MACHINE_H
#define TESTS_ARCH_MACHINE_H

/* s0 to s7, fp, and six pairs of floats: their DWARF numbers. */
#define SAVED_REGISTERS 22
#define SHOWN_REGISTERS 9
#define SAVED_DWARF_NUMBERS \
	{ 16, 17, 18, 19, 20, 21, 22, 23, 30 }

#include "../mips.h"

#endif
