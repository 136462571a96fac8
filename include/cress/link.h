/* SPDX-License-Identifier: MIT */
/*
 * Links: functions that are called when a coroutine has ended.
 *
 * A link is called exactly once, with the dead coroutine, from which
 * cress_try_wait() gets the value or the error. It is never called inside
 * cress_link(), nor inside whatever ended the coroutine: also not if the
 * coroutine is dead already. Links are called in the order in which they were
 * made; what one of them does stops none of the others.
 *
 *     static void *report(cress_t *ended, void *name)
 *     {
 *             printf("%s: %d\n", (char *)name, cress_try_wait(ended, NULL));
 *             return NULL;
 *     }
 *
 *     cress_t *c = cress_spawn(fetch, url);
 *     cress_link(c, report, url, 0);
 *
 * A plain link runs in a coroutine of its own, and may park. A raw one is
 * called by the hub itself, between two coroutines: that costs next to
 * nothing, but nobody runs meanwhile, and its parking calls fail with EDEADLK.
 * It may set, put, cancel, kill and spawn.
 *
 * When cress_run() ends, the raw links of what it kills are called; plain ones
 * are spawned, so they are killed before they run. Links to what ends when its
 * hub has gone are not called.
 */
#ifndef CRESS_LINK_H
#define CRESS_LINK_H

#include <cress/attr.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a link calls. A plain one may die of an error by `return
 * cress_fail(error)`, which is logged, as that of a raw one is.
 */
typedef void *cress_link_fn(cress_t *ended, void *arg);

/* Call it in the hub. Without this: in a coroutine. */
#define CRESS_LINK_RAW 0x1u

/* Call it only if the coroutine succeeded, or only if it died of an error. */
#define CRESS_LINK_VALUE 0x2u
#define CRESS_LINK_ERROR 0x4u

/*
 * Have `fn(c, arg)` called when `c` is dead. The link holds a reference to `c`
 * until then. With both CRESS_LINK_VALUE and CRESS_LINK_ERROR, or neither, it
 * is called in either case. The same link may be made twice, and is then
 * called twice.
 *
 * Returns 0, or -1 with errno: EINVAL no coroutine, a hub, no function, or an
 * unknown flag; EXDEV another thread's; ESRCH its thread is gone; ENOMEM; or
 * what making the hub gives. Does not park.
 */
int cress_link(cress_t *c, cress_link_fn *fn, void *arg, unsigned flags);

/*
 * Take away the first link of `c` with this function and argument. It takes
 * time in proportion to what is linked to `c` and waits for it.
 *
 * Returns 0, or -1 with errno: ENOENT there is none, or `c` has ended: then it
 * was called, or will be; EINVAL, EXDEV, ESRCH as above. Does not park.
 */
int cress_unlink(cress_t *c, cress_link_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
