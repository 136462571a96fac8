/* SPDX-License-Identifier: MIT */
/*
 * The objects that callers own have a size and places for their members that
 * are part of the binary interface: a program built against one version runs
 * with the next. Whoever changes a number here breaks programs that exist.
 *
 * All of it is decided when this file is compiled; the sizes are counted in
 * pointers so that they hold on every processor. What is printed is for the
 * reader of a log.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cress.h>

#define POINTER sizeof(void *)

_Static_assert(sizeof(cress_attr_t) == 7 * POINTER + 2 * sizeof(unsigned),
	       "cress_attr_t: name, size, stack, parent, 2 x int, 3 spare");
_Static_assert(offsetof(cress_attr_t, flags) == 4 * POINTER,
	       "cress_attr_t: flags come fifth");
_Static_assert(offsetof(cress_attr_t, reserved) ==
	       4 * POINTER + 2 * sizeof(unsigned),
	       "cress_attr_t: the spare room comes last");

_Static_assert(sizeof(cress_scope_t) == 16 * sizeof(uint64_t),
	       "cress_scope_t: sixteen words");
_Static_assert(_Alignof(cress_scope_t) == _Alignof(uint64_t),
	       "cress_scope_t: aligned as its words");

_Static_assert(sizeof(cress_group_t) == 48 * sizeof(uint64_t),
	       "cress_group_t: forty-eight words");
_Static_assert(sizeof(cress_imap_t) == 32 * sizeof(uint64_t),
	       "cress_imap_t: thirty-two words");
_Static_assert(sizeof(cress_group_result_t) ==
	       7 * POINTER + 2 * sizeof(int),
	       "cress_group_result_t: four members, 2 x int, 3 spare");
_Static_assert(offsetof(cress_group_result_t, error) == 4 * POINTER,
	       "cress_group_result_t: the error comes fifth");
/* What coroutines coordinate with: a name, and words. */
#define WORDS(type, count) \
	_Static_assert(offsetof(type, name) == 0 && \
		       sizeof(((type *)0)->opaque) == \
			       (count) * sizeof(uint64_t) && \
		       offsetof(type, opaque) + (count) * sizeof(uint64_t) == \
			       sizeof(type), \
		       #type ": a name, and so many words")
WORDS(cress_barrier_t, 7);
WORDS(cress_condition_t, 7);
WORDS(cress_event_t, 7);
WORDS(cress_future_t, 7);
WORDS(cress_mutex_t, 7);
WORDS(cress_once_t, 7);
WORDS(cress_recursive_mutex_t, 7);
WORDS(cress_rwlock_t, 17);
WORDS(cress_semaphore_t, 7);
WORDS(cress_wait_group_t, 7);

WORDS(cress_channel_t, 19);
_Static_assert(sizeof(cress_channel_case_t) ==
	       2 * POINTER + 2 * sizeof(int) + 10 * sizeof(uint64_t),
	       "cress_channel_case_t: channel, item, 2 x int, ten words");
_Static_assert(offsetof(cress_channel_case_t, error) ==
	       2 * POINTER + sizeof(int),
	       "cress_channel_case_t: the error comes fourth");

WORDS(cress_queue_t, 27);
_Static_assert(CRESS_QUEUE_FIFO == 0, "CRESS_QUEUE_FIFO");
_Static_assert(CRESS_QUEUE_LIFO == 1, "CRESS_QUEUE_LIFO");
_Static_assert(CRESS_QUEUE_PRIORITY == 2, "CRESS_QUEUE_PRIORITY");

_Static_assert(sizeof(cress_allocator_t) == 8 * POINTER,
	       "cress_allocator_t: four functions, a context, 3 spare");
_Static_assert(offsetof(cress_allocator_t, context) == 4 * POINTER,
	       "cress_allocator_t: the context follows the functions");

_Static_assert(sizeof(cress_stack_stats_t) == 8 * sizeof(size_t),
	       "cress_stack_stats_t: three numbers, 5 spare");

_Static_assert(sizeof(cress_simulation_t) ==
		       16 * sizeof(uint64_t) + 2 * POINTER +
			       8 * sizeof(uint32_t) + 3 * sizeof(double),
	       "cress_simulation_t: what is asked, 6 spare, results, 4 spare");
_Static_assert(offsetof(cress_simulation_t, runs) ==
		       8 * sizeof(uint64_t) + 2 * POINTER +
			       4 * sizeof(uint32_t) + 3 * sizeof(double),
	       "cress_simulation_t: the results come last");

/* Numbers that programs have compiled in. */
_Static_assert(CRESS_EXIT == -1, "CRESS_EXIT");
_Static_assert(CRESS_CHANNEL_SEND == 1, "CRESS_CHANNEL_SEND");
_Static_assert(CRESS_CHANNEL_RECEIVE == 2, "CRESS_CHANNEL_RECEIVE");
_Static_assert(CRESS_SHARED_FP == 1, "CRESS_SHARED_FP");
_Static_assert(CRESS_CLEAN_STACK == 2, "CRESS_CLEAN_STACK");
_Static_assert(CRESS_NO_OVERFLOW_REPORT == 4, "CRESS_NO_OVERFLOW_REPORT");
_Static_assert(CRESS_GROUP_FAIL_FAST == 1, "CRESS_GROUP_FAIL_FAST");
_Static_assert(CRESS_GROUP_FORGET == 2, "CRESS_GROUP_FORGET");
_Static_assert(CRESS_GROUP_WATCH == 4, "CRESS_GROUP_WATCH");
_Static_assert(CRESS_IMAP_UNORDERED == 1, "CRESS_IMAP_UNORDERED");
_Static_assert(CRESS_LINK_RAW == 1, "CRESS_LINK_RAW");
_Static_assert(CRESS_LINK_VALUE == 2, "CRESS_LINK_VALUE");
_Static_assert(CRESS_LINK_ERROR == 4, "CRESS_LINK_ERROR");
_Static_assert(CRESS_EVENT_SWITCH == 1, "CRESS_EVENT_SWITCH");
_Static_assert(CRESS_EVENT_THROW == 2, "CRESS_EVENT_THROW");
_Static_assert(CRESS_GUARD_MADVISE == 1, "CRESS_GUARD_MADVISE");
_Static_assert(CRESS_GUARD_MPROTECT == 2, "CRESS_GUARD_MPROTECT");
_Static_assert(CRESS_LOG_ERROR == 3, "CRESS_LOG_ERROR");
_Static_assert(CRESS_LOG_WARNING == 4, "CRESS_LOG_WARNING");
_Static_assert(CRESS_SIMULATE_NOMEM == 8, "CRESS_SIMULATE_NOMEM");
_Static_assert(CRESS_SIMULATE_MAIN == 0x100, "CRESS_SIMULATE_MAIN");
_Static_assert(CRESS_SIMULATE_TWICE == 0x1000, "CRESS_SIMULATE_TWICE");
_Static_assert(CRESS_SIMULATED_DIFFERENCE == 5, "CRESS_SIMULATED_DIFFERENCE");
_Static_assert(sizeof(cress_local_t) == sizeof(unsigned), "cress_local_t");

int main(void)
{
	printf("cress_attr_t        %zu bytes\n", sizeof(cress_attr_t));
	printf("cress_scope_t       %zu bytes\n", sizeof(cress_scope_t));
	printf("cress_group_t       %zu bytes\n", sizeof(cress_group_t));
	printf("cress_imap_t        %zu bytes\n", sizeof(cress_imap_t));
	printf("cress_channel_t     %zu bytes\n", sizeof(cress_channel_t));
	printf("cress_queue_t       %zu bytes\n", sizeof(cress_queue_t));
	printf("cress_allocator_t   %zu bytes\n", sizeof(cress_allocator_t));
	printf("cress_simulation_t  %zu bytes\n", sizeof(cress_simulation_t));
	printf("cress_stack_stats_t %zu bytes\n", sizeof(cress_stack_stats_t));
	return 0;
}
