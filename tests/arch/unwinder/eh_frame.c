/* SPDX-License-Identifier: MIT */
/* The tables for exceptions, which are loaded with the program. */
#include "tables.h"

#include <stdlib.h>

#define PT_GNU_EH_FRAME 0x6474e550u

/* The program's own headers: linkers know this name. */
extern const uint8_t __ehdr_start[] __attribute__((visibility("hidden")));

struct program_header {
	uint32_t type;
#if __SIZEOF_POINTER__ == 8
	uint32_t flags;
#endif
	uintptr_t offset, address, physical, file_size, memory_size, rest[2];
};

#if __SIZEOF_POINTER__ == 8
#define HEADERS_OFFSET 32
#define HEADERS_COUNT 56
#define HEADER_SIZE 56
#else
#define HEADERS_OFFSET 28
#define HEADERS_COUNT 44
#define HEADER_SIZE 32
#endif

/* The sorted table that the linker has made, or NULL. */
static const uint8_t *frame_table(void)
{
	uintptr_t start = 0;
	uint16_t count;

	memcpy(&start, __ehdr_start + HEADERS_OFFSET, sizeof(start));
	memcpy(&count, __ehdr_start + HEADERS_COUNT, sizeof(count));
	for (unsigned i = 0; i < count; i++) {
		struct program_header header;

		memcpy(&header, __ehdr_start + start + i * HEADER_SIZE,
		       HEADER_SIZE);
		if (header.type == PT_GNU_EH_FRAME)
			return (const uint8_t *)header.address;
	}
	return NULL;
}

static void read_cie(const uint8_t *at, struct cie *cie)
{
	const char *augmentation = (const char *)at + 9;

	cie->end = at + 4 + word_at(at);
	if ((at[8] != 1 && at[8] != 3) || strcmp(augmentation, "zR") != 0)
		abort();
	at += 12;
	cie->code_unit = unsigned_number(&at);
	cie->data_unit = signed_number(&at);
	cie->return_register = *at++;
	/* Addresses are 32 bits long, and count from where they are. */
	if (unsigned_number(&at) != 1 || *at++ != 0x1b)
		abort();
	cie->program = at;
}

static void read_fde(const uint8_t *at, struct fde *fde)
{
	fde->end = at + 4 + word_at(at);
	read_cie(at + 4 - word_at(at + 4), &fde->cie);
	fde->first = (uintptr_t)(at + 8) + (uintptr_t)(intptr_t)word_at(at + 8);
	fde->last = fde->first + (uintptr_t)word_at(at + 12);
	at += 16;
	uintptr_t skipped = unsigned_number(&at);

	fde->program = at + skipped;
}

int find_fde(uintptr_t ip, struct fde *fde)
{
	const uint8_t *table = frame_table();
	const uint8_t kind[4] = { 1, 0x1b, 3, 0x3b };

	if (table == NULL || memcmp(table, kind, sizeof(kind)) != 0)
		abort();
	for (int32_t i = 0; i < word_at(table + 8); i++) {
		read_fde(table + word_at(table + 12 + 8 * i + 4), fde);
		if (ip >= fde->first && ip < fde->last)
			return 1;
	}
	return 0;
}
