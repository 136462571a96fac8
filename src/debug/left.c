/* SPDX-License-Identifier: MIT */
/*
 * Runs that do not come to their end: an assertion that jumps out of them, an
 * abort, an exit. None of them may keep the seed to itself.
 *
 * A jump passes no code of ours. Its traces are found later: the thread still
 * has the simulator, but the frame that the run began in is gone.
 */
#include "debug/simulator.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/sanitizer.h"

/* Words that mark the frame in which the runs take place. */
#define MARKS 4

static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint64_t mark_of(const struct cress_simulator *simulator, unsigned i)
{
	return (uint64_t)(uintptr_t)simulator * (i + 3);
}

/* AddressSanitizer would put the frame somewhere else. */
__attribute__((no_sanitize("address"), noinline)) int
cress_left_run(struct cress_simulator *simulator,
	       int (*run)(struct cress_simulator *simulator))
{
	volatile uint64_t mark[MARKS];
	int result;

	simulator->mark = mark;
	for (unsigned i = 0; i < MARKS; i++)
		mark[i] = mark_of(simulator, i);
	result = run(simulator);
	mark[0] = 0;
	return result;
}

/* What is read may be anybody's by now: tools are not to mind. */
__attribute__((no_sanitize("address"))) static int
is_marked(const struct cress_simulator *simulator)
{
	cress_sanitizer_expose((const void *)(uintptr_t)simulator->mark,
			       MARKS * sizeof(uint64_t));
	for (unsigned i = 0; i < MARKS; i++)
		if (simulator->mark[i] != mark_of(simulator, i))
			return 0;
	return 1;
}

/*
 * A coroutine that jumped is not on its stack any more. Main's is the thread's
 * own before and after: but there a frame further out than the run's means that
 * it is gone, and so does one further in if the mark was written over.
 */
int cress_left_by_jump(struct cress_simulator *simulator)
{
	const char *here = __builtin_frame_address(0);
	const cress_t *c = simulator->thread->current;

	if (!(c->kind & CRESS_KIND_MAIN))
		return here < c->stack || here >= c->stack + c->stack_size;
	return here >= (const char *)(uintptr_t)simulator->mark ||
	       !is_marked(simulator);
}

/* Nothing may be allocated: the process may have died of that. */
static void last_words(const struct cress_simulator *simulator,
		       const char *what)
{
	char seed[64], line[200];
	int length;

	cress_story_seed(simulator, seed, sizeof seed);
	length = snprintf(line, sizeof line,
			  "cress: simulation: %s in a run: CRESS_SEED=%s\n",
			  what, seed);
	if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
		return;
}

/* When it returns, abort() kills the process all the same. */
static void on_abort(int signal)
{
	const struct cress_simulator *simulator = cress_simulator_here();

	if (simulator != NULL)
		last_words(simulator, "the process is aborted");
	sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

static void on_exit_of_process(void)
{
	struct cress_simulator *simulator = cress_simulator_here();

	if (simulator == NULL)
		return;
	/* After a jump from a coroutine, exit() comes from another stack. */
	if (cress_left_by_jump(simulator))
		cress_story_left(simulator);
	else
		last_words(simulator, "the process exits");
}

static void watch(void)
{
	struct sigaction action = {.sa_handler = on_abort}, old;

	sigemptyset(&action.sa_mask);
	atexit(on_exit_of_process);
	if (sigaction(SIGABRT, NULL, &old) == 0 &&
	    !(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_DFL)
		sigaction(SIGABRT, &action, NULL);
}

void cress_left_watch(void)
{
	pthread_once(&once, watch);
}
