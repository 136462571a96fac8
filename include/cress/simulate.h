/* SPDX-License-Identifier: MIT */
/*
 * Simulation: run a function under many schedules, in virtual time, until one
 * is found in which it fails; then tell how that came about.
 *
 * A run is cress_run() in a world of its own: its hub has a clock that starts
 * at 0 and jumps to the next timer when all are parked, so sleeping costs
 * nothing; and which of the ready coroutines goes on is drawn from the run's
 * seed. While anybody is ready time stands still: races with timers take
 * CRESS_SIMULATE_SLOW. A seed decides everything, so a run replays from it to
 * the bit as long as the function depends on nothing else: no address, no real
 * time, nothing that an earlier run left behind. Seed 0 is the order in which
 * they became ready. Other even seeds draw each choice evenly; odd ones give
 * each coroutine a priority and lower the one that runs now and then, which
 * finds what takes a certain few steps in a certain order. Those that waited
 * for one object go on in the order in which it woke them, whatever the seed.
 *
 * Time stands still while anybody is ready. A race with a timer, a time-out or
 * the length of a sleep is found with CRESS_SIMULATE_SLOW.
 *
 * A run fails if the function returns anything but 0, if it meets a deadlock,
 * or if it makes a million decisions. In a deadlock all that are parked but the
 * function itself are killed, as long as its stack is there. The first failure
 * ends the simulation, and a report goes to the log: the seed, the last
 * decisions, who waits for what. With CRESS_SEED in the environment, as the
 * report gives it, only that run takes place, and each of its decisions is
 * printed when it is taken: this is how to get from a line in a log to a
 * debugger.
 *
 *     static int transfer(void *arg)
 *     {
 *             struct account account = {.balance = 100};
 *             cress_t *a = cress_spawn(withdraw, &account);
 *             cress_t *b = cress_spawn(withdraw, &account);
 *             cress_join(a, NULL);
 *             cress_join(b, NULL);
 *             return account.balance < 0;
 *     }
 *
 *     assert_int_equal(cress_simulate(transfer, NULL, NULL), 0);
 *
 * Faults are injected on request: for each seed there is then a run in which
 * the first place of a kind fails, one in which the second does, and so on,
 * until there is none left. A function that meets them must hold its promises
 * rather than succeed; cress_simulate_fault() tells it why something failed.
 *
 * The function runs on the caller's stack, as the main coroutine of a thread
 * of its own: coroutines from outside are another thread's to it (EXDEV).
 * Sockets that it makes lie in memory, and what is on its way is cut, delayed
 * and overtaken as the seed decides, but for seed 0. Real descriptors, offload
 * and all else that comes from outside the thread fail with ENOTSUP.
 *
 * An assertion that leaves the function by longjmp(), as cmocka's do, is found
 * by the next simulation of the thread or at exit, and the seed is printed
 * then; what was left lies unused. So is the seed if the process is aborted.
 * What the library logs during a run is kept for the report, unless
 * cress_set_log() has set a function.
 */
#ifndef CRESS_SIMULATE_H
#define CRESS_SIMULATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The faults. A park is a call that found nothing and waits; those of the
 * function's own coroutine do not count unless CRESS_SIMULATE_MAIN is given.
 * The fault comes at once under seed 0, else up to two decisions later, when
 * the coroutine may have been woken already.
 */
enum {
	/* The call fails, once, with `error`. */
	CRESS_SIMULATE_THROW = 0x1,
	/* The coroutine is killed with `error`. */
	CRESS_SIMULATE_KILL = 0x2,
	/* The deadline around it is over; only parks that have one count. */
	CRESS_SIMULATE_DEADLINE = 0x4,
	/* The library gets no memory, once. Stacks count too. */
	CRESS_SIMULATE_NOMEM = 0x8
};

