/* SPDX-License-Identifier: MIT */
/*
 * The schedule of a simulated run: who goes on when several are ready, and what
 * is remembered of it. Nothing here depends on addresses, but for the look-up
 * of what is known about a coroutine.
 */
#ifndef CRESS_DEBUG_SCHEDULE_H
#define CRESS_DEBUG_SCHEDULE_H

#include "debug/table.h"
#include "loop/hub.h"
#include "loop/virtual_driver.h"
#include "wait/wait.h"

#define CRESS_ACTOR_NAME 24
#define CRESS_ACTOR_ABOUT 96

/* How a coroutine came to be ready. */
enum cress_step_how {
	CRESS_STEP_SWITCHED,	/* something else than the following */
	CRESS_STEP_STARTS,
	CRESS_STEP_WOKEN,	/* it has what it waited for */
	CRESS_STEP_FAILS,	/* its wait was ended with an error */
	CRESS_STEP_YIELDED
};

/* What is known of a coroutine; they are numbered as they come into sight. */
struct cress_actor {
	const char *named;	/* its name as last seen, only to compare */
	char name[CRESS_ACTOR_NAME];
	char about[CRESS_ACTOR_ABOUT];	/* if asked for: what it waits for */
	const struct cress_wait_kind *kind;	/* of its last wait */
	const void *object;	/* likewise */
	int64_t priority;
	uint8_t left;		/* the state in which it was left */
};

/* A place in the ready queue, beside the hub's own. */
struct cress_entry {
	uint32_t actor;
	uint8_t how;
	const void *object;	/* that woke it: order is kept among equals */
};

/* A decision. */
struct cress_step {
	double now;
	uint64_t ready;
	uint32_t actor;
	int error;
	enum cress_step_how how;
	const char *what;	/* it waited for */
};

struct cress_schedule {
	struct cress_virtual virtual;	/* first: the hub's `loop` */
	struct cress_driver driver;

	uint64_t random;	/* of the choices; 0: first come */
	int by_priority;
	int64_t lowest;		/* priority that anybody got */
	uint64_t until_change;	/* choices until the next is lowered */
	int changes;		/* that are left */
	uint32_t last;		/* who went on last */
	unsigned in_a_row;	/* how often already */

	struct cress_actor *actors;
	uint32_t actor_count, actor_room;
	struct cress_table known;	/* coroutine: number + 1 */
	struct cress_entry *ready;	/* from `ready_first` on */
	size_t ready_first, ready_count, ready_room;

	struct cress_step *steps;	/* the last of them, a ring */
	uint32_t step_room;
	uint64_t decisions;
	uint64_t turns;		/* these, and those that are not kept */
	int over;		/* no more are kept */
	uint64_t digest;
	int broken;		/* no memory to go on with */
	int *quiet;		/* not 0 while it asks for memory of its own */
	int describe;		/* note what each waits for, in words */

	/* What the rest of the simulator wants to see; not 0: poll now. */
	int (*parked)(struct cress_schedule *schedule, cress_t *c);
	int (*moved)(struct cress_schedule *schedule);
	void (*decided)(struct cress_schedule *schedule,
			const struct cress_step *step);
	void (*polled)(struct cress_schedule *schedule, struct cress_hub *hub);
};

/* Memory and driver, once; a run of `seed`, again and again; the end. */
int cress_schedule_init(struct cress_schedule *schedule, uint32_t steps);
void cress_schedule_begin(struct cress_schedule *schedule, uint64_t seed);
void cress_schedule_free(struct cress_schedule *schedule);

/* What is known of `c`, made if nothing is; NULL if there is no memory. */
struct cress_actor *cress_schedule_actor(struct cress_schedule *schedule,
					 const cress_t *c);

/* A number that depends on seed and purpose; 0 only for seed 0. */
uint64_t cress_schedule_seed(uint64_t seed, uint64_t purpose);

/* Draw a number below `bound`; 0 if `*random` is. */
uint64_t cress_schedule_draw(uint64_t *random, uint64_t bound);

/* Let something count in the digest. */
static inline void cress_schedule_mix(struct cress_schedule *schedule,
				      uint64_t what)
{
	schedule->digest = (schedule->digest ^ what) * 0x9e3779b97f4a7c15ull;
	schedule->digest ^= schedule->digest >> 29;
}

#endif
