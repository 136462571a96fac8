/* SPDX-License-Identifier: MIT */
/*
 * What a simulation tells: the run, how it came about, who waits for what. The
 * lines go to where the caller wants them, or to the log.
 */
#include "debug/simulator.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/coroutine.h"
#include "core/log.h"

static const struct {
	unsigned fault;
	const char *name;
} faults[] = {
	{CRESS_SIMULATE_THROW, "throw"},
	{CRESS_SIMULATE_KILL, "kill"},
	{CRESS_SIMULATE_DEADLINE, "deadline"},
	{CRESS_SIMULATE_NOMEM, "nomem"},
};

#define FAULTS (sizeof faults / sizeof *faults)

/* A line that is told in a run is not one that the run logs. */
__attribute__((format(printf, 2, 3))) static void
tell(struct cress_simulator *simulator, const char *format, ...)
{
	struct cress_thread *thread = cress_thread_self;
	int inside = thread->simulator == simulator;
	char line[400];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (simulator->how.print != NULL) {
		simulator->how.print(line, simulator->how.print_context);
		return;
	}
	if (inside)
		thread->keep_line = NULL;
	cress_log(CRESS_LOG_ERROR, "%s", line);
	if (inside)
		thread->keep_line = cress_story_keep;
}

/* For the end of the report; what no longer fits is left out. */
void cress_story_keep(struct cress_simulator *simulator, const char *line)
{
	size_t room = sizeof simulator->lines - simulator->kept;
	size_t size = strlen(line) + 1;

	if (simulator->only != NULL) {
		tell(simulator, "%s", line);
		return;
	}
	if (size > room)
		return;
	memcpy(simulator->lines + simulator->kept, line, size);
	simulator->kept += size;
}

static void keep_waiter(struct cress_simulator *simulator, const cress_t *c)
{
	const struct cress_waiter *waiter = c->waiter;
	const struct cress_actor *actor;
	char about[CRESS_ACTOR_ABOUT];
	char line[200];

	actor = cress_schedule_actor(&simulator->schedule, c);
	if (actor == NULL)
		return;
	if (waiter->kind->describe != NULL)
		waiter->kind->describe(waiter, about, sizeof about);
	else
		snprintf(about, sizeof about, "%s", waiter->kind->what);
	snprintf(line, sizeof line, "%s (%u) waits for %s", actor->name,
		 (unsigned)(actor - simulator->schedule.actors), about);
	cress_story_keep(simulator, line);
}

void cress_story_handle(struct cress_simulator *simulator, const cress_t *c)
{
	char line[100];

	snprintf(line, sizeof line, "coroutine \"%.40s\": %u left",
		 cress_label(c), (unsigned)c->references);
	cress_story_keep(simulator, line);
}

void cress_story_waiters(struct cress_simulator *simulator,
			 struct cress_hub *hub)
{
	struct cress_thread *thread = hub->thread;
	cress_t *c = NULL;

	simulator->heap.busy++;
	if (thread->main.state == CRESS_PARKED)
		keep_waiter(simulator, &thread->main);
	while ((c = cress_next_of_thread(thread, c)) != NULL)
		if (c->state == CRESS_PARKED && c->waiter != NULL)
			keep_waiter(simulator, c);
	simulator->heap.busy--;
}

static void tell_step(struct cress_simulator *simulator,
		      const struct cress_step *step, uint64_t number)
{
	const struct cress_actor *actor =
		&simulator->schedule.actors[step->actor];
	const char *what = step->what == NULL ? "something" : step->what;
	char how[200];

	if (simulator->schedule.describe && actor->about[0] != '\0')
		what = actor->about;
	if (step->how == CRESS_STEP_STARTS)
		snprintf(how, sizeof how, "starts");
	else if (step->how == CRESS_STEP_YIELDED)
		snprintf(how, sizeof how, "had yielded");
	else if (step->how == CRESS_STEP_WOKEN)
		snprintf(how, sizeof how, "waited for %s", what);
	else if (step->how == CRESS_STEP_FAILS)
		snprintf(how, sizeof how, "waited for %s: %s", what,
			 strerror(step->error));
	else
		snprintf(how, sizeof how, "is thrown at");
	tell(simulator, "  #%" PRIu64 " %.6f  %s (%u), 1 of %" PRIu64 ", %s",
	     number, step->now, actor->name, (unsigned)step->actor, step->ready,
	     how);
}

void cress_story_step(struct cress_schedule *schedule,
		      const struct cress_step *step)
{
	tell_step((struct cress_simulator *)schedule, step,
		  schedule->decisions);
}

