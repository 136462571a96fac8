/* SPDX-License-Identifier: MIT */
/* ARM's registers, for the kit's unwinder. */
#ifndef TESTS_ARCH_SYSTEM_H
#define TESTS_ARCH_SYSTEM_H

#define SYSTEM_SP 13
#define SYSTEM_FIRST 0
#define SYSTEM_LAST 15
#define SYSTEM_PC(context) ((context)->uc_mcontext.arm_pc)
#define SYSTEM_REGISTER(context, number) \
	((&(context)->uc_mcontext.arm_r0)[number])

/* d0 has the number 256. */
#define SYSTEM_NUMBER(number) ((number) < 256 ? (number) : (number) - 256 + 32)

/* The lowest bit says that the code is Thumb. */
#define SYSTEM_CODE_AT(address) ((address) & ~(uintptr_t)1)

#ifdef __ARM_FP
#define SYSTEM_NOTE_FLOATS \
	".irp n, 8,9,10,11,12,13,14,15\n" \
	"vstr d\\n, [%1, #256 + \\n * 8]\n" \
	".endr"
#else
#define SYSTEM_NOTE_FLOATS ""
#endif

/* All that a callee keeps, by those numbers, and where that is seen. */
#define SYSTEM_NOTE_REGISTERS(registers, place) \
	__asm__ volatile( \
		"1: adr %0, 1b\n" \
		".irp n, 4,5,6,7,8,9,10,11,13,14\n" \
		"str r\\n, [%1, #\\n * 8]\n" \
		".endr\n" SYSTEM_NOTE_FLOATS \
		: "=&r"(place) : "r"(registers) : "memory")

#endif
