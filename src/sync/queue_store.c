/* SPDX-License-Identifier: MIT */
/*
 * Where a queue keeps its items: a ring for the oldest or the newest first,
 * and a binary heap for a priority. All three are arrays that double, so ten
 * million items are moved twice at most on the average.
 */
#include "sync/queue.h"

#include <errno.h>
#include <string.h>

#include "core/memory.h"

#define FIRST_ROOM 16
/* What an empty queue keeps. */
#define KEPT_ROOM 1024

static size_t item_size(const struct cress_queue_impl *queue)
{
	return queue->kind == CRESS_QUEUE_PRIORITY
		? sizeof(struct cress_queue_entry) : sizeof(void *);
}

/* Copy the items in their order; where the ring ends it goes on in front. */
static void copy_items(const struct cress_queue_impl *queue, char *to)
{
	size_t size = item_size(queue);
	size_t first = queue->head & queue->mask;
	size_t until_end = queue->allocated - first;
	const char *from = (const char *)queue->items;

	if (until_end > queue->count)
		until_end = queue->count;
	memcpy(to, from + first * size, until_end * size);
	memcpy(to + until_end * size, from, (queue->count - until_end) * size);
}

int cress_queue_allocate(struct cress_queue_impl *queue, size_t count)
{
	size_t size = FIRST_ROOM;
	void *items;

	while (size < count && size <= SIZE_MAX / 4)
		size *= 2;
	if (size < count) {
		errno = ENOMEM;
		return -1;
	}
	items = cress_alloc_array(size, item_size(queue));
	if (items == NULL)
		return -1;
	if (queue->count != 0)
		copy_items(queue, items);
	cress_free(queue->items);
	queue->items = items;
	queue->allocated = size;
	queue->mask = size - 1;
	queue->head = 0;
	return 0;
}

int cress_queue_grow(struct cress_queue_impl *queue)
{
	if (cress_queue_allocate(queue, queue->allocated * 2) != 0)
		return -1;
	queue->room = queue->allocated;
	return 0;
}

void cress_queue_shrink(struct cress_queue_impl *queue)
{
	if (queue->limit != 0 || queue->allocated <= KEPT_ROOM)
		return;
	cress_free(queue->items);
	queue->items = NULL;
	queue->allocated = queue->room = queue->mask = queue->head = 0;
}

static int comes_first(const struct cress_queue_impl *queue,
		       const struct cress_queue_entry *a,
		       const struct cress_queue_entry *b)
{
	int order = queue->compare(a->item, b->item);

	return order < 0 || (order == 0 && a->number < b->number);
}

/* queue->count is the number before. */
void cress_queue_sift_in(struct cress_queue_impl *queue, void *item)
{
	struct cress_queue_entry *heap = queue->heap;
	struct cress_queue_entry new = {item, queue->next_number++};
	size_t i = queue->count;

	while (i > 0 && comes_first(queue, &new, &heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = new;
}

/* Here too. */
void *cress_queue_sift_out(struct cress_queue_impl *queue)
{
	struct cress_queue_entry *heap = queue->heap;
	void *item = heap[0].item;
	size_t left = queue->count - 1;
	const struct cress_queue_entry *last = &heap[left];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= left)
			break;
		if (child + 1 < left &&
		    comes_first(queue, &heap[child + 1], &heap[child]))
			child++;
		if (!comes_first(queue, &heap[child], last))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = *last;
	return item;
}
