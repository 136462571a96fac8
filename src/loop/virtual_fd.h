/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of a virtual driver: numbers that no kernel gives, each with
 * an object behind it that a higher layer makes and knows how to ask.
 *
 * What may go wrong among them is drawn from a seed of their own, so that a
 * draw for a byte never changes which coroutine goes next.
 */
#ifndef CRESS_LOOP_VIRTUAL_FD_H
#define CRESS_LOOP_VIRTUAL_FD_H

#include <stddef.h>
#include <stdint.h>

#include "loop/driver.h"

/* The first number. The kernel's table of descriptors ends far below. */
#define CRESS_VIRTUAL_FD (1 << 30)

struct cress_virtual_slot;

/* A direction of a descriptor, in the queue of those to be reported. */
struct cress_virtual_event {
	struct cress_virtual_event *next, *previous;
	struct cress_virtual_slot *slot;
	uint8_t direction;
	uint8_t queued;
};

struct cress_virtual_slot {
	struct cress_fd fd;
	struct cress_virtual_event events[2];
	void *object;		/* NULL: the number is not open */
};

/*
 * The network of a virtual driver. Who makes the driver sets the first group;
 * all zero is the usual trouble, and none at all if the run's seed is 0.
 */
struct cress_virtual_net {
	double delay;		/* longest way, in seconds; 0: 50 ms; < 0: 0 */
	int steady;		/* each way takes `delay`, instead of a draw */
	int whole;		/* no transfer moves less than it could */
	double reset;		/* how likely a send breaks its connection */
	double loss;		/* how likely a datagram is lost */
	size_t room;		/* bytes under way in a direction; 0: 64 KiB */

	/* What there is to learn, also when the run is over. */
	size_t open;		/* descriptors open; at the end: left open */
	uint64_t digest;	/* of all that happened, in its order */

	/* The driver's own, from here on. */
	uint64_t random;	/* 0: no trouble */
	int seeded;
	struct cress_virtual_slot **chunks;
	size_t chunk_count;
	size_t lowest;		/* no free number is lower */
	struct cress_virtual_event *first, *last;

	/* Set by who makes the objects. */
	int (*is_ready)(const void *object, enum cress_direction direction);
	void (*free_object)(struct cress_hub *hub, void *object);
	void *bound;		/* those that have an address of their own */
	unsigned next_port;
};

struct cress_virtual_net *cress_virtual_net(struct cress_hub *hub);

/* The lowest free number, for `object`; -1 with errno ENOMEM. */
int cress_virtual_fd_open(struct cress_hub *hub, void *object);

/* Free the number, whose object is the caller's again; NULL with EBADF. */
void *cress_virtual_fd_close(struct cress_hub *hub, int fd);

/* NULL with errno: EBADF not open, ENOTSUP a real descriptor. */
void *cress_virtual_fd_object(struct cress_hub *hub, int fd);

/* Something happened to the object of `fd` that may have made it ready. */
void cress_virtual_fd_touch(struct cress_hub *hub, int fd);

/* Report what is ready; how many there were. For the driver's poll. */
size_t cress_virtual_fd_report(struct cress_hub *hub);

/* The end of the driver: free what is left open, which `open` still counts. */
void cress_virtual_fd_free(struct cress_hub *hub);

/* A number below `bound`, from the seed; 0 if there is to be no trouble. */
uint64_t cress_virtual_draw(struct cress_virtual_net *net, uint64_t bound);

/* Does what happens with this probability happen now? */
int cress_virtual_chance(struct cress_virtual_net *net, double probability);

/* Note that something happened. */
void cress_virtual_digest(struct cress_virtual_net *net, uint64_t what);

/* The driver's functions of these names. */
struct cress_fd *cress_virtual_fd(struct cress_hub *hub, int fd);
struct cress_fd *cress_virtual_known_fd(struct cress_hub *hub, int fd);
void cress_virtual_watch(struct cress_hub *hub, struct cress_fd *fd,
			 enum cress_direction direction);
void cress_virtual_unwatch(struct cress_hub *hub, struct cress_fd *fd,
			   enum cress_direction direction);
void cress_virtual_forget(struct cress_hub *hub, struct cress_fd *fd);

#endif
