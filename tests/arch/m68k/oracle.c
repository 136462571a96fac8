/* SPDX-License-Identifier: MIT */
/*
 * What <fenv.h> has for the ucontext port: here all of the control word, one
 * register at a time. The C library sets neither the precision nor all traps,
 * and moves the registers together, which qemu (7.2) does in the wrong order.
 */
#include <fenv.h>

int fegetenv(fenv_t *environment)
{
	__asm__ volatile("fmove.l %%fpcr, %0\n\t"
			 "fmove.l %%fpsr, %1"
			 : "=m"(environment->__control_register),
			   "=m"(environment->__status_register));
	return 0;
}

int fesetenv(const fenv_t *environment)
{
	__asm__ volatile("fmove.l %0, %%fpcr\n\t"
			 "fmove.l %1, %%fpsr"
			 : : "m"(environment->__control_register),
			     "m"(environment->__status_register));
	return 0;
}
