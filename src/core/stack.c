/* SPDX-License-Identifier: MIT */
/*
 * Stacks: mapped in slabs, carved one by one, recycled last in first out.
 *
 * Each thread has a pool for each power of two. A stack is never unmapped
 * before its thread ends; its memory may be given back to the system while it
 * is free. Since a dying coroutine gives its stack back while it still runs on
 * it, nothing here writes to, or discards, the stack that was given last.
 *
 * Stacks are coloured: equal ones would put their hottest frames into the same
 * sets of the caches, so each top is moved by a multiple of a cache line, and
 * each stack lies a page further on than its size says.
 */
#include "core/stack.h"

#include <errno.h>
#include <string.h>

#include "core/guard.h"
#include "core/memory.h"
#include "core/sanitizer.h"
#include "core/shadow.h"

#include <cress/stack.h>

#define DEFAULT_SIZE ((size_t)128 * 1024)
#define OWN_MIN ((size_t)4096)
#define FIRST_SLAB_STACKS 16

/*
 * What a process has to give away: where pointers have 64 bits, processors
 * take 48 of them. No stack may have more than a quarter of that, and no slab
 * so much that the doubling of slabs would use up what others need.
 */
#define ADDRESSES (SIZE_MAX < 1ull << 48 ? SIZE_MAX : 1ull << 48)
#define LARGEST_SIZE ((size_t)(ADDRESSES / 4))
#define LARGEST_SLAB ((size_t)(ADDRESSES / 64 < 1 << 30 ? ADDRESSES / 64 \
							: 1 << 30))

/* What is little of a stack, and how many of those that are free are asked. */
#define SHALLOW_PAGES 4
#define SAMPLE 8

struct cress_mapping {
	struct cress_mapping *next;
	char *low;
	size_t size;
};

size_t cress_stack_min(void)
{
	return cress_guard_size() + 3 * cress_page_size();
}

size_t cress_stack_default(void)
{
	static size_t size;

	if (unlikely(size == 0))
		size = cress_stack_min() > DEFAULT_SIZE ? cress_stack_min()
							: DEFAULT_SIZE;
	return size;
}

int cress_stack_size_is_valid(const void *memory, size_t size)
{
	if (memory != NULL)
		return size >= OWN_MIN &&
		       size <= SIZE_MAX - (uintptr_t)memory;
	return size >= cress_stack_min() && size <= LARGEST_SIZE;
}

/* The power of two that serves a stack of `size` bytes. */
static int class_of(size_t size)
{
	return 64 - __builtin_clzll((unsigned long long)size - 1);
}

/*
 * From one stack to the next. The page between them moves equal stacks, which
 * lie a power of two apart otherwise, into different sets of the TLB.
 */
static size_t stride_of(int class)
{
	return ((size_t)1 << class) + (CRESS_COLOUR ? cress_page_size() : 0);
}

/* Make sure that every stack of the pool can be given back at any time. */
static int reserve_free(struct cress_stack_pool *pool, size_t more)
{
	size_t capacity = pool->carved + more;
	char **free;

	if (capacity <= pool->capacity)
		return 0;
	if (capacity < pool->capacity * 2)
		capacity = pool->capacity * 2;
	free = cress_alloc_array(capacity, sizeof *free);
	if (free == NULL)
		return -1;
	if (pool->free_count != 0)
		memcpy(free, pool->free, pool->free_count * sizeof *free);
	cress_free(pool->free);
	pool->free = free;
	pool->capacity = capacity;
	return 0;
}

static int add_slab(struct cress_thread *thread, struct cress_stack_pool *pool,
		    int class)
{
	struct cress_mapping *mapping;
	size_t count = pool->slab_count == 0 ? FIRST_SLAB_STACKS
					     : pool->slab_count;

	while (count > 1 && count > LARGEST_SLAB / stride_of(class))
		count /= 2;
	if (reserve_free(pool, count) != 0)
		return -1;
	mapping = cress_alloc(sizeof *mapping);
	if (mapping == NULL)
		return -1;
	mapping->size = count * stride_of(class);
	mapping->low = cress_map(mapping->size);
	if (mapping->low == NULL) {
		cress_free(mapping);
		return -1;
	}
	mapping->next = thread->mappings;
	thread->mappings = mapping;
	pool->slab_next = mapping->low;
	pool->slab_left = count;
	pool->slab_count = count * 2;
	return 0;
}

