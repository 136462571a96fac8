/* SPDX-License-Identifier: MIT */
/*
 * The switch and who calls it, alone in their pages, so that these can be made
 * to check branches while the C library, which may not be compiled for that,
 * is left alone. 64 KiB is the largest page that there is.
 */
	.text
	.p2align 16
	.globl guard_first
guard_first:

#define SECTION .text
#include <aarch64/switch.S>
#include "poison.S"

	.text
	.p2align 16
	.globl guard_last
guard_last:
