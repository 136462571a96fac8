/* SPDX-License-Identifier: MIT */
/*
 * Where there is no SQLite a crawl is kept in memory only. A store cannot be
 * opened then, so nothing else here is ever called.
 */
#include "store.h"

#include <stdio.h>

struct store *store_open(const char *path)
{
	fprintf(stderr, "crawler: %s: built without SQLite\n", path);
	return NULL;
}

void store_close(struct store *store)
{
	(void)store;
}

int store_write(const struct store_batch *batch)
{
	(void)batch;
	return -1;
}

int store_load(struct store *store, struct frontier *frontier)
{
	(void)store;
	(void)frontier;
	return -1;
}
