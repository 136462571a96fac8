/* SPDX-License-Identifier: MIT */
/*
 * Members in great number, and in every state in which they can meet their
 * group's end; and what is left of memory afterwards.
 */
#include "loop/support.h"

#include "loop/virtual.h"
#include "support/environment.h"
#include "support/memory.h"

#include <cress/map.h>
#include <cress/runtime.h>

#define MANY 100000
#define MANY_REDUCED 4000

static cress_group_t group;

static int many(void)
{
	return environment_reduced() != NULL ? MANY_REDUCED : MANY;
}

static void open_group(unsigned flags)
{
	check_int(cress_group_open(&group, INFINITY, flags), 0);
}

/* V59, V63 */
static void very_many_members_are_joined(void)
{
	cress_group_result_t result;
	intmax_t sum = 0;

	open_group(0);
	for (int i = 0; i < many(); i++)
		if (cress_group_go(&group, give_back, as_value(i)) != 0)
			check_int(errno, 0);
	check_int(cress_group_join(&group), 0);
	while (cress_group_next(&group, &result) == 1)
		sum += as_number(result.value);

	check_int(sum, (intmax_t)many() * (many() - 1) / 2);
	check_int(cress_group_close(&group), 0);
}

static int ends;

static void *sleep_and_count(void *unused)
{
	(void)unused;
	if (cress_sleep(INFINITY) == -1)
		ends++;
	return NULL;
}

/* V59 */
static void very_many_parked_ones_are_killed_by_close(void)
{
	int count = many() / 50;

	ends = 0;
	open_group(0);
	for (int i = 0; i < count; i++)
		cress_group_go(&group, sleep_and_count, NULL);
	cress_sleep(0.001);
	check_int(cress_group_close(&group), 0);

	check_int(ends, count);
}

/* V20 */
static void very_many_unstarted_ones_are_killed_by_close(void)
{
	ends = 0;
	open_group(0);
	for (int i = 0; i < many(); i++)
		cress_group_go(&group, sleep_and_count, NULL);

	check_int(cress_group_close(&group), 0);
	check_int(ends, 0);
}

/* A log that is thrown away: each death of an error writes a line. */
static void throw_away(int level, const char *line, void *context)
{
	(void)level;
	(void)line;
	(void)context;
}

/* V58, V8 */
static void an_error_in_every_member_at_once_loses_nothing(void)
{
	cress_group_result_t result;
	int seen = 0;

	cress_set_log(throw_away, NULL);
	open_group(0);
	for (int i = 0; i < many(); i++)
		cress_group_go(&group, fail_with, as_value(1 + i % 100));
	check_int(cress_group_join(&group), 1);
	while (cress_group_next(&group, &result) == 1)
		seen += result.error == 1 + (int)(result.index % 100);

	check_int(seen, many());
	check_int(cress_group_close(&group), 0);
}

static void *fail_later(void *error)
{
	cress_sleep(0.001);
	return cress_fail(as_number(error));
}

/* D8 */
static void the_first_of_very_many_errors_cancels_once(void)
{
	int count = many() / 50;

	cress_set_log(throw_away, NULL);
	open_group(CRESS_GROUP_FAIL_FAST);
	for (int i = 0; i < count; i++)
		cress_group_go(&group, fail_later, as_value(EIO));
	check_refuses(cress_group_join(&group), ECANCELED);

	check_int(cress_group_close(&group), ECANCELED);
	check_int(cress_group_error(&group), EIO);
}

static void *serve(void *unused)
{
	ends++;
	return unused;
}

static int many_short_ones(void *keep)
{
	size_t blocks;

	check_int(cress_group_open(&group, INFINITY,
				   keep ? 0 : CRESS_GROUP_FORGET), 0);
	cress_group_set_limit(&group, 4);
	for (int i = 0; i < 100; i++)
		cress_group_go(&group, serve, NULL);
	blocks = memory_blocks();
	for (int i = 0; i < 20000; i++)
		cress_group_go(&group, serve, NULL);
	note(memory_blocks() > blocks ? "grows" : "stays");
	check_int(cress_group_join(&group), 0);
	return cress_group_close(&group);
}

/* V59 */
static void a_group_that_forgets_does_not_grow(void)
{
	memory_install();
	check_int(cress_run_virtual(many_short_ones, NULL, 0), 0);
	check_int(cress_run_virtual(many_short_ones, "keep", 0), 0);
	cress_set_allocator(NULL);

	check_noted("stays grows");
}

static void *dig(void *depth)
{
	cress_group_t own;

	cress_group_open(&own, INFINITY, 0);
	if (as_number(depth) > 0)
		cress_group_go(&own, dig, as_value(as_number(depth) - 1));
	cress_sleep(INFINITY);
	cress_group_close(&own);
	ends++;
	return NULL;
}

/* D8 */
static void groups_within_groups_end_from_the_inside_out(void)
{
	ends = 0;
	open_group(0);
	cress_group_go(&group, dig, as_value(200));
	cress_sleep(0.001);

	check_int(cress_group_close(&group), 0);
	check_int(ends, 201);
}

