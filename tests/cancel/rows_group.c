/* SPDX-License-Identifier: MIT */
/*
 * The calls of groups and maps that park. Main opens the group, and a member
 * lives in it until it is killed, which is what most calls wait for; a full
 * group gets one place more. The victim of a close opens a group of its own.
 */
#include "cancel/park_points.h"

#include "core/thread.h"

#include <cress/map.h>

#define ITEMS 8

static cress_group_t group;
static cress_imap_t imap;

/* Who lives until the other ends. */
static void *last_until_it_ends(void *place)
{
	return cress_wait(((struct place *)place)->other, NULL) == -1
		       ? cress_fail(errno)
		       : place;
}

static void open_group(struct place *place, long limit)
{
	check_int(cress_group_open(&group, INFINITY, 0), 0);
	place->number = limit;
	if (limit > 0)
		check_int(cress_group_set_limit(&group, limit), 0);
	place->other = cress_group_spawn(&group, until_killed, place);
	while (place->other->state != CRESS_PARKED)
		cress_yield();
}

static void open_full_group(struct place *place)
{
	open_group(place, 1);
}

static void open_free_group(struct place *place)
{
	open_group(place, 0);
}

static void close_group(struct place *place)
{
	check_int(cress_group_close(&group), 0);
	check(cress_is_dead(place->other));
	cress_release(place->other);
}

/* For a place. */

static void make_room(struct place *place)
{
	check_int(cress_group_set_limit(&group, ++place->number), 0);
}

static int is_full_again(struct place *place)
{
	(void)place;
	return cress_group_free_count(&group) == 0;
}

static intmax_t released(cress_t *c)
{
	cress_release(c);
	return c == NULL ? -1 : 0;
}

static intmax_t spawn(struct place *place)
{
	return released(cress_group_spawn(&group, until_killed, place));
}

static intmax_t spawn_with(struct place *place)
{
	static const cress_attr_t attr = {.name = "member"};

	return released(
		cress_group_spawn_with(&group, until_killed, place, &attr));
}

static intmax_t go(struct place *place)
{
	return cress_group_go(&group, until_killed, place);
}

static intmax_t wait_free(struct place *place)
{
	(void)place;
	return cress_group_wait_free(&group);
}

static void open_full_group_and_another(struct place *place)
{
	open_full_group(place);
	place->object = cress_spawn(until_killed, place);
}

static intmax_t add(struct place *place)
{
	return cress_group_add(&group, place->object);
}

static void close_group_and_another(struct place *place)
{
	close_group(place);
	cress_kill(place->object, 0);
	cress_join(place->object, NULL);
}

/* For an end. */

static void end_the_other(struct place *place)
{
	check_int(cress_kill(place->other, 0), 0);
}

static intmax_t join(struct place *place)
{
	(void)place;
	return cress_group_join(&group);
}

static intmax_t wait_for_one(struct place *place)
{
	ssize_t count = cress_group_wait(&group, 1);

	(void)place;
	check(count == -1 || count == 1);
	return count;
}

static intmax_t next(struct place *place)
{
	cress_group_result_t result;
	int count = cress_group_next(&group, &result);

	/* Whoever comes later finds nothing, nor anybody who lives. */
	check(count != 1 || result.value == place);
	return count;
}

/* Is there no result to be taken? Nobody lives, so this asks only. */
static int is_taken(struct place *place)
{
	check_int(cress_wait(place->other, NULL), 0);
	return cress_group_wait(&group, 1) == 0;
}

static intmax_t map(struct place *place)
{
	void *items[2] = {place, place};
	void *results[2] = {NULL, NULL};
	int result = cress_group_map(&group, last_until_it_ends, items, 2,
				     results, NULL);

	for (int i = 0; i < 2; i++)
		check(result == -1 || results[i] == place);
	return result;
}

static intmax_t apply(struct place *place)
{
	void *value = NULL;
	int result =
		cress_group_apply(&group, last_until_it_ends, place, &value);

	check(result == -1 || value == place);
	return result;
}

