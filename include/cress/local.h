/* SPDX-License-Identifier: MIT */
/*
 * Coroutine-local storage: what thread-local variables are to threads.
 *
 * A key is made once for the process. Under it, each coroutine has a value of
 * its own, NULL at first. All values of one coroutine together are its
 * context: fresh and empty by default, but before its start a coroutine may be
 * given a copy of another's context, or share it.
 *
 *     static cress_local_t request_id;
 *
 *     cress_local_new(&request_id, free, NULL);
 *     cress_local_set(request_id, strdup("r-17"));
 *     puts(cress_local_get(request_id));
 */
#ifndef CRESS_LOCAL_H
#define CRESS_LOCAL_H

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key. 0 is never a valid one. */
typedef unsigned cress_local_t;

/* How many keys may exist at once. */
#define CRESS_LOCAL_MAX 256

/*
 * Make a key and store it in `*key`. `destroy`, if not NULL, is called with
 * each value that is not NULL when the last coroutine of its context ends, on
 * that coroutine's stack, after the handlers of cress_defer(); if that one
 * never ran, in whoever drops it. `copy`, if not
 * NULL, makes the value for a copied context. Without it a value is copied as
 * it is if there is no `destroy`, and left out if there is one.
 *
 * Returns 0, or -1 with errno: EINVAL no place for the key, EAGAIN all keys
 * are in use. Does not park; any thread.
 */
int cress_local_new(cress_local_t *key, void (*destroy)(void *value),
		    void *(*copy)(void *value));

/*
 * Free a key. Its values are forgotten, not destroyed. Returns 0, or -1 with
 * errno EINVAL. Any thread.
 */
int cress_local_free(cress_local_t key);

/*
 * Set the current coroutine's value. The old value is not destroyed. Returns
 * 0, or -1 with errno EINVAL no such key, ENOMEM. Does not park.
 */
int cress_local_set(cress_local_t key, void *value);

/* Return the current coroutine's value, or NULL. Never fails, never parks. */
void *cress_local_get(cress_local_t key);

/*
 * Give `c`, which has not started, a copy of the context of `from`.
 *
 * Returns 0, or -1 with errno: EBUSY it has started, EINVAL one is NULL, EXDEV
 * one belongs to another thread, ENOMEM. Does not park.
 */
int cress_local_copy(cress_t *c, cress_t *from);

/* As cress_local_copy(), but share one context between the two. */
int cress_local_share(cress_t *c, cress_t *from);

#ifdef __cplusplus
}
#endif

#endif
