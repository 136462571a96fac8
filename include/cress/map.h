/* SPDX-License-Identifier: MIT */
/*
 * Maps: one function for many items, each in a member of a group. How many
 * work at a time is the group's limit, and several maps may share one group.
 *
 *     cress_group_set_limit(&group, 8);
 *     if (cress_group_map(&group, fetch, urls, count, pages, NULL) > 0)
 *             puts("some could not be fetched");
 *
 * A map waits for its items in any case: if it fails, by a deadline, a kill or
 * for want of memory, it kills those that it has begun and returns when they
 * have ended, so that nothing works on its items afterwards. Whoever maps in a
 * group of which it is a member itself takes a place of its own; if all places
 * are held by such members, they wait for each other.
 *
 * An imap hands its results out one by one. A coroutine of its own takes the
 * items from a source and spawns members ahead of the reader, as far as the
 * limit and the window allow.
 *
 *     cress_imap_t pages;
 *     cress_group_result_t page;
 *     cress_imap_open(&pages, &group, fetch, next_url, queue, 100, 0);
 *     while (cress_imap_next(&pages, &page) > 0)
 *             store(page.arg, page.value);
 *     cress_imap_close(&pages);
 *
 * It may be closed at any time; what it has begun is killed then. A group that
 * is closed ends the imaps that work in it. The memory of an imap must stay
 * until one of the two has been closed.
 *
 * There is no map that returns at once: spawn a coroutine that calls
 * cress_group_map(). EINVAL, ESHUTDOWN and EXDEV are as in group.h; and a group
 * that only watches is EINVAL.
 */
#ifndef CRESS_MAP_H
#define CRESS_MAP_H

#include <cress/group.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Call `fn(items[i])` in a member of the group for each i below `count`, and
 * park until all have ended. What it returned goes to results[i], and the error
 * that it died of, or 0, to errors[i]; either may be NULL. `results` may be
 * the array of the items.
 *
 * Returns 0 if all succeeded; the positive error of the first item, in their
 * order, that did not; or -1 with errno as cress_group_spawn(). With -1 the
 * items that never began have the error ECANCELED.
 */
int cress_group_map(cress_group_t *group, cress_fn *fn, void *const *items,
		    size_t count, void **results, int *errors);

/*
 * Call `fn(arg)` in a member of the group and park until it has ended: a map
 * of one item. `value` may be NULL. Returns as cress_group_map().
 */
int cress_group_apply(cress_group_t *group, cress_fn *fn, void *arg,
		      void **value);

/* An iterator over results. Its content is private. */
typedef struct cress_imap {
	uint64_t opaque[32];
} cress_imap_t;

/*
 * Where items come from: return 1 with the next one in `item`, 0 at the end, or
 * -1 with errno. It may park. It is called in the imap's own coroutine, for
 * each item when there is room for it.
 */
typedef int cress_source_fn(void *source, void **item);

/* Hand out results in the order of their ends, not of their items. */
#define CRESS_IMAP_UNORDERED 0x1u

/*
 * Begin an imap. At most `window` items are under way or wait to be read; 0:
 * as many as the group takes.
 *
 * Returns 0, or -1 with errno: EINVAL no function, an unknown flag, or it is
 * open; ENOMEM; or as cress_group_spawn(). Does not park.
 */
int cress_imap_open(cress_imap_t *imap, cress_group_t *group, cress_fn *fn,
		    cress_source_fn *next, void *source, size_t window,
		    unsigned flags);

/* The same over an array, which must stay as long as the imap. */
int cress_imap_open_array(cress_imap_t *imap, cress_group_t *group,
			  cress_fn *fn, void *const *items, size_t count,
			  size_t window, unsigned flags);

/*
 * Take the next result; parks until it is there. `result` may be NULL; its
 * index is that of the item, its error that of this item alone. Any coroutine
 * of the thread may call it, but none of the items.
 *
 * Returns 1; 0 when all have been taken; or -1 with errno: what the source said
 * when it failed, or what kept an item from being spawned, after the results
 * of all before; EDEADLK for an item; EINVAL it is not open; ESHUTDOWN it is
 * being closed, or its group is closed.
 */
int cress_imap_next(cress_imap_t *imap, cress_group_result_t *result);

/*
 * End the imap: kill its source's coroutine and what it has begun, and wait
 * for them as cress_group_close() does. Does nothing more if the group is
 * closed.
 *
 * Returns 0, or -1 with errno: EINVAL it is not open, EPERM another coroutine
 * opened it, EXDEV.
 */
int cress_imap_close(cress_imap_t *imap);

#ifdef __cplusplus
}
#endif

#endif
