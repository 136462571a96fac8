/* SPDX-License-Identifier: MIT */
/*
 * Barriers and wait groups: waiting for several. The common rules are in
 * sync.h.
 *
 * At a barrier a fixed number of coroutines wait for each other. When the last
 * one comes, all of them go on, and the barrier is ready for the next time. One
 * whose wait fails has not come: the others wait on, for as many as they did
 * before. It breaks nothing; whoever wants all to give up cancels them all.
 *
 *     static cress_barrier_t barrier;
 *
 *     cress_barrier_init(&barrier, 4);
 *     ...
 *     if (cress_barrier_wait(&barrier) == 1)
 *             swap_the_two_halves();
 *
 * A wait group counts what is still to be done; who waits goes on when the
 * count is 0. Add before you spawn, so that nobody sees 0 too early.
 *
 *     static cress_wait_group_t jobs;
 *
 *     cress_wait_group_add(&jobs, 2);
 *     cress_go(work, "one");
 *     cress_go(work, "two");
 *     cress_wait_group_wait(&jobs);
 */
#ifndef CRESS_BARRIER_H
#define CRESS_BARRIER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A barrier. It needs cress_barrier_init(). */
typedef struct cress_barrier {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_barrier_t;

/* A wait group; zeroed: nothing is to be done. */
typedef struct cress_wait_group {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_wait_group_t;

/*
 * Make a barrier for `count` coroutines, without a name. Not while it is in
 * use. Does not park. Returns 0, or -1 with errno EINVAL: `count` is 0.
 */
int cress_barrier_init(cress_barrier_t *barrier, size_t count);

/*
 * Wait until as many have come as the barrier is for. Parks, except the last.
 *
 * Returns 1 in the one who came last, 0 in the others, or -1 with errno, and
 * the caller does not count as there: EINVAL it is not initialised; EXDEV
 * those who wait belong to another thread.
 */
int cress_barrier_wait(cress_barrier_t *barrier);

/* How many wait. Does not park. */
size_t cress_barrier_waiting(const cress_barrier_t *barrier);

/*
 * Check that nobody waits, and zero it; NULL is allowed. Does not park.
 * Returns 0, or -1 with errno EBUSY, logged, and it is as it was.
 */
int cress_barrier_fini(cress_barrier_t *barrier);

/*
 * Add `n`, which may be negative, to the count; at 0 wake all who wait, in the
 * order in which they came. Does not park.
 *
 * Returns 0, or -1 with errno, and nothing has changed: EOVERFLOW the count
 * would be negative, or more than LONG_MAX, logged; EXDEV those who wait belong
 * to another thread.
 */
int cress_wait_group_add(cress_wait_group_t *group, long n);

/* One is done: cress_wait_group_add() of -1. Does not park. */
int cress_wait_group_done(cress_wait_group_t *group);

/*
 * Wait until the count is 0. Parks unless it is. One that was woken has seen
 * the 0, even if more is added before it runs. Returns 0, or -1 with errno:
 * EXDEV those who wait belong to another thread.
 */
int cress_wait_group_wait(cress_wait_group_t *group);

/* The count: 0 if there is nothing to wait for. Does not park. */
long cress_wait_group_count(const cress_wait_group_t *group);

/* As cress_barrier_fini(); the count may be anything. Does not park. */
int cress_wait_group_fini(cress_wait_group_t *group);

#ifdef __cplusplus
}
#endif

#endif
