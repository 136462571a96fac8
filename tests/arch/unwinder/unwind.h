/* SPDX-License-Identifier: MIT */
/*
 * In place of the compiler's <unwind.h>, for processors whose compiler has no
 * unwinder, or one that goes by other tables than those that describe a switch:
 * as much of it as the kit uses, by the same names. Who compiles with it
 * defines KIT_UNWINDER.
 */
#ifndef TESTS_ARCH_UNWIND_H
#define TESTS_ARCH_UNWIND_H

#include <stdint.h>
#include <ucontext.h>

/* libgcc may be linked as well. */
#define _Unwind_Backtrace kit_unwind_backtrace
#define _Unwind_GetGR kit_unwind_get_register
#define _Unwind_GetIP kit_unwind_get_ip
#define _Unwind_GetCFA kit_unwind_get_cfa
#define _Unwind_GetRegionStart kit_unwind_get_function

typedef uintptr_t _Unwind_Word, _Unwind_Ptr;

typedef enum {
	_URC_NO_REASON = 0,
	_URC_FATAL_PHASE1_ERROR = 3,
	_URC_END_OF_STACK = 5,
} _Unwind_Reason_Code;

struct _Unwind_Context;

typedef _Unwind_Reason_Code (*_Unwind_Trace_Fn)(struct _Unwind_Context *frame,
						void *argument);

_Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn trace, void *argument);
_Unwind_Ptr _Unwind_GetIP(struct _Unwind_Context *frame);
_Unwind_Word _Unwind_GetCFA(struct _Unwind_Context *frame);
_Unwind_Ptr _Unwind_GetRegionStart(struct _Unwind_Context *frame);

/* Of a register that is wider than a word this gets the lower half. */
_Unwind_Word _Unwind_GetGR(struct _Unwind_Context *frame, int number);
#define UPPER_HALF(number) ((number) | 0x4000)

/* Call walk(pc); what it asks for begins where a signal came. */
void unwind_trapped(void (*walk)(uintptr_t pc), uintptr_t pc,
		    const ucontext_t *trapped);
#define step_walk(walk, pc, trapped) unwind_trapped(walk, pc, trapped)

#endif
