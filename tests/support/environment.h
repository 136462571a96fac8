/* SPDX-License-Identifier: MIT */
/*
 * Where the test runs: under an emulator, valgrind or a sanitizer, and with
 * which guards. A test asks here when it must run smaller or cannot judge, and
 * then says so with environment_say().
 */
#ifndef TESTS_SUPPORT_ENVIRONMENT_H
#define TESTS_SUPPORT_ENVIRONMENT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Under qemu's user emulation: slow, and MADV_GUARD_INSTALL lies there. */
int environment_is_qemu(void);

int environment_is_valgrind(void);

/* Built with AddressSanitizer, which takes SIGSEGV for itself. */
int environment_is_asan(void);

/* Built with ThreadSanitizer, which knows some 8,000 fibers at most. */
int environment_is_tsan(void);

/* Built with MemorySanitizer, which only clang has. */
int environment_is_msan(void);

/* Built with one of the three. */
int environment_is_sanitized(void);

/* Another C library than glibc: musl, for all we know. */
int environment_is_musl(void);

/* Guards cost mappings of their own. This makes the library choose. */
int environment_is_mprotect(void);

/* The reason to run with fewer stacks, or NULL if there is none. */
const char *environment_reduced(void);

/* CRESS_FULL=1 asks for the long counts. */
int environment_is_full(void);

/* Print one line about what this run does differently. */
void environment_say(const char *what, const char *why);

/* The page size, and how many of them the guard of a stack takes. */
size_t environment_page_size(void);
size_t environment_guard_pages(void);

/* How many mappings the process has. */
size_t environment_mappings(void);

#ifdef __cplusplus
}
#endif

#endif
