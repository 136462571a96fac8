/* SPDX-License-Identifier: MIT */
/*
 * The counting, failing allocator. Which request fails is counted per thread,
 * so that a test thread starts from nothing and disturbs no other; what is out
 * is counted for the process, because any thread may give it back.
 */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <sys/mman.h>
#endif

#include <cress/runtime.h>

static size_t blocks;
static size_t mappings;
static size_t unmapped_running;

static __thread size_t until_failure;
static __thread int failed;

static int must_fail(void)
{
	if (until_failure == 0 || --until_failure > 0)
		return 0;
	failed = 1;
	return 1;
}

static void *take(size_t size, void *context)
{
	(void)context;
	void *memory = must_fail() ? NULL : malloc(size);

	if (memory != NULL)
		__atomic_add_fetch(&blocks, 1, __ATOMIC_RELAXED);
	return memory;
}

static void give(void *memory, void *context)
{
	(void)context;
	if (memory != NULL)
		__atomic_sub_fetch(&blocks, 1, __ATOMIC_RELAXED);
	free(memory);
}

#ifdef _WIN32
static void *take_pages(size_t size)
{
	return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT,
			    PAGE_READWRITE);
}

static void give_pages(void *memory, size_t size)
{
	(void)size;
	VirtualFree(memory, 0, MEM_RELEASE);
}
#else
static void *take_pages(size_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void give_pages(void *memory, size_t size)
{
	munmap(memory, size);
}
#endif

static void *map(size_t size, void *context)
{
	(void)context;
	if (must_fail())
		return NULL;
	void *memory = take_pages(size);
	if (memory == NULL)
		return NULL;
	__atomic_add_fetch(&mappings, 1, __ATOMIC_RELAXED);
	return memory;
}

static void unmap(void *memory, size_t size, void *context)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	(void)context;
	if (here - (uintptr_t)memory < size) {
		/* To unmap it would kill us, and hide the reason. */
		__atomic_add_fetch(&unmapped_running, 1, __ATOMIC_RELAXED);
		return;
	}
	give_pages(memory, size);
	__atomic_sub_fetch(&mappings, 1, __ATOMIC_RELAXED);
}

void memory_install(void)
{
	static const cress_allocator_t counting = {
		.alloc = take,
		.free = give,
		.map = map,
		.unmap = unmap,
	};

	if (cress_set_allocator(&counting) != 0)
		abort();
}

void memory_fail(size_t n)
{
	until_failure = n;
	failed = 0;
}

int memory_has_failed(void)
{
	return failed;
}

size_t memory_blocks(void)
{
	return __atomic_load_n(&blocks, __ATOMIC_RELAXED);
}

size_t memory_mappings(void)
{
	return __atomic_load_n(&mappings, __ATOMIC_RELAXED);
}

size_t memory_unmapped_running(void)
{
	return __atomic_load_n(&unmapped_running, __ATOMIC_RELAXED);
}
