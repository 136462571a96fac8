/* SPDX-License-Identifier: MIT */
/*
 * The store: a crawl in an SQLite file, from which it can go on after the
 * process has ended in whatever way. One process at a time uses a file.
 */
#ifndef CRAWLER_STORE_H
#define CRAWLER_STORE_H

#include <stddef.h>
#include <stdint.h>

struct frontier;
struct store;

/* A link as it is written. Its id counts from 1; a `target` of 0 is none. */
struct store_link {
	uint64_t id, target;
	const char *url;
	char *reason;
	int state, follow, followed, is_page;
	unsigned depth, hops;
};

/* A page mentions a link. */
struct store_mention {
	uint64_t link, page;
};

/* Changes that become visible together, or not at all. */
struct store_batch {
	struct store *store;
	struct store_link *links;
	size_t link_count;
	struct store_mention *mentions;
	size_t mention_count;
};

/* Open the file, or make it. Returns NULL: what is wrong was said. */
struct store *store_open(const char *path);

/* Close it. NULL is allowed. */
void store_close(struct store *store);

/*
 * Write a batch; in any thread, one at a time. Blocks. Returns 0, or -1: what
 * is wrong was said.
 */
int store_write(const struct store_batch *batch);

/*
 * Fill an empty frontier with what was written. Blocks. Returns 0, or -1: what
 * is wrong was said.
 */
int store_load(struct store *store, struct frontier *frontier);

#endif
