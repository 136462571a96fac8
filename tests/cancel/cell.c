/* SPDX-License-Identifier: MIT */
/*
 * One cell is one coroutine, the victim, that makes the call of a row, while
 * main forces it and makes it succeed, in an order of its own. Deadlines come
 * by pass_time(), so that no cell depends on a clock.
 */
#include "cancel/cell.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cancel/balance.h"
#include "core/thread.h"
#include "io/support.h"
#include "loop/hub.h"

/* Seconds of real time: enough for the slowest emulator. */
#define PATIENCE 5

static const struct force forces[] = {
	[A_KILL] = {"kill", KILL, EPROTO, EPROTO, EPROTO},
	[A_KILL_OF_0] = {"kill of 0", KILL, 0, ECANCELED, ECANCELED},
	[A_KILL_TO_EXIT] = {"kill to exit", KILL, CRESS_EXIT, ECANCELED, 0},
	[A_THROW] = {"throw", THROW, EPROTO, EPROTO, 0},
	[A_THROW_OF_EXIT] = {"throw of exit", THROW, CRESS_EXIT, ECANCELED, 0},
	[A_CANCEL] = {"cancel", CANCEL, 0, ECANCELED, 0},
	[A_DEADLINE] = {"deadline", DEADLINE, 0, ETIMEDOUT, 0},
};

struct cell cell;
static size_t tried;

static struct cress_hub *this_hub(void)
{
	return cress_thread_self->hub;
}

void pass_time(double seconds)
{
	struct cress_hub *hub = this_hub();

	cress_timers_run(&hub->timers, hub->driver->now(hub) + seconds);
}

/* After what ends by time, if that is to end first. */
static double deadline_of(enum moment moment)
{
	int late = moment == BEFORE_WHEN_READY || moment >= WOKEN_THEN_FORCED;

	return late ? ROW_SECONDS * 2 : ROW_SECONDS / 2.0;
}

/* Real time, so that a cell that hangs ends with its name. */
static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Let the others run and the loop poll until `holds` does. */
static void let_run_until(int (*holds)(void), const char *what)
{
	double end = 0;

	for (size_t i = 0; !holds(); i++) {
		if (i % 256 == 0 && end == 0)
			end = seconds_now() + PATIENCE;
		if (i % 256 == 0 && seconds_now() > end) {
			fprintf(stderr, "it never %s\n", what);
			cell_say_where();
			abort();
		}
		/* Workers and timers of the row take real time. */
		if (i >= 64)
			sched_yield();
		if (i >= 512)
			cress_sleep(20e-6);
		this_hub()->driver->poll(this_hub(), 0);
		cress_yield();
	}
}

/* Enough turns for all to have had one, under any order. */
static void give_turns(void)
{
	for (int i = 0; i < 64; i++)
		cress_yield();
}

/* The victim. */

static int park_once(void)
{
	if (!cell.forced)
		return cress_sleep(INFINITY) == 0 ? 0 : errno;
	return cress_yield() == 0 ? 0 : errno;
}

/* A yield that is queued when the force comes succeeds. */
static void pass_the_gate(void)
{
	while (!cell.forced)
		check_int(cress_yield(), 0);
}

static void make_call(void)
{
	cell.stage = IN_CALL;
	errno = 0;
	cell.result = cell.point->call(&cell.place);
	cell.error = errno;
	cell.stage = CALLED;
}

static void *be_victim(void *limit)
{
	int shielded = cell.variant == SHIELDED;

	check_int(cress_scope_open(&cell.scope, *(double *)limit), 0);
	if (shielded) {
		check_int(cress_scope_open(&cell.shield, INFINITY), 0);
		check_int(cress_scope_shield(&cell.shield), 0);
	}
	if (cell.moment == BEFORE || cell.moment == BEFORE_WHEN_READY)
		pass_the_gate();
	make_call();
	if (shielded)
		check_int(cress_scope_close(&cell.shield),
			  has(ENDLESS) && cell.error == ECANCELED &&
					  cell.force->kind != THROW
				  ? ECANCELED
				  : 0);
	if (cell.variant != LEAVES)
		cell.next_error = park_once();
	else
		pass_the_gate();
	cell.blame = cress_scope_close(&cell.scope);
	cell.last_error = cress_yield() == 0 ? 0 : errno;
	cell.stage = ENDED;
	if (cell.force->kind == KILL)
		return cress_fail(cell.force->error);
	return &cell;
}

