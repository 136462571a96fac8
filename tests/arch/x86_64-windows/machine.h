/* SPDX-License-Identifier: MIT */
/* x86-64 on Windows for the proof kit: more to keep than elsewhere. */
#ifndef TESTS_ARCH_WINDOWS_MACHINE_H
#define TESTS_ARCH_WINDOWS_MACHINE_H

#include "../x86_64/machine.h"

/*
 * rbx, rbp, rdi, rsi, r12 to r15, by their numbers in unwind data; xmm6 to
 * xmm15, two words each; and what the thread's environment block says of the
 * stack: base, limit, lowest address, the bytes guaranteed to those who handle
 * an overflow (32 bits of a word), and the list of handlers that lie on it.
 */
#undef SAVED_REGISTERS
#undef SAVED_DWARF_NUMBERS
#define SAVED_INTEGERS 8
#define SAVED_INTEGER_NUMBERS { 3, 5, 7, 6, 12, 13, 14, 15 }
#define SAVED_VECTORS 10
#define SAVED_BOUNDS 5
#define SAVED_REGISTERS (SAVED_INTEGERS + 2 * SAVED_VECTORS + SAVED_BOUNDS)

#endif
