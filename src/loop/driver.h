/* SPDX-License-Identifier: MIT */
/*
 * The seam between a hub and where time and readiness come from: libev, or a
 * clock of the test's own.
 */
#ifndef CRESS_LOOP_DRIVER_H
#define CRESS_LOOP_DRIVER_H

#include <stddef.h>

#include "core/thread.h"

struct cress_hub;

enum cress_direction {
	CRESS_READ,
	CRESS_WRITE
};

/*
 * A descriptor as the scheduler sees it. The driver makes one for each number
 * that it is asked for, at an address that lasts as long as the hub; what lies
 * in it is io's, all but `fd` and `watching`.
 */
struct cress_fd {
	struct cress_wait_list waiting[2];
	int fd;
	uint32_t generation;	/* counts what the number has meant */
	uint8_t watching[2];	/* the driver reports readiness */
	uint8_t woken[2];	/* one was woken and has not run yet */
	uint32_t polls[2];	/* how many of those who wait poll */
	uint8_t drained[2];	/* the last call moved less than asked */
	uint8_t adopted;
	uint8_t stream;
	uint8_t socket;
	uint8_t file;		/* a regular one, or a disk */
};

struct cress_fd_event {
	struct cress_fd *fd;
	enum cress_direction direction;
};

struct cress_driver {
	/* 0, or -1 with errno. */
	int (*open)(struct cress_hub *hub);
	void (*close)(struct cress_hub *hub);
	/* The clock, read anew. */
	double (*now)(struct cress_hub *hub);
	/*
	 * Wait for events at most `seconds`, not at all if 0, for ever if
	 * INFINITY, and report them through hub->fds_ready, many at a time,
	 * and hub->notified.
	 */
	void (*poll)(struct cress_hub *hub, double seconds);
	/* Which of `count` ready ones goes next; NULL: the first. */
	size_t (*pick)(struct cress_hub *hub, size_t count);
	/*
	 * `from`, parked, queued or dead, is being left. Not 0: poll before
	 * anybody goes on. NULL, or there is a `pick` too.
	 */
	int (*left)(struct cress_hub *hub, cress_t *from);
	/* The entry of `fd`, or NULL with errno EBADF, ENOMEM, ENOTSUP. */
	struct cress_fd *(*fd)(struct cress_hub *hub, int fd);
	/* The same, NULL if there never was one. */
	struct cress_fd *(*known_fd)(struct cress_hub *hub, int fd);
	/* Report readiness until unwatched. */
	void (*watch)(struct cress_hub *hub, struct cress_fd *fd,
		      enum cress_direction direction);
	void (*unwatch)(struct cress_hub *hub, struct cress_fd *fd,
			enum cress_direction direction);
	/* The number is about to mean another file, or none. */
	void (*forget)(struct cress_hub *hub, struct cress_fd *fd);
	/* Expect cress_hub_notify() from now on, or no more. 0, or -1. */
	int (*expect_notify)(struct cress_hub *hub, int expect);
	/* Make poll call hub->notified(). Any thread. */
	void (*notify)(struct cress_hub *hub);
	/* Descriptors are not the kernel's: only coroutines act on them. */
	int simulated;
	/* This is the child of a fork(): share nothing with the parent. */
	void (*forked)(struct cress_hub *hub);

	/* What follows is for guests in another's loop; NULL: never one. */

	/* Go on in a loop of its own. 0, or -1 with errno. */
	int (*leave)(struct cress_hub *hub);
	/* The descriptor to poll, or -1 with errno. */
	int (*descriptor)(struct cress_hub *hub);
	/* Let the kernel know of all that has changed since the last poll. */
	void (*settle)(struct cress_hub *hub);
};

extern const struct cress_driver cress_driver_libev;
extern const struct cress_driver cress_driver_virtual;

#endif
