/* SPDX-License-Identifier: MIT */
/* Breakpoints of MIPS; see breakpoints.h. */
#include "../mips_step.h"
