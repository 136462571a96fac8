/* SPDX-License-Identifier: MIT */
/*
 * cress_simulate(): run after run until one fails.
 *
 * Every run takes place in a thread of its own making, on the caller's stack:
 * its pools of blocks and stacks, its hub and its timers begin empty. So the
 * n-th request for memory is the same one in every process, whatever ran
 * before; and what is left at the end was lost by this run.
 */
#include <cress/simulate.h>

#include <errno.h>
#include <stdlib.h>

#include "debug/simulator.h"
#include "wait/run.h"

#define MANY_SEEDS 1000
#define USUAL_LINES 40
#define USUAL_LIMIT 1000000
#define LONGEST_DELAY 1e9

#define ALL_FLAGS \
	(CRESS_ANY_FAULT | CRESS_SIMULATE_MAIN | CRESS_SIMULATE_SLOW | \
	 CRESS_SIMULATE_DEADLOCKS | CRESS_SIMULATE_LEAKS | \
	 CRESS_SIMULATE_TWICE)

static int fail(int error)
{
	errno = error;
	return -1;
}

/* All that are parked but main; returns whether there was one that goes on. */
static int kill_others(struct cress_hub *hub)
{
	cress_t *c = NULL;

	while ((c = cress_next_of_thread(hub->thread, c)) != NULL)
		if (c->state == CRESS_PARKED)
			cress_kill_now(hub, c, ECANCELED);
	return !cress_hub_is_idle(hub);
}

/*
 * Who waits is told now: what follows only ends the run. What the others wait
 * for may lie on main's stack, which does not expect an error: so they are
 * killed as long as it is there.
 */
static void on_deadlock(struct cress_hub *hub)
{
	struct cress_simulator *simulator = hub->thread->simulator;

	if (!hub->draining && simulator->reason == CRESS_SIMULATED_WELL &&
	    !(simulator->how.flags & CRESS_SIMULATE_DEADLOCKS)) {
		simulator->reason = CRESS_SIMULATED_DEADLOCK;
		cress_story_waiters(simulator, hub);
		simulator->schedule.over = 1;
		if (kill_others(hub))
			return;
	}
	simulator->deadlocked(hub);
}

static int body(void *arg)
{
	struct cress_simulator *simulator = arg;
	struct cress_hub *hub = simulator->thread->hub;

	simulator->deadlocked = hub->deadlocked;
	hub->deadlocked = on_deadlock;
	simulator->began = 1;
	cress_fault_begin(simulator);
	simulator->result = simulator->fn(simulator->arg);
	simulator->returned = 1;
	simulator->schedule.over = 1;
	cress_fault_end(simulator);
	if (simulator->result != 0 &&
	    simulator->reason == CRESS_SIMULATED_WELL) {
		simulator->reason = CRESS_SIMULATED_FAILURE;
		cress_story_waiters(simulator, hub);
	}
	return 0;
}

static void begin(struct cress_simulator *simulator, uint64_t seed,
		  unsigned fault, unsigned place)
{
	struct cress_virtual_net *net = &simulator->schedule.virtual.net;

	simulator->seed = seed;
	simulator->fault = fault;
	simulator->place = place;
	simulator->began = 0;
	simulator->returned = 0;
	simulator->result = 0;
	simulator->reason = CRESS_SIMULATED_WELL;
	simulator->kept = 0;
	simulator->draws = cress_schedule_seed(seed, 4);
	cress_schedule_begin(&simulator->schedule, seed);
	net->delay = simulator->how.delay;
	net->reset = simulator->how.reset;
	net->loss = simulator->how.loss;
}

/* Coroutines that somebody still has a handle of, now that all have ended. */
static void count_coroutines(struct cress_simulator *simulator)
{
	cress_t *c = NULL;

	simulator->handles_left = 0;
	while ((c = cress_next_of_thread(simulator->thread, c)) != NULL)
		if (!(c->kind & CRESS_KIND_HUB)) {
			simulator->handles_left++;
			cress_story_handle(simulator, c);
		}
}

