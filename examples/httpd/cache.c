/* SPDX-License-Identifier: MIT */
/*
 * The cache: a table of buckets to find an entry, and a list in the order of
 * their last use to find one that can go. `used` is the sum of what all of
 * them take, and never more than `room`.
 */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096

/* So long an entry is believed without another look at its files. */
#define TRUST_SECONDS 1

struct cache {
	int root;
	size_t room, used;
	struct entry *newest, *oldest;
	struct entry *buckets[BUCKETS];
};

struct cache *cache_new(int root, size_t room)
{
	struct cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL)
		return NULL;
	cache->root = root;
	cache->room = room;
	return cache;
}

/* FNV-1a: paths are short, and differ at their ends. */
static uint32_t hash_of(struct text path)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < path.size; i++)
		hash = (hash ^ (unsigned char)path.data[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static void list_remove(struct cache *cache, struct entry *entry)
{
	if (entry->newer != NULL)
		entry->newer->older = entry->older;
	else
		cache->newest = entry->older;
	if (entry->older != NULL)
		entry->older->newer = entry->newer;
	else
		cache->oldest = entry->newer;
}

static void list_add(struct cache *cache, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = cache->newest;
	if (cache->newest != NULL)
		cache->newest->newer = entry;
	else
		cache->oldest = entry;
	cache->newest = entry;
}

static void drop(struct cache *cache, struct entry *entry)
{
	struct entry **at = &cache->buckets[entry->hash % BUCKETS];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	list_remove(cache, entry);
	cache->used -= entry->room;
	entry_release(entry);
}

void cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->oldest != NULL)
		drop(cache, cache->oldest);
	free(cache);
}

static struct entry *look_up(struct cache *cache, struct text path,
			     uint32_t hash, int wants_gzip)
{
	struct entry *entry = cache->buckets[hash % BUCKETS];

	for (; entry != NULL; entry = entry->next)
		if (entry->hash == hash && entry->path.size == path.size &&
		    (!entry->varies || entry->wants_gzip == wants_gzip) &&
		    memcmp(entry->path.data, path.data, path.size) == 0)
			return entry;
	return NULL;
}

struct entry *cache_find(struct cache *cache, struct text path,
			 int wants_gzip, time_t now)
{
	struct entry *entry = look_up(cache, path, hash_of(path), wants_gzip);

	if (entry == NULL)
		return NULL;
	/* A clock that was set back makes the difference negative. */
	if (now < entry->checked || now - entry->checked >= TRUST_SECONDS) {
		if (!entry_is_fresh(entry, cache->root)) {
			drop(cache, entry);
			return NULL;
		}
		entry->checked = now;
	}
	if (entry != cache->newest) {
		list_remove(cache, entry);
		list_add(cache, entry);
	}
	if (entry->dated != now)
		entry_date(entry, now);
	return entry;
}

void cache_keep(struct cache *cache, struct entry *entry)
{
	uint32_t hash = hash_of(entry->path);
	struct entry *old = look_up(cache, entry->path, hash,
				    entry->wants_gzip);

	if (old != NULL)
		drop(cache, old);
	if (entry->room > cache->room)
		return;
	while (cache->room - cache->used < entry->room)
		drop(cache, cache->oldest);
	entry->hash = hash;
	entry->next = cache->buckets[hash % BUCKETS];
	cache->buckets[hash % BUCKETS] = entry;
	entry_retain(entry);
	list_add(cache, entry);
	cache->used += entry->room;
}

size_t cache_size(const struct cache *cache)
{
	return cache->used;
}
