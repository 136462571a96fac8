/* SPDX-License-Identifier: MIT */
/*
 * Queues. A put that finds a getter waiting hands it the item, and a get that
 * finds a putter waiting lets its item in, before anybody else runs: that is
 * what keeps the order, and why a waiter that is taken out has lost nothing.
 */
#include "sync/queue.h"

#include <errno.h>
#include <string.h>

#include "core/memory.h"

_Static_assert(sizeof(struct cress_queue_impl) <= sizeof(cress_queue_t) - 32,
	       "room to grow");

/* One who waits to get, to peek or to put: the waiter's object is the queue. */
struct queue_waiter {
	struct cress_waiter waiter;
	void *item;		/* to be put, or what was got */
	int peeks;
};

static struct cress_queue_impl *impl(const cress_queue_t *queue)
{
	return (struct cress_queue_impl *)(uintptr_t)queue;
}

static void unlink_getter(struct cress_waiter *waiter)
{
	struct cress_queue_impl *queue = waiter->object;

	cress_waiter_remove(&queue->getters, waiter);
}

static void unlink_putter(struct cress_waiter *waiter)
{
	struct cress_queue_impl *queue = waiter->object;

	cress_waiter_remove(&queue->putters, waiter);
}

static void unlink_joiner(struct cress_waiter *waiter)
{
	struct cress_queue_impl *queue = waiter->object;

	cress_waiter_remove(&queue->joiners, waiter);
}

static const struct cress_wait_kind to_get = {
	.what = "an item of queue",
	.borrowed = 1,
	.unlink = unlink_getter,
	.describe = cress_object_describe,
};

static const struct cress_wait_kind to_put = {
	.what = "room in queue",
	.borrowed = 1,
	.unlink = unlink_putter,
	.describe = cress_object_describe,
};

static const struct cress_wait_kind to_join = {
	.what = "the end of all work of queue",
	.borrowed = 1,
	.unlink = unlink_joiner,
	.describe = cress_object_describe,
};

static int check_nowait(struct cress_queue_impl *queue)
{
	return queue == NULL ? cress_object_fail(EINVAL)
			     : cress_object_own(&queue->thread);
}

static inline int enter(struct cress_queue_impl *queue)
{
	return unlikely(queue == NULL)
		? cress_object_fail(EINVAL)
		: cress_object_enter_own(&queue->thread);
}

int cress_queue_init(cress_queue_t *queue, int kind, ptrdiff_t limit,
		     cress_queue_compare *compare)
{
	struct cress_queue_impl *made = impl(queue);

	if (queue == NULL || kind < CRESS_QUEUE_FIFO ||
	    kind > CRESS_QUEUE_PRIORITY ||
	    (kind == CRESS_QUEUE_PRIORITY) != (compare != NULL))
		return cress_object_fail(EINVAL);
	memset(queue, 0, sizeof *queue);
	made->kind = (uint8_t)kind;
	made->compare = compare;
	if (limit <= 0)
		return 0;
	made->limit = made->room = (size_t)limit;
	if (cress_queue_allocate(made, made->limit) == 0)
		return 0;
	memset(queue, 0, sizeof *queue);
	return -1;
}

int cress_queue_fini(cress_queue_t *queue)
{
	struct cress_queue_impl *old = impl(queue);

	if (old == NULL)
		return 0;
	if (check_nowait(old) != 0)
		return -1;
	if (old->getters.first != NULL || old->putters.first != NULL ||
	    old->joiners.first != NULL)
		return cress_object_misused(old, "queue", EBUSY,
					    "destroys it while others wait");
	cress_free(old->items);
	memset(queue, 0, sizeof *queue);
	return 0;
}

/* Park in a list. 0 when served, or -1 with errno. */
static inline int wait_in(struct cress_queue_impl *queue,
			  struct cress_wait_list *list,
			  const struct cress_wait_kind *kind,
			  struct queue_waiter *waiter)
{
	struct cress_hub *hub = cress_wait_begin();

	if (unlikely(hub == NULL))
		return -1;
	waiter->waiter.kind = kind;
	waiter->waiter.object = queue;
	cress_waiter_append(list, &waiter->waiter);
	return cress_park(hub, &waiter->waiter);
}

static void hand_over(struct cress_queue_impl *queue, void *item)
{
	struct queue_waiter *first =
		(struct queue_waiter *)queue->getters.first;

	first->item = item;
	cress_object_pop(&queue->getters);
	cress_object_wake(queue->thread->hub, &first->waiter);
}

static inline int is_peeker(const struct cress_waiter *waiter)
{
	return ((const struct queue_waiter *)waiter)->peeks;
}

/* 1: it is in, or handed over; 0: there is no room; -1 with errno. */
static int put_now(struct cress_queue_impl *queue, void *item)
{
	struct cress_wait_list *getters = &queue->getters;

	if (getters->first == NULL || is_peeker(getters->first)) {
		if (unlikely(queue->count >= queue->room)) {
			if (queue->is_shut)
				return cress_object_fail(ESHUTDOWN);
			if (queue->limit != 0)
				return 0;
			if (cress_queue_grow(queue) != 0)
				return -1;
		}
		while (getters->first != NULL && is_peeker(getters->first))
			hand_over(queue, item);
	}
	if (getters->first == NULL) {
		cress_queue_store(queue, item);
	} else {
		queue->unfinished++;
		hand_over(queue, item);
	}
	return 1;
}

static int put_slowly(struct cress_queue_impl *queue, void *item)
{
	struct queue_waiter waiter;
	int done = put_now(queue, item);

	if (done != 0)
		return done < 0 ? -1 : 0;
	waiter.item = item;
	return wait_in(queue, &queue->putters, &to_put, &waiter);
}