static void tell_steps(struct cress_simulator *simulator)
{
	const struct cress_schedule *schedule = &simulator->schedule;
	uint64_t count = schedule->decisions;
	uint64_t first = count > schedule->step_room
				 ? count - schedule->step_room : 0;

	tell(simulator, "who went on, from decision %" PRIu64 ":", first + 1);
	for (uint64_t i = first; i < count; i++)
		tell_step(simulator,
			  &schedule->steps[i % schedule->step_room], i + 1);
}

static void tell_lines(struct cress_simulator *simulator)
{
	size_t i;

	for (i = 0; i < simulator->kept; i += strlen(simulator->lines + i) + 1)
		tell(simulator, "%s", simulator->lines + i);
}

void cress_story_seed(const struct cress_simulator *simulator, char *text,
		      size_t size)
{
	const char *name = "";

	for (size_t i = 0; i < FAULTS; i++)
		if (faults[i].fault == simulator->fault)
			name = faults[i].name;
	if (simulator->fault == 0)
		snprintf(text, size, "%" PRIu64, simulator->seed);
	else
		snprintf(text, size, "%" PRIu64 ":%s:%u", simulator->seed, name,
			 simulator->place);
}

int cress_story_parse(const char *text, uint64_t *seed, unsigned *fault,
		      unsigned *place)
{
	size_t length;
	char *end;

	*fault = 0;
	*place = 0;
	*seed = strtoull(text, &end, 10);
	if (end == text || *text == '-')
		return -1;
	if (*end == '\0')
		return 0;
	text = end + 1;
	length = strcspn(text, ":");
	for (size_t i = 0; i < FAULTS; i++)
		if (strlen(faults[i].name) == length &&
		    strncmp(faults[i].name, text, length) == 0)
			*fault = faults[i].fault;
	if (*end != ':' || *fault == 0 || text[length] != ':')
		return -1;
	*place = (unsigned)strtoul(text + length + 1, &end, 10);
	return *place != 0 && *end == '\0' ? 0 : -1;
}

static void say_why(const struct cress_simulator *simulator, char *why,
		    size_t size)
{
	switch (simulator->reason) {
	case CRESS_SIMULATED_FAILURE:
		snprintf(why, size, "failed: the function returned %d",
			 simulator->result);
		break;
	case CRESS_SIMULATED_DEADLOCK:
		snprintf(why, size, "failed: deadlock");
		break;
	case CRESS_SIMULATED_ENDLESS:
		snprintf(why, size, "failed: it does not come to an end");
		break;
	case CRESS_SIMULATED_LEAK:
		snprintf(why, size, "failed: left over: %zu handles of "
			 "coroutines, %zu descriptors, %zu blocks of memory",
			 simulator->handles_left, simulator->fds_left,
			 simulator->blocks_left);
		break;
	case CRESS_SIMULATED_DIFFERENCE:
		snprintf(why, size, "failed: it does not replay, so it depends "
			 "on more than the seed");
		break;
	default:
		snprintf(why, size, "went well");
	}
}

void cress_story_summary(struct cress_simulator *simulator)
{
	const struct cress_schedule *schedule = &simulator->schedule;
	char seed[64], why[128];

	cress_story_seed(simulator, seed, sizeof seed);
	say_why(simulator, why, sizeof why);
	tell(simulator, "simulation: seed %s %s", seed, why);
	tell(simulator, "run %" PRIu64 ", %" PRIu64 " decisions among %u "
	     "coroutines, %.6f s of virtual time, digest %016" PRIx64,
	     simulator->how.runs, schedule->decisions, schedule->actor_count,
	     schedule->virtual.now, schedule->digest);
}

static void tell_rest(struct cress_simulator *simulator)
{
	char seed[64];

	cress_story_seed(simulator, seed, sizeof seed);
	tell_steps(simulator);
	tell_lines(simulator);
	tell(simulator, "to see all of it: CRESS_SEED=%s", seed);
}

void cress_story_left(struct cress_simulator *simulator)
{
	char seed[64];

	/* What the caller gave may have been left too. */
	simulator->how.print = NULL;
	cress_story_seed(simulator, seed, sizeof seed);
	tell(simulator, "simulation: seed %s was left by a jump out of the "
	     "function, as of an assertion", seed);
	if (simulator->only == NULL)
		tell_rest(simulator);
}

void cress_story_tell(struct cress_simulator *simulator)
{
	cress_story_summary(simulator);
	if (simulator->only == NULL)
		tell_rest(simulator);
}
