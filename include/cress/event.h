/* SPDX-License-Identifier: MIT */
/*
 * Events: a flag that coroutines wait for. The common rules are in sync.h.
 *
 * A flag that is set stays set, and lets everybody through, until somebody
 * clears it. To set it wakes all who wait, in the order in which they came;
 * they have seen the event even if it is cleared before they run. So a set
 * that is followed by a clear lets through exactly those who wait now.
 *
 *     static cress_event_t ready = {.name = "ready"};
 *
 *     static void *work(void *arg)
 *     {
 *             if (cress_event_wait(&ready) != 0)
 *                     return cress_fail(errno);
 *             return arg;
 *     }
 *
 *     cress_event_set(&ready);
 */
#ifndef CRESS_EVENT_H
#define CRESS_EVENT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An event; zeroed: nobody waits, and it is clear. */
typedef struct {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_event_t;

/*
 * Wait until the flag is set. Parks unless it is. Returns 0, or -1 with errno:
 * EXDEV those who wait belong to another thread. The form that never parks is
 * cress_event_is_set().
 */
int cress_event_wait(cress_event_t *event);

/*
 * Set the flag and wake all who wait. Does not park; takes time for each who
 * waits. Returns 0, or -1 with errno EXDEV, and nothing has changed.
 */
int cress_event_set(cress_event_t *event);

/* Clear the flag. Does not park. Returns 0, or -1 with errno EINVAL. */
int cress_event_clear(cress_event_t *event);

/* Is the flag set? Does not park. */
int cress_event_is_set(const cress_event_t *event);

/*
 * Check that nobody waits, and zero the event; NULL is allowed. Does not park.
 * Returns 0, or -1 with errno EBUSY, logged, and the event is as it was.
 */
int cress_event_fini(cress_event_t *event);

#ifdef __cplusplus
}
#endif

#endif