int cress_queue_put(cress_queue_t *queue, void *item)
{
	struct cress_queue_impl *to = impl(queue);

	if (enter(to) != 0)
		return -1;
	if (unlikely(to->getters.first != NULL || to->count >= to->room))
		return put_slowly(to, item);
	cress_queue_store(to, item);
	return 0;
}

int cress_queue_try_put(cress_queue_t *queue, void *item)
{
	struct cress_queue_impl *to = impl(queue);
	int done;

	if (check_nowait(to) != 0)
		return -1;
	done = put_now(to, item);
	if (done == 0)
		return cress_object_fail(EAGAIN);
	return done < 0 ? -1 : 0;
}

/* An item has gone: the first who waits for room has it. */
static void let_in(struct cress_queue_impl *queue)
{
	struct queue_waiter *first =
		(struct queue_waiter *)queue->putters.first;

	cress_queue_store(queue, first->item);
	cress_object_pop(&queue->putters);
	cress_object_wake(queue->thread->hub, &first->waiter);
}

/* Take the first one of a queue that is not empty. */
static inline void get_now(struct cress_queue_impl *queue, void **item)
{
	*item = cress_queue_take(queue);
	if (unlikely(queue->putters.first != NULL))
		let_in(queue);
}

static int wait_for_item(struct cress_queue_impl *queue, void **item, int peeks)
{
	struct queue_waiter waiter;

	if (queue->is_shut)
		return cress_object_fail(ESHUTDOWN);
	cress_queue_shrink(queue);
	waiter.peeks = peeks;
	if (wait_in(queue, &queue->getters, &to_get, &waiter) != 0)
		return -1;
	*item = waiter.item;
	return 0;
}

int cress_queue_get(cress_queue_t *queue, void **item)
{
	struct cress_queue_impl *from = impl(queue);

	if (unlikely(item == NULL))
		return cress_object_fail(EINVAL);
	if (enter(from) != 0)
		return -1;
	if (from->count == 0)
		return wait_for_item(from, item, 0);
	get_now(from, item);
	return 0;
}

int cress_queue_peek(cress_queue_t *queue, void **item)
{
	struct cress_queue_impl *from = impl(queue);

	if (unlikely(item == NULL))
		return cress_object_fail(EINVAL);
	if (enter(from) != 0)
		return -1;
	if (from->count == 0)
		return wait_for_item(from, item, 1);
	*item = cress_queue_first(from);
	return 0;
}

int cress_queue_try_get(cress_queue_t *queue, void **item)
{
	struct cress_queue_impl *from = impl(queue);

	if (item == NULL || check_nowait(from) != 0)
		return item == NULL ? cress_object_fail(EINVAL) : -1;
	if (from->count == 0)
		return cress_object_fail(from->is_shut ? ESHUTDOWN : EAGAIN);
	get_now(from, item);
	return 0;
}

int cress_queue_try_peek(cress_queue_t *queue, void **item)
{
	struct cress_queue_impl *from = impl(queue);

	if (item == NULL || check_nowait(from) != 0)
		return item == NULL ? cress_object_fail(EINVAL) : -1;
	if (from->count == 0)
		return cress_object_fail(from->is_shut ? ESHUTDOWN : EAGAIN);
	*item = cress_queue_first(from);
	return 0;
}

ptrdiff_t cress_queue_size(const cress_queue_t *queue)
{
	struct cress_queue_impl *of = impl(queue);

	return check_nowait(of) != 0 ? -1 : (ptrdiff_t)of->count;
}

ptrdiff_t cress_queue_unfinished(const cress_queue_t *queue)
{
	struct cress_queue_impl *of = impl(queue);

	return check_nowait(of) != 0 ? -1 : (ptrdiff_t)of->unfinished;
}

int cress_queue_is_shut(const cress_queue_t *queue)
{
	struct cress_queue_impl *of = impl(queue);

	return check_nowait(of) != 0 ? -1 : of->is_shut;
}

static void wake_joiners(struct cress_queue_impl *queue)
{
	if (queue->unfinished == 0 && queue->joiners.first != NULL)
		cress_wake_all(queue->thread->hub, &queue->joiners);
}

int cress_queue_task_done(cress_queue_t *queue)
{
	struct cress_queue_impl *of = impl(queue);

	if (check_nowait(of) != 0)
		return -1;
	if (of->unfinished == 0)
		return cress_object_misused(of, "queue", EINVAL,
					    "says more is done than put in");
	of->unfinished--;
	wake_joiners(of);
	return 0;
}

int cress_queue_join(cress_queue_t *queue)
{
	struct cress_queue_impl *of = impl(queue);
	struct queue_waiter waiter;

	if (enter(of) != 0)
		return -1;
	if (of->unfinished == 0)
		return 0;
	return wait_in(of, &of->joiners, &to_join, &waiter);
}

static void turn_all_away(struct cress_queue_impl *queue,
			  struct cress_wait_list *list)
{
	while (list->first != NULL)
		cress_object_turn_away(queue->thread->hub,
				       cress_object_pop(list), ESHUTDOWN);
}

ptrdiff_t cress_queue_shutdown(cress_queue_t *queue, int immediate)
{
	struct cress_queue_impl *of = impl(queue);
	size_t dropped;

	if (check_nowait(of) != 0)
		return -1;
	of->is_shut = 1;
	of->room = 0;
	turn_all_away(of, &of->getters);
	turn_all_away(of, &of->putters);
	if (!immediate)
		return 0;
	dropped = of->count;
	of->count = of->head = 0;
	/* Some may have been called done before they were taken out. */
	of->unfinished -= dropped < of->unfinished ? dropped : of->unfinished;
	wake_joiners(of);
	return (ptrdiff_t)dropped;
}
