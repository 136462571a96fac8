/* SPDX-License-Identifier: MIT */
/*
 * Stacks: sizes, guards, the pool, and what overflows look like.
 *
 * A coroutine takes a stack when it first runs and gives it back when it dies.
 * Stacks are memory mapped without reservation: a page costs when it is first
 * touched. The default size is the larger of 128 KiB and four pages; others are
 * rounded up to a power of two. Below every stack lies a guard page, part of
 * its size; to run into it kills the
 * process with SIGSEGV after a line that names the coroutine, its entry
 * function and its sizes. That line comes from a SIGSEGV handler which is
 * installed only if nobody else's is, on an alternate signal stack which is
 * set only in a thread that has none; CRESS_NO_OVERFLOW_REPORT leaves both
 * out. A frame larger than the guard can jump over it: compile code with large
 * frames with -fstack-clash-protection (on aarch64 gcc also needs --param
 * stack-clash-protection-guard-size=12).
 *
 * Guards are made with MADV_GUARD_INSTALL where the kernel has it and a probe
 * proves that it guards; elsewhere with mprotect(), whose guards cost two
 * mappings each: the kernel's limit is then reached at about 32,000 stacks,
 * and the next one fails with ENOMEM. CRESS_GUARD=mprotect in the environment
 * forces the latter.
 *
 * On Windows the guard is five pages, the least size eight, and who runs into
 * the guard dies of a stack overflow, an exception; a handler that leaves it to
 * all others says the line. All of a stack's memory is committed before.
 *
 * Memory of the caller's own may serve as a stack (cress_attr_t): it has no
 * guard, and the caller keeps it until the coroutine is dead and somebody else
 * runs.
 *
 *     cress_attr_t big = {.name = "parser", .stack_size = 1 << 20};
 *     cress_t *c = cress_new(parse, &big);
 */
#ifndef CRESS_STACK_H
#define CRESS_STACK_H

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Return the default stack size of this process in bytes, guard included. Any
 * thread.
 */
size_t cress_stack_default(void);

/*
 * Return the smallest stack size that cress_new() accepts, in bytes, guard
 * included: three pages and the guard. The caller's own memory may be smaller:
 * 4 KiB. Any thread.
 */
size_t cress_stack_min(void);

/*
 * Return how many bytes of its stack `c` has used at most, rounded up to a
 * page; with CRESS_CLEAN_STACK the figure is its own, otherwise earlier owners
 * of the stack count too. 0 if it has no stack now: not started, dead, or a
 * main coroutine. Own memory given without CRESS_CLEAN_STACK counts as used
 * from its lowest byte that is not 0. Owner thread; does not park.
 */
size_t cress_stack_peak(const cress_t *c);

/* What the stacks of the calling thread amount to. */
typedef struct cress_stack_stats {
	size_t in_use;		/* stacks that coroutines have */
	size_t pooled;		/* free stacks, kept for reuse */
	size_t mapped_bytes;	/* address space of both */
	size_t reserved[5];
} cress_stack_stats_t;

/* Fill in `stats` for the calling thread. Never fails, never parks. */
void cress_stack_stats(cress_stack_stats_t *stats);

/*
 * Give the memory of the calling thread's free stacks back to the system. The
 * addresses and guards stay for reuse. The pool does this by itself with
 * stacks that were used deep. Returns how many stacks were trimmed. Does not
 * park.
 */
size_t cress_stack_trim(void);

/* How guards are made. */
enum cress_guard {
	CRESS_GUARD_MADVISE = 1,
	CRESS_GUARD_MPROTECT = 2,
	CRESS_GUARD_PAGE = 3	/* PAGE_GUARD, on Windows */
};

/* Return how guards are made in this process. Any thread. */
enum cress_guard cress_stack_guard(void);

#ifdef __cplusplus
}
#endif

#endif
