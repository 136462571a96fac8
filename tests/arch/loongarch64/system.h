/* SPDX-License-Identifier: MIT */
/* How a program of LoongArch starts and calls Linux, without a C library. */
#ifndef TESTS_ARCH_SYSTEM_H
#define TESTS_ARCH_SYSTEM_H

#define SYSTEM_START \
	"move $a0, $sp\nbstrins.d $sp, $zero, 3, 0\nb system_start\n"

#define SYSTEM_SP 3
#define SYSTEM_FIRST 1
#define SYSTEM_LAST 31
#define SYSTEM_PC(context) ((context)->registers[0])
#define SYSTEM_REGISTER(context, number) ((context)->registers[(number) + 1])
#define SYSTEM_BREAKPOINT 0x002a0005u	/* break 5 */
#define SYSTEM_READ_CODE() __asm__ volatile("ibar 0" : : : "memory")

/* All that a callee keeps, by DWARF numbers, and where that is seen. */
#define SYSTEM_NOTE_REGISTERS(registers, place) \
	__asm__ volatile( \
		"1: la.local %0, 1b\n" \
		".irp n, 1,3,22,23,24,25,26,27,28,29,30,31\n" \
		"st.d $r\\n, %1, \\n * 8\n" \
		".endr\n" \
		".irp n, 24,25,26,27,28,29,30,31\n" \
		"fst.d $f\\n, %1, 256 + \\n * 8\n" \
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

	__asm__ volatile("syscall 0"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory", "t0", "t1", "t2", "t3", "t4", "t5", "t6",
			   "t7", "t8");
	return a0;
}

#endif