static void open_imap(struct place *place)
{
	static void *items[ITEMS];

	open_free_group(place);
	for (int i = 0; i < ITEMS; i++)
		items[i] = place;
	check_int(cress_imap_open_array(&imap, &group, last_until_it_ends,
					items, ITEMS, 2, 0),
		  0);
}

/* Each in its turn, whoever takes it. */
static intmax_t imap_next(struct place *place)
{
	cress_group_result_t result = {0};
	int count = cress_imap_next(&imap, &result);

	if (count == -1)
		return -1;
	check_int(count, 1);
	check_int((intmax_t)result.index, place->number++);
	check(result.value == place);
	return count;
}

static void close_imap(struct place *place)
{
	check_int(cress_imap_close(&imap), 0);
	close_group(place);
}

/* Ends that are waited for whatever happens. */

static int started;

static void *outlast(void *place)
{
	cress_scope_t shield;

	started = 1;
	check_int(cress_scope_open(&shield, INFINITY), 0);
	check_int(cress_scope_shield(&shield), 0);
	check_int(cress_wait(((struct place *)place)->other, NULL), 0);
	check_int(cress_scope_close(&shield), 0);
	return place;
}

/* A switch to the hub lets it run even where a park would fail. */
static void let_it_start(void)
{
	while (!started)
		cress_switch(cress_parent(cress_current()), NULL);
	started = 0;
}

static intmax_t close_own_group(struct place *place)
{
	cress_group_t own;
	cress_t *member;

	check_int(cress_group_open(&own, INFINITY, 0), 0);
	member = cress_group_try_spawn(&own, outlast, place, NULL);
	let_it_start();
	check_int(cress_group_close(&own), 0);
	return cress_join(member, NULL);
}

static intmax_t close_own_imap(struct place *place)
{
	void *items[1] = {place};
	cress_imap_t own;

	check_int(cress_imap_open_array(&own, &group, outlast, items, 1, 0, 0),
		  0);
	let_it_start();
	return cress_imap_close(&own);
}

static const struct park_point points[] = {
	{"cress_group_spawn", NULL, CROWD, open_full_group, spawn,
	 make_room, is_full_again, close_group},
	{"cress_group_spawn_with", NULL, CROWD, open_full_group,
	 spawn_with, make_room, is_full_again, close_group},
	{"cress_group_go", NULL, CROWD, open_full_group, go,
	 make_room, is_full_again, close_group},
	{"cress_group_add", NULL, ONCE, open_full_group_and_another,
	 add, make_room, is_full_again, close_group_and_another},
	{"cress_group_wait_free", NULL, CROWD, open_full_group,
	 wait_free, make_room, NULL, close_group},
	{"cress_group_join", NULL, CROWD | AT_ONCE, open_free_group, join,
	 end_the_other, NULL, close_group},
	{"cress_group_wait", NULL, CROWD | AT_ONCE, open_free_group,
	 wait_for_one, end_the_other, NULL, close_group},
	{"cress_group_next", NULL, AT_ONCE, open_free_group, next,
	 end_the_other, is_taken, close_group},
	{"cress_group_map", NULL, STEPS, open_free_group, map, end_the_other,
	 NULL, close_group},
	{"cress_group_map", "for places", STEPS, open_full_group, map,
	 end_the_other, NULL, close_group},
	{"cress_group_apply", NULL, STEPS, open_free_group, apply,
	 end_the_other, NULL, close_group},
	{"cress_imap_next", NULL, AT_ONCE, open_imap, imap_next, end_the_other,
	 NULL, close_imap},
	{"cress_imap_close", NULL, SURE, open_free_group, close_own_imap,
	 end_the_other, NULL, close_group},
	{"cress_group_close", NULL, SURE, open_free_group, close_own_group,
	 end_the_other, NULL, close_group},
};

int main(void)
{
	return park_points_main(points, COUNT(points), ANY_ORDER);
}
