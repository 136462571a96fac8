/* SPDX-License-Identifier: MIT */
/*
 * All connections together: who they are, how many there may be, and how they
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
	cress_group_t group;		/* its coroutines, and their limit */
	struct member *first;
	int count, limit;
	uint64_t ever;
	int is_ending;
};

/* Put a member into the list, and out of it. */
void crowd_enter(struct crowd *crowd, struct member *member);
void crowd_leave(struct crowd *crowd, struct member *member);

/* Does it await a request of which nothing has come? */
int crowd_is_idle(const struct member *member);

/* Ask all to end: those who await a request at once, the others after it. */
void crowd_end(struct crowd *crowd);

#endif
