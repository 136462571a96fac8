/* SPDX-License-Identifier: MIT */
/*
 * The name of a function by its address.
 *
 * The dynamic linker knows only what is exported, and a program as a rule
 * exports nothing; so the symbol table of the file itself is looked through,
 * unless it was stripped. The file may be anything by now: nothing in it is
 * used before it is known to lie inside.
 */
#include "core/symbol.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	const char *bytes;
	size_t size;
};

/* An array in the file, or NULL if it is not wholly there. */
static const void *array_at(const struct file *file, size_t offset,
			    size_t count, size_t size)
{
	if (offset > file->size || (file->size - offset) / size < count ||
	    offset % _Alignof(ElfW(Addr)) != 0)
		return NULL;
	return file->bytes + offset;
}

/* The address at which the file as such wants to lie. */
static ElfW(Addr) wanted_base(const struct file *file, const ElfW(Ehdr) *head)
{
	const ElfW(Phdr) *segment =
		array_at(file, head->e_phoff, head->e_phnum, sizeof *segment);

	if (segment == NULL || head->e_phentsize != sizeof *segment)
		return 0;
	for (size_t i = 0; i < head->e_phnum; i++)
		if (segment[i].p_type == PT_LOAD)
			return segment[i].p_vaddr - segment[i].p_offset;
	return 0;
}

/* Copy the name of the function at `address`; 0, or -1 if none begins there. */
static int look_through(const struct file *file, const ElfW(Shdr) *symbols,
			const ElfW(Shdr) *strings, ElfW(Addr) address,
			char *name, size_t size)
{
	size_t count = symbols->sh_size / sizeof(ElfW(Sym));
	const ElfW(Sym) *symbol =
		array_at(file, symbols->sh_offset, count, sizeof *symbol);

	if (symbol == NULL || strings->sh_offset > file->size ||
	    file->size - strings->sh_offset < strings->sh_size)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (symbol[i].st_value != address ||
		    ELF64_ST_TYPE(symbol[i].st_info) != STT_FUNC ||
		    symbol[i].st_name >= strings->sh_size)
			continue;
		snprintf(name, size, "%.*s",
			 (int)(strings->sh_size - symbol[i].st_name),
			 file->bytes + strings->sh_offset + symbol[i].st_name);
		return 0;
	}
	return -1;
}

/* `offset` counts from where the file was loaded. */
static int find_symbol(const struct file *file, ElfW(Addr) offset, char *name,
		       size_t size)
{
	const ElfW(Ehdr) *head = array_at(file, 0, 1, sizeof *head);
	const ElfW(Shdr) *section;

	if (head == NULL || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
	    head->e_shentsize != sizeof *section)
		return -1;
	section = array_at(file, head->e_shoff, head->e_shnum, sizeof *section);
	if (section == NULL)
		return -1;
	for (size_t i = 0; i < head->e_shnum; i++)
		if (section[i].sh_type == SHT_SYMTAB &&
		    section[i].sh_link < head->e_shnum)
			return look_through(file, &section[i],
					    &section[section[i].sh_link],
					    wanted_base(file, head) + offset,
					    name, size);
	return -1;
}

static int find_in(const char *path, ElfW(Addr) offset, char *name, size_t size)
{
	struct file file = {.bytes = MAP_FAILED};
	struct stat about;
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = -1;

	if (fd < 0)
		return -1;
	if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
		file.size = (size_t)about.st_size;
		file.bytes = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd,
				  0);
	}
	close(fd);
	if (file.bytes == MAP_FAILED)
		return -1;
	result = find_symbol(&file, offset, name, size);
	munmap((void *)(uintptr_t)file.bytes, file.size);
	return result;
}

/* The program is known by the path it was called by, which may lead nowhere. */
static int is_program(const void *base)
{
	Dl_info info;

	return dladdr((void *)(uintptr_t)getauxval(AT_PHDR), &info) != 0 &&
	       info.dli_fbase == base;
}

void cress_symbol_name(const void *function, char *name, size_t size)
{
	Dl_info info;
	const char *leaf;
	uintptr_t offset;

	snprintf(name, size, "?");
	if (dladdr(function, &info) == 0)
		return;
	if (info.dli_sname != NULL && info.dli_saddr == function) {
		snprintf(name, size, "%s", info.dli_sname);
		return;
	}
	offset = (uintptr_t)function - (uintptr_t)info.dli_fbase;
	if (is_program(info.dli_fbase) &&
	    find_in("/proc/self/exe", offset, name, size) == 0)
		return;
	if (find_in(info.dli_fname, offset, name, size) == 0)
		return;
	leaf = strrchr(info.dli_fname, '/');
	snprintf(name, size, "%s+0x%zx",
		 leaf == NULL ? info.dli_fname : leaf + 1, (size_t)offset);
}
