/* SPDX-License-Identifier: MIT */
/*
 * What goes wrong in a simulated run, once, at the place that was asked for.
 *
 * A park is seen while its coroutine is still on the processor. So the fault is
 * only noted there, and comes when the hub polls, where every coroutine is at
 * rest: at once under seed 0, else a few decisions later, when others have run
 * and may have woken the victim. What then happens is what happens outside of a
 * simulation to one that is ready: the call succeeds, and the next one fails.
 */
#include "debug/simulator.h"

#include <errno.h>
#include <math.h>

#include "core/coroutine.h"
#include "core/log.h"
#include "wait/scope.h"

#include <cress/hub.h>

/* One decision in so many lets time pass, if that is asked for. */
#define SELDOM 8
#define LONGEST_PATIENCE 3

void cress_fault_begin(struct cress_simulator *simulator)
{
	simulator->random = cress_schedule_seed(simulator->seed, 3);
	simulator->places = 0;
	simulator->victim = NULL;
	simulator->jump = 0;
	simulator->end = 0;
	simulator->struck = 0;
	if (simulator->fault == CRESS_SIMULATE_NOMEM)
		cress_heap_fail(&simulator->heap, simulator->place);
}

static int is_place(const struct cress_simulator *simulator, const cress_t *c)
{
	if (simulator->returned || simulator->struck)
		return 0;
	if (c->kind & CRESS_KIND_MAIN &&
	    !(simulator->how.flags & CRESS_SIMULATE_MAIN))
		return 0;
	if (simulator->fault == CRESS_SIMULATE_DEADLINE)
		return cress_scope_deadline(c) != NULL;
	return simulator->fault == CRESS_SIMULATE_THROW ||
	       simulator->fault == CRESS_SIMULATE_KILL;
}

int cress_fault_parked(struct cress_schedule *schedule, cress_t *c)
{
	struct cress_simulator *simulator = (struct cress_simulator *)schedule;

	if (!is_place(simulator, c) ||
	    ++simulator->places != simulator->place)
		return 0;
	simulator->victim = cress_retain(c);
	simulator->patience = (unsigned)cress_schedule_draw(
		&simulator->random, LONGEST_PATIENCE);
	return simulator->patience == 0;
}

int cress_fault_moved(struct cress_schedule *schedule)
{
	struct cress_simulator *simulator = (struct cress_simulator *)schedule;

	if (schedule->turns / 2 >= simulator->how.limit)
		cress_fatal("a simulated run does not end, nor let itself be "
			    "ended");
	if (schedule->turns >= simulator->how.limit && !simulator->end) {
		simulator->reason = CRESS_SIMULATED_ENDLESS;
		simulator->end = 1;
		return 1;
	}
	if (simulator->victim != NULL && --simulator->patience == 0)
		return 1;
	if (simulator->how.flags & CRESS_SIMULATE_SLOW &&
	    !simulator->returned &&
	    cress_schedule_draw(&simulator->random, SELDOM) == 1) {
		simulator->jump = 1;
		return 1;
	}
	return 0;
}

static void let_deadline_pass(struct cress_hub *hub, const cress_t *c)
{
	struct cress_timer *timer = cress_scope_deadline(c);

	if (timer == NULL)
		return;
	cress_timer_remove(&hub->timers, timer);
	timer->fire(timer);
}

static void strike(struct cress_simulator *simulator, struct cress_hub *hub)
{
	cress_t *c = simulator->victim;
	int error = simulator->how.error;

	simulator->victim = NULL;
	if (c->state != CRESS_DEAD && !simulator->returned) {
		simulator->struck = simulator->fault;
		cress_schedule_mix(&simulator->schedule, simulator->fault);
		if (simulator->fault == CRESS_SIMULATE_THROW)
			hub->thread->upcalls->interrupt(c, error);
		else if (simulator->fault == CRESS_SIMULATE_KILL)
			cress_kill(c, error);
		else
			let_deadline_pass(hub, c);
	}
	cress_drop(c);
}

/* In the hub's own coroutine, as every poll. */
void cress_fault_polled(struct cress_schedule *schedule,
			struct cress_hub *hub)
{
	struct cress_simulator *simulator = (struct cress_simulator *)schedule;
	double next = cress_timers_next(&hub->timers);

	if (simulator->victim != NULL &&
	    (simulator->patience == 0 || cress_hub_is_idle(hub)))
		strike(simulator, hub);
	if (simulator->jump && !isinf(next) && next > schedule->virtual.now)
		schedule->virtual.now = next;
	simulator->jump = 0;
	if (simulator->end == 1) {
		simulator->end = 2;
		cress_story_waiters(simulator, hub);
		cress_kill(&hub->thread->main, ETIMEDOUT);
	}
}

void cress_fault_end(struct cress_simulator *simulator)
{
	cress_t *c = simulator->victim;

	if (simulator->heap.failed) {
		simulator->struck = CRESS_SIMULATE_NOMEM;
		cress_schedule_mix(&simulator->schedule, simulator->struck);
	}
	cress_heap_fail(&simulator->heap, 0);
	simulator->victim = NULL;
	if (c != NULL)
		cress_drop(c);
}
