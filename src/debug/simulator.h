/* SPDX-License-Identifier: MIT */
/* A simulation under way: what its files share. */
#ifndef CRESS_DEBUG_SIMULATOR_H
#define CRESS_DEBUG_SIMULATOR_H

#include "debug/heap.h"
#include "debug/schedule.h"

#include <cress/simulate.h>

#define CRESS_ANY_FAULT \
	(CRESS_SIMULATE_THROW | CRESS_SIMULATE_KILL | \
	 CRESS_SIMULATE_DEADLINE | CRESS_SIMULATE_NOMEM)

struct cress_simulator {
	struct cress_schedule schedule;	/* first: found from it */
	struct cress_heap heap;
	int wants_heap;
	cress_simulation_t how;
	int (*fn)(void *arg);
	void *arg;
	struct cress_thread *before;
	struct cress_thread *thread;
	const volatile uint64_t *mark;
	const char *only;	/* CRESS_SEED, or NULL */

	/* The run. */
	uint64_t seed;
	unsigned fault;		/* to inject */
	unsigned place;
	int began, returned;
	int result;
	int reason;
	unsigned struck;	/* the fault that has been injected */
	uint64_t draws;		/* state of cress_simulate_draw() */
	void (*deadlocked)(struct cress_hub *hub);
	size_t handles_left, fds_left, blocks_left;

	/* The fault that is about to come. */
	uint64_t random;
	unsigned places;	/* met so far */
	cress_t *victim;
	unsigned patience;	/* decisions until it comes */
	int jump;		/* the clock goes on to the next timer */
	int end;		/* it takes too long: kill the main one */

	size_t kept;		/* bytes in `lines` */
	char lines[16384];	/* what was logged, and who waits */
};

/* The simulator of the run that the calling thread is in, or NULL. */
static inline struct cress_simulator *cress_simulator_here(void)
{
	struct cress_thread *thread = cress_thread_self;

	return thread == NULL ? NULL : thread->simulator;
}

/* fault.c: set up for a run; and be there when something may go wrong. */
void cress_fault_begin(struct cress_simulator *simulator);
int cress_fault_parked(struct cress_schedule *schedule, cress_t *c);
int cress_fault_moved(struct cress_schedule *schedule);
void cress_fault_polled(struct cress_schedule *schedule,
			struct cress_hub *hub);
/* The function has returned: nothing more goes wrong. */
void cress_fault_end(struct cress_simulator *simulator);

/* story.c: what is told. */
void cress_story_keep(struct cress_simulator *simulator, const char *line);
void cress_story_waiters(struct cress_simulator *simulator,
			 struct cress_hub *hub);
void cress_story_handle(struct cress_simulator *simulator, const cress_t *c);
void cress_story_step(struct cress_schedule *schedule,
		      const struct cress_step *step);
void cress_story_tell(struct cress_simulator *simulator);
void cress_story_summary(struct cress_simulator *simulator);
/* "17", or "17:kill:3". */
void cress_story_seed(const struct cress_simulator *simulator, char *text,
		      size_t size);
int cress_story_parse(const char *text, uint64_t *seed, unsigned *fault,
		      unsigned *place);

/* A run was left: what can still be told without touching its stacks. */
void cress_story_left(struct cress_simulator *simulator);

/* left.c: watch for runs that do not come to their end; find one. */
void cress_left_watch(void);
int cress_left_run(struct cress_simulator *simulator,
		   int (*run)(struct cress_simulator *simulator));
int cress_left_by_jump(struct cress_simulator *simulator);

#endif