static int has_started(void)
{
	return cell.victim->kind & CRESS_KIND_STARTED;
}

static int is_settled(void)
{
	return cell.place.settled == NULL || cell.place.settled(&cell.place);
}

static int is_parked(void)
{
	return cell.stage >= CALLED ||
	       (cell.stage == IN_CALL &&
		(cell.victim->state == CRESS_PARKED || has(BRIEF | RAW)) &&
		is_settled());
}

static int has_been_woken(void)
{
	if (cell.victim->state != CRESS_PARKED &&
	    cell.victim->state != CRESS_ACTIVE)
		return 1;
	/* What the wake needs besides: readiness is reported, nobody runs. */
	this_hub()->driver->poll(this_hub(), 0);
	return cell.stage >= CALLED || cell.victim->state == CRESS_QUEUED;
}

static int has_called(void)
{
	return cell.stage >= CALLED;
}

static int has_ended(void)
{
	return cress_is_dead(cell.victim);
}

static int another_is_parked(void)
{
	return cell.another->state == CRESS_PARKED;
}

static int another_has_ended(void)
{
	return cress_is_dead(cell.another);
}

/* Another, who is not forced. */
static void *call_next(void *result)
{
	*(intmax_t *)result = cell.point->call(&cell.place);
	return result;
}

/* Main. */

static void wake(void)
{
	cell.point->wake(&cell.place);
	cell.woken = 1;
	cell.ready = !has(BY_TIME);
}

static void force(void)
{
	/* What ends by time before that has ended. */
	if (cell.force->kind == DEADLINE)
		pass_time(deadline_of(cell.moment) - 1);
	cell.must_fail = cell_foresee();
	cell.forced = 1;
	switch (cell.force->kind) {
	case KILL:
		check_int(cress_kill(cell.victim, cell.force->number), 0);
		break;
	case THROW:
		check(cress_throw(cell.victim, cell.force->number) == NULL);
		break;
	case CANCEL:
		check_int(cress_scope_cancel(&cell.scope), 0);
		break;
	case DEADLINE:
		pass_time(deadline_of(cell.moment) + 1);
		break;
	}
}

/* What is done, in the order of the moment. */
static void play(void)
{
	switch (cell.moment) {
	case BEFORE_WHEN_READY:
		wake();
		give_turns();
		force();
		break;
	case BEFORE:
	case PARKED:
		force();
		break;
	case FORCED_THEN_WOKEN:
		force();
		wake();
		break;
	case WOKEN_THEN_FORCED:
		wake();
		force();
		break;
	case WOKEN_AND_POLLED:
		wake();
		let_run_until(has_been_woken, "was woken");
		force();
		break;
	default:
		if (cell.point->wake != NULL)
			wake();
		let_run_until(has_called, "succeeded");
		force();
	}
}

/* One that force does not end is ended by what it waits for. */
static void let_end(void)
{
	if (cell.stage < CALLED && (!cell.must_fail || has(STAYS)) &&
	    !has(BRIEF)) {
		give_turns();
		if (has(ENDLESS))
			cress_scope_cancel(&cell.shield);
		else if (cell.stage < CALLED && !cell.ready)
			wake();
	}
	let_run_until(has_ended, "ended");
}

/* Another caller finds the place as if nobody had been there. */
static int check_next_caller(void)
{
	intmax_t result = -1;
	int good;

	if (has(ENDLESS) || (cell.result != -1 && has(ONCE)))
		return 1;
	cell.stage = IN_CALL;
	cell.victim = cress_spawn(call_next, &result);
	give_turns();
	if (!has_ended() && cell.point->wake != NULL && !cell.ready)
		wake();
	let_run_until(has_ended, "went on for the next caller");
	good = check_int(cress_join(cell.victim, NULL), 0);
	good &= check(result != -1);
	if (cell.ready && cell.point->taken != NULL)
		good &= check(cell.point->taken(&cell.place));
	return good;
}

