/* SPDX-License-Identifier: MIT */
/*
 * Guards as Windows has them below the stacks of threads:
 *
 *     a page that starts an exception when it is touched, once
 *     three pages for those who handle the exception
 *     a page that nobody can touch
 *
 * An exception is handled on the stack that it is raised on, so there must be
 * something left of it. The system does its part when the thread's environment
 * block has these bounds: it makes the upper four pages ordinary ones and calls
 * the exception a stack overflow.
 */
#include "core/guard.h"

#include <errno.h>
#include <windows.h>

#include "core/log.h"
#include "core/pages.h"

#include <cress/stack.h>

enum cress_guard cress_stack_guard(void)
{
	return CRESS_GUARD_PAGE;
}

size_t cress_guard_size(void)
{
	return CRESS_GUARD_PAGES * CRESS_PAGE;
}

int cress_guard_install(char *low)
{
	char *high = low + cress_guard_size() - CRESS_PAGE;
	DWORD before;

	if (VirtualProtect(low, CRESS_PAGE, PAGE_NOACCESS, &before) &&
	    VirtualProtect(high, CRESS_PAGE, PAGE_READWRITE | PAGE_GUARD,
			   &before))
		return 0;
	errno = ENOMEM;
	return -1;
}

/* What was given back has no content; nobody else can take its addresses. */
void cress_guard_discard(char *low, char *high)
{
	size_t size = (size_t)(high - low);

	VirtualFree(low, size, MEM_DECOMMIT);
	if (VirtualAlloc(low, size, MEM_COMMIT, PAGE_READWRITE) == NULL)
		cress_fatal("the system does not give back the memory of a "
			    "stack that it was lent");
}
