/* SPDX-License-Identifier: MIT */
/*
 * A set of strings: which URLs are known. An element is any struct that begins
 * with a struct set_item; the set keeps pointers and owns nothing.
 */
#ifndef CRAWLER_SET_H
#define CRAWLER_SET_H

#include <stddef.h>
#include <stdint.h>

struct set_item {
	uint64_t hash;
	const char *key;
};

/* All zero is an empty set. */
struct set {
	struct set_item **slots;
	size_t size;		/* a power of two, or 0 */
	size_t count;
};

/* Return the element with this key, or NULL. */
struct set_item *set_find(const struct set *set, const char *key);

/*
 * Add an element whose key is set and not in the set yet. Returns 0, or -1
 * with errno ENOMEM.
 */
int set_add(struct set *set, struct set_item *item);

/* Free the slots; the set is empty again. */
void set_free(struct set *set);

#endif
