/* SPDX-License-Identifier: MIT */
/* A coroutine's life, for the files of core and the layers above it. */
#ifndef CRESS_CORE_COROUTINE_H
#define CRESS_CORE_COROUTINE_H

#include "core/thread.h"

/*
 * cress_new() for the scheduler: `kind` is added, the parent is `parent` unless
 * the attributes name one. A first value of `value` is handed to the entry.
 */
cress_t *cress_make(struct cress_thread *thread, cress_fn *fn, void *value,
		    const cress_attr_t *attr, cress_t *parent, unsigned kind);

/* The same without attributes. NULL with errno ENOMEM. */
static inline cress_t *cress_make_plain(struct cress_thread *thread,
					cress_fn *fn, void *value,
					cress_t *parent, unsigned kind)
{
	cress_t *c = cress_block_take(thread);

	if (unlikely(c == NULL))
		return NULL;
	c->state = CRESS_UNSTARTED;
	c->kind = (uint8_t)kind;
	c->fn = fn;
	c->value = value;
	c->stack_size = thread->stack_default;
	arch_context_init_fp(&c->context);
	c->references = 1;
	c->parent = parent;
	if (parent != NULL)
		parent->references++;
	return c;
}

/* Give back a reference on the owner's thread. */
static inline void cress_drop(cress_t *c);

/* The last one went: free it, or throw CRESS_EXIT into it. */
void cress_last_drop(cress_t *c);

/*
 * Have its thread give a reference back when it next collects: for another
 * thread, and for the middle of a switch, where nobody can be unwound.
 */
void cress_drop_later(cress_t *c);

/* Give back a reference to a coroutine whose thread is gone. */
void cress_release_gone(cress_t *c);

/* The thread ends: none of its coroutines will ever run again. */
void cress_abandon_all(struct cress_thread *thread);

static inline void cress_drop(cress_t *c)
{
	if (--c->references == 0)
		cress_last_drop(c);
}

/*
 * Free a block without a reference, if that is all there is to it: it is dead,
 * and only this thread knew it. Returns whether it was.
 */
static inline int cress_free_plainly(cress_t *c)
{
	if (unlikely(c->state != CRESS_DEAD || c->locals != NULL ||
		     c->name != NULL || c->parent->references == 1 ||
		     atomic_load_explicit(&c->foreign, memory_order_relaxed)))
		return 0;
	c->parent->references--;
	cress_block_give(c);
	return 1;
}

/* "name" or "unnamed", for messages. */
const char *cress_label(const cress_t *c);

#endif
