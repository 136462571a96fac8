/* SPDX-License-Identifier: MIT */
/* POSIX's half of memory.c, stack.c and thread.c. */
#include <system.h>

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/pages.h"

__thread struct cress_thread *cress_thread_self;
__thread struct cress_thread *_Atomic cress_thread_plain;

void *cress_pages_map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			    MAP_STACK, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* A huge page would make the first byte of a stack cost 2 MiB. */
	madvise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

void cress_pages_unmap(void *memory, size_t size)
{
	munmap(memory, size);
}

size_t cress_page_size(void)
{
	static size_t size;

	if (size == 0)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return size;
}

int cress_page_is_resident(char *page)
{
	unsigned char resident = 0;

	return mincore(page, 1, &resident) == 0 && resident & 1;
}

int cress_fork_watch(void (*before)(void), void (*after)(void),
		     void (*in_child)(void))
{
	return pthread_atfork(before, after, in_child) == 0 ? 0 : -1;
}
