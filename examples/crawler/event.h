/* SPDX-License-Identifier: MIT */
/*
 * An event: a place where coroutines park until another one wakes them.
 *
 * It remembers nothing. Whoever waits checks its condition first and again
 * when it was woken; between the check and the wait nobody else runs, because
 * coroutines of one thread change places only where they park.
 *
 *	while (queue_is_empty(queue))
 *		if (event_wait(&queue->changed))
 *			return NULL;
 */
#ifndef CRAWLER_EVENT_H
#define CRAWLER_EVENT_H

struct event_waiter;

/* All zero is an event that nobody waits for. It must not move meanwhile. */
struct event {
	struct event_waiter *first;
	struct event_waiter *last;
};

/*
 * Park until the event wakes the caller. Returns 0, or -1 with errno if the
 * caller was killed or its time is up. One that was woken as well returns 0.
 */
int event_wait(struct event *event);

/* Wake the one that has waited longest. Does not park. */
void event_wake(struct event *event);

/* Wake all. Does not park. */
void event_wake_all(struct event *event);

#endif
