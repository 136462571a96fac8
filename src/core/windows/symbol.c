/* SPDX-License-Identifier: MIT */
/*
 * A function by its address on Windows, where a file names only what it
 * exports: the file that it is in, and where it begins there.
 */
#include "core/symbol.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

void cress_symbol_name(const void *function, char *name, size_t size)
{
	char path[MAX_PATH] = "";
	HMODULE module;
	const char *leaf;

	snprintf(name, size, "?");
	if (!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
				GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
				function, &module) ||
	    GetModuleFileNameA(module, path, sizeof path - 1) == 0)
		return;
	leaf = strrchr(path, '\\');
	snprintf(name, size, "%s+0x%zx", leaf == NULL ? path : leaf + 1,
		 (size_t)((uintptr_t)function - (uintptr_t)module));
}