/* What else there is to ask for, in the same word. */
enum {
	/* Faults hit the function's own coroutine as well. */
	CRESS_SIMULATE_MAIN = 0x100,
	/* Now and then a timer is due although others are still ready. */
	CRESS_SIMULATE_SLOW = 0x200,
	/* A deadlock is no failure: the function sees EDEADLK and decides. */
	CRESS_SIMULATE_DEADLOCKS = 0x400,
	/* What is left over is a failure: memory, handles, descriptors. */
	CRESS_SIMULATE_LEAKS = 0x800,
	/* Run each twice; it is a failure if the two differ. */
	CRESS_SIMULATE_TWICE = 0x1000
};

/* Why a run failed. */
enum {
	CRESS_SIMULATED_WELL = 0,
	CRESS_SIMULATED_FAILURE = 1,	/* the function returned not 0 */
	CRESS_SIMULATED_DEADLOCK = 2,
	CRESS_SIMULATED_ENDLESS = 3,	/* too many decisions */
	CRESS_SIMULATED_LEAK = 4,
	CRESS_SIMULATED_DIFFERENCE = 5	/* it does not replay */
};

/* Gets one line of the report, without a newline. It must not park. */
typedef void cress_simulate_print_fn(const char *line, void *context);

/*
 * What is asked and what came out. The caller owns it; all zero is valid, and
 * so is NULL instead.
 */
typedef struct cress_simulation {
	uint64_t first_seed;
	uint32_t seeds;		/* how many; 0: 1,000 */
	uint32_t flags;		/* CRESS_SIMULATE_THROW and so on */
	int32_t error;		/* of throws and kills; 0: ECANCELED */
	uint32_t lines;		/* decisions in the report; 0: 40 */
	uint64_t limit;		/* decisions in a run; 0: 1,000,000 */
	double delay;		/* longest way between sockets; 0: 50 ms */
	double reset;		/* how likely a send breaks its connection */
	double loss;		/* how likely a datagram is lost */
	cress_simulate_print_fn *print;	/* NULL: the log */
	void *print_context;
	uint64_t reserved[6];	/* must be 0 */

	/* Of all runs, and of the last one: that is the one that failed. */
	uint64_t runs;
	uint64_t seed;
	uint32_t fault;		/* the one that was injected, or 0 */
	uint32_t place;		/* the how manieth of its kind */
	int32_t reason;		/* CRESS_SIMULATED_FAILURE and so on */
	int32_t result;		/* what the function returned */
	uint64_t decisions;
	uint64_t digest;	/* of the schedule, the clock and the faults */
	uint64_t reserved_result[4];
} cress_simulation_t;

/*
 * Run `fn(arg)` once for each seed, and once more for each fault that is asked
 * for, until a run fails. `how` may be NULL.
 *
 * Returns 0 if no run failed, 1 if one did, and then `how` and the report say
 * which; or -1 with errno: EINVAL no function, an error that is none, a flag
 * that is not known or a reserved field in use, or a CRESS_SEED that cannot be
 * read, a delay that is negative, infinite or NaN, a likelihood outside 0 to 1;
 * EBUSY called from inside a simulation, or another thread's has asked
 * for CRESS_SIMULATE_NOMEM or CRESS_SIMULATE_LEAKS too; ENOMEM. Any thread;
 * with these two flags no other thread may be in the library when it begins
 * and ends. Parks nobody outside of it: it returns when all runs have ended.
 */
int cress_simulate(int (*fn)(void *arg), void *arg, cress_simulation_t *how);

/*
 * Return the kind of fault that this run has met so far, 0 if none, or outside
 * of a simulation. Never fails, never parks.
 */
unsigned cress_simulate_fault(void);

/*
 * Draw a number below `bound` from the seed of this run; 0 if `bound` is 0,
 * under seed 0 and outside of a simulation. This is for the data of a test;
 * the schedule does not depend on it. Never fails, never parks.
 */
uint64_t cress_simulate_draw(uint64_t bound);

#ifdef __cplusplus
}
#endif

#endif
