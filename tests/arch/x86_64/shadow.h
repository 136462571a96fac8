/* SPDX-License-Identifier: MIT */
/*
 * A shadow stack made by software, for machines whose processor or kernel has
 * none. Between shadow_begin() and shadow_end() the thread is stopped in front
 * of each instruction: calls put their return address on a second stack too,
 * returns are compared with it, and rdsspq, incsspq, rstorssp, saveprevssp and
 * the system call map_shadow_stack do what they would do there (Intel 64 and
 * IA-32 manual, volume 1, chapter 17; the kernel's arch/x86/shstk).
 *
 * What would raise #CP ends the process with SHADOW_VIOLATION and a line.
 */
#ifndef TESTS_ARCH_SHADOW_H
#define TESTS_ARCH_SHADOW_H

#include <stddef.h>
#include <stdint.h>

#include "step.h"

#define SHADOW_VIOLATION 99
#define SHADOW_MAP 453			/* the system call */
#define SHADOW_SET_TOKEN 1

/* What has happened since the process began. */
struct shadow_counts {
	unsigned long returns;		/* that were found right */
	unsigned long restored;		/* rstorssp */
	unsigned long mapped, unmapped;
	char *last_mapped;
};

extern struct shadow_counts shadow_counts;

/* The n-th map_shadow_stack from now on fails with ENOMEM; 0: none. */
extern unsigned long shadow_refused;

/* Make a shadow stack as the kernel does, with a token. */
void *shadow_map(size_t size);

/* Give the thread an empty one. */
void shadow_prepare(void);

/* From here on, to shadow_end(). Callers of now are not known to it. */
static inline void shadow_begin(void)
{
	shadow_prepare();
	step_begin(0, 0);
}

static inline void shadow_end(void)
{
	step_end();
}

#endif
