/* SPDX-License-Identifier: MIT */
/*
 * Open addressing with linear probing. No entry lies behind a free one on the
 * way from where its key belongs: so a search ends at the first free entry, and
 * removing moves those that follow. Nothing ever walks the table, because its
 * order is that of addresses.
 */
#include "debug/table.h"

#include <string.h>

#include "core/memory.h"

#define FIRST_SIZE 64

static size_t home_of(const struct cress_table *table, const void *key)
{
	uint64_t x = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15ull;

	return (size_t)(x >> 20) & table->mask;
}

/* Where `key` is, or the free entry where it would be. */
static size_t place_of(const struct cress_table *table, const void *key)
{
	size_t i = home_of(table, key);

	while (table->entries[i].key != NULL && table->entries[i].key != key)
		i = (i + 1) & table->mask;
	return i;
}

static int grow(struct cress_table *table)
{
	size_t size = table->entries == NULL ? FIRST_SIZE
					     : (table->mask + 1) * 2;
	struct cress_table new = {.mask = size - 1, .count = table->count};

	new.entries = cress_alloc(size * sizeof *new.entries);
	if (new.entries == NULL)
		return -1;
	for (size_t i = 0; table->entries && i <= table->mask; i++) {
		const void *key = table->entries[i].key;

		if (key != NULL)
			new.entries[place_of(&new, key)] = table->entries[i];
	}
	cress_free(table->entries);
	*table = new;
	return 0;
}

int cress_table_put(struct cress_table *table, const void *key, uint64_t value)
{
	struct cress_table_entry *entry;

	if ((table->entries == NULL || table->count * 2 > table->mask) &&
	    grow(table) != 0)
		return -1;
	entry = &table->entries[place_of(table, key)];
	table->count += entry->key == NULL;
	entry->key = key;
	entry->value = value;
	return 0;
}

uint64_t cress_table_get(const struct cress_table *table, const void *key)
{
	if (table->count == 0)
		return 0;
	return table->entries[place_of(table, key)].value;
}

int cress_table_remove(struct cress_table *table, const void *key)
{
	size_t hole, i;

	if (table->count == 0)
		return 0;
	hole = place_of(table, key);
	if (table->entries[hole].key == NULL)
		return 0;
	for (i = (hole + 1) & table->mask; table->entries[i].key != NULL;
	     i = (i + 1) & table->mask) {
		size_t home = home_of(table, table->entries[i].key);

		if (((i - home) & table->mask) < ((i - hole) & table->mask))
			continue;
		table->entries[hole] = table->entries[i];
		hole = i;
	}
	table->entries[hole] = (struct cress_table_entry){0};
	table->count--;
	return 1;
}

void cress_table_clear(struct cress_table *table)
{
	if (table->count != 0)
		memset(table->entries, 0,
		       (table->mask + 1) * sizeof *table->entries);
	table->count = 0;
}

void cress_table_free(struct cress_table *table)
{
	cress_free(table->entries);
	memset(table, 0, sizeof *table);
}
