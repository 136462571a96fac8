/* SPDX-License-Identifier: MIT */
/*
 * Coroutines: functions with a stack of their own, that are started, switched
 * to, thrown at and waited for. Nothing here needs a hub or an event loop.
 *
 * The model is greenlet's. Every thread has a main coroutine, which is the
 * thread's own stack. Each other coroutine has a parent: the one that goes on
 * when this one ends, and that is handed its result. A coroutine belongs to
 * the thread that made it. Its handle is counted: cress_new() returns one
 * reference, cress_retain() takes another, cress_release() gives one back.
 *
 * Errors are numbers: an errno value, or CRESS_EXIT, which asks a coroutine to
 * end and counts as success. An entry function dies of an error by
 * `return cress_fail(error)`; any other return value is a result. An error that
 * a coroutine dies of is delivered to its parent: there, the parked
 * cress_switch() returns NULL, and cress_error() and errno say which.
 *
 *     static void *count(void *consumer)
 *     {
 *             for (intptr_t i = 1; i <= 3; i++)
 *                     cress_switch(consumer, (void *)i);
 *             return NULL;
 *     }
 *
 *     cress_t *numbers = cress_new(count, NULL);
 *     void *n = cress_switch(numbers, cress_current());
 *     for (; n != NULL; n = cress_switch(numbers, NULL))
 *             printf("%td\n", (intptr_t)n);
 *     cress_release(numbers);
 *
 * When a thread ends, the handlers and locals of its main coroutine run, and it
 * is dead. What is suspended, queued or parked stays where it is and never runs
 * again; the stacks go. Handles elsewhere stay valid: what needs the coroutine
 * fails with ESRCH.
 *
 * Whatever is misused reports as a failed switch does and switches nothing.
 * A call without a word on threads is for the thread that owns the coroutine.
 * Switching from inside a signal handler is not supported. longjmp() within
 * one coroutine works; from one coroutine's stack to another's is undefined.
 * A C++ exception may be thrown and caught inside a coroutine; one that leaves
 * the entry function ends the process in std::terminate().
 */
#ifndef CRESS_COROUTINE_H
#define CRESS_COROUTINE_H

#include <stddef.h>

#include <cress/attr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An entry function. Its argument is the value of the first switch to it. */
typedef void *cress_fn(void *arg);

/* The error that asks a coroutine to end. It is never an errno. */
#define CRESS_EXIT (-1)

/*
 * Make a coroutine that will run `fn`, and start nothing. `fn` may be NULL if
 * cress_set_entry() names one before the first switch. `attr` may be NULL.
 * A stack is taken at the first switch, not here.
 *
 * Returns a handle with one reference, or NULL with errno:
 *   EINVAL  an unknown flag, a reserved field in use, a stack size under the
 *           minimum or not representable, a stack given without its size
 *   EXDEV   the parent belongs to another thread
 *   ESRCH   the parent's thread is gone
 *   ENOMEM  no memory
 * Does not park. Any thread; the coroutine belongs to the caller's.
 */
cress_t *cress_new(cress_fn *fn, const cress_attr_t *attr);

/*
 * Replace the entry function of a coroutine that has not started.
 *
 * Returns 0, or -1 with errno: EINVAL no function, EBUSY it has started,
 * EXDEV another thread's. Does not park.
 */
int cress_set_entry(cress_t *c, cress_fn *fn);

/*
 * Switch to `to` and hand it `value`: as its entry's argument if it has not
 * started, as the result of the cress_switch() that it is suspended in
 * otherwise. The caller is suspended until somebody switches to it; what that
 * switch carries is what this call returns. A dead `to` stands for its nearest
 * living ancestor. To switch to oneself returns `value` at once. To switch to
 * the hub of the thread queues the caller, as cress_yield() does.
 *
 * Returns the value with cress_error() == 0, or NULL with cress_error() and
 * errno set to the error that was thrown, that a child died of, or:
 *   EINVAL  `to` has no entry function, or is NULL
 *   EXDEV   `to` belongs to another thread
 *   ESRCH   `to` belongs to a thread that is gone
 *   EBUSY   `to` is queued or parked in the scheduler
 *   ENOMEM  there is no stack for the first switch to `to`
 *   EAGAIN  likewise: the kernel allows no more mappings
 * With these nothing was switched and `to` is as it was.
 */
