/* SPDX-License-Identifier: MIT */
/*
 * The calls of hub.h and coroutine.h that park. Each row needs no descriptors,
 * so that it runs under every order of the ready coroutines.
 */
#include "cancel/park_points.h"

#include "core/thread.h"

static void nothing(struct place *place)
{
	(void)place;
}

static void let_time_pass(struct place *place)
{
	(void)place;
	pass_time(ROW_SECONDS + 1);
}

static intmax_t sleep_a_while(struct place *place)
{
	(void)place;
	return cress_sleep(ROW_SECONDS);
}

static intmax_t sleep_for_ever(struct place *place)
{
	(void)place;
	return cress_sleep(INFINITY);
}

static intmax_t yield(struct place *place)
{
	(void)place;
	return cress_yield();
}

static intmax_t sleep_zero(struct place *place)
{
	(void)place;
	return cress_sleep(0);
}

/* Waiting for the end of another, who is asked to end. */

static void spawn_another(struct place *place)
{
	place->other = cress_spawn(until_killed, place);
	while (place->other->state != CRESS_PARKED)
		cress_yield();
}

/* Its parent waits for it in the switch that started it. */
static void *be_mother(void *arg)
{
	struct place *place = arg;

	place->other = cress_new(until_killed, NULL);
	check(cress_switch(place->other, place) == place);
	return NULL;
}

static void start_a_raw_one(struct place *place)
{
	place->object = cress_spawn(be_mother, place);
	while (place->other == NULL || place->other->state != CRESS_PARKED)
		cress_yield();
}

static void spawn_a_late_one(struct place *place)
{
	place->other = cress_spawn_after(ROW_SECONDS, give_back, place, NULL);
}

static void end_the_other(struct place *place)
{
	check_int(cress_kill(place->other, 0), 0);
}

static intmax_t wait_for_it(struct place *place)
{
	void *value = NULL;
	int result = cress_wait(place->other, &value);

	check(result == -1 || value == place);
	return result;
}

static intmax_t wait_within_deadlines(struct place *place)
{
	cress_scope_t scopes[3];
	intmax_t result;
	int error;

	for (int i = 0; i < 3; i++)
		cress_scope_open(&scopes[i], 2000 + i);
	result = wait_for_it(place);
	error = errno;
	for (int i = 2; i >= 0; i--)
		check_int(cress_scope_close(&scopes[i]), 0);
	errno = error;
	return result;
}

static intmax_t wait_for_oneself(struct place *place)
{
	(void)place;
	return cress_wait(cress_current(), NULL);
}

static intmax_t join_it(struct place *place)
{
	void *value = NULL;
	int result = cress_join(place->other, &value);

	if (result != -1) {
		check(value == place);
		place->other = NULL;
	}
	return result;
}

/* It has been released by the join: then its handle counts for nothing. */
static int is_released(struct place *place)
{
	return place->other == NULL;
}

static void release_the_other(struct place *place)
{
	if (place->other == NULL)
		return;
	cress_kill(place->other, 0);
	cress_join(place->other, NULL);
}

static void release_both(struct place *place)
{
	release_the_other(place);
	cress_join(place->object, NULL);
}

/* Switches: to one who parks and comes back as a parent's child does. */

static intmax_t switch_to_a_sleeper(struct place *place)
{
	cress_t *raw = cress_new(nap, NULL);
	void *value = cress_switch(raw, as_value(ROW_SECONDS * 1000));
	int error = cress_error();

	(void)place;
	check(error != 0 || as_number(value) == ROW_SECONDS * 1000);
	check(error == 0 || value == NULL);
	cress_kill(raw, CRESS_EXIT);
	cress_release(raw);
	errno = error == CRESS_EXIT ? ECANCELED : error;
	return error == 0 ? 0 : -1;
}

static intmax_t switch_to_the_hub(struct place *place)
{
	(void)place;
	check(cress_switch(cress_parent(cress_current()), place) == NULL);
	return cress_error() == 0 ? 0 : -1;
}

static void *be_stubborn(void *place)
{
	while (cress_sleep(INFINITY) != 0 && errno == EINTR)
		((struct place *)place)->number++;
	return place;
}

static void spawn_a_stubborn_one(struct place *place)
{
	place->other = cress_spawn(be_stubborn, place);
	while (place->other->state != CRESS_PARKED)
		cress_yield();
}

static intmax_t throw_at_it(struct place *place)
{
	uint8_t before = place->other->state;

	check(cress_throw(place->other, EINTR) == NULL);
	if (cress_error() == 0)
		return 0;
	/* A throw that failed has thrown nothing. */
	check_int(place->other->state, before);
	return -1;
}

static const struct park_point points[] = {
	{"cress_sleep", NULL, CROWD | BY_TIME, nothing, sleep_a_while,
	 let_time_pass, NULL, nothing},
	{"cress_sleep", "endless", ENDLESS, nothing, sleep_for_ever, NULL, NULL,
	 nothing},
	{"cress_sleep", "zero", BRIEF, nothing, sleep_zero, NULL, NULL,
	 nothing},
	{"cress_yield", NULL, BRIEF, nothing, yield, NULL, NULL, nothing},
	{"cress_wait", NULL, CROWD | AT_ONCE, spawn_another, wait_for_it,
	 end_the_other, NULL, release_the_other},
	{"cress_wait", "a raw one", CROWD | AT_ONCE, start_a_raw_one,
	 wait_for_it, end_the_other, NULL, release_both},
	{"cress_wait", "a delayed one", CROWD | AT_ONCE, spawn_a_late_one,
	 wait_for_it, let_time_pass, NULL, release_the_other},
	{"cress_wait", "within deadlines", CROWD | AT_ONCE, spawn_another,
	 wait_within_deadlines, end_the_other, NULL, release_the_other},
	{"cress_wait", "oneself", ENDLESS, nothing, wait_for_oneself, NULL,
	 NULL, nothing},
	{"cress_join", NULL, AT_ONCE | ONCE, spawn_another, join_it,
	 end_the_other, is_released, release_the_other},
	{"cress_switch", "to one who parks", RAW | BY_TIME, nothing,
	 switch_to_a_sleeper, let_time_pass, NULL, nothing},
	{"cress_switch", "to the hub", RAW | BRIEF, nothing, switch_to_the_hub,
	 NULL, NULL, nothing},
	{"cress_throw", "at one who is parked", RAW | BRIEF,
	 spawn_a_stubborn_one, throw_at_it, NULL, NULL, release_the_other},
};

int main(void)
{
	return park_points_main(points, COUNT(points), ANY_ORDER);
}
