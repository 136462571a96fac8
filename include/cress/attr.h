/* SPDX-License-Identifier: MIT */
/*
 * What a coroutine is made with. All of it has defaults: zero means them.
 *
 *     cress_attr_t attr = {.name = "parser", .stack_size = 1 << 20};
 *     cress_t *c = cress_spawn_with(parse, input, &attr);
 */
#ifndef CRESS_ATTR_H
#define CRESS_ATTR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A coroutine. */
typedef struct cress cress_t;

/*
 * The floating-point control words (rounding, exception masks) go along
 * unchanged when this coroutine is switched to, and when it switches to
 * another. That makes a switch faster; it is for those that leave the control
 * words alone, and for those who switch to them. The scheduler's switches keep
 * everybody's apart in any case. Without it each coroutine has its own: it
 * starts with its creator's.
 */
#define CRESS_SHARED_FP 0x1u

/*
 * Start on a stack that holds no byte of an earlier owner. Also makes
 * cress_stack_peak() count this coroutine's own use only.
 */
#define CRESS_CLEAN_STACK 0x2u

/*
 * Do not install the handler that names the coroutine when its stack
 * overflows. See stack.h.
 */
#define CRESS_NO_OVERFLOW_REPORT 0x4u

/*
 * What a coroutine is made with. All zero is valid and means the defaults. The
 * caller owns it and may drop it when the call returns.
 */
typedef struct cress_attr {
	const char *name;	/* copied; NULL: none */
	size_t stack_size;	/* bytes; 0: the default, see stack.h */
	void *stack;		/* own memory of stack_size bytes, or NULL */
	cress_t *parent;	/* NULL: the creator; spawned ones: the hub */
	unsigned flags;		/* CRESS_SHARED_FP and so on, or 0 */
	unsigned reserved0;	/* must be 0 */
	void *reserved[3];	/* must be NULL */
} cress_attr_t;

#ifdef __cplusplus
}
#endif

#endif