/* Who came second gets what the victim did not take, without another wake. */
static int check_another(void)
{
	int good;

	if (cell.another == NULL)
		return 1;
	give_turns();
	if (!another_has_ended() && !cell.ready)
		wake();
	let_run_until(another_has_ended, "went on for the one behind");
	good = check_int(cress_join(cell.another, NULL), 0);
	good &= check(cell.other_result != -1);
	cell.ready = 0;
	return good;
}

/* Its owner may close a foreign one unseen: no wait leaves a watcher there. */
static int check_watchers(void)
{
	int good = 1;

	for (int i = 0; i < 2 && has(FOREIGN); i++)
		if (cell.place.ends[i] >= 0)
			good &= check(!is_watched(cell.place.ends[i]));
	return good;
}

static void begin(const struct park_point *point, double *limit)
{
	cell.point = cell.place.point = point;
	cell.place.ends[0] = cell.place.ends[1] = cell.place.file = -1;
	cell.stage = AT_GATE;
	log_clear();
	point->set_up(&cell.place);
	cell.victim = cress_spawn(be_victim, limit);
	if (cell.moment == BEFORE || cell.moment == BEFORE_WHEN_READY)
		let_run_until(has_started, "started");
	else
		let_run_until(is_parked, "parked");
	if (cell.variant == BEFORE_ANOTHER) {
		cell.another = cress_spawn(call_next, &cell.other_result);
		let_run_until(another_is_parked, "parked behind");
	}
}

static void try_cell(void)
{
	const struct park_point *point = cell.point;
	double limit = INFINITY;
	int good, value;

	if (cell.force->kind == DEADLINE)
		limit = deadline_of(cell.moment);
	begin(point, &limit);
	play();
	let_end();
	value = cress_join(cell.victim, NULL);
	good = cell_check_call();
	good &= cell_check_rest(value);
	good &= check_another();
	good &= check_watchers();
	good &= check_next_caller();
	good &= check_watchers();
	point->tear_down(&cell.place);
	if (!good)
		cell_say_where();
}

/* Cells that mean nothing for this row. */
static int is_void(const struct park_point *point, const struct force *force,
		   enum moment moment, enum variant variant)
{
	unsigned traits = point->traits;

	if (moment == AFTER && traits & ENDLESS)
		return 1;
	if (variant == BEFORE_ANOTHER &&
	    (!(traits & CROWD) || moment < PARKED || moment == AFTER))
		return 1;
	/* A throw at one in a raw switch is a switch: nobody comes back. */
	if (traits & RAW && !(traits & BRIEF) && force->kind == THROW)
		return moment != BEFORE && moment != AFTER;
	if (point->wake == NULL)
		return moment != BEFORE && moment != PARKED && moment != AFTER;
	return 0;
}

static void prepare(const struct park_point *point, const struct force *force,
		    enum moment moment, enum variant variant)
{
	memset(&cell, 0, sizeof(cell));
	cell.point = point;
	cell.force = force;
	cell.moment = moment;
	cell.variant = variant;
}

void row_try(const struct park_point *point, enum force_name name)
{
	const struct force *force = &forces[name];
	struct balance before;

	/* What grows once and stays: rings, heaps, tables, workers. */
	prepare(point, force, PARKED, SHIELDED);
	if (!is_void(point, force, PARKED, SHIELDED))
		try_cell();
	for (int i = 0; i < MOMENTS * VARIANTS; i++) {
		enum moment moment = (enum moment)(i / VARIANTS);
		enum variant variant = (enum variant)(i % VARIANTS);

		if (is_void(point, force, moment, variant))
			continue;
		balance_take(&before);
		prepare(point, force, moment, variant);
		try_cell();
		tried++;
		if (!balance_check(&before))
			cell_say_where();
	}
}

size_t cells_tried(void)
{
	return tried;
}
