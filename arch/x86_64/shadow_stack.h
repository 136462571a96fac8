/* SPDX-License-Identifier: MIT */
/* Shadow stacks of x86-64 (CET). switch.h has the contract. */
#ifndef CRESS_ARCH_SHADOW_STACK_H
#define CRESS_ARCH_SHADOW_STACK_H

#include <stdint.h>

#define ARCH_SHADOW_STACKS

static inline int arch_shadow_is_active(void)
{
	uint64_t pointer = 0;

	/* Does nothing where there is none. */
	__asm__ volatile("rdsspq %0" : "+r"(pointer));
	return pointer != 0;
}

#endif
