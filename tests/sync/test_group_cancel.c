/* SPDX-License-Identifier: MIT */
/*
 * Every place where a call of a group parks, and each way to end the wait:
 * the call fails with its error and has taken nothing, and the group goes on
 * as if it had not been made. A row per place.
 */
#include "loop/support.h"

#include <cress/map.h>

static cress_group_t group;
static cress_imap_t imap;
static cress_t *extra;

/* One whose only call parks until something ends it. */
struct place {
	const char *name;
	int (*call)(void);
	int limit;
};

static int spawn(void)
{
	cress_t *c = cress_group_spawn(&group, note_word, "spawned");

	return c == NULL ? -1 : (cress_release(c), 0);
}

static int go(void)
{
	return cress_group_go(&group, note_word, "spawned");
}

static int add(void)
{
	return cress_group_add(&group, extra);
}

static int wait_free(void)
{
	return cress_group_wait_free(&group);
}

static int join(void)
{
	return cress_group_join(&group);
}

static int wait_for_one(void)
{
	return (int)cress_group_wait(&group, 1);
}

static int next(void)
{
	return cress_group_next(&group, NULL);
}

static int map_full(void)
{
	void *items[2] = {as_value(1), as_value(2)};

	return cress_group_map(&group, note_word, items, 2, items, NULL);
}

static int map_running(void)
{
	void *items[2] = {NULL, NULL};

	return cress_group_map(&group, park_for_ever, items, 2, NULL, NULL);
}

static int apply(void)
{
	return cress_group_apply(&group, park_for_ever, NULL, NULL);
}

static int imap_next(void)
{
	return cress_imap_next(&imap, NULL);
}

static const struct place places[] = {
	{"spawn", spawn, 1},		{"go", go, 1},
	{"add", add, 1},		{"wait_free", wait_free, 1},
	{"join", join, 9},		{"wait", wait_for_one, 9},
	{"next", next, 9},		{"map, full", map_full, 1},
	{"map", map_running, 9},	{"apply", apply, 9},
	{"imap_next", imap_next, 9},
};

static const struct place *current;
static cress_scope_t scope;

static void *call_it(void *unused)
{
	check_int(cress_scope_open(&scope, 10), 0);
	if (current->call() != -1)
		note("%s", current->name);
	note("%d", errno);
	note("%d", cress_scope_close(&scope));
	return unused;
}

static int never(void *unused, void **item)
{
	(void)unused;
	(void)item;
	return cress_sleep(INFINITY);
}

static void *until_released(void *unused)
{
	return cress_sleep(100) == 0 ? unused : cress_fail(errno);
}

/* One at each place in turn; `end` ends its wait. */
static void at_each_place(void (*end)(cress_t *c), int error, int closed)
{
	for (size_t i = 0; i < COUNT(places); i++) {
		cress_t *c;

		current = &places[i];
		check_int(cress_group_open(&group, INFINITY, 0), 0);
		check_int(cress_group_set_limit(&group, current->limit), 0);
		cress_group_go(&group, until_released, NULL);
		extra = cress_spawn(nap, as_value(50));
		check_int(cress_imap_open(&imap, &group, note_word, never, NULL,
					  0, 0), 0);
		c = cress_spawn(call_it, NULL);
		cress_sleep(0.001);
		end(c);
		check_int(cress_join(c, NULL), 0);
		check_noted("%d %d", error, closed);

		check_int((intmax_t)cress_group_count(&group), 1);
		check_int(cress_imap_close(&imap), 0);
		check_int(cress_group_next(&group, NULL), 1);
		check_int(cress_group_next(&group, NULL), 0);
		check_int(cress_group_close(&group), 0);
		check_nothing_noted();
		check_int(cress_join(extra, NULL), 0);
	}
}

static void kill(cress_t *c)
{
	check_int(cress_kill(c, EPIPE), 0);
}

static void throw(cress_t *c)
{
	cress_throw(c, EPIPE);
}

static void cancel(cress_t *c)
{
	(void)c;
	check_int(cress_scope_cancel(&scope), 0);
}

static void wait_for_the_deadline(cress_t *c)
{
	cress_scope_t limit;

	cress_scope_open(&limit, 11);
	check_int(cress_wait(c, NULL), 0);
	check_int(cress_scope_close(&limit), 0);
}

/* R25, D7 */
static void a_kill_leaves_the_group_as_it_was(void)
{
	at_each_place(kill, EPIPE, 0);
}

/* R25, D7 */
static void a_throw_leaves_the_group_as_it_was(void)
{
	at_each_place(throw, EPIPE, 0);
}

/* R25, D7 */
static void a_cancel_leaves_the_group_as_it_was(void)
{
	at_each_place(cancel, ECANCELED, ECANCELED);
}

/* R25, D7 */
static void a_deadline_leaves_the_group_as_it_was(void)
{
	at_each_place(wait_for_the_deadline, ETIMEDOUT, ETIMEDOUT);
}

static void *call_and_tell(void *unused)
{
	int result = current->call();

	if (result < 0)
		note("%s:%d", current->name, errno);
	else
		note("done");
	return unused;
}

/* R25, D5 */
static void a_kill_after_the_wake_up_comes_too_late(void)
{
	/* Those that park in a map do so again. */
	for (size_t i = 0; i < 7; i++) {
		cress_t *c, *member;

		current = &places[i];
		check_int(cress_group_open(&group, INFINITY, 0), 0);
		check_int(cress_group_set_limit(&group, current->limit), 0);
		member = cress_group_spawn(&group, until_released, NULL);
		extra = cress_spawn(nap, as_value(50));
		c = cress_spawn(call_and_tell, NULL);
		cress_sleep(0.001);
		if (current->limit == 1)
			check_int(cress_group_set_limit(&group, 5), 0);
		else
			check_int(cress_group_discard(&group, member), 0);
		cress_kill(c, EPIPE);
		check_int(cress_join(c, NULL), 0);
		check_int(cress_group_close(&group), 0);

		check_noted(i < 2 ? "done spawned" : "done");
		cress_kill(member, 0);
		check(cress_join(member, NULL) != -1);
		check(cress_join(extra, NULL) != -1);
	}
}

/* D5: though the group has room; what never parks goes on */
static void in_a_scope_that_is_over_nobody_comes_in(void)
{
	cress_scope_t over;

	check_int(cress_group_open(&group, INFINITY, 0), 0);
	extra = cress_spawn(give_back, NULL);
	check_int(cress_scope_open(&over, 0), 0);
	/* Those that come into a group are the first four. */
	for (size_t i = 0; i < 4; i++)
		check_refuses(places[i].call(), ETIMEDOUT);
	check_int((intmax_t)cress_group_count(&group), 0);
	cress_release(cress_group_try_spawn(&group, give_back, NULL, NULL));
	check_int((intmax_t)cress_group_count(&group), 1);

	check_int(cress_scope_close(&over), ETIMEDOUT);
	check_int(cress_group_close(&group), 0);
	check_int(cress_join(extra, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_seeds(a_kill_leaves_the_group_as_it_was),
		on_seeds(a_throw_leaves_the_group_as_it_was),
		on_seeds(a_cancel_leaves_the_group_as_it_was),
		on_seeds(a_deadline_leaves_the_group_as_it_was),
		on_virtual(a_kill_after_the_wake_up_comes_too_late),
		in_any_order(in_a_scope_that_is_over_nobody_comes_in),
	};

	return suite_run(tests);
}
