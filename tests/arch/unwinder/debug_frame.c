/* SPDX-License-Identifier: MIT */
/*
 * The tables for debuggers. They are not loaded with the program, so they are
 * read out of its file; the program must be compiled with -g.
 */
#include "tables.h"

#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The section, and how far from where the file says the program lies. */
static const uint8_t *table, *table_end;
static uintptr_t moved;

static const uint8_t *map_program(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat about;

	if (fd < 0 || fstat(fd, &about) != 0)
		abort();
	void *file = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE,
			  fd, 0);

	if (file == MAP_FAILED)
		abort();
	close(fd);
	return file;
}

static void find_table(void)
{
	const uint8_t *file = map_program();
	const ElfW(Ehdr) *header = (const void *)file;
	const ElfW(Shdr) *sections = (const void *)(file + header->e_shoff);
	const char *names =
		(const char *)file + sections[header->e_shstrndx].sh_offset;

	moved = (uintptr_t)getauxval(AT_ENTRY) - header->e_entry;
	for (unsigned i = 0; i < header->e_shnum; i++)
		if (strcmp(names + sections[i].sh_name, ".debug_frame") == 0 &&
		    !(sections[i].sh_flags & SHF_COMPRESSED)) {
			table = file + sections[i].sh_offset;
			table_end = table + sections[i].sh_size;
		}
	if (table == NULL)
		abort();
}

static uintptr_t address_at(const uint8_t *where)
{
	uintptr_t address;

	memcpy(&address, where, sizeof(address));
	return address;
}

static void read_cie(const uint8_t *at, struct cie *cie)
{
	unsigned version = at[8];

	cie->end = at + 4 + word_at(at);
	if ((version != 1 && version != 3 && version != 4) || at[9] != '\0')
		abort();
	/* The fourth tells how long addresses are. */
	at += version == 4 ? 12 : 10;
	cie->code_unit = unsigned_number(&at);
	cie->data_unit = signed_number(&at);
	cie->return_register = version == 1 ? *at++ : unsigned_number(&at);
	cie->program = at;
}

int find_fde(uintptr_t ip, struct fde *fde)
{
	const int32_t is_cie = -1;
	const uint8_t *next;

	if (table == NULL)
		find_table();
	for (const uint8_t *at = table; at < table_end; at = next) {
		next = at + 4 + word_at(at);
		if (word_at(at + 4) == is_cie)
			continue;
		fde->first = address_at(at + 8) + moved;
		fde->last = fde->first + address_at(at + 8 + sizeof(ip));
		if (ip < fde->first || ip >= fde->last)
			continue;
		fde->program = at + 8 + 2 * sizeof(ip);
		fde->end = next;
		read_cie(table + word_at(at + 4), &fde->cie);
		return 1;
	}
	return 0;
}
