/* SPDX-License-Identifier: MIT */
/*
 * Groups under every fault that a simulation knows, at every place, in many
 * orders: whatever fails, a group that is closed has no member left, a map or
 * an imap that has returned nothing at work, and nothing leaks.
 */
#include "support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cress.h>

static int running;

static void *work(void *milliseconds)
{
	int failed;

	running++;
	failed = cress_sleep(as_number(milliseconds) / 1000.0);
	running--;
	return failed ? cress_fail(errno) : milliseconds;
}

/* It is a member itself, and has members. */
static void *work_with_others(void *milliseconds)
{
	cress_group_t group;
	int closed;

	if (cress_group_open(&group, 0.004, CRESS_GROUP_FAIL_FAST) != 0)
		return cress_fail(errno);
	for (int i = 1; i <= 3; i++)
		cress_group_go(&group, work, as_value(i));
	cress_group_join(&group);
	closed = cress_group_close(&group);
	return closed > 0 ? cress_fail(closed) : milliseconds;
}

static void *come_by(void *group)
{
	cress_t *c = cress_group_spawn(group, work, as_value(2));

	cress_release(c);
	return NULL;
}

static void *look_on(void *group)
{
	cress_group_next(group, NULL);
	return NULL;
}

static void *count_link(cress_t *ended, void *count)
{
	++*(int *)count;
	return cress_is_dead(ended) ? NULL : cress_fail(EINVAL);
}

static void fill(cress_group_t *group, int *links)
{
	cress_t *c;

	cress_group_set_limit(group, 3);
	for (int i = 1; i <= 3; i++)
		cress_group_go(group, work, as_value(i));
	c = cress_group_spawn(group, work_with_others, NULL);
	if (c != NULL && cress_link(c, count_link, links, CRESS_LINK_RAW) == 0)
		++*(links + 1);
	cress_release(c);
	cress_go(come_by, group);
	cress_go(look_on, group);
	cress_go(come_by, group);
}

/* A failure of the function is a broken promise, not a failed call. */
static int use_a_group(void *unused)
{
	cress_group_t group;
	int links[2] = {0, 0};

	(void)unused;
	running = 0;
	if (cress_group_open(&group, 0.005, 0) != 0)
		return 0;
	fill(&group, links);
	cress_group_wait(&group, 2);
	cress_group_join(&group);
	cress_group_next(&group, NULL);
	if (cress_group_close(&group) == -1)
		return 2;
	memset(&group, 0xa5, sizeof group);
	if (running != 0)
		return 3;
	cress_yield();
	cress_yield();
	cress_yield();
	return links[0] > links[1] ? 4 : 0;
}

static int next_item(void *left, void **item)
{
	if (--*(int *)left < 0)
		return 0;
	*item = as_value(*(int *)left);
	return cress_sleep(0.0005) == 0 ? 1 : -1;
}

static int use_maps(void *unused)
{
	void *items[4] = {as_value(1), as_value(3), as_value(2), as_value(1)};
	int errors[4], left = 4;
	cress_group_t group;
	cress_imap_t imap;

	(void)unused;
	running = 0;
	if (cress_group_open(&group, 0.02, 0) != 0)
		return 0;
	cress_group_set_limit(&group, 2);
	cress_go(come_by, &group);
	cress_group_map(&group, work, items, 4, items, errors);
	if (running > 1)
		return 2;
	memset(items, 0xa5, sizeof items);
	if (cress_imap_open(&imap, &group, work, next_item, &left, 2,
			    CRESS_IMAP_UNORDERED) == 0) {
		while (cress_imap_next(&imap, NULL) > 0)
			;
		if (cress_imap_close(&imap) != 0)
			return 3;
		memset(&imap, 0xa5, sizeof imap);
	}
	if (running > 1)
		return 4;
	if (cress_group_close(&group) == -1)
		return 5;
	memset(&group, 0xa5, sizeof group);
	return running == 0 ? 0 : 6;
}

static void quiet(int level, const char *line, void *context)
{
	(void)level;
	(void)line;
	(void)context;
}

static void print_line(const char *line, void *context)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

static void simulate(int (*fn)(void *), uint32_t faults, uint32_t seeds)
{
	cress_simulation_t how = {
		.seeds = seeds,
		.flags = faults | CRESS_SIMULATE_DEADLOCKS |
			 CRESS_SIMULATE_LEAKS,
		.print = print_line,
	};

	cress_set_log(quiet, NULL);
	assert_int_equal(cress_simulate(fn, NULL, &how), 0);
	cress_set_log(NULL, NULL);
	assert_true(how.runs > seeds);
}

/* R25, D8 */
static void a_group_keeps_its_promise_under_faults(void **state)
{
	(void)state;
	simulate(use_a_group, CRESS_SIMULATE_THROW | CRESS_SIMULATE_MAIN, 60);
	simulate(use_a_group, CRESS_SIMULATE_KILL | CRESS_SIMULATE_MAIN, 60);
	simulate(use_a_group, CRESS_SIMULATE_DEADLINE | CRESS_SIMULATE_MAIN,
		 60);
	simulate(use_a_group, CRESS_SIMULATE_NOMEM | CRESS_SIMULATE_SLOW, 60);
}

/* R25, V60 */
static void maps_keep_their_promise_under_faults(void **state)
{
	(void)state;
	simulate(use_maps, CRESS_SIMULATE_THROW | CRESS_SIMULATE_MAIN, 60);
	simulate(use_maps, CRESS_SIMULATE_KILL | CRESS_SIMULATE_MAIN, 60);
	simulate(use_maps, CRESS_SIMULATE_DEADLINE | CRESS_SIMULATE_MAIN, 60);
	simulate(use_maps, CRESS_SIMULATE_NOMEM | CRESS_SIMULATE_SLOW, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_group_keeps_its_promise_under_faults),
		test(maps_keep_their_promise_under_faults),
	};

	return suite_run(tests);
}