static char *carve(struct cress_thread *thread, struct cress_stack_pool *pool,
		   int class)
{
	char *low;

	if (pool->slab_left == 0 && add_slab(thread, pool, class) != 0)
		return NULL;
	low = pool->slab_next;
	if (cress_guard_install(low) != 0)
		return NULL;
	pool->slab_next += stride_of(class);
	pool->slab_left--;
	pool->carved++;
	thread->stack_bytes += stride_of(class);
	return low;
}

static struct cress_stack_pool *pool_of(struct cress_thread *thread, int class)
{
	struct cress_stack_pool *pool = thread->pools[class];

	if (likely(pool != NULL))
		return pool;
	pool = cress_alloc(sizeof(**thread->pools));
	if (pool == NULL)
		return NULL;
	thread->pools[class] = pool;
	pool->size = (size_t)1 << class;
	return pool;
}

static void clear_own(cress_t *c)
{
	cress_sanitizer_expose(c->stack, c->stack_size);
	memset(c->stack, 0, c->stack_size);
}

static char *take_own(cress_t *c)
{
	char *top = c->stack + c->stack_size;

	if (c->attributes & CRESS_CLEAN_STACK)
		clear_own(c);
	if (unlikely(cress_sanitizer_is_watching()))
		cress_sanitizer_stack_taken(c, c->stack, top);
	return top;
}

/*
 * The free stack on top, or the one below if it is to be cleaned and that of
 * the last to die, who may still be running on it. NULL if there is none.
 */
static inline char *take_free(struct cress_thread *thread,
			      struct cress_stack_pool *pool, int to_clean)
{
	size_t count = pool->free_count;
	char *low;

	if (count == 0)
		return NULL;
	low = pool->free[count - 1];
	if (unlikely(to_clean && low == thread->last_given)) {
		if (count == 1)
			return NULL;
		low = pool->free[count - 2];
		pool->free[count - 2] = pool->free[count - 1];
	}
	pool->free_count--;
	return low;
}

char *cress_stack_take_slowly(struct cress_thread *thread, cress_t *c)
{
	int class = class_of(c->stack_size);
	struct cress_stack_pool *pool;
	char *low;

	if (unlikely(!thread->overflow_armed) &&
	    !(c->attributes & CRESS_NO_OVERFLOW_REPORT))
		cress_overflow_arm(thread);
	if (unlikely(c->own_stack))
		return take_own(c);
	pool = pool_of(thread, class);
	if (unlikely(pool == NULL))
		return NULL;
	low = take_free(thread, pool, c->attributes & CRESS_CLEAN_STACK);
	if (unlikely(low == NULL) &&
	    (low = carve(thread, pool, class)) == NULL)
		return NULL;
	c->stack = low;
	c->stack_size = pool->size;
	if (pool->size == thread->stack_default && thread->overflow_armed &&
	    !cress_sanitizer_is_watching())
		thread->hot = pool;
	if (unlikely(c->attributes & CRESS_CLEAN_STACK))
		cress_guard_discard(low + cress_guard_size(),
				    low + c->stack_size);
	if (unlikely(cress_sanitizer_is_watching()))
		cress_sanitizer_stack_taken(c, low + cress_guard_size(),
					    low + c->stack_size);
	return cress_stack_top(low, c->stack_size);
}

/*
 * Give back what a free stack used beyond its hottest page, if it was much.
 * Returns whether it was.
 */
static int trim_if_deep(char *low, int class)
{
	size_t page = cress_page_size();
	char *high = low + ((size_t)1 << class);

	if ((size_t)1 << class <=
		    cress_guard_size() + (SHALLOW_PAGES + 1) * page ||
	    !cress_page_is_resident(high - (SHALLOW_PAGES + 1) * page))
		return 0;
	cress_guard_discard(low + cress_guard_size(), high - page);
	return 1;
}

/*
 * To ask costs as much as a short coroutine's life: so one free stack in eight
 * is asked for, and the other seven if that was used deep. The one that comes
 * on top of them may still be in use; they were given earlier.
 */
