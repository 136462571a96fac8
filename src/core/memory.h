/* SPDX-License-Identifier: MIT */
/* All memory of the library comes through these, so that a test can fail it. */
#ifndef CRESS_CORE_MEMORY_H
#define CRESS_CORE_MEMORY_H

#include <stddef.h>

#include "core/pages.h"

#include <cress/runtime.h>

/* Zeroed, or NULL with errno ENOMEM. */
void *cress_alloc(size_t size);
void cress_free(void *memory);

/* An array whose content is arbitrary, so that no page is touched; or NULL. */
void *cress_alloc_array(size_t count, size_t size);

/* A copy of `string`, or NULL with errno ENOMEM. */
char *cress_strdup(const char *string);

/* Zeroed pages that cost when touched, or NULL with errno ENOMEM. */
void *cress_map(size_t size);
void cress_unmap(void *memory, size_t size);

/* Put `new` in the place of the allocator, which goes to `*old`. */
void cress_allocator_swap(const cress_allocator_t *new, cress_allocator_t *old);

#endif
