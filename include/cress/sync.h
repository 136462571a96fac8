/* SPDX-License-Identifier: MIT */
/*
 * Coordination between the coroutines of a thread: everything at once. Each
 * subject has a header of its own; these rules hold for all of them.
 *
 * An object lies in the caller's memory and is ready when it is zeroed; what
 * needs a number at birth has an _init. Nothing is allocated, nothing is owed
 * at the end: an _fini only checks that nobody uses the object, and zeroes it.
 * It must not move while it is in use. `name` may be set at any time to a
 * string that outlives the object; reports and messages show it.
 *
 *     static cress_mutex_t accounts = {.name = "accounts"};
 *
 * Who waits, waits in line: what becomes free is handed to the one who came
 * first, before it runs, and nobody can get in between. It runs in its turn,
 * as after any wake; nothing here switches to another coroutine at once. A
 * wait that fails has taken nothing. One that was handed something returns
 * success, even if it was cancelled since: the cancellation meets its next
 * parking call.
 *
 * A call that parks does so only if it has to: one that finds what it wants
 * succeeds inside a scope that is over, too. There are no time-outs here; a
 * scope bounds any wait (scope.h), and each wait has a form that never parks.
 *
 *     cress_scope_open(&limit, 0.5);
 *     if (cress_mutex_lock(&accounts) == 0)
 *             ...
 *     cress_scope_close(&limit);
 *
 * Functions return 0, or -1 with errno, unless they say otherwise. EINVAL
 * stands for NULL and is not listed. Mistakes that C cannot make visible
 * otherwise, such as unlocking what another one holds, fail and are logged
 * with the name of the object. All coroutines that use an object must belong
 * to one thread: a call fails with EXDEV if it meets a waiter or an owner of
 * another thread.
 */
#ifndef CRESS_SYNC_H
#define CRESS_SYNC_H

#include <cress/barrier.h>
#include <cress/condition.h>
#include <cress/event.h>
#include <cress/future.h>
#include <cress/lock.h>
#include <cress/once.h>
#include <cress/semaphore.h>

#endif
