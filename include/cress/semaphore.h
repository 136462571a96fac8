/* SPDX-License-Identifier: MIT */
/*
 * Semaphores: a number of permits, which coroutines take and give back. The
 * common rules are in sync.h.
 *
 * Permits are handed over: a release while others wait gives the permit to the
 * one who came first, and who releases and acquires again stands in line
 * behind it. Anybody may release; permits have no owner. A bounded semaphore
 * refuses to have more permits than at first, which finds a release too many.
 * There is no wait without taking: the permit would be another's by then.
 *
 *     static cress_semaphore_t slots;
 *
 *     static void *fetch(void *url)
 *     {
 *             if (cress_semaphore_acquire(&slots) != 0)
 *                     return cress_fail(errno);
 *             download(url);
 *             cress_semaphore_release(&slots);
 *             return NULL;
 *     }
 *
 *     cress_semaphore_init_bounded(&slots, 8);
 *     slots.name = "slots";
 */
#ifndef CRESS_SEMAPHORE_H
#define CRESS_SEMAPHORE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A semaphore; zeroed: no permits, and room for LONG_MAX. */
typedef struct cress_semaphore {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_semaphore_t;

/*
 * Begin with so many permits, and without a name. Not while it is in use. Does
 * not park. Returns 0, or -1 with errno EINVAL: a negative number.
 */
int cress_semaphore_init(cress_semaphore_t *semaphore, long permits);

/* The same, and never let there be more than `permits`. Does not park. */
int cress_semaphore_init_bounded(cress_semaphore_t *semaphore, long permits);

/*
 * Take a permit. Parks if there is none, behind all who wait already. Returns
 * 0, or -1 with errno, and no permit is taken: EXDEV those who wait belong to
 * another thread.
 */
int cress_semaphore_acquire(cress_semaphore_t *semaphore);

/*
 * Take a permit if there is one, else fail with EAGAIN. Never parks, and takes
 * no notice of scopes.
 */
int cress_semaphore_try_acquire(cress_semaphore_t *semaphore);

/*
 * Give a permit to the first who waits, or add it to those that are free. Does
 * not park.
 *
 * Returns 0, or -1 with errno, and nothing has changed: EOVERFLOW, logged, as
 * many as there may be are free; EXDEV those who wait belong to another
 * thread.
 */
int cress_semaphore_release(cress_semaphore_t *semaphore);

/* How many permits are free: 0 while somebody waits. Does not park. */
long cress_semaphore_count(const cress_semaphore_t *semaphore);

/*
 * Check that nobody waits, and zero the semaphore; NULL is allowed. Does not
 * park. Returns 0, or -1 with errno EBUSY, logged, and it is as it was.
 */
int cress_semaphore_fini(cress_semaphore_t *semaphore);

#ifdef __cplusplus
}
#endif

#endif
