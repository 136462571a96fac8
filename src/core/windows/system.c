/* SPDX-License-Identifier: MIT */
/*
 * Windows' half of memory.c, stack.c and thread.c. Memory is reserved and
 * committed at once: it costs when it is touched, but the system promises it
 * before, so the sum of all stacks is bounded by what it can promise.
 */
#include <system.h>

#include <errno.h>
#include <windows.h>
#include <psapi.h>

#include "core/pages.h"

/* The linker sorts what begins so between the marks of the start-up files. */
struct cress_own cress_own_original __attribute__((section(".tls$CRESS")));

void *cress_pages_map(size_t size)
{
	return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT,
			    PAGE_READWRITE);
}

void cress_pages_unmap(void *memory, size_t size)
{
	(void)size;
	VirtualFree(memory, 0, MEM_RELEASE);
}

size_t cress_page_size(void)
{
	return CRESS_PAGE;
}

int cress_page_is_resident(char *page)
{
	PSAPI_WORKING_SET_EX_INFORMATION about = {.VirtualAddress = page};

	return K32QueryWorkingSetEx(GetCurrentProcess(), &about,
				    sizeof about) &&
	       about.VirtualAttributes.Valid;
}

/* There is no fork(). */
int cress_fork_watch(void (*before)(void), void (*after)(void),
		     void (*in_child)(void))
{
	(void)before;
	(void)after;
	(void)in_child;
	return 0;
}