/* A block of a coroutine keeps the memory that it lies in: that is no other. */
static void look_for_leaks(struct cress_simulator *simulator)
{
	simulator->blocks_left = simulator->handles_left != 0
					 ? 0 : simulator->heap.out.count;
	simulator->fds_left = simulator->schedule.virtual.net.open;
	if ((simulator->handles_left || simulator->blocks_left ||
	     simulator->fds_left) &&
	    simulator->reason == CRESS_SIMULATED_WELL)
		simulator->reason = CRESS_SIMULATED_LEAK;
}

/* 0, or -1 with errno if it could not even begin. */
static int run(struct cress_simulator *simulator, uint64_t seed, unsigned fault,
	       unsigned place)
{
	struct cress_schedule *schedule = &simulator->schedule;
	int leaks = simulator->how.flags & CRESS_SIMULATE_LEAKS;
	int error;

	begin(simulator, seed, fault, place);
	simulator->thread = cress_thread_enter();
	if (simulator->thread == NULL)
		return -1;
	simulator->thread->simulator = simulator;
	simulator->thread->keep_line = cress_story_keep;
	cress_heap_begin(&simulator->heap, simulator->thread);
	error = cress_run_on(&schedule->driver, &schedule->virtual, body,
			     simulator) == 0 ? 0 : errno;
	simulator->thread->keep_line = NULL;
	if (leaks)
		count_coroutines(simulator);
	cress_thread_leave(simulator->before, 1);
	if (leaks)
		look_for_leaks(simulator);
	cress_schedule_mix(schedule, schedule->virtual.net.digest);
	cress_schedule_mix(schedule, (uint32_t)simulator->result);
	if (error == 0 && schedule->broken)
		error = ENOMEM;
	simulator->how.runs++;
	return error == 0 ? 0 : fail(error);
}

/* 1 if it failed, 0 if not, -1 with errno. */
static int try(struct cress_simulator *simulator, uint64_t seed, unsigned fault,
	       unsigned place)
{
	uint64_t digest;

	if (run(simulator, seed, fault, place) != 0)
		return -1;
	if (!(simulator->how.flags & CRESS_SIMULATE_TWICE) ||
	    simulator->reason != CRESS_SIMULATED_WELL)
		return simulator->reason != CRESS_SIMULATED_WELL;
	digest = simulator->schedule.digest;
	if (run(simulator, seed, fault, place) != 0)
		return -1;
	if (simulator->reason == CRESS_SIMULATED_WELL &&
	    simulator->schedule.digest != digest)
		simulator->reason = CRESS_SIMULATED_DIFFERENCE;
	return simulator->reason != CRESS_SIMULATED_WELL;
}

/* A fault at the first place of its kind, at the second, and so on. */
static int try_places(struct cress_simulator *simulator, uint64_t seed,
		      unsigned fault)
{
	int failed;

	for (unsigned place = 1;; place++) {
		failed = try(simulator, seed, fault, place);
		if (failed != 0 || simulator->struck == 0)
			return failed;
	}
}

static int try_seed(struct cress_simulator *simulator, uint64_t seed)
{
	int failed = try(simulator, seed, 0, 0);

	for (unsigned fault = 1; fault & CRESS_ANY_FAULT; fault <<= 1)
		if (failed == 0 && simulator->how.flags & fault)
			failed = try_places(simulator, seed, fault);
	return failed;
}

static int try_all(struct cress_simulator *simulator)
{
	const cress_simulation_t *how = &simulator->how;
	const char *only = simulator->only;
	unsigned fault, place;
	uint64_t seed;
	int failed = 0;

	if (only != NULL) {
		if (cress_story_parse(only, &seed, &fault, &place) != 0)
			return fail(EINVAL);
		return try(simulator, seed, fault, place);
	}
	for (uint64_t i = 0; i < how->seeds && failed == 0; i++)
		failed = try_seed(simulator, how->first_seed + i);
	return failed;
}

static int check(const cress_simulation_t *how)
{
	uint64_t reserved = 0;

	for (size_t i = 0; i < sizeof how->reserved / sizeof(uint64_t); i++)
		reserved |= how->reserved[i];
	if (!(how->delay >= 0 && how->delay <= LONGEST_DELAY) ||
	    !(how->reset >= 0 && how->reset <= 1) ||
	    !(how->loss >= 0 && how->loss <= 1))
		return fail(EINVAL);
	if (how->flags & ~(unsigned)ALL_FLAGS || reserved != 0 ||
	    (how->error != 0 && !cress_is_error(how->error)))
		return fail(EINVAL);
	return 0;
}

