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
char *cress_stack_take(struct cress_thread *thread, cress_t *c);

/*
 * Give the stack of `c` back, which may be the one in use: it is left as it
 * is until somebody else runs.
 */
void cress_stack_give(struct cress_thread *thread, cress_t *c);

/* Unmap all stacks of a thread that ends. */
void cress_stacks_free(struct cress_thread *thread);

#endif
