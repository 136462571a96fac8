/* SPDX-License-Identifier: MIT */
/*
 * Offload: run a function that blocks in a worker thread, and park meanwhile.
 *
 * The process has one small pool of workers, started when first needed. The
 * function runs outside any coroutine, on a stack of 256 KiB, with all signals
 * blocked: it must not call the library. A thread that ends waits for its jobs.
 *
 *     static void *load(void *path)
 *     {
 *             return read_whole_file(path);
 *     }
 *
 *     void *text;
 *     if (cress_offload(load, "/etc/services", &text) == 0)
 *             puts(text);
 */
#ifndef CRESS_OFFLOAD_H
#define CRESS_OFFLOAD_H

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Run `fn(arg)` in a worker thread, park until it has returned, and store what
 * it returned in `*value` unless that is NULL. errno is what the function left
 * behind.
 *
 * Returns 0, or -1 with errno: EINVAL no function, EAGAIN no worker could be
 * started, ENOMEM, ESRCH this is a child of fork(), and the function is left
 * to the parent's workers. When it is cancelled before a worker took it up, the
 * function never runs; after that the caller stays parked until it has ended
 * and then fails, with `*value` stored all the same.
 */
int cress_offload(cress_fn *fn, void *arg, void **value);

/*
 * Set how many workers there may be: 1 to 256; 4 by default. Workers beyond
 * the new number end when they are idle. Returns 0, or -1 with errno EINVAL.
 * Any thread; does not park.
 */
int cress_offload_limit(int workers);

#ifdef __cplusplus
}
#endif

#endif
