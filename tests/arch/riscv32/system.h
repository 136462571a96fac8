/* SPDX-License-Identifier: MIT */
/* How a program of RISC-V starts and calls Linux, without a C library. */
#ifndef TESTS_ARCH_SYSTEM_H
#define TESTS_ARCH_SYSTEM_H

#define SYSTEM_START \
	".option push\n.option norelax\n" \
	"la gp, __global_pointer$\n" \
	".option pop\n" \
	"mv a0, sp\nandi sp, sp, -16\ntail system_start\n"

#define SYSTEM_SP 2
#define SYSTEM_FIRST 1
#define SYSTEM_LAST 31
#define SYSTEM_PC(context) ((context)->registers[0])
#define SYSTEM_REGISTER(context, number) ((context)->registers[number])
#define SYSTEM_BREAKPOINT 0x00100073u	/* ebreak */
#define SYSTEM_READ_CODE() __asm__ volatile("fence.i" : : : "memory")

/* All that a callee keeps, by DWARF numbers, and where that is seen. */
#define SYSTEM_NOTE_REGISTERS(registers, place) \
	__asm__ volatile( \
		"1: lla %0, 1b\n" \
		".irp n, 1,2,8,9,18,19,20,21,22,23,24,25,26,27\n" \
		"sw x\\n, \\n * 8(%1)\n" \
		".endr\n" \
		".irp n, 8,9,18,19,20,21,22,23,24,25,26,27\n" \
		"fsd f\\n, 256 + \\n * 8(%1)\n" \
		".endr" \
		: "=&r"(place) : "r"(registers) : "memory")

static inline long system_call(long number, long a, long b, long c, long d,
			       long e, long f)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

#endif
