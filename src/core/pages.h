/* SPDX-License-Identifier: MIT */
/* Pages of memory, and a process that is doubled: what the system has. */
#ifndef CRESS_CORE_PAGES_H
#define CRESS_CORE_PAGES_H

#include <stddef.h>

/* Zeroed pages that cost when touched, or NULL. */
void *cress_pages_map(size_t size);
void cress_pages_unmap(void *memory, size_t size);

/* The page size, read once. */
size_t cress_page_size(void);

/* Has the page at this address memory, because it was touched? */
int cress_page_is_resident(char *page);

/*
 * Have these called around each fork(), in the thread that forks, the last one
 * in the child. 0, or -1.
 */
int cress_fork_watch(void (*before)(void), void (*after)(void),
		     void (*in_child)(void));

#endif
