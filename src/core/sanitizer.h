/* SPDX-License-Identifier: MIT */
/*
 * What the tools and the C++ runtime are told of stacks and switches. Only
 * sanitizer.c names them; without them each call is a test of a pointer.
 */
#ifndef CRESS_CORE_SANITIZER_H
#define CRESS_CORE_SANITIZER_H

#include "core/thread.h"

/* A thread begins: find the tools, and set its slow bits. */
void cress_sanitizer_thread(struct cress_thread *thread);

/* `from` is about to be left for `to`, on the stack of `from`. */
void cress_sanitizer_leave(cress_t *from, cress_t *to);

/* `current` goes on; `dying` is the one that was left for good, or NULL. */
void cress_sanitizer_arrive(cress_t *current, cress_t *dying);

/*
 * A stack is handed to `c`, or taken from it; [low, top) without its guard. To
 * be called only while cress_sanitizer_is_watching().
 */
void cress_sanitizer_stack_taken(cress_t *c, char *low, char *top);
void cress_sanitizer_stack_given(cress_t *c, char *low, char *top);

/* Is there a sanitizer, or valgrind? Known once a thread has been made. */
extern int cress_sanitizer_watches;

/* Two threads may be made at once, so it is written while others read. */
static inline int cress_sanitizer_is_watching(void)
{
	return __atomic_load_n(&cress_sanitizer_watches, __ATOMIC_RELAXED);
}

/* Memory of ours that holds pointers to allocated memory, for LSan. */
void cress_sanitizer_root(const void *low, size_t size);
void cress_sanitizer_unroot(const void *low, size_t size);

/* Memory that is about to be unmapped: what comes there next is new. */
void cress_sanitizer_unmap(const void *low, size_t size);

/* The kernel wrote there, by a call that MemorySanitizer does not know. */
void cress_sanitizer_written(const void *low, size_t size);

/* Memory that was used as a stack is ours to read and write as a whole. */
void cress_sanitizer_expose(const void *low, size_t size);

/* Give `from` and `to` their own C++ exceptions in flight. */
void cress_swap_exceptions(struct cress_thread *thread, cress_t *from,
			   cress_t *to);

#endif
