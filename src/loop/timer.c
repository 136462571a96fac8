/* SPDX-License-Identifier: MIT */
/*
 * A heap with four children a node, which has half the depth of a binary one
 * and keeps the children of a node within two cache lines. Every timer knows
 * its place, so that it can be removed from the middle.
 */
#include "loop/timer.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

#define FIRST_CAPACITY 64
#define ARITY 4

static int before(const struct cress_timer_entry *a,
		  const struct cress_timer_entry *b)
{
	return a->when < b->when ||
	       (a->when == b->when && a->order < b->order);
}

static void put(struct cress_timers *timers, size_t place,
		struct cress_timer_entry entry)
{
	timers->heap[place] = entry;
	entry.timer->place = place;
}

static size_t parent_of(size_t place)
{
	return (place - 2) / ARITY + 1;
}

static size_t first_child_of(size_t place)
{
	return (place - 1) * ARITY + 2;
}

static void move_up(struct cress_timers *timers, size_t place,
		    struct cress_timer_entry entry)
{
	while (place > 1) {
		size_t parent = parent_of(place);

		if (!before(&entry, &timers->heap[parent]))
			break;
		put(timers, place, timers->heap[parent]);
		place = parent;
	}
	put(timers, place, entry);
}

static void move_down(struct cress_timers *timers, size_t place,
		      struct cress_timer_entry entry)
{
	for (;;) {
		size_t child = first_child_of(place);
		size_t end = child + ARITY;
		size_t least = child;

		if (child > timers->count)
			break;
		if (end > timers->count + 1)
			end = timers->count + 1;
		while (++child < end)
			if (before(&timers->heap[child], &timers->heap[least]))
				least = child;
		if (!before(&timers->heap[least], &entry))
			break;
		put(timers, place, timers->heap[least]);
		place = least;
	}
	put(timers, place, entry);
}

int cress_timers_reserve(struct cress_timers *timers)
{
	size_t capacity = timers->capacity * 2;
	struct cress_timer_entry *heap;

	if (timers->count < timers->capacity)
		return 0;
	if (capacity == 0)
		capacity = FIRST_CAPACITY;
	heap = cress_alloc_array(capacity + 1, sizeof *heap);
	if (heap == NULL)
		return -1;
	if (timers->count != 0)
		memcpy(heap, timers->heap, (timers->count + 1) * sizeof *heap);
	cress_free(timers->heap);
	timers->heap = heap;
	timers->capacity = capacity;
	return 0;
}

void cress_timer_add(struct cress_timers *timers, struct cress_timer *timer,
		     double when)
{
	struct cress_timer_entry entry = {when, timers->next_order++, timer};

	move_up(timers, ++timers->count, entry);
}

void cress_timer_remove(struct cress_timers *timers, struct cress_timer *timer)
{
	size_t place = timer->place;
	struct cress_timer_entry last;

	if (place == 0)
		return;
	timer->place = 0;
	last = timers->heap[timers->count--];
	if (last.timer == timer)
		return;
	if (place > 1 && before(&last, &timers->heap[parent_of(place)]))
		move_up(timers, place, last);
	else
		move_down(timers, place, last);
}

double cress_timers_next(const struct cress_timers *timers)
{
	return timers->count == 0 ? (double)INFINITY : timers->heap[1].when;
}

void cress_timers_run(struct cress_timers *timers, double now)
{
	while (timers->count != 0 && timers->heap[1].when <= now) {
		struct cress_timer *timer = timers->heap[1].timer;

		cress_timer_remove(timers, timer);
		timer->fire(timer);
	}
}

/* Those that are pending lie in memory that lives on: say so to them. */
void cress_timers_free(struct cress_timers *timers)
{
	for (size_t i = 1; i <= timers->count; i++)
		timers->heap[i].timer->place = 0;
	cress_free(timers->heap);
	memset(timers, 0, sizeof *timers);
}
