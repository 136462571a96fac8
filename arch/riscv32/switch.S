/* SPDX-License-Identifier: MIT */
/* RISC-V, ILP32D: only words are shorter than those of LP64D. */
#include "../riscv64/switch.S"
