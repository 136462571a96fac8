/* SPDX-License-Identifier: MIT */
/*
 * Once: something that is to be done by whoever needs it first, and only once.
 * The common rules are in sync.h.
 *
 * The first caller runs the function, and those who come meanwhile wait for
 * it. If it fails, that caller gets the failure, and the next one who waits,
 * or comes later, runs the function anew. What is cancelled fails: so a
 * function that parks is not done half for good.
 *
 *     static cress_once_t once;
 *
 *     static int open_log(void *path)
 *     {
 *             log_fd = cress_open(path, O_WRONLY | O_APPEND, 0);
 *             return log_fd < 0 ? -1 : 0;
 *     }
 *
 *     if (cress_once_run(&once, open_log, "/var/log/it") != 0)
 *             perror("log");
 */
#ifndef CRESS_ONCE_H
#define CRESS_ONCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed: not done. */
typedef struct cress_once {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_once_t;

/*
 * Have `fn(arg)` run if that has not been done. 0 is its success, anything
 * else its failure. Parks while another one runs it; `fn` may park. In a scope
 * that is over it fails even if it is done: that cress_once_is_done() says.
 *
 * Returns 0 when it is done; what `fn` returned, with its errno, if the caller
 * ran it and it failed; or -1 with errno: EDEADLK it is called inside its own
 * `fn`, logged; EXDEV another thread's coroutine runs it; EINVAL no function.
 */
int cress_once_run(cress_once_t *once, int (*fn)(void *arg), void *arg);

/* Is it done? Never parks. */
int cress_once_is_done(const cress_once_t *once);

/*
 * Check that nobody runs it or waits, and zero it; NULL is allowed. Does not
 * park. Returns 0, or -1 with errno EBUSY, logged, and it is as it was.
 */
int cress_once_fini(cress_once_t *once);

#ifdef __cplusplus
}
#endif

#endif
