/* SPDX-License-Identifier: MIT */
/* A table from addresses to numbers, for what a simulation remembers. */
#ifndef CRESS_DEBUG_TABLE_H
#define CRESS_DEBUG_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct cress_table_entry {
	const void *key;	/* NULL: free */
	uint64_t value;
};

/* Zeroed, it is empty. */
struct cress_table {
	struct cress_table_entry *entries;
	size_t mask;
	size_t count;
};

/* Set the value of `key`, which is not NULL. 0, or -1 with errno ENOMEM. */
int cress_table_put(struct cress_table *table, const void *key, uint64_t value);

/* The value of `key`; 0 if there is none. */
uint64_t cress_table_get(const struct cress_table *table, const void *key);

/* Take `key` out; returns whether it was there. */
int cress_table_remove(struct cress_table *table, const void *key);

/* Empty it, and keep its memory. */
void cress_table_clear(struct cress_table *table);

void cress_table_free(struct cress_table *table);

#endif
