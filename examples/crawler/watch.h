/* SPDX-License-Identifier: MIT */
/*
 * Watchers: call a function whenever a descriptor is ready, for libraries that
 * want it so. Behind each descriptor number stands a coroutine.
 */
#ifndef CRAWLER_WATCH_H
#define CRAWLER_WATCH_H

#include <stddef.h>

struct watch;

/* Set `on_ready` and `context`; the rest begins as zero. */
struct watch_table {
	/* `events`: POLLIN, POLLOUT, or POLLERR if it cannot be watched. */
	void (*on_ready)(void *context, int fd, int events);
	void *context;
	struct watch **watches;	/* by descriptor, NULL where there is none */
	size_t capacity;
};

/*
 * Watch `fd` for `events` from now on, and for nothing else; 0 is nothing:
 * after that the descriptor may be closed. Does not park; may be called from
 * `on_ready`. Returns 0, or -1 with errno ENOMEM.
 */
int watch_set(struct watch_table *table, int fd, int events);

/* End all watchers. Parks. */
void watch_end(struct watch_table *table);

#endif