static int set_up(struct cress_simulator *simulator)
{
	struct cress_schedule *schedule = &simulator->schedule;
	cress_simulation_t *how = &simulator->how;

	if (how->seeds == 0)
		how->seeds = MANY_SEEDS;
	if (how->lines == 0)
		how->lines = USUAL_LINES;
	if (how->limit == 0)
		how->limit = USUAL_LIMIT;
	if (how->error == 0)
		how->error = ECANCELED;
	how->runs = 0;
	schedule->quiet = &simulator->heap.busy;
	schedule->parked = cress_fault_parked;
	schedule->moved = cress_fault_moved;
	schedule->polled = cress_fault_polled;
	simulator->only = getenv("CRESS_SEED");
	if (simulator->only != NULL) {
		schedule->describe = 1;
		schedule->decided = cress_story_step;
	}
	simulator->before = cress_thread_get();
	if (simulator->before == NULL ||
	    cress_schedule_init(schedule, how->lines) != 0)
		return -1;
	simulator->wants_heap = simulator->only != NULL ||
		(how->flags & (CRESS_SIMULATE_NOMEM | CRESS_SIMULATE_LEAKS));
	if (simulator->wants_heap &&
	    cress_heap_install(&simulator->heap) != 0) {
		cress_schedule_free(schedule);
		return -1;
	}
	simulator->heap.keep = (how->flags & CRESS_SIMULATE_LEAKS) != 0;
	return 0;
}

static void tear_down(struct cress_simulator *simulator)
{
	if (simulator->wants_heap)
		cress_heap_remove(&simulator->heap);
	cress_schedule_free(&simulator->schedule);
	cress_free(simulator);
}

static void give_results(struct cress_simulator *simulator,
			 cress_simulation_t *how)
{
	how->runs = simulator->how.runs;
	how->seed = simulator->seed;
	how->fault = simulator->fault;
	how->place = simulator->place;
	how->reason = simulator->reason;
	how->result = simulator->result;
	how->decisions = simulator->schedule.decisions;
	how->digest = simulator->schedule.digest;
}

/* A simulation that was left by a jump still holds the thread: end it. */
static int leave_the_last(void)
{
	struct cress_simulator *simulator = cress_simulator_here();

	if (simulator == NULL)
		return 0;
	if (!cress_left_by_jump(simulator))
		return fail(EBUSY);
	cress_thread_leave(simulator->before, 0);
	cress_story_left(simulator);
	tear_down(simulator);
	return 0;
}

int cress_simulate(int (*fn)(void *arg), void *arg, cress_simulation_t *how)
{
	struct cress_simulator *simulator;
	int failed, saved;

	if (fn == NULL || (how != NULL && check(how) != 0))
		return fail(EINVAL);
	if (leave_the_last() != 0)
		return -1;
	cress_left_watch();
	simulator = cress_alloc(sizeof *simulator);
	if (simulator == NULL)
		return -1;
	simulator->fn = fn;
	simulator->arg = arg;
	if (how != NULL)
		simulator->how = *how;
	if (set_up(simulator) != 0) {
		cress_free(simulator);
		return -1;
	}
	failed = cress_left_run(simulator, try_all);
	saved = errno;
	if (how != NULL)
		give_results(simulator, how);
	if (failed == 1)
		cress_story_tell(simulator);
	else if (failed == 0 && simulator->only != NULL)
		cress_story_summary(simulator);
	tear_down(simulator);
	errno = saved;
	return failed;
}

unsigned cress_simulate_fault(void)
{
	struct cress_simulator *simulator = cress_simulator_here();

	if (simulator == NULL)
		return 0;
	if (simulator->heap.failed)
		return CRESS_SIMULATE_NOMEM;
	return simulator->struck;
}

uint64_t cress_simulate_draw(uint64_t bound)
{
	struct cress_simulator *simulator = cress_simulator_here();

	if (simulator == NULL || bound == 0)
		return 0;
	return cress_schedule_draw(&simulator->draws, bound);
}