static void *spawn_the_next(void *left)
{
	if (as_number(left) > 0)
		check_int(cress_group_go(&group, spawn_the_next,
					 as_value(as_number(left) - 1)), 0);
	ends++;
	return NULL;
}

/* V58 */
static void members_that_spawn_members_are_all_joined(void)
{
	ends = 0;
	open_group(0);
	cress_group_go(&group, spawn_the_next, as_value(1000));
	cress_group_go(&group, spawn_the_next, as_value(1000));

	check_int(cress_group_join(&group), 0);
	check_int(ends, 2002);
	check_int(cress_group_close(&group), 0);
}

/* V59, R27 */
static void a_kill_that_ends_raw_members_at_once_skips_nobody(void)
{
	cress_t *c[6];

	open_group(CRESS_GROUP_FAIL_FAST);
	for (int i = 0; i < 6; i++) {
		c[i] = i % 2 ? cress_spawn(sleep_and_count, NULL)
			     : cress_new(give_back, NULL);
		check_int(cress_group_add(&group, c[i]), 0);
	}
	cress_sleep(0.001);
	ends = 0;
	check_int(cress_group_kill(&group, EINTR), 0);

	check_int(cress_group_close(&group), 0);
	check_int(ends, 3);
	for (int i = 0; i < 6; i++) {
		check(cress_is_dead(c[i]));
		cress_release(c[i]);
	}
}

static void *run_it_to_its_end(void *raw)
{
	cress_sleep(0.001);
	cress_set_parent(raw, cress_current());
	check_int(as_number(cress_switch(raw, as_value(3))), 3);
	return NULL;
}

/* V62 */
static void a_raw_member_may_end_by_a_switch(void)
{
	cress_t *raw = cress_new(give_back, NULL);
	cress_group_result_t result;

	open_group(0);
	check_int(cress_group_add(&group, raw), 0);
	cress_group_go(&group, run_it_to_its_end, raw);
	check_int(cress_group_next(&group, &result), 1);
	check_int(cress_group_next(&group, &result), 1);

	check_int(cress_group_join(&group), 0);
	check_int(cress_group_close(&group), 0);
	check(cress_is_dead(raw));
	cress_release(raw);
}

/* V4 */
static void a_member_may_be_in_two_groups(void)
{
	cress_group_t second;
	cress_t *c;

	open_group(0);
	cress_group_open(&second, INFINITY, CRESS_GROUP_WATCH);
	c = cress_group_spawn(&group, nap, as_value(1));
	check_int(cress_group_add(&second, c), 0);
	check_int(cress_group_join(&second), 0);
	check_int((intmax_t)cress_group_count(&group), 0);

	check_int(cress_group_close(&second), 0);
	check_int(cress_group_close(&group), 0);
	cress_release(c);
}

static int never(void *unused, void **item)
{
	(void)unused;
	(void)item;
	return cress_sleep(INFINITY);
}

/* V59: who is in a group can be asked for; an imap's own coroutine is not */
static void the_living_members_can_be_asked_for(void)
{
	cress_t *c[2], *found[3] = {NULL};
	cress_imap_t imap;

	check_int((intmax_t)cress_group_members(&group, found, 3), 0);
	open_group(0);
	check_int(cress_imap_open(&imap, &group, give_back, never, NULL, 0, 0),
		  0);
	c[0] = cress_group_spawn(&group, park_for_ever, NULL);
	c[1] = cress_group_spawn(&group, park_for_ever, NULL);
	check_int((intmax_t)cress_group_members(&group, found, 3), 2);
	check(found[0] == c[0] && found[1] == c[1] && found[2] == NULL);
	check_int((intmax_t)cress_group_members(&group, found, 1), 1);
	check_int((intmax_t)cress_group_members(&group, NULL, 1), 0);

	cress_kill(c[0], 0);
	check(cress_wait(c[0], NULL) > 0);
	check(!cress_group_contains(&group, c[0]));
	check(cress_group_contains(&group, c[1]));
	check(!cress_group_contains(&group, cress_current()));
	check(!cress_group_contains(&group, NULL));
	check_int(cress_group_close(&group), 0);
	check(!cress_group_contains(&group, c[1]));
	cress_release(c[0]);
	cress_release(c[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(very_many_members_are_joined),
		on_virtual(very_many_parked_ones_are_killed_by_close),
		on_virtual(very_many_unstarted_ones_are_killed_by_close),
		on_virtual(an_error_in_every_member_at_once_loses_nothing),
		on_virtual(the_first_of_very_many_errors_cancels_once),
		bare(a_group_that_forgets_does_not_grow),
		on_virtual(groups_within_groups_end_from_the_inside_out),
		in_any_order(members_that_spawn_members_are_all_joined),
		in_any_order(a_kill_that_ends_raw_members_at_once_skips_nobody),
		in_any_order(a_raw_member_may_end_by_a_switch),
		in_any_order(a_member_may_be_in_two_groups),
		in_any_order(the_living_members_can_be_asked_for),
	};

	return suite_run(tests);
}
