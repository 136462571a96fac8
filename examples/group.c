/* SPDX-License-Identifier: MIT */
/*
 * Groups: coroutines that end with the block they were made in.
 *
 * A group is a scope that owns its members. A limit makes it a pool. Results
 * come back in the order of the items, or of the ends; the first error may
 * cancel the rest; and however a block is left, closing the group waits for
 * everything that was begun in it.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>

/* A page that takes its time; some cannot be had. */
struct page {
	const char *name;
	double seconds;
	int error;
};

static void *fetch(void *arg)
{
	struct page *page = arg;

	if (cress_sleep(page->seconds) < 0) {
		printf("  %s: given up\n", page->name);
		return cress_fail(errno);
	}
	return page->error ? cress_fail(page->error) : (void *)page->name;
}

static struct page pages[] = {
	{"index", 0.015, 0}, {"news", 0.005, 0}, {"about", 0.010, 0},
};

/* The results in the order in which they come. */
static void as_they_come(void)
{
	cress_group_t group;
	cress_group_result_t result;

	puts("as they come:");
	cress_group_open(&group, INFINITY, 0);
	for (int i = 0; i < 3; i++)
		cress_group_go(&group, fetch, &pages[i]);
	while (cress_group_next(&group, &result) > 0)
		printf("  %zu: %s\n", result.index, (char *)result.value);
	cress_group_close(&group);
}

/* Two at a time, the results in the order of the items. */
static void in_order(void)
{
	void *items[3] = {&pages[0], &pages[1], &pages[2]};
	void *names[3];
	cress_group_t pool;

	puts("in order, two at a time:");
	cress_group_open(&pool, INFINITY, 0);
	cress_group_set_limit(&pool, 2);
	if (cress_group_map(&pool, fetch, items, 3, names, NULL) == 0)
		printf("  %s, %s, %s\n", (char *)names[0], (char *)names[1],
		       (char *)names[2]);
	cress_group_close(&pool);
}

/* One that fails calls the others off. */
static void all_or_nothing(void)
{
	static struct page missing = {"missing", 0.002, ENOENT};
	static struct page slow = {"slow", 60, 0};
	cress_group_t group;

	puts("all or nothing:");
	cress_group_open(&group, 10, CRESS_GROUP_FAIL_FAST);
	cress_group_go(&group, fetch, &slow);
	cress_group_go(&group, fetch, &missing);
	if (cress_group_join(&group) < 0)
		printf("  the join was cancelled\n");
	cress_group_close(&group);
	printf("  because of %s\n", strerror(cress_group_error(&group)));
}

/* The first answer is enough; closing the group sends the rest home. */
static void the_fastest(void)
{
	static struct page mirrors[] = {
		{"far", 60, 0}, {"near", 0.001, 0}, {"further", 90, 0},
	};
	cress_group_t group;
	cress_group_result_t first;

	puts("the fastest:");
	cress_group_open(&group, INFINITY, 0);
	for (int i = 0; i < 3; i++)
		cress_group_go(&group, fetch, &mirrors[i]);
	if (cress_group_next(&group, &first) > 0)
		printf("  %s\n", (char *)first.value);
	cress_group_close(&group);
}

static void *tell_end(cress_t *ended, void *name)
{
	printf("  %s has ended: %d\n", (char *)name,
	       cress_try_wait(ended, NULL));
	return NULL;
}

/* A deadline for all; a link tells of an end that nobody waits for. */
static void in_time(void)
{
	static struct page slow = {"slow", 60, 0};
	cress_group_t group;
	cress_t *c;

	puts("in time:");
	cress_group_open(&group, 0.002, 0);
	c = cress_group_spawn(&group, fetch, &slow);
	cress_link(c, tell_end, "slow", CRESS_LINK_RAW | CRESS_LINK_ERROR);
	cress_release(c);
	cress_group_join(&group);
	if (cress_group_close(&group) == ETIMEDOUT)
		printf("  too late\n");
}

/* Lines of a file, words of a queue: a source gives one item at a time. */
static int next_page(void *at, void **item)
{
	int *i = at;

	if (*i == 3)
		return 0;
	*item = &pages[(*i)++];
	return 1;
}

static void from_a_source(void)
{
	cress_group_t pool;
	cress_group_result_t result;
	cress_imap_t imap;
	int at = 0;

	puts("from a source:");
	cress_group_open(&pool, INFINITY, 0);
	cress_group_set_limit(&pool, 2);
	cress_imap_open(&imap, &pool, fetch, next_page, &at, 2, 0);
	while (cress_imap_next(&imap, &result) > 0)
		printf("  %s\n", (char *)result.value);
	cress_imap_close(&imap);
	cress_group_close(&pool);
}

static int body(void *arg)
{
	(void)arg;
	as_they_come();
	in_order();
	all_or_nothing();
	the_fastest();
	in_time();
	from_a_source();
	return 0;
}

/* That the missing page fails is no news here. */
static void keep_quiet(int level, const char *line, void *context)
{
	(void)level;
	(void)line;
	(void)context;
}

int main(void)
{
	cress_set_log(keep_quiet, NULL);
	return cress_run(body, NULL);
}
