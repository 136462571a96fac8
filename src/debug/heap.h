/* SPDX-License-Identifier: MIT */
/* The memory of a simulated run: counted, failed once, and asked for again. */
#ifndef CRESS_DEBUG_HEAP_H
#define CRESS_DEBUG_HEAP_H

#include "core/memory.h"
#include "core/thread.h"
#include "debug/table.h"

struct cress_heap {
	cress_allocator_t outer;	/* that of everybody else */
	const struct cress_thread *thread;	/* whose requests count */
	size_t fail;		/* the how manieth request fails, or 0 */
	size_t requests;	/* since that was set */
	int failed;		/* one did */
	int keep;		/* remember what is out */
	int busy;		/* inside of its own calls */
	size_t numbered;	/* blocks of this run */
	struct cress_table out;	/* their numbers */
};

/* Take the place of the library's allocator. 0, or -1 with errno EBUSY. */
int cress_heap_install(struct cress_heap *heap);
void cress_heap_remove(struct cress_heap *heap);

/* Begin to count for a run in `thread`; what is out is forgotten. */
void cress_heap_begin(struct cress_heap *heap,
		      const struct cress_thread *thread);

/* Fail the n-th request from now on; 0: none. */
void cress_heap_fail(struct cress_heap *heap, size_t n);

#endif
