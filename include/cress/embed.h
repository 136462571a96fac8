/* SPDX-License-Identifier: MIT */
/*
 * Living inside an event loop that the program runs itself.
 *
 * cress_run() runs the event loop of its thread; a program that has a loop
 * already cannot use it. There the hub is a guest. Its coroutines are the same
 * and so are all calls; what differs is who waits for events. Either
 *
 * - the host is libev: cress_hub_attach() puts the hub's watchers into the
 *   program's own loop, and ev_run() then runs the coroutines too; or
 * - the host is any other loop: it polls the descriptor that cress_hub_fd()
 *   returns for readability, at most for cress_hub_timeout() seconds, and then
 *   calls cress_hub_run_once().
 *
 * The stack that runs the loop is the thread's main coroutine. From callbacks
 * of the host it may spawn, kill, close, look at results and switch to raw
 * coroutines. But it must not park, because nobody would run the loop then:
 * every call that would park fails there with EDEADLK at once, cress_yield()
 * and calls of io.h without MSG_DONTWAIT included. So does its cress_switch()
 * when whoever it has switched to parks and nobody switches back in time. An
 * error that a child of main dies of meanwhile is logged.
 *
 * Coroutines run in turns. One ends when no coroutine is ready, or after 64
 * switches and at each 64 after that if it has taken 200 microseconds. Each
 * round of the host's loop has one, and one more for each 64 events; between
 * them the loop calls the program's callbacks. So neither side starves the
 * other, and while a coroutine is ready the loop does not sleep. A callback
 * that runs long delays the coroutines, and a coroutine that computes long
 * delays the callbacks.
 *
 * No coroutine is told of a deadlock, since the host may always do something:
 * cress_hub_waiters() and cress_hub_report() tell who waits.
 *
 *     struct ev_loop *loop = ev_default_loop(0);
 *
 *     cress_hub_attach(loop);
 *     cress_go(serve, NULL);
 *     ev_run(loop, 0);
 *     cress_hub_detach();
 *
 * A child of fork() has hub and coroutines as its parent had them: see hub.h.
 * An attached loop is told by ev_loop_fork(). A foreign loop must be made fit
 * for the child by its own means; the descriptor has the same number there, but
 * is another one, which it has to watch anew.
 */
#ifndef CRESS_EMBED_H
#define CRESS_EMBED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ev_loop;

/*
 * Make a hub for the calling thread whose events come from `loop`, which this
 * thread's main coroutine runs, now or later, as often as it likes: ev_run()
 * with any flags. When it returns, by ev_break() or for want of watchers, what
 * is parked stays so, and goes on in the next ev_run().
 *
 * ev_run() counts the hub as one active watcher while a coroutine is ready, or
 * waits for a descriptor, a time or anything else from outside; otherwise the
 * hub does not keep it from returning. Coroutines that a callback of priority
 * EV_MINPRI spawns last of all may have to wait for the next ev_run().
 *
 * The loop's user data stay the program's. Destroying the loop is safe: the
 * hub then stands still until cress_hub_detach(). Timers follow the hub's own
 * clock, and ev_now() may be newer after a wait than without the hub.
 *
 * Returns 0, or -1 with errno: EINVAL no loop; EBUSY the thread has a hub
 * (cress_run(), a guest, or one that an earlier call made), or the caller is
 * no main coroutine; ENOMEM. Does not park.
 */
int cress_hub_attach(struct ev_loop *loop);

/*
 * End what cress_hub_attach(), cress_hub_fd() or cress_hub_run_once() began.
 * As cress_run() does at its end, kill every coroutine that was spawned or is
 * parked, wait until they have ended, and free the hub; no watcher of the
 * library stays in the host's loop. The waiting happens in a loop of the
 * library's own: no callback of the host is called meanwhile.
 *
 * Returns 0, or -1 with errno and nothing changed: EINVAL no guest is here;
 * EBUSY the caller is no main coroutine, or has a scope open; ENOMEM, EMFILE,
 * ENFILE no loop for the waiting. May be called in a callback of the host. It
 * is the one call that waits in main.
 */
int cress_hub_detach(void);

/*
 * Return a descriptor that is readable whenever the hub has an event to
 * handle. The first call makes the hub a guest. Only poll it: for readability,
 * level-triggered, with poll(), epoll, or whatever the host's loop offers. It
 * stays the same until cress_hub_detach(), which closes it. Timers do not make
 * it readable: cress_hub_timeout() tells of them.
 *
 * Returns -1 with errno: EBUSY the thread has a hub that is no guest of this
 * kind, or the caller is no main coroutine; ENOTSUP libev has no epoll
 * descriptor here, and cress_hub_run_once() has to be called at intervals;
 * ENOMEM, EMFILE, ENFILE. Does not park.
 */
int cress_hub_fd(void);

/*
 * Return how many seconds the host may sleep: 0 if a coroutine is ready or a
 * timer is due, INFINITY if nothing but an event makes one ready. Ask right
 * before the host sleeps, after all that its callbacks have done. Without a
 * hub it is INFINITY. Never fails, never parks; any coroutine.
 */
double cress_hub_timeout(void);

/*
 * Handle the events and timers that are due, and run the coroutines that are
 * ready for one turn; never blocks. Call it when the descriptor is readable
 * and when the time of cress_hub_timeout() has come; at any other time it does
 * no harm. The first call makes the hub a guest.
 *
 * Returns 1 if a coroutine is still ready, 0 if not, or -1 with errno as
 * cress_hub_fd(), but for ENOTSUP.
 */
int cress_hub_run_once(void);

/*
 * Count the coroutines of this thread that are parked. If `outside` is not
 * NULL, store there how many of them something outside can make ready: a
 * descriptor or a worker thread. If that is 0, and cress_hub_timeout() is
 * INFINITY, none of them goes on by itself. Takes time in proportion to all
 * coroutines. Never fails, never parks; any coroutine, with any kind of hub.
 */
size_t cress_hub_waiters(size_t *outside);

/*
 * Log one line for each parked coroutine of this thread: its name, and what it
 * waits for. Returns how many there are. As cress_hub_waiters() otherwise.
 */
size_t cress_hub_report(void);

#ifdef __cplusplus
}
#endif

#endif
