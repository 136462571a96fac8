/* SPDX-License-Identifier: MIT */
/*
 * The hub: one scheduler per thread. It runs spawned coroutines in turn, and
 * the event loop whenever none of them can go on.
 *
 * A coroutine that blocks is parked: it leaves the processor, straight to the
 * next ready one, until what it waits for has come. Any coroutine may park,
 * the thread's main one and raw ones of cress_new() too. cress_run() makes a
 * hub for the time of a function; a blocking call without it makes one that
 * lasts until the thread ends, or until cress_run() has taken it over.
 *
 *     static void *greet(void *name)
 *     {
 *             cress_sleep(0.01);
 *             printf("hello, %s\n", (const char *)name);
 *             return NULL;
 *     }
 *
 *     static int body(void *arg)
 *     {
 *             cress_t *a = cress_spawn(greet, "ann");
 *             cress_t *b = cress_spawn(greet, "bob");
 *             return cress_join(a, NULL) || cress_join(b, NULL);
 *     }
 *
 *     int main(void) { return cress_run(body, NULL); }
 *
 * Ready coroutines run in the order in which they became ready. Each round of
 * them is bounded, then the loop polls, so that nobody starves. Times are
 * seconds in a double on a monotonic clock.
 *
 * A child of fork() has the hub of the thread that forked, with all its
 * coroutines: each goes on in both processes, unless the child kills it, calls
 * exec or _exit(), or never parks. The child's event loop is its own and takes
 * no event from the parent's; descriptors are shared, as after any fork().
 * Other threads and their hubs are not there, nor are workers: calls that wait
 * for one fail with ESRCH, and later ones get new workers. A program that has
 * a loop of its own finds the hub a guest in it: embed.h.
 *
 * Every parking call fails with ECANCELED or the error of the kill inside a
 * coroutine that was killed, and with ETIMEDOUT or ECANCELED inside a scope
 * that is over (scope.h). With EDEADLK it fails in the main coroutine when
 * nothing can ever run again: no coroutine is ready, and none waits for a
 * descriptor, a timer or anything else that comes from outside; a report that
 * names every waiter goes to the log first. ENOMEM and the errors of making an
 * event loop are possible where the hub is made. These are not listed again.
 */
#ifndef CRESS_HUB_H
#define CRESS_HUB_H

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Run `body(arg)` in the calling thread's main coroutine, on its own stack,
 * with a hub. When it returns, kill every coroutine that was spawned, wait for
 * them to end, and free the hub. Raw coroutines that are parked are killed and
 * waited for likewise. A hub that an earlier call made is taken over.
 *
 * Returns what `body` returned, or -1 with errno: EINVAL no function, EBUSY
 * cress_run() runs here already or the caller is no main coroutine, ENOMEM,
 * EMFILE, ENFILE no event loop. Any thread, one hub each.
 */
int cress_run(int (*body)(void *arg), void *arg);

/*
 * Make a coroutine that runs `fn(arg)`, and queue it behind all that are
 * ready. It never runs before the caller parks, yields or switches. Its parent
 * is the hub. It takes a stack when it first runs; if there is none then, it
 * dies of ENOMEM.
 *
 * Returns a handle with one reference, or NULL with errno as cress_new(), or
 * EINVAL no function. Does not park.
 */
cress_t *cress_spawn(cress_fn *fn, void *arg);

/* As cress_spawn(), with attributes; `attr` may be NULL. */
cress_t *cress_spawn_with(cress_fn *fn, void *arg, const cress_attr_t *attr);

/*
 * As cress_spawn_with(), but queue it only after `seconds`: negative ones
 * count as 0. A kill before that cancels it. EINVAL also for NaN.
 */
cress_t *cress_spawn_after(double seconds, cress_fn *fn, void *arg,
			   const cress_attr_t *attr);

/*
 * Spawn and forget: as cress_spawn(), without a handle. Returns 0, or -1 with
 * errno.
 */
int cress_go(cress_fn *fn, void *arg);

/*
 * Wait until `c` is dead; parks unless it is. Any number may wait for one. If
 * `value` is not NULL, the value that it returned is stored there, NULL if it
 * died of an error.
 *
 * Returns 0 if it succeeded, the positive errno value that it died of, or -1
 * if the waiting itself failed, with errno: EINVAL no coroutine, EXDEV another
 * thread's, ESRCH its thread is gone. To wait for oneself waits for ever.
 */
int cress_wait(cress_t *c, void **value);

/* As cress_wait(), but never parks: -1 with errno EAGAIN while it lives. */
int cress_try_wait(cress_t *c, void **value);

/* Wait, then release `c` unless the waiting failed. Returns as cress_wait(). */
int cress_join(cress_t *c, void **value);

/*
 * Ask `c` to end: cancel its outermost scope with `error`, an errno value or
 * CRESS_EXIT; 0 stands for ECANCELED. The call that it is parked in, and every
 * parking call after it outside a shield, fails with that error (CRESS_EXIT
 * reads ECANCELED there, and dying of that counts as a success). One that has
 * not started never runs. One that is suspended in cress_switch() gets one
 * throw. The first kill decides the error; a kill of a dead one does nothing.
 * Whether it has ended, cress_wait() tells.
 *
 * Returns 0, or -1 with errno: EINVAL no coroutine, a hub, or no error; EXDEV
 * another thread's; ESRCH its thread is gone. Never parks, also on oneself.
 */
int cress_kill(cress_t *c, int error);

/*
 * Let all that are ready go first. Parks if there are any, and lets the loop
 * poll in its turn. A look at the timers and at the descriptors comes after 64
 * switches and yields, after up to 1,024 if these take next to no time, and
 * after fewer if they take long: as many as took a millisecond before, one at
 * least. Returns 0, or -1 with errno.
 */
int cress_yield(void);

/*
 * Park for at least `seconds`. 0 and less is cress_yield(); INFINITY waits for
 * a kill or a scope's end. Returns 0, or -1 with errno: EINVAL for NaN.
 */
int cress_sleep(double seconds);

/*
 * Return the hub's clock in seconds, read anew: monotonic, its zero is
 * arbitrary. Without a hub it is CLOCK_MONOTONIC. Never fails, never parks.
 */
double cress_now(void);

#ifdef __cplusplus
}
#endif

#endif
