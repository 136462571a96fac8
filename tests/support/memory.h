/* SPDX-License-Identifier: MIT */
/*
 * An allocator for tests: it counts, it can fail the n-th request, and it
 * notices memory that is given back while the caller still stands on it.
 */
#ifndef TESTS_SUPPORT_MEMORY_H
#define TESTS_SUPPORT_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Make it the library's allocator. Call it before anything else. */
void memory_install(void);

/* Fail the n-th request of the calling thread from now on; 0: fail none. */
void memory_fail(size_t n);

/* Did a request of the calling thread fail since memory_fail()? */
int memory_has_failed(void);

/* How many blocks and mappings are out, in all threads. */
size_t memory_blocks(void);
size_t memory_mappings(void);

/* How often a stack was unmapped from under the one who runs on it. */
size_t memory_unmapped_running(void);

#ifdef __cplusplus
}
#endif

#endif
