/* SPDX-License-Identifier: MIT */
/*
 * Futures: a value, or an error, that comes later. The common rules are in
 * sync.h.
 *
 * A future is set once, by anybody; any number of coroutines get what it was
 * set to, those who waited in the order in which they came, and all who ask
 * later. It is what cress_wait() is for the end of a coroutine, and has the
 * same results.
 *
 *     static cress_future_t answer = {.name = "answer"};
 *
 *     static void *compute(void *arg)
 *     {
 *             cress_future_set_value(&answer, arg);
 *             return NULL;
 *     }
 *
 *     void *value;
 *     cress_go(compute, "42");
 *     if (cress_future_get(&answer, &value) == 0)
 *             puts(value);
 */
#ifndef CRESS_FUTURE_H
#define CRESS_FUTURE_H

#include <stdint.h>

#include <cress/attr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A future; zeroed: not set. */
typedef struct cress_future {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_future_t;

/*
 * Set it to a value and wake all who wait. Does not park. Returns 0, or -1
 * with errno, and nothing has changed: EALREADY it is set; EXDEV those who
 * wait belong to another thread.
 */
int cress_future_set_value(cress_future_t *future, void *value);

/*
 * As cress_future_set_value(), but to an error, a positive errno value; EINVAL
 * stands for another number, too. Does not park.
 */
int cress_future_set_error(cress_future_t *future, int error);

/*
 * Set the future, which is the argument of a link (link.h), to the value or
 * the error of the coroutine that has ended:
 *
 *     cress_link(c, cress_future_link, &future, CRESS_LINK_RAW);
 *
 * Returns NULL, or dies as cress_fail() does of what setting it failed with.
 * Does not park.
 */
void *cress_future_link(cress_t *ended, void *future);

/*
 * Wait until it is set; parks unless it is. If `value` is not NULL, the value
 * is stored there, NULL if it was set to an error.
 *
 * Returns 0 if it was set to a value, the positive errno value if it was set
 * to an error, or -1 if the waiting itself failed, with errno: EXDEV those who
 * wait belong to another thread. Then `*value` is untouched.
 */
int cress_future_get(cress_future_t *future, void **value);

/*
 * As cress_future_get(), but never parks, and takes no notice of scopes:
 * EAGAIN while it is not set.
 */
int cress_future_try_get(const cress_future_t *future, void **value);

/*
 * Check that nobody waits, and zero the future, which may then be set again;
 * NULL is allowed. Does not park. Returns 0, or -1 with errno EBUSY, logged,
 * and it is as it was.
 */
int cress_future_fini(cress_future_t *future);

#ifdef __cplusplus
}
#endif

#endif
