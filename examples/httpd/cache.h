/* SPDX-License-Identifier: MIT */
/*
 * The cache: small files by the path of their requests, bounded in bytes.
 */
#ifndef HTTPD_CACHE_H
#define HTTPD_CACHE_H

#include "entry.h"

/* A larger body is not kept, but sent from its file. */
#define CACHE_BODY_MAX (32 * 1024)

struct cache;

/*
 * Make a cache of files under `root` that holds at most `room` bytes; 0 keeps
 * nothing. Returns NULL if there is no memory.
 */
struct cache *cache_new(int root, size_t room);

void cache_free(struct cache *cache);

/*
 * Find the entry for a request. An entry is compared with its files again
 * when that was done a second ago or more, and is no longer found if they
 * differ. Does not park. Returns NULL, or an entry that is good until the
 * caller parks, unless it is retained.
 */
struct entry *cache_find(struct cache *cache, struct text path,
			 int wants_gzip, time_t now);

/*
 * Keep an entry, which gets a reference, in the place of an older one for the
 * same requests. Those that were not used for longest make room for it.
 */
void cache_keep(struct cache *cache, struct entry *entry);

/* How many bytes it holds. */
size_t cache_size(const struct cache *cache);

#endif
