/* SPDX-License-Identifier: MIT */
/*
 * Groups, maps and links when memory runs out: each request in turn is
 * refused, once. One call or one member fails with ENOMEM, everything else
 * goes on, and when the thread has ended nothing is left. The same when a
 * thread ends with groups open.
 */
#include "loop/support.h"

#include "loop/virtual.h"
#include "support/memory.h"

#include <cress/link.h>
#include <cress/map.h>
#include <cress/runtime.h>

#define ITEMS 20

static int refused;

/* Only this may go wrong. */
static int no_memory(int error)
{
	check_int(error, ENOMEM);
	refused++;
	return 1;
}

static void *work(void *milliseconds)
{
	if (cress_sleep(as_number(milliseconds) / 1000.0) == 0)
		return milliseconds;
	return cress_fail(errno);
}

static void *spawn_one(void *group)
{
	if (cress_group_go(group, work, as_value(1)) != 0)
		no_memory(errno);
	return NULL;
}

static int open_at_last(cress_group_t *group)
{
	while (cress_group_open(group, 10, 0) != 0)
		if (!no_memory(errno) || refused > 10)
			return 0;
	check_int(cress_group_set_limit(group, 3), 0);
	return 1;
}

/* Take all results; each is good or lacks memory. */
static int count_results(cress_group_t *group)
{
	cress_group_result_t result;
	int got, count = 0;

	while ((got = cress_group_next(group, &result)) != 0) {
		if (got == -1)
			no_memory(errno);
		else if (result.error != 0)
			no_memory(result.error);
		else
			count++;
		if (refused > 10)
			break;
	}
	return count;
}

static void use_members(void)
{
	cress_group_t group;
	cress_t *added = cress_spawn(work, as_value(2));
	int count;

	if (added == NULL)
		no_memory(errno);
	if (!open_at_last(&group))
		return;
	for (int i = 0; i < 9; i++)
		if (cress_group_go(&group, work, as_value(1)) != 0)
			no_memory(errno);
	for (int i = 0; i < 3; i++)
		if (cress_go(spawn_one, &group) != 0)
			no_memory(errno);
	while (cress_sleep(0.02) != 0)
		if (!no_memory(errno) || refused > 10)
			break;
	if (added != NULL && cress_group_add(&group, added) != 0)
		no_memory(errno);
	count = count_results(&group);
	check_int((intmax_t)cress_group_count(&group), 0);
	check_int(cress_group_close(&group), 0);
	check_int(count + refused >= 13, 1);
	cress_release(added);
}

static void use_maps(void)
{
	void *items[ITEMS], *results[ITEMS];
	cress_group_result_t result;
	int errors[ITEMS], got, count = 0;
	cress_group_t group;
	cress_imap_t imap;

	if (!open_at_last(&group))
		return;
	for (int i = 0; i < ITEMS; i++)
		items[i] = as_value(1);
	got = cress_group_map(&group, work, items, ITEMS, results, errors);
	if (got != 0)
		no_memory(got > 0 ? got : errno);
	for (int i = 0; i < ITEMS; i++)
		check(errors[i] == 0 || got != 0);
	check_int((intmax_t)cress_group_count(&group), 0);
	while (cress_imap_open_array(&imap, &group, work, items, ITEMS, 5, 0))
		if (!no_memory(errno) || refused > 10)
			break;
	while ((got = cress_imap_next(&imap, &result)) == 1)
		if (result.error == 0)
			count++;
		else
			no_memory(result.error);
	if (got != 0)
		no_memory(errno);
	check(count == ITEMS || refused > 0);
	check_int(cress_imap_close(&imap), 0);
	check_int(cress_group_close(&group), 0);
}

static int called;

static void *count_call(cress_t *ended, void *unused)
{
	check(cress_is_dead(ended));
	called++;
	return unused;
}

