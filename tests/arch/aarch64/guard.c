/* SPDX-License-Identifier: MIT */
/* See guard.h. The pages are guarded before main() and after each change. */
#include "guard.h"
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#ifndef PROT_BTI
#define PROT_BTI 0x10
#endif
#ifndef HWCAP2_BTI
#define HWCAP2_BTI (1ul << 17)
#endif

static void protect(int how)
{
	if (mprotect(guard_first,
		     (size_t)((char *)guard_last - (char *)guard_first),
		     how) != 0)
		abort();
}

__attribute__((constructor)) static void guard_begin(void)
{
	if ((getauxval(AT_HWCAP2) & HWCAP2_BTI) == 0) {
		printf("# this processor does not check branches\n");
		exit(KIT_SKIPPED);
	}
	protect(PROT_READ | PROT_EXEC | PROT_BTI);
}

void guard_patch(uint32_t *where, uint32_t instruction)
{
	protect(PROT_READ | PROT_WRITE);
	*where = instruction;
	__builtin___clear_cache((char *)where, (char *)(where + 1));
	protect(PROT_READ | PROT_EXEC | PROT_BTI);
}
