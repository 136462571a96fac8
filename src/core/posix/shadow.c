/* SPDX-License-Identifier: MIT */
/*
 * Shadow stacks come from the kernel alone, each by a system call of its own,
 * since it must end in a token. They are not kept for reuse: what the last
 * owner left on one could only be taken off by running on it.
 *
 * A coroutine's block has room for a number, so the addresses are in a table of
 * its thread. The numbers that are free are linked by `size`.
 */
#include "core/shadow.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/memory.h"

/* The system call has this number on every processor. */
#define MAP_SHADOW_STACK 453
#define SET_TOKEN 1

#define FIRST_ROOM 16

struct cress_shadow {
	char *low;		/* NULL: this number is free */
	size_t size;		/* or the next free number */
};

/* Number 0 is nobody's. */
static int grow(struct cress_thread *thread)
{
	size_t room = thread->shadow_room;
	size_t more = room == 0 ? FIRST_ROOM : room * 2;
	struct cress_shadow *all = cress_alloc_array(more, sizeof *all);

	if (all == NULL)
		return -1;
	for (size_t i = 0; i < more; i++)
		all[i] = i < room ? thread->shadows[i]
				  : (struct cress_shadow){.size = i + 1};
	cress_free(thread->shadows);
	thread->shadows = all;
	thread->shadow_room = more;
	thread->shadow_free = room == 0 ? 1 : room;
	return 0;
}

uint32_t cress_shadow_take(struct cress_thread *thread, size_t stack_size)
{
	size_t page = cress_page_size();
	struct cress_shadow *shadow;
	uint32_t number;
	size_t size;
	long low;

	/*
	 * The stack may become twice as large by rounding. A frame takes at
	 * least 16 bytes of it, and 8 here; signals take some more.
	 */
	size = (stack_size / page + 2) * page;
	if (thread->shadow_free == thread->shadow_room && grow(thread) != 0)
		return 0;
	low = syscall(MAP_SHADOW_STACK, 0, size, SET_TOKEN);
	if (low == -1) {
		errno = ENOMEM;
		return 0;
	}
	number = (uint32_t)thread->shadow_free;
	shadow = &thread->shadows[number];
	thread->shadow_free = shadow->size;
	*shadow = (struct cress_shadow){.low = (char *)low, .size = size};
	return number;
}

void cress_shadow_begin(struct cress_thread *thread, cress_t *c,
			uint32_t number)
{
	const struct cress_shadow *shadow = &thread->shadows[number];

	c->shadow = number;
	cress_arch_shadow_init(&c->context, shadow->low + shadow->size);
}

void cress_shadow_give(struct cress_thread *thread, uint32_t number)
{
	struct cress_shadow *shadow = &thread->shadows[number];

	munmap(shadow->low, shadow->size);
	*shadow = (struct cress_shadow){.size = thread->shadow_free};
	thread->shadow_free = number;
}

void cress_shadows_free(struct cress_thread *thread)
{
	for (size_t i = 0; i < thread->shadow_room; i++)
		if (thread->shadows[i].low != NULL)
			munmap(thread->shadows[i].low, thread->shadows[i].size);
	cress_free(thread->shadows);
}
