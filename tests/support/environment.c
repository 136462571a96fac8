/* SPDX-License-Identifier: MIT */
/*
 * Where the test runs. Each question is answered by what the place does, not
 * by how it was started, and without headers that a machine may lack. Only
 * environment_is_mprotect() calls the library.
 */
#include "environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cress/stack.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#if __has_feature(memory_sanitizer)
#define __SANITIZE_MEMORY__ 1
#endif
#endif

/* Is a guard claimed that does not guard? That is what qemu does. */
static int guards_are_a_lie(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ends[2];

	if (memory == MAP_FAILED)
		return 0;
	int lie = madvise(memory, size, MADV_GUARD_INSTALL) == 0;

	if (pipe(ends) == 0) {
		lie = lie && write(ends[1], memory, 1) == 1;
		close(ends[0]);
		close(ends[1]);
	}
	munmap(memory, size);
	return lie;
}

int environment_is_qemu(void)
{
	char name[32] = "";
	FILE *file = fopen("/proc/self/comm", "re");

	if (file != NULL) {
		if (fgets(name, sizeof(name), file) == NULL)
			name[0] = '\0';
		fclose(file);
	}
	return strncmp(name, "qemu-", 5) == 0 || guards_are_a_lie();
}

int environment_is_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

int environment_is_asan(void)
{
#ifdef __SANITIZE_ADDRESS__
	return 1;
#else
	return 0;
#endif
}

int environment_is_tsan(void)
{
#ifdef __SANITIZE_THREAD__
	return 1;
#else
	return 0;
#endif
}

int environment_is_msan(void)
{
#ifdef __SANITIZE_MEMORY__
	return 1;
#else
	return 0;
#endif
}

int environment_is_sanitized(void)
{
	return environment_is_asan() || environment_is_tsan() ||
	       environment_is_msan();
}

int environment_is_musl(void)
{
#ifdef __GLIBC__
	return 0;
#else
	return 1;
#endif
}

int environment_is_mprotect(void)
{
	return cress_stack_guard() == CRESS_GUARD_MPROTECT;
}

const char *environment_reduced(void)
{
	if (environment_is_tsan())
		return "ThreadSanitizer";
	if (environment_is_valgrind())
		return "valgrind";
	if (environment_is_qemu())
		return "qemu";
	if (environment_is_mprotect())
		return "mprotect guards";
	return NULL;
}

int environment_is_full(void)
{
	const char *full = getenv("CRESS_FULL");

	return full != NULL && strcmp(full, "1") == 0;
}

void environment_say(const char *what, const char *why)
{
	printf("[  NOTE    ] %s: %s\n", why, what);
}

size_t environment_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

size_t environment_guard_pages(void)
{
	return 1;
}

size_t environment_mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	size_t lines = 0;

	if (file == NULL)
		return 0;
	for (int c = getc(file); c != EOF; c = getc(file))
		lines += c == '\n';
	fclose(file);
	return lines;
}
