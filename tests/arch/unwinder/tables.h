/* SPDX-License-Identifier: MIT */
/*
 * Call frame information as it lies in a program (DWARF 4, 6.4; LSB, "Exception
 * Frames"): an FDE for each function, and a CIE for what many have in common.
 * eh_frame.c reads the kind that is for exceptions, debug_frame.c that which is
 * for debuggers; a program has one of them.
 */
#ifndef TESTS_ARCH_TABLES_H
#define TESTS_ARCH_TABLES_H

#include <stdint.h>
#include <string.h>

struct cie {
	uintptr_t code_unit;
	intptr_t data_unit;
	uintptr_t return_register;
	const uint8_t *program, *end;
};

struct fde {
	struct cie cie;
	uintptr_t first, last;
	const uint8_t *program, *end;
};

/* What describes the code there; 0: nothing does. */
int find_fde(uintptr_t ip, struct fde *fde);

static inline int32_t word_at(const void *where)
{
	int32_t word;

	memcpy(&word, where, sizeof(word));
	return word;
}

static inline uintptr_t unsigned_number(const uint8_t **at)
{
	uintptr_t number = 0;
	unsigned shift = 0;

	do {
		number |= (uintptr_t)(**at & 0x7f) << shift;
		shift += 7;
	} while (*(*at)++ & 0x80);
	return number;
}

static inline intptr_t signed_number(const uint8_t **at)
{
	const uint8_t *start = *at;
	uintptr_t number = unsigned_number(at);
	unsigned bits = 7 * (unsigned)(*at - start);

	if ((*at)[-1] & 0x40 && bits < 8 * sizeof(number))
		number |= ~(uintptr_t)0 << bits;
	return (intptr_t)number;
}

#endif
