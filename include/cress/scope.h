/* SPDX-License-Identifier: MIT */
/*
 * Scopes: stretches of code with a deadline and a cancel switch. They are the
 * only way to bound a wait, and the only way to cancel.
 *
 * A scope is opened and closed by the same coroutine; scopes nest strictly and
 * lie in the caller's memory, which must not move while they are open. Once a
 * scope is cancelled or its time is up, the parking call that its coroutine is
 * in, and every later one until the scope is closed, fails with ECANCELED or
 * ETIMEDOUT. A call that was woken with a result first returns that result. A
 * call that fails this way has taken nothing.
 *
 *     cress_scope_t limit;
 *     cress_scope_open(&limit, 0.5);
 *     ssize_t n = cress_read(fd, buf, sizeof buf);
 *     if (cress_scope_close(&limit) == ETIMEDOUT)
 *             puts("too slow");
 *
 * What cress_scope_close() returns says whether it was this scope that made a
 * call fail; errno cannot, because an outer scope and TCP have the same
 * numbers. If several scopes around a call are over, the outermost is to
 * blame. To end a coroutine with a scope open aborts the process with a line;
 * so does a thread that ends with one of its main coroutine's.
 *
 * From the second failure in a scope that is over on, a parking call lets all
 * that are ready go first, so that a loop which ignores errors starves nobody.
 */
#ifndef CRESS_SCOPE_H
#define CRESS_SCOPE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A scope. Its content is private; zeroed or not, open it before use. */
typedef struct cress_scope {
	uint64_t opaque[16];
} cress_scope_t;

/*
 * Open a scope in the current coroutine that is over in `seconds`, counted
 * from now on a clock that is read anew. INFINITY: no deadline. 0: over at the
 * next parking call.
 *
 * Returns 0, or -1 with errno: EINVAL negative, NaN, no scope, or one that this
 * coroutine has open; EDEADLK in a raw link, which cannot park; ENOMEM; or what
 * making the hub gives. A scope that it failed to open is closed; to close it
 * gives EINVAL. Does not park.
 */
int cress_scope_open(cress_scope_t *scope, double seconds);

/*
 * As cress_scope_open(), over when cress_now() reaches `when`. A time in the
 * past is over at the next parking call. EINVAL for NaN.
 */
int cress_scope_open_at(cress_scope_t *scope, double when);

/*
 * Make the scope over at once, with ECANCELED. May be called by any coroutine
 * of the thread. Does nothing if it is over already. Does not park.
 *
 * Returns 0, or -1 with errno: EINVAL it is not open, EXDEV another thread's.
 */
int cress_scope_cancel(cress_scope_t *scope);

/*
 * Shield what the scope encloses from cancellation, kill and deadlines of
 * everything outside it, until it is closed. Its own deadline and cancel work
 * on. This is for cleanup that parks; give such a scope a deadline.
 *
 * Returns 0, or -1 with errno: EINVAL it is not open, EPERM another coroutine
 * opened it. Does not park.
 */
int cress_scope_shield(cress_scope_t *scope);

/*
 * Close the scope. It must be the innermost of the current coroutine.
 *
 * Returns 0; ETIMEDOUT or ECANCELED if this scope made a call fail; or -1 with
 * errno: EINVAL it is not open or not the innermost, EPERM another coroutine
 * opened it. errno is kept except with -1. Does not park.
 */
int cress_scope_close(cress_scope_t *scope);

/*
 * Is the current coroutine in a scope that is over, or killed, so that its
 * next parking call will fail? Returns the error, or 0. Does not park. This is
 * for long computations that want to end early.
 */
int cress_scope_error(void);

#ifdef __cplusplus
}
#endif

#endif
