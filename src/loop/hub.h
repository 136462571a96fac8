/* SPDX-License-Identifier: MIT */
/*
 * The hub of a thread: the ready queue, the timers and the loop.
 *
 * Whoever parks goes straight to the next ready coroutine; the hub's own runs
 * only when there is none, or the round is over. Ready ones wait in a ring,
 * whose entries can be looked at ahead: that is what prefetching needs. The
 * ring has room for every coroutine of the thread, so to wake never fails.
 */
#ifndef CRESS_LOOP_HUB_H
#define CRESS_LOOP_HUB_H

#include "core/coroutine.h"
#include "core/switch.h"
#include "loop/driver.h"
#include "loop/timer.h"

/* A call that the hub's own coroutine is to make, between two slices. */
struct cress_due {
	struct cress_due *next;
	/* Without a hub the thread ends, and this only frees what it holds. */
	void (*run)(struct cress_due *due, struct cress_hub *hub);
};

struct cress_hub {
	cress_t **ring;
	size_t head, tail;	/* taken at head & mask; empty if equal */
	size_t mask;
	int slice;		/* switches left before the hub looks */
	int picks;		/* the same, where the driver picks */
	int slice_size;		/* what it starts with */
	int favours;		/* two let one go first in this slice */
	const cress_t *favourite;	/* who last did */
	int poll_next;		/* somebody asked for a poll */
	struct cress_thread *thread;
	cress_t *coroutine;
	const struct cress_driver *driver;
	void *loop;		/* the driver's own */
	struct cress_timers timers;
	size_t outside;		/* waits that something outside can end */
	size_t reports;		/* events that the driver has in hand */
	size_t ran;		/* since the last poll, in slices */
	size_t batch;		/* were ready after it */
	double polled;		/* when that was */
	double looked;		/* when the hub looked at the clock */
	uint64_t random;	/* for fair choices; a seed repeats them */
	int stop;
	int explicit;		/* made by cress_run() */
	int draining;		/* what is spawned now is killed at once */
	struct cress_due *due;	/* calls to make, in the order of adding */
	struct cress_due **due_end;	/* of the last; NULL: never used */
	int hosted;		/* a guest in somebody else's loop: host.h */
	int in_turn;		/* for which main waits */
	int unsettled;		/* the kernel does not know all watchers yet */

	/* What the layers above are told. */
	void (*deadlocked)(struct cress_hub *hub);
	void (*fds_ready)(struct cress_hub *hub,
			  const struct cress_fd_event *events, size_t count);
	void (*fd_failed)(struct cress_hub *hub, struct cress_fd *fd);
	void (*notified)(struct cress_hub *hub);
	void (*closing)(struct cress_hub *hub);
	void *io;
	const struct cress_syscalls *syscalls; /* NULL: no call of io yet */
};

/* Make a hub for the calling thread. NULL with errno on failure. */
struct cress_hub *cress_hub_make(struct cress_thread *thread,
				 const struct cress_driver *driver, void *loop);

/* Free the hub of the calling thread, from its main coroutine. */
void cress_hub_free(struct cress_hub *hub);

/* The thread ends: free what can be freed without running a coroutine. */
void cress_hub_abandon(struct cress_hub *hub);

/*
 * Let a slice of those that are ready run, `least` of them at least if so many
 * are. Called in the hub's coroutine.
 */
void cress_hub_run_slice(struct cress_hub *hub, int least);

/* Have the hub make a call before the next but one coroutine runs. */
void cress_hub_add_due(struct cress_hub *hub, struct cress_due *due);

/* Drop all calls that were not made. */
void cress_hub_drop_due(struct cress_hub *hub);

/* Room for one more in the ring. 0, or -1 with errno ENOMEM. */
int cress_hub_grow(struct cress_hub *hub);

static inline int cress_hub_reserve(struct cress_hub *hub)
{
	return likely(hub->thread->live < hub->mask) ? 0 : cress_hub_grow(hub);
}

/* Queue `c` behind all that are ready; its call will return `value`. */
static inline void cress_hub_push(struct cress_hub *hub, cress_t *c,
				  void *value)
{
	c->state = CRESS_QUEUED;
	c->value = value;
	hub->ring[hub->tail++ & hub->mask] = c;
}

/*
 * The same, but before all that are ready: for one that takes what the current
 * coroutine hands it, while that is in the cache. Only one at a time, so that
 * two keep their order, and half a slice at most, so that two who favour each
 * other do not keep the rest from running. Who picks sees no favours.
 */
static inline void cress_hub_favour(struct cress_hub *hub, cress_t *c,
				    void *value)
{
	if (hub->favours < 2 ||
	    (hub->head != hub->tail &&
	     hub->ring[hub->head & hub->mask] == hub->favourite)) {
		cress_hub_push(hub, c, value);
		return;
	}
	hub->favours -= 2;
	hub->favourite = c;
	c->state = CRESS_QUEUED;
	c->value = value;
	hub->ring[--hub->head & hub->mask] = c;
}

static inline int cress_hub_is_idle(const struct cress_hub *hub)
{
	return hub->head == hub->tail;
}

/* The long way of cress_hub_switch(). */
void *cress_hub_switch_slow(struct cress_hub *hub, cress_t *from);

/* With so many ready, the next ones are not in the cache. */
#define CRESS_HUB_MANY 512

/* Always inline: as a function of its own it would count as doing nothing. */
__attribute__((always_inline)) static inline void
cress_hub_prefetch(const struct cress_hub *hub, size_t head)
{
	const cress_t *next = hub->ring[(head + 4) & hub->mask];
	const cress_t *later = hub->ring[(head + 8) & hub->mask];
	const char *stack = arch_context_stack(&next->context);

	__builtin_prefetch(stack);
	__builtin_prefetch(&later->context);
	__builtin_prefetch(&later->special);
}

/*
 * The next ready one if it can go on at once, taken from the queue; NULL if
 * that takes more than this. A slice that is over, or a driver that picks,
 * leaves no short way.
 */
__attribute__((always_inline)) static inline cress_t *
cress_hub_next(struct cress_hub *hub)
{
	size_t head = hub->head;
	size_t ahead = hub->tail - head;
	cress_t *to;

	if (unlikely(ahead == 0 || --hub->slice < 0))
		return NULL;
	to = hub->ring[head & hub->mask];
	if (!(to->kind & CRESS_KIND_STARTED) &&
	    (unlikely(to->kill_error != 0) ||
	     unlikely(cress_start(hub->thread, to) != 0)))
		return NULL;
	hub->head = head + 1;
	if (ahead > CRESS_HUB_MANY)
		cress_hub_prefetch(hub, head);
	to->state = CRESS_ACTIVE;
	return to;
}

/* Leave `from`, which is parked, queued or dead, for the next ready one. */
__attribute__((always_inline)) static inline void *
cress_hub_switch(struct cress_hub *hub, cress_t *from)
{
	cress_t *to = cress_hub_next(hub);

	if (unlikely(to == NULL))
		return cress_hub_switch_slow(hub, from);
	return cress_transfer(hub->thread, from, to, to->value);
}

#endif
