/* SPDX-License-Identifier: MIT */
/*
 * An allocator around the library's own, for a simulation. It passes everything
 * on; only the requests of the simulated thread are counted, and may fail. What
 * came from elsewhere may be freed in a run and the other way round: so it
 * remembers which blocks are the run's.
 */
#include "debug/heap.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/* It is the process's allocator that is wrapped: by one at a time. */
static atomic_flag installed = ATOMIC_FLAG_INIT;

static int counts(const struct cress_heap *heap)
{
	return !heap->busy && heap->thread != NULL &&
	       cress_thread_self == heap->thread;
}

static int must_fail(struct cress_heap *heap)
{
	if (!counts(heap) || ++heap->requests != heap->fail)
		return 0;
	heap->failed = 1;
	return 1;
}

static void *keep(struct cress_heap *heap, void *memory)
{
	if (memory == NULL || !heap->keep || !counts(heap))
		return memory;
	heap->busy = 1;
	cress_table_put(&heap->out, memory, ++heap->numbered);
	heap->busy = 0;
	return memory;
}

static void forget(struct cress_heap *heap, const void *memory)
{
	if (heap->keep && !heap->busy)
		cress_table_remove(&heap->out, memory);
}

static void *take(size_t size, void *context)
{
	struct cress_heap *heap = context;

	if (must_fail(heap))
		return NULL;
	return keep(heap, heap->outer.alloc(size, heap->outer.context));
}

static void give(void *memory, void *context)
{
	struct cress_heap *heap = context;

	forget(heap, memory);
	heap->outer.free(memory, heap->outer.context);
}

static void *map(size_t size, void *context)
{
	struct cress_heap *heap = context;

	if (must_fail(heap))
		return NULL;
	return keep(heap, heap->outer.map(size, heap->outer.context));
}

static void unmap(void *memory, size_t size, void *context)
{
	struct cress_heap *heap = context;

	forget(heap, memory);
	heap->outer.unmap(memory, size, heap->outer.context);
}

int cress_heap_install(struct cress_heap *heap)
{
	cress_allocator_t wrapper = {
		.alloc = take,
		.free = give,
		.map = map,
		.unmap = unmap,
		.context = heap,
	};

	if (atomic_flag_test_and_set(&installed)) {
		errno = EBUSY;
		return -1;
	}
	cress_allocator_swap(&wrapper, &heap->outer);
	return 0;
}

void cress_heap_remove(struct cress_heap *heap)
{
	cress_allocator_t wrapper;

	heap->keep = 0;
	cress_allocator_swap(&heap->outer, &wrapper);
	atomic_flag_clear(&installed);
	cress_table_free(&heap->out);
}

void cress_heap_begin(struct cress_heap *heap,
		      const struct cress_thread *thread)
{
	heap->thread = thread;
	heap->numbered = 0;
	cress_heap_fail(heap, 0);
	cress_table_clear(&heap->out);
}

void cress_heap_fail(struct cress_heap *heap, size_t n)
{
	heap->requests = 0;
	heap->failed = 0;
	heap->fail = n;
}
