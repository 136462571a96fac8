/* SPDX-License-Identifier: MIT */
/*
 * Queues: pointers wait in line for whoever has the time to deal with them.
 *
 * What a pointer points to stays the caller's. One of three kinds of queue
 * hands out the oldest item, the newest, or the one that comes first by the
 * caller's comparison, the older one of equals. A queue may be bounded: then a
 * put waits while it is full. A zeroed cress_queue_t is an unbounded queue that
 * hands out the oldest; any other is made by cress_queue_init().
 *
 *     static cress_queue_t jobs = {.name = "jobs"};
 *
 *     static void *worker(void *unused)
 *     {
 *             void *job;
 *
 *             while (cress_queue_get(&jobs, &job) == 0) {
 *                     work_on(job);
 *                     cress_queue_task_done(&jobs);
 *             }
 *             return unused;
 *     }
 *
 *     cress_go(worker, NULL);
 *     cress_queue_put(&jobs, job);
 *     cress_queue_join(&jobs);
 *     cress_queue_shutdown(&jobs, 0);
 *
 * Who waits is served in the order of coming: an item is handed to the getter
 * that came first, and room to the putter that came first, before anybody else
 * runs. A call that fails has taken nothing and left nothing. One that was
 * served succeeds even if it is killed or its scope is over before it runs on;
 * the next parking call then fails. In a scope that is over a parking call
 * fails even if it would not have to wait. These rules, and what becomes of a
 * queue whose thread ends while somebody waits, are those of sync.h.
 *
 * A put on an unbounded queue never parks. So a producer that does nothing else
 * lets nobody else run: bound the queue, or yield.
 *
 * A queue belongs to the thread that first uses it: all calls of another fail
 * with EXDEV. EINVAL stands for NULL and is not listed. Where parking is
 * forbidden, in what the event loop calls, a parking call that can go through
 * at once does, and otherwise fails with EDEADLK.
 */
#ifndef CRESS_QUEUE_H
#define CRESS_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A queue, which must not be copied or moved. Reports show `name`, a string
 * that outlives it, or NULL; it may be set at any time. The rest is private.
 */
typedef struct cress_queue {
	const char *name;
	uint64_t opaque[27];
} cress_queue_t;

enum cress_queue_kind {
	CRESS_QUEUE_FIFO = 0,	/* the oldest first */
	CRESS_QUEUE_LIFO = 1,	/* the newest first */
	CRESS_QUEUE_PRIORITY = 2	/* the smallest first */
};

/*
 * Compare two items: negative if `a` comes first, positive if `b` does, 0 if
 * they are equal. It must not park, nor use the queue.
 */
typedef int cress_queue_compare(const void *a, const void *b);

/*
 * Make a queue of a kind, for at most `limit` items; 0 and less is no limit.
 * `compare` is for CRESS_QUEUE_PRIORITY, and NULL for the others. The room of
 * a bounded queue is allocated here, and its puts need no memory. The name is
 * NULL then.
 *
 * Returns 0, or -1 with errno: EINVAL no such kind, or a comparison missing or
 * not called for; ENOMEM. Does not park.
 */
int cress_queue_init(cress_queue_t *queue, int kind, ptrdiff_t limit,
		     cress_queue_compare *compare);

/*
 * Free what the queue has allocated, forget the items in it, and zero it; NULL
 * is allowed.
 *
 * Returns 0, or -1 with errno: EBUSY somebody waits, which is logged, and it
 * is unchanged; EXDEV. Does not park.
 */
int cress_queue_fini(cress_queue_t *queue);

/*
 * Put an item, which may be NULL, in. Parks while a bounded queue is full.
 *
 * Returns 0, or -1 with errno: ESHUTDOWN the queue is shut down, also while it
 * waited; ENOMEM an unbounded one cannot grow; EXDEV.
 */
int cress_queue_put(cress_queue_t *queue, void *item);

/*
 * As cress_queue_put(), but never parks, and takes no notice of scopes: EAGAIN
 * if it is full.
 */
int cress_queue_try_put(cress_queue_t *queue, void *item);

/*
 * Take the first item out into `*item`. Parks while there is none.
 *
 * Returns 0, or -1 with errno: ESHUTDOWN the queue is shut down and nothing is
 * left in it; EXDEV.
 */
int cress_queue_get(cress_queue_t *queue, void **item);

/*
 * As cress_queue_get(), but never parks, and takes no notice of scopes: EAGAIN
 * if it is empty.
 */
int cress_queue_try_get(cress_queue_t *queue, void **item);

/*
 * As cress_queue_get(), but leave the item in: `*item` was the first one when
 * the wait ended. Somebody else may have taken it before the caller runs.
 */
int cress_queue_peek(cress_queue_t *queue, void **item);

/* As cress_queue_peek(), but never parks, as cress_queue_try_get(). */
int cress_queue_try_peek(cress_queue_t *queue, void **item);

/*
 * Return how many items are in the queue, those of waiting putters not
 * counted, or -1 with errno EXDEV. Does not park.
 */
ptrdiff_t cress_queue_size(const cress_queue_t *queue);

/*
 * Return how many items were put in and not yet said to be done with
 * cress_queue_task_done(), or -1 with errno EXDEV. Does not park.
 */
ptrdiff_t cress_queue_unfinished(const cress_queue_t *queue);

/* Is it shut down? 1, 0, or -1 with errno EXDEV. Does not park. */
int cress_queue_is_shut(const cress_queue_t *queue);

/*
 * Say that one of the items that were put in is dealt with. For those who use
 * cress_queue_join(); others need not call it.
 *
 * Returns 0, or -1 with errno: EINVAL it was called for every item already,
 * which is logged; EXDEV. Does not park.
 */
int cress_queue_task_done(cress_queue_t *queue);

/*
 * Wait until cress_queue_task_done() was called for every item that was put
 * in. Parks unless that is so. Returns 0, or -1 with errno: EXDEV.
 */
int cress_queue_join(cress_queue_t *queue);

/*
 * Shut the queue down: nothing more can be put in, and those who wait to do so
 * fail with ESHUTDOWN. What is in it can still be got, and then every get
 * fails so; if `immediate` is not 0, it is dropped at once instead, and counts
 * as dealt with. To free what dropped items point to, take them out with
 * cress_queue_try_get() until that fails.
 *
 * May be called again, to drop what is left. Returns how many were dropped, or
 * -1 with errno: EXDEV. Does not park.
 */
ptrdiff_t cress_queue_shutdown(cress_queue_t *queue, int immediate);

#ifdef __cplusplus
}
#endif

#endif
