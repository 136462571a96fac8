/* SPDX-License-Identifier: MIT */
/*
 * Conditions: wait until something has become true that a mutex protects. The
 * common rules are in sync.h.
 *
 * A wait gives the mutex back, waits for a signal, and has the mutex again
 * when it returns. Each signal is for one who waits already, the one who came
 * first; a signal that nobody waits for is lost. It need not be true any more
 * when the wait returns, since others may have had the mutex in between: so
 * look again, in a loop.
 *
 *     cress_mutex_lock(&mutex);
 *     while (length == 0)
 *             if (cress_condition_wait(&not_empty, &mutex) != 0)
 *                     break;
 *     ...
 *     cress_mutex_unlock(&mutex);
 *
 * A wait that fails has the mutex, too: to get it back is shielded from
 * cancellation, as with pthreads. It has consumed no signal. One that was
 * signalled succeeds, whatever happens while it waits for the mutex.
 */
#ifndef CRESS_CONDITION_H
#define CRESS_CONDITION_H

#include <cress/lock.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A condition; zeroed: nobody waits. */
typedef struct cress_condition {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_condition_t;

/*
 * Give back the mutex, which the caller holds, wait for a signal, and lock the
 * mutex again. Always parks. All who wait at a time must use the same mutex.
 *
 * Returns 0, or -1 with errno, and the caller has the mutex: EPERM it did not
 * hold it, logged; EINVAL others wait with another mutex, logged; EXDEV they
 * belong to another thread; or what ended the wait. Only with EOWNERDEAD,
 * because the mutex was left behind by an owner that has ended, and with
 * EDEADLK in main, because nobody will ever give it back, has the caller lost
 * the mutex: cress_mutex_owner() tells.
 */
int cress_condition_wait(cress_condition_t *condition, cress_mutex_t *mutex);

/*
 * Let the one who has waited longest go on, as soon as it can have the mutex.
 * The caller may hold the mutex. Does not park. Returns 0, also if nobody
 * waits, or -1 with errno EXDEV.
 */
int cress_condition_signal(cress_condition_t *condition);

/*
 * The same for all who wait; they get the mutex in the order in which they
 * came. Does not park.
 */
int cress_condition_broadcast(cress_condition_t *condition);

/*
 * Check that nobody waits, and zero the condition; NULL is allowed. Does not
 * park. Returns 0, or -1 with errno EBUSY, logged, and it is as it was.
 */
int cress_condition_fini(cress_condition_t *condition);

#ifdef __cplusplus
}
#endif

#endif
