/* SPDX-License-Identifier: MIT */
/*
 * The timer heap of a hub: the only one. It lies outside the event loop,
 * because every driver needs its minimum.
 */
#ifndef CRESS_LOOP_TIMER_H
#define CRESS_LOOP_TIMER_H

#include <stddef.h>
#include <stdint.h>

/* Lies in its owner's memory; zeroed, it is not pending. */
struct cress_timer {
	size_t place;		/* in the heap, from 1; 0: not pending */
	void (*fire)(struct cress_timer *timer);
};

struct cress_timer_entry {
	double when;
	uint64_t order;		/* equal times fire in the order of adding */
	struct cress_timer *timer;
};

struct cress_timers {
	struct cress_timer_entry *heap;	/* from index 1 */
	size_t count;
	size_t capacity;
	uint64_t next_order;
};

/* Make room for one more. 0, or -1 with errno ENOMEM. */
int cress_timers_reserve(struct cress_timers *timers);

/* Add a timer that is not pending; room must have been reserved. */
void cress_timer_add(struct cress_timers *timers, struct cress_timer *timer,
		     double when);

/* Remove a timer; nothing if it is not pending. */
void cress_timer_remove(struct cress_timers *timers,
			struct cress_timer *timer);

/* When the first one is due; INFINITY if there is none. */
double cress_timers_next(const struct cress_timers *timers);

/* Remove and fire all that are due at `now`. */
void cress_timers_run(struct cress_timers *timers, double now);

void cress_timers_free(struct cress_timers *timers);

#endif