static void trim_sample(struct cress_stack_pool *pool, int class)
{
	size_t count = pool->free_count;

	if (count % SAMPLE != 0 || !trim_if_deep(pool->free[count - 1], class))
		return;
	for (size_t i = 2; i <= SAMPLE; i++)
		trim_if_deep(pool->free[count - i], class);
}

static void give_own(cress_t *c)
{
	if (cress_sanitizer_is_watching())
		cress_sanitizer_stack_given(c, c->stack,
					    c->stack + c->stack_size);
	c->stack = NULL;
}

void cress_stack_give_slowly(struct cress_thread *thread, cress_t *c)
{
	int class = class_of(c->stack_size);
	struct cress_stack_pool *pool = thread->pools[class];

	if (unlikely(c->own_stack)) {
		give_own(c);
		return;
	}
	if (unlikely(cress_sanitizer_is_watching()))
		cress_sanitizer_stack_given(c, c->stack + cress_guard_size(),
					    c->stack + c->stack_size);
	if (unlikely(pool->free_count >= CRESS_HOT_STACKS))
		trim_sample(pool, class);
	pool->free[pool->free_count++] = c->stack;
	thread->last_given = c->stack;
	c->stack = NULL;
}

void cress_stacks_init(struct cress_thread *thread)
{
	static struct cress_stack_pool none;

	thread->hot = &none;
	thread->stack_default = cress_stack_default();
}

void cress_stacks_free(struct cress_thread *thread)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	struct cress_mapping *mapping;

	cress_shadows_free(thread);
	while ((mapping = thread->mappings) != NULL) {
		thread->mappings = mapping->next;
		/* Not every pthread_exit() leaves the stack it is called on. */
		if (here - (uintptr_t)mapping->low >= mapping->size)
			cress_unmap(mapping->low, mapping->size);
		cress_free(mapping);
	}
	for (int class = 0; class < CRESS_STACK_CLASSES; class++) {
		if (thread->pools[class] != NULL)
			cress_free(thread->pools[class]->free);
		cress_free(thread->pools[class]);
	}
	cress_overflow_disarm(thread);
}

static size_t peak_of_own(const cress_t *c)
{
	size_t page = cress_page_size();
	size_t untouched = 0;
	size_t used;

	cress_sanitizer_expose(c->stack, c->stack_size);
	while (untouched < c->stack_size && c->stack[untouched] == 0)
		untouched++;
	used = c->stack_size - untouched;
	used = (used + page - 1) / page * page;
	return used < c->stack_size ? used : c->stack_size;
}

size_t cress_stack_peak(const cress_t *c)
{
	size_t page = cress_page_size();
	char *low, *high;

	if (c == NULL || c->stack == NULL || c->kind & CRESS_KIND_MAIN)
		return 0;
	if (c->state == CRESS_UNSTARTED || c->thread != cress_thread_self)
		return 0;
	if (c->own_stack)
		return peak_of_own(c);
	high = c->stack + c->stack_size;
	for (low = c->stack + cress_guard_size(); low < high; low += page)
		if (cress_page_is_resident(low))
			break;
	return (size_t)(high - low);
}

void cress_stack_stats(cress_stack_stats_t *stats)
{
	struct cress_thread *thread = cress_thread_self;
	const struct cress_stack_pool *pool;

	memset(stats, 0, sizeof *stats);
	if (thread == NULL)
		return;
	stats->mapped_bytes = thread->stack_bytes;
	for (int class = 0; class < CRESS_STACK_CLASSES; class++)
		if (thread->pools[class] != NULL) {
			pool = thread->pools[class];
			stats->pooled += pool->free_count;
			stats->in_use += pool->carved - pool->free_count;
		}
}

size_t cress_stack_trim(void)
{
	struct cress_thread *thread = cress_thread_self;
	size_t trimmed = 0;

	if (thread == NULL)
		return 0;
	for (int class = 0; class < CRESS_STACK_CLASSES; class++) {
		struct cress_stack_pool *pool = thread->pools[class];

		for (size_t i = 0; pool && i < pool->free_count; i++)
			cress_guard_discard(
				pool->free[i] + cress_guard_size(),
				pool->free[i] + ((size_t)1 << class));
		trimmed += pool == NULL ? 0 : pool->free_count;
	}
	return trimmed;
}
