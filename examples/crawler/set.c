/* SPDX-License-Identifier: MIT */
/*
 * A hash set with open addressing. At most half of the slots are in use, so a
 * search always ends at an empty one. Nothing is ever taken out.
 */
#include "set.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a: short keys that differ in few places spread well. */
static uint64_t hash_of(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

/* Find the slot of a key, or the empty one where it belongs. */
static struct set_item **slot_of(const struct set *set, uint64_t hash,
				 const char *key)
{
	/* The next slot is nearly always in the same cache line. */
	size_t i = hash & (set->size - 1);

	while (set->slots[i] != NULL && (set->slots[i]->hash != hash ||
					 strcmp(set->slots[i]->key, key) != 0))
		i = (i + 1) & (set->size - 1);
	return &set->slots[i];
}

struct set_item *set_find(const struct set *set, const char *key)
{
	if (set->size == 0)
		return NULL;
	return *slot_of(set, hash_of(key), key);
}

/* Double the slots; the elements stay where they are. */
static int grow(struct set *set)
{
	struct set larger = {.size = set->size == 0 ? 1024 : 2 * set->size};

	larger.slots = calloc(larger.size, sizeof(struct set_item *));
	if (larger.slots == NULL)
		return -1;
	for (size_t i = 0; i < set->size; i++) {
		struct set_item *item = set->slots[i];

		if (item != NULL)
			*slot_of(&larger, item->hash, item->key) = item;
	}
	larger.count = set->count;
	free(set->slots);
	*set = larger;
	return 0;
}

int set_add(struct set *set, struct set_item *item)
{
	if (2 * (set->count + 1) > set->size && grow(set))
		return -1;
	item->hash = hash_of(item->key);
	*slot_of(set, item->hash, item->key) = item;
	set->count++;
	return 0;
}

void set_free(struct set *set)
{
	free(set->slots);
	*set = (struct set){.slots = NULL};
}
