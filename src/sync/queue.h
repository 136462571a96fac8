/* SPDX-License-Identifier: MIT */
/*
 * What lies in a queue, and where its items are.
 *
 * Getters wait only while it is empty, putters only while it is full. `room`
 * is up to how many items a put need only store: the limit, or what is
 * allocated so far, or 0 when the queue is shut down. So one comparison tells
 * that it is none of the three.
 */
#ifndef CRESS_SYNC_QUEUE_H
#define CRESS_SYNC_QUEUE_H

#include "sync/object.h"

#include <cress/queue.h>

/* In a queue by priority. Equals are in the order of their numbers. */
struct cress_queue_entry {
	void *item;
	uint64_t number;
};

struct cress_queue_impl {
	const char *name;
	struct cress_thread *thread;	/* NULL until it is first used */
	struct cress_wait_list getters, putters;
	union {
		void **items;		/* a ring, or a stack with head 0 */
		struct cress_queue_entry *heap;
	};
	size_t mask;			/* of the ring */
	size_t head;
	size_t count;
	size_t room;
	size_t unfinished;		/* put, and not said to be done */
	size_t limit;			/* 0: none */
	size_t allocated;		/* items */
	struct cress_wait_list joiners;
	cress_queue_compare *compare;
	uint64_t next_number;
	uint8_t kind;
	uint8_t is_shut;
} __attribute__((may_alias));

/* Room for `count` items in all. 0, or -1 with errno ENOMEM, unchanged. */
int cress_queue_allocate(struct cress_queue_impl *queue, size_t count);

/* Twice as much as there is. 0, or -1 with errno ENOMEM, unchanged. */
int cress_queue_grow(struct cress_queue_impl *queue);

/* Give back what an empty queue without a limit has grown by. */
void cress_queue_shrink(struct cress_queue_impl *queue);

/* The ways of a heap. */
void cress_queue_sift_in(struct cress_queue_impl *queue, void *item);
void *cress_queue_sift_out(struct cress_queue_impl *queue);

/* Store an item, for which there is room. */
static inline void cress_queue_store(struct cress_queue_impl *queue, void *item)
{
	size_t place = queue->head + queue->count;

	queue->unfinished++;
	if (unlikely(queue->kind == CRESS_QUEUE_PRIORITY))
		cress_queue_sift_in(queue, item);
	else
		queue->items[place & queue->mask] = item;
	queue->count++;
}

/* Which one is first; there is one. */
static inline void *cress_queue_first(const struct cress_queue_impl *queue)
{
	if (likely(queue->kind == CRESS_QUEUE_FIFO))
		return queue->items[queue->head & queue->mask];
	if (queue->kind == CRESS_QUEUE_LIFO)
		return queue->items[queue->count - 1];
	return queue->heap[0].item;
}

/* Take out the first; there is one. */
static inline void *cress_queue_take(struct cress_queue_impl *queue)
{
	void *item = cress_queue_first(queue);

	if (likely(queue->kind == CRESS_QUEUE_FIFO))
		queue->head++;
	else if (queue->kind == CRESS_QUEUE_PRIORITY)
		cress_queue_sift_out(queue);
	queue->count--;
	return item;
}

#endif
