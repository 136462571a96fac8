/* SPDX-License-Identifier: MIT */
/* environment.c for Windows, which has none of the places that it looks for. */
#include "environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

size_t environment_page_size(void)
{
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	return info.dwPageSize;
}

size_t environment_guard_pages(void)
{
	return 5;
}

int environment_is_qemu(void)
{
	return 0;
}

int environment_is_valgrind(void)
{
	return 0;
}

int environment_is_asan(void)
{
	return 0;
}

int environment_is_tsan(void)
{
	return 0;
}

int environment_is_mprotect(void)
{
	return 0;
}

const char *environment_reduced(void)
{
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
