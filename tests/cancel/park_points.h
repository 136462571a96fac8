/* SPDX-License-Identifier: MIT */
/*
 * The table of all calls that park, and what is done to each of them.
 *
 * A row says how to come to park in one public function, what makes that call
 * succeed, and how to see whether it took something. The engine crosses each
 * row with every force that can end a wait, with every moment at which it can
 * come, and with a shield around the call; it checks what the headers promise
 * for that cell, and that afterwards all is as it was. To cover a new call:
 *
 *     static const struct park_point points[] = {
 *             {.name = "cress_mutex_lock", .variant = "held by another",
 *              .set_up = lock_by_another, .call = lock, .wake = unlock,
 *              .taken = is_locked, .tear_down = drop},
 *     };
 *
 *     int main(void)
 *     {
 *             return park_points_main(points, COUNT(points), ANY_ORDER);
 *     }
 *
 * in a rows_*.c of its own, with its name in meson.build. rows.py holds the
 * table against the public headers: what has no row needs a reason there.
 */
#ifndef TESTS_CANCEL_PARK_POINTS_H
#define TESTS_CANCEL_PARK_POINTS_H

#include "loop/support.h"

#include <sys/socket.h>

/* What a row works on; the engine zeroes it before set_up. */
struct place {
	const struct park_point *point;
	int ends[2];		/* descriptors, or -1 */
	int file;
	struct sockaddr_storage address;
	socklen_t size;
	cress_t *other;
	void *object;
	intmax_t number;
	char bytes[16];
	/* Is one who is parked as deep in its wait as is meant? NULL: yes. */
	int (*settled)(struct place *place);
};

/* In what a row differs from a plain wait. */
enum {
	/* Nothing but force ends it; no wake. */
	ENDLESS = 1,
	/* It ends by itself: its caller is queued, never parked. */
	BRIEF = 2,
	/* If it is ready it succeeds even where a park would fail. */
	AT_ONCE = 4,
	/* A success uses the place up: no second call then. */
	ONCE = 8,
	/* Once parked it goes on in spite of force, and then fails. */
	STAYS = 16,
	/* The same, and then it succeeds: it has moved something. */
	KEEPS = 32,
	/* Its wake is over at once: it does nothing for a later call. */
	BY_TIME = 64,
	/* A raw switch: never fails at once, and one force throws once. */
	RAW = 128,
	/* It parks more than once: woken, it may yet fail at its next park. */
	STEPS = 256,
	/* It waits in spite of any force, in a scope that is over too. */
	SURE = 512,
	/* Descriptors that the library did not make. */
	FOREIGN = 1024,
	/* Another may make the same call meanwhile, and is served after it. */
	CROWD = 2048
};

struct park_point {
	const char *name;	/* of the public function */
	const char *variant;	/* of the row */
	unsigned traits;
	/* Make what the call works on; the call would park. Main; may park. */
	void (*set_up)(struct place *place);
	/* Make the call: -1 with errno if it failed. Its value is checked. */
	intmax_t (*call)(struct place *place);
	/*
	 * Make the call succeed, and one more of it later. Main; must not park,
	 * so that it can come in one tick with a force.
	 */
	void (*wake)(struct place *place);
	/* After a wake: has a call taken what it brought? NULL: nothing to. */
	int (*taken)(struct place *place);
	/* Undo set_up, whatever has happened to the place. Main; may park. */
	void (*tear_down)(struct place *place);
};

/* What a row's own timers must take, so that pass_time() can end them. */
#define ROW_SECONDS 10

/*
 * Fire the timers that are due within so many seconds, without a turn for
 * anybody: a wake for calls that end by time is pass_time(ROW_SECONDS + 1).
 */
void pass_time(double seconds);

/* How the coroutines of a table may be ordered, and on which drivers. */
enum orders {
	ANY_ORDER,	/* libev, and the virtual driver with many seeds */
	OUTSIDE		/* libev only: it needs descriptors or threads */
};

/* The program of a table. */
int park_points_main(const struct park_point *points, size_t count,
		     enum orders orders);

#endif
