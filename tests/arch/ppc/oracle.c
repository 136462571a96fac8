/* SPDX-License-Identifier: MIT */
/*
 * For the ucontext port beside that of PowerPC, 32 bits: glibc's fesetenv()
 * reads the control word by mffsl, which old processors take for mffs, and qemu
 * for no instruction.
 */
#include <fenv.h>

int fesetenv(const fenv_t *environment)
{
	__asm__ volatile("mtfsf 255, %0" : : "d"(*environment));
	return 0;
}
