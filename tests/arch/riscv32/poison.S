/* SPDX-License-Identifier: MIT */
/* RISC-V, 32 bits, for the proof kit. */
#include "../riscv64/poison.S"