static void use_links(void)
{
	cress_t *c = cress_spawn(give_back, NULL);
	int made = 0;

	called = 0;
	if (c == NULL) {
		no_memory(errno);
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		if (cress_link(c, count_call, NULL, i % 2) == 0)
			made++;
		else
			no_memory(errno);
	if (cress_unlink(c, count_call, NULL) == 0)
		made--;
	while (cress_sleep(0.001) != 0)
		if (!no_memory(errno) || refused > 10)
			break;
	/* A plain one may have found no stack. */
	check(called == made || (called == made - 1 && memory_has_failed()));
	refused += called != made;
	cress_release(c);
}

static int everything(void *unused)
{
	(void)unused;
	use_members();
	use_maps();
	use_links();
	return 7;
}

struct attempt {
	size_t n;
	int failed;
};

static void attempt_run(void *arg)
{
	struct attempt *attempt = arg;
	int result;

	refused = 0;
	cress_current();
	memory_fail(attempt->n);
	result = cress_run_virtual(everything, NULL, 0);
	attempt->failed = memory_has_failed();
	memory_fail(0);
	if (result == -1)
		check(attempt->failed);
	else
		check_int(result, 7);
	check(refused <= 1);
}

/* D7 */
static void each_refusal_costs_one_call_or_one_member(void)
{
	struct attempt attempt = {.n = 0};
	size_t blocks, mappings;

	on_thread(attempt_run, &attempt);
	blocks = memory_blocks();
	mappings = memory_mappings();
	do {
		attempt.n++;
		on_thread(attempt_run, &attempt);
		check_int(memory_blocks(), blocks);
		check_int(memory_mappings(), mappings);
	} while (attempt.failed && attempt.n < 1000);

	check_int(attempt.failed, 0);
	check(attempt.n > 20);
}

static void *refuse_all(void *unused)
{
	cress_sleep(INFINITY);
	return unused;
}

/* D6, D8 */
static void to_kill_and_close_needs_no_memory(void)
{
	cress_t *raw[3];
	cress_group_t group;

	cress_group_open(&group, INFINITY, 0);
	for (int i = 0; i < 100; i++)
		cress_group_go(&group, refuse_all, NULL);
	for (int i = 0; i < 3; i++) {
		raw[i] = cress_new(give_back, NULL);
		check_int(cress_group_add(&group, raw[i]), 0);
	}
	cress_sleep(0.001);
	memory_fail(1);
	check_int(cress_group_kill(&group, EINTR), 0);
	check_int(cress_group_close(&group), 0);
	check(!memory_has_failed());
	memory_fail(0);

	for (int i = 0; i < 3; i++)
		cress_release(raw[i]);
}

static void *leave_a_group_open(void *unused)
{
	cress_group_t group;
	cress_imap_t imap;
	void *items[] = {as_value(900), as_value(900)};

	check_int(cress_group_open(&group, 500, 0), 0);
	check_int(cress_group_set_limit(&group, 2), 0);
	check_int(cress_imap_open_array(&imap, &group, work, items, 2, 0, 0),
		  0);
	cress_go(spawn_one, &group);
	cress_go(spawn_one, &group);
	cress_go(spawn_one, &group);
	cress_yield();
	cress_group_join(&group);
	check(0);
	return unused;
}

static void end_with_groups_open(void *unused)
{
	cress_t *c = cress_spawn(leave_a_group_open, unused);

	check_int(cress_link(c, count_call, NULL, 0), 0);
	check_int(cress_link(c, count_call, NULL, CRESS_LINK_RAW), 0);
	check_int(cress_link(cress_current(), count_call, NULL, 0), 0);
	check_int(cress_sleep(0.0005), 0);
	cress_release(c);
	/* A raw link that is due, and a plain one that is queued. */
	c = cress_new(give_back, NULL);
	check_int(cress_link(c, count_call, NULL, 0), 0);
	check_int(cress_link(c, count_call, NULL, CRESS_LINK_RAW), 0);
	cress_switch(c, NULL);
	cress_release(c);
}

/* D11, R25 */
static void a_thread_that_ends_frees_its_groups_and_links(void)
{
	size_t blocks = memory_blocks(), mappings = memory_mappings();

	called = 0;
	for (int i = 0; i < 3; i++)
		on_thread(end_with_groups_open, NULL);

	check_int(called, 0);
	check_int(memory_blocks(), blocks);
	check_int(memory_mappings(), mappings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(each_refusal_costs_one_call_or_one_member),
		on_virtual(to_kill_and_close_needs_no_memory),
		bare(a_thread_that_ends_frees_its_groups_and_links),
	};

	memory_install();
	return suite_run(tests);
}
