/* SPDX-License-Identifier: MIT */
/*
 * All connections together: how many there may be, who they are, and how they
 * are sent home.
 */
#ifndef HTTPD_CROWD_H
#define HTTPD_CROWD_H

#include <stdint.h>
#include <time.h>
#include <cress.h>
#include "reader.h"

/* What a connection is doing. */
enum doing { DOING_READ, DOING_ANSWER, DOING_END };

/* One connection in the list. It lies on the stack of its coroutine. */
struct member {
	struct member *next, *previous;
	cress_scope_t waiting;		/* open while a request is awaited */
	enum doing doing;
	const struct reader *reader;	/* knows whether a request has begun */
	char peer[64];
	time_t since;
	uint64_t number;		/* of all connections ever, from 1 */
	uint64_t requests, sent;
};

struct crowd {
	struct member *first;
	int present;			/* members in the list */
	int count, limit;		/* places taken, and places */
	uint64_t ever;
	int is_ending, is_hurried;
	int has_waiter;			/* somebody is parked in `change` */
	cress_scope_t change;
};

/*
 * Park until there is room for one more, and take that place. Returns 0, or -1
 * if the caller is cancelled. One coroutine at a time may wait, here or in
 * crowd_wait_end().
 */
int crowd_take_place(struct crowd *crowd);

/* Give it back. */
void crowd_give_place(struct crowd *crowd);

/* Put a member into the list, and out of it. */
void crowd_enter(struct crowd *crowd, struct member *member);
void crowd_leave(struct crowd *crowd, struct member *member);

/* Does it await a request of which nothing has come? */
int crowd_is_idle(const struct member *member);

/* Ask all to end: those who await a request at once, the others after it. */
void crowd_end(struct crowd *crowd);

/*
 * Park until all places are given back, for `seconds` at most, or until
 * somebody calls crowd_hurry().
 */
void crowd_wait_end(struct crowd *crowd, double seconds);
void crowd_hurry(struct crowd *crowd);

#endif