void *cress_switch(cress_t *to, void *value);

/*
 * Switch to `to` and make the call that it is suspended in fail with `error`:
 * an errno value, CRESS_EXIT, or 0, which means CRESS_EXIT. One that has not
 * started dies without running. A dead one passes the error on to its nearest
 * living ancestor; CRESS_EXIT thrown at a dead one is returned as NULL without
 * an error. At the current coroutine the error is what this call returns.
 *
 * A coroutine that is parked in a call of the scheduler or of I/O is taken out
 * of what it waits for, and that call fails with `error`, once; one that has
 * been woken already returns what it got, and its next parking call fails. The
 * caller is then queued as by cress_yield(). A parking call reports CRESS_EXIT
 * as errno ECANCELED.
 *
 * Returns as cress_switch() does, with the same errors, except that it never
 * says EBUSY, and EINVAL stands also for a number that is no error.
 */
void *cress_throw(cress_t *to, int error);

/*
 * Die of `error`: `return cress_fail(error)` in the entry function ends the
 * coroutine with that error. CRESS_EXIT ends it as a success with the value
 * NULL. A number that is no error stands for EINVAL. The returned pointer has
 * no other use. Does not park.
 */
void *cress_fail(int error);

/*
 * Return what the last switch delivered to the current coroutine: 0, or the
 * error with which it returned NULL. Does not park; any thread.
 */
int cress_error(void);

/*
 * Return the current coroutine, borrowed; the thread's main one outside any
 * other. NULL with errno ENOMEM only if the thread's first call of the library
 * finds no memory. Any thread.
 */
cress_t *cress_current(void);

/*
 * Return the parent, borrowed; NULL for a main coroutine or a hub. Owner
 * thread.
 */
cress_t *cress_parent(const cress_t *c);

/*
 * Make `parent` the parent of `c`. The value at the moment of death decides.
 * May be called at any time, also by the coroutine on itself.
 *
 * Returns 0, or -1 with errno: EINVAL `c` is a main coroutine or a hub, or
 * `parent` is NULL; ELOOP it would close a cycle; EXDEV one of the two belongs
 * to another thread; ESRCH to a thread that is gone. Nothing changed then.
 */
int cress_set_parent(cress_t *c, cress_t *parent);

/* Is it started and not finished? Any thread. Main is, while its thread is. */
int cress_is_active(const cress_t *c);

/* Has it finished, in whatever way? Any thread. */
int cress_is_dead(const cress_t *c);

/*
 * Take another reference, and return `c`. NULL is allowed. Any thread that
 * holds a reference or borrows one.
 */
cress_t *cress_retain(cress_t *c);

/*
 * Give a reference back. NULL is allowed; errno is kept. Any thread.
 *
 * The last one of a coroutine that is suspended in cress_switch() throws
 * CRESS_EXIT into it at once, with the caller as its parent, and returns when
 * it is dead; an error that it dies of is logged and does not reach the caller.
 * One that switches away instead of ending stays alive. On another thread the
 * exit is queued until the owner next switches, calls cress_collect() or ends;
 * if that thread is gone it never runs. One that has not started just goes. One
 * that runs, is queued or is parked in the scheduler runs on, and is freed at
 * its end.
 */
void cress_release(cress_t *c);

/*
 * Deliver what other threads have released, and return how many references
 * that were. Switches do it by themselves. Owner thread.
 */
size_t cress_collect(void);

/*
 * Name `c`, for messages and reports. The name is copied; NULL takes it away.
 * Returns 0, or -1 with errno ENOMEM, or EXDEV another thread's.
 */
int cress_set_name(cress_t *c, const char *name);

/*
 * Return the name, or "" if there is none. It is valid until the next
 * cress_set_name() or the last release. Owner thread.
 */
const char *cress_name(const cress_t *c);

/*
 * Call `fn(arg)` when the current coroutine ends, in whatever way: the last
 * registered first, on its stack, each exactly once, after its entry function
 * has returned. Handlers may park, in a shield if it was killed. On a main
 * coroutine they run when the thread ends.
 *
 * Returns 0, or -1 with errno ENOMEM, or EINVAL no function. Does not park.
 */
int cress_defer(void (*fn)(void *arg), void *arg);

#ifdef __cplusplus
}
#endif

#endif
