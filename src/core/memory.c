/* SPDX-License-Identifier: MIT */
/*
 * The allocator hook and its defaults. Small objects come zeroed, because
 * every structure of the library is valid, or empty, when zeroed.
 */
#include "core/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/pages.h"
#include "core/sanitizer.h"

static void *default_alloc(size_t size, void *context)
{
	(void)context;
	return malloc(size);
}

static void default_free(void *memory, void *context)
{
	(void)context;
	free(memory);
}

static void *default_map(size_t size, void *context)
{
	(void)context;
	return cress_pages_map(size);
}

static void default_unmap(void *memory, size_t size, void *context)
{
	(void)context;
	cress_pages_unmap(memory, size);
}

static const cress_allocator_t defaults = {
	.alloc = default_alloc,
	.free = default_free,
	.map = default_map,
	.unmap = default_unmap,
};

static cress_allocator_t allocator = {
	.alloc = default_alloc,
	.free = default_free,
	.map = default_map,
	.unmap = default_unmap,
};

int cress_set_allocator(const cress_allocator_t *new)
{
	if (new == NULL) {
		allocator = defaults;
		return 0;
	}
	if (!new->alloc != !new->free || !new->map != !new->unmap ||
	    new->reserved[0] || new->reserved[1] || new->reserved[2]) {
		errno = EINVAL;
		return -1;
	}
	allocator = *new;
	if (new->alloc == NULL) {
		allocator.alloc = default_alloc;
		allocator.free = default_free;
	}
	if (new->map == NULL) {
		allocator.map = default_map;
		allocator.unmap = default_unmap;
	}
	return 0;
}

void cress_allocator_swap(const cress_allocator_t *new, cress_allocator_t *old)
{
	*old = allocator;
	allocator = *new;
}

void *cress_alloc_array(size_t count, size_t size)
{
	void *memory = NULL;

	if (count <= SIZE_MAX / size)
		memory = allocator.alloc(count * size, allocator.context);
	if (memory == NULL)
		errno = ENOMEM;
	return memory;
}

void *cress_alloc(size_t size)
{
	void *memory = allocator.alloc(size, allocator.context);

	if (memory == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	return memset(memory, 0, size);
}

void cress_free(void *memory)
{
	if (memory != NULL)
		allocator.free(memory, allocator.context);
}

char *cress_strdup(const char *string)
{
	size_t size = strlen(string) + 1;
	char *copy = cress_alloc(size);

	return copy == NULL ? NULL : memcpy(copy, string, size);
}

void *cress_map(size_t size)
{
	void *memory = allocator.map(size, allocator.context);

	if (memory == NULL)
		errno = ENOMEM;
	return memory;
}

void cress_unmap(void *memory, size_t size)
{
	cress_sanitizer_unmap(memory, size);
	allocator.unmap(memory, size, allocator.context);
}
