/* SPDX-License-Identifier: MIT */
/*
 * Coordination between the coroutines of a thread: everything at once, and
 * which of them is for what. These rules hold for all of them.
 *
 * | to                                              | use                |
 * |-------------------------------------------------|--------------------|
 * | wait until something has happened               | event.h            |
 * | wait for a value, or an error, that comes once  | future.h           |
 * | wait for the end of a coroutine; be called then | hub.h; link.h      |
 * | wait until several are done, or have come       | barrier.h          |
 * | own coroutines, and end them together; a pool   | group.h, map.h     |
 * | hand on work: any number of items, priorities   | queue.h            |
 * | hand on items of one size, meet, choose of many | channel.h          |
 * | keep others out while one parks in the middle   | lock.h             |
 * | let in so many at a time                        | semaphore.h        |
 * | wait until what a lock protects has come true   | condition.h        |
 * | do something once, by whoever comes first       | once.h             |
 *
 * Memory. An object lies in the caller's memory and is ready when it is
 * zeroed; what needs a number or a size at birth has an _init. It must not
 * move while it is in use. An _fini checks that nobody waits for the object or
 * holds it, frees what there is to free, and zeroes it. Who was woken needs it
 * no more, though it has not run yet; who was handed a lock holds it from then
 * on. Only queues and channels allocate. `name` may be set at any time to a
 * string that outlives the object; reports and messages show it.
 *
 *     static cress_mutex_t accounts = {.name = "accounts"};
 *
 * Order. Who waits, waits in line: what becomes free is handed to the one who
 * came first, before it runs, and nobody can get in between. It runs in its
 * turn, as after any wake; nothing here switches to another coroutine at once.
 * Only a peek at a queue and cress_group_wait_free() take nothing, so that
 * another may be faster.
 *
 * Cancellation. There are no time-outs here; a scope bounds any wait
 * (scope.h). Inside a scope that is over, or when the caller is killed, every
 * call that may park fails at once with ETIMEDOUT, ECANCELED or the error of
 * the kill, also if it would not have to wait: a loop that ignores errors ends
 * so. What never parks goes on, for cleanup: the _try forms, and to unlock,
 * release, set or signal. Those who ask for what members of a group have ended
 * with are told of it in any case, as by cress_wait(). A wait that fails has
 * taken nothing. One that was handed something returns success, even if it was
 * cancelled since: the cancellation meets its next parking call.
 *
 *     cress_scope_open(&limit, 0.5);
 *     if (cress_mutex_lock(&accounts) == 0)
 *             ...
 *     cress_scope_close(&limit);
 *
 * Errors. Functions return 0, or -1 with errno, unless they say otherwise.
 * Everywhere EINVAL stands for NULL and for what needs an _init and has had
 * none, EAGAIN for a _try that would have to wait (EBUSY for a lock's, as with
 * pthreads), EBUSY for an _fini in use, EXDEV for another thread's, EDEADLK
 * for a park in the event loop or a wait that nothing can end. These are not
 * always listed. Mistakes that C cannot make visible otherwise, such as
 * unlocking what another one holds, fail and are logged with the name of the
 * object.
 *
 * Threads. All coroutines that use an object must belong to one thread. A
 * queue or channel is for the thread that first uses it; the others may be
 * used by another thread later, when nobody waits and nobody holds them. If a
 * thread ends while a coroutine of it waits for an object, the object must not
 * be used again, not by an _fini either: what remains in it points to where the
 * thread's stacks were. Its memory may be freed, before or after. If nobody
 * waits for a lock whose owner's thread ends, see cress_mutex_recover().
 */
#ifndef CRESS_SYNC_H
#define CRESS_SYNC_H

#include <cress/barrier.h>
#include <cress/channel.h>
#include <cress/condition.h>
#include <cress/event.h>
#include <cress/future.h>
#include <cress/group.h>
#include <cress/link.h>
#include <cress/lock.h>
#include <cress/map.h>
#include <cress/once.h>
#include <cress/queue.h>
#include <cress/semaphore.h>

#endif
