/* SPDX-License-Identifier: MIT */
/* Stacks, for the files of core. */
#ifndef CRESS_CORE_STACK_H
#define CRESS_CORE_STACK_H

#include "core/thread.h"

/* May cress_new() accept these attributes? `memory` is the caller's or NULL. */
int cress_stack_size_is_valid(const void *memory, size_t size);

/*
 * Give `c` a stack of c->stack_size, or prepare its own. Returns the address
 * that it starts at, or NULL with errno ENOMEM or EAGAIN.
 */
static inline char *cress_stack_take(struct cress_thread *thread, cress_t *c);

/*
 * Give the stack of `c` back, which may be the one in use: it is left as it
 * is until somebody else runs.
 */
static inline void cress_stack_give(struct cress_thread *thread, cress_t *c);

/* The long ways of the two. */
char *cress_stack_take_slowly(struct cress_thread *thread, cress_t *c);
void cress_stack_give_slowly(struct cress_thread *thread, cress_t *c);

/* A thread begins: no stacks. */
void cress_stacks_init(struct cress_thread *thread);

/*
 * The address that a stack starts at. Its colour follows from where it lies;
 * there is a prime number of them, so that no stride of a power of two and one
 * pages skips any.
 */
#define CRESS_COLOURS 23
#define CRESS_COLOUR_STEP 64
#define CRESS_COLOUR_PAGE 12	/* bits; of the smallest page anywhere */

#ifndef CRESS_COLOUR
#define CRESS_COLOUR 1
#endif

static inline char *cress_stack_top(char *low, size_t size)
{
	size_t page = (uintptr_t)low >> CRESS_COLOUR_PAGE;
	size_t colour = CRESS_COLOUR ? page % CRESS_COLOURS : 0;

	return low + size - colour * CRESS_COLOUR_STEP;
}

static inline char *cress_stack_take(struct cress_thread *thread, cress_t *c)
{
	struct cress_stack_pool *hot = thread->hot;

	if (unlikely(hot->free_count == 0 || c->stack_size != hot->size ||
		     (c->own_stack | c->attributes)))
		return cress_stack_take_slowly(thread, c);
	c->stack = hot->free[--hot->free_count];
	return cress_stack_top(c->stack, c->stack_size);
}

/* So many free stacks keep their memory; further ones if used little. */
#define CRESS_HOT_STACKS 64

static inline void cress_stack_give(struct cress_thread *thread, cress_t *c)
{
	struct cress_stack_pool *hot = thread->hot;

	if (unlikely(c->stack_size != hot->size || c->own_stack ||
		     hot->free_count >= CRESS_HOT_STACKS)) {
		cress_stack_give_slowly(thread, c);
		return;
	}
	hot->free[hot->free_count++] = c->stack;
	thread->last_given = c->stack;
	c->stack = NULL;
}

/* Unmap all stacks of a thread that ends. */
void cress_stacks_free(struct cress_thread *thread);

#endif
