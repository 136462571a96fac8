/* SPDX-License-Identifier: MIT */
/*
 * Imaps: results one by one, in the order of items or of ends, no further
 * ahead than the window; and what becomes of them when somebody stops early.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/map.h>

#define ITEMS 8

static cress_group_t pool;
static cress_imap_t imap;
static int asked, begun, most_ahead, taken;
static int source_error, source_end;

static void open_pool(long limit)
{
	asked = begun = most_ahead = taken = source_error = 0;
	source_end = ITEMS;
	check_int(cress_group_open(&pool, INFINITY, 0), 0);
	check_int(cress_group_set_limit(&pool, limit), 0);
}

static void close_pool(void)
{
	check_int(cress_group_close(&pool), 0);
}

/* Counts down from ITEMS, so that the later ones end first. */
static int next_number(void *unused, void **item)
{
	(void)unused;
	if (asked == source_end && source_error != 0) {
		errno = source_error;
		return -1;
	}
	if (asked == source_end)
		return 0;
	*item = as_value(ITEMS - asked++);
	return 1;
}

static void *work(void *number)
{
	if (++begun - taken > most_ahead)
		most_ahead = begun - taken;
	if (cress_sleep(as_number(number) / 1000.0) != 0)
		return cress_fail(errno);
	return number;
}

static void open_imap(size_t window, unsigned flags)
{
	check_int(cress_imap_open(&imap, &pool, work, next_number, NULL, window,
				  flags), 0);
}

static void note_all(void)
{
	cress_group_result_t result;

	while (cress_imap_next(&imap, &result) == 1) {
		taken++;
		note("%zu:%d", result.index, as_number(result.value));
	}
}

/* V60 */
static void imap_keeps_the_order(void)
{
	open_pool(3);
	open_imap(0, 0);
	note_all();
	check_noted("0:8 1:7 2:6 3:5 4:4 5:3 6:2 7:1");

	check_int(cress_imap_next(&imap, NULL), 0);
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

/* V60 */
static void unordered_it_yields_by_completion(void)
{
	open_pool(ITEMS);
	open_imap(0, CRESS_IMAP_UNORDERED);
	note_all();

	check_noted("7:1 6:2 5:3 4:4 3:5 2:6 1:7 0:8");
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

/* V60 */
static void imap_is_lazy_within_its_window(void)
{
	open_pool(4);
	open_imap(2, 0);
	check_int(asked, 0);
	cress_sleep(0.05);
	check_int(asked, 2);
	check_int(begun, 2);
	check_int(cress_imap_next(&imap, NULL), 1);
	taken++;
	cress_sleep(0.05);
	check_int(asked, 3);
	note_all();

	check_int(most_ahead, 2);
	check_int(begun, ITEMS);
	check_noted("1:7 2:6 3:5 4:4 5:3 6:2 7:1");
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

/* V60 */
static void an_array_may_be_the_source(void)
{
	void *numbers[3] = {as_value(3), as_value(1), as_value(2)};

	open_pool(3);
	check_int(cress_imap_open_array(&imap, &pool, work, numbers, 3, 0, 0),
		  0);
	note_all();
	check_int(cress_imap_close(&imap), 0);
	check_int(cress_imap_open_array(&imap, &pool, work, NULL, 0, 0, 0), 0);
	note_all();

	check_noted("0:3 1:1 2:2");
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

static void *odd_ones_fail(void *number)
{
	return as_number(number) % 2 ? cress_fail(as_number(number)) : number;
}

/* V60 */
static void an_items_error_is_its_own(void)
{
	cress_group_result_t result;

	open_pool(2);
	check_int(cress_imap_open(&imap, &pool, odd_ones_fail, next_number,
				  NULL, 0, 0), 0);
	for (int n = ITEMS; n > 0; n--) {
		check_int(cress_imap_next(&imap, &result), 1);
		check_int(as_number(result.arg), n);
		check_int(result.error, n % 2 ? n : 0);
		check_int(as_number(result.value), n % 2 ? 0 : n);
	}

	check_int(cress_imap_next(&imap, &result), 0);
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

/* V60 */
static void the_sources_error_comes_after_the_results(void)
{
	open_pool(2);
	source_error = ENODATA;
	source_end = 3;
	open_imap(0, 0);
	note_all();
	check_int(errno, ENODATA);
	check_refuses(cress_imap_next(&imap, NULL), ENODATA);

	check_noted("0:8 1:7 2:6");
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

/* V60, V63 */
static void it_may_be_closed_at_any_time(void)
{
	for (int read = 0; read <= ITEMS; read++) {
		open_pool(3);
		open_imap(4, CRESS_IMAP_UNORDERED);
		for (int i = 0; i < read; i++)
			check_int(cress_imap_next(&imap, NULL), 1);
		check_int(cress_imap_close(&imap), 0);
		check_int((intmax_t)cress_group_count(&pool), 0);
		check_refuses(cress_imap_next(&imap, NULL), EINVAL);
		memset(&imap, 0xa5, sizeof imap);
		close_pool();
	}
}

/* V60, D8 */
static void closing_the_group_ends_it_too(void)
{
	for (int read = 0; read <= 3; read++) {
		open_pool(2);
		open_imap(3, 0);
		for (int i = 0; i < read; i++)
			check_int(cress_imap_next(&imap, NULL), 1);
		close_pool();
		check_refuses(cress_imap_next(&imap, NULL), ESHUTDOWN);
		if (read % 2)
			check_int(cress_imap_close(&imap), 0);
		memset(&imap, 0xa5, sizeof imap);
	}
}

/* The feeder waits for a place, and has one when this returns. */
static void open_with_the_feeder_ready(void)
{
	open_pool(1);
	open_imap(0, 0);
	cress_sleep(0.001);
	check_int(begun, 1);
	check_int(cress_group_set_limit(&pool, 3), 0);
}

/* V60: what is closed takes no more from the source, whoever is on the way */
static void nothing_is_begun_once_it_is_closed(void)
{
	open_with_the_feeder_ready();
	check_int(cress_imap_close(&imap), 0);
	check_int(begun, 1);
	check_int(asked, 2);
	close_pool();

	open_with_the_feeder_ready();
	close_pool();
	check_int(begun, 1);
	check_int(asked, 2);

	open_with_the_feeder_ready();
	check_int(cress_group_kill(&pool, EPIPE), 0);
	check_int(cress_imap_next(&imap, NULL), 1);
	check_int(cress_imap_next(&imap, NULL), 1);
	check_refuses(cress_imap_next(&imap, NULL), EPIPE);
	check_int(begun, 1);
	check_int(asked, 2);
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

static int never(void *unused, void **item)
{
	(void)unused;
	(void)item;
	return cress_sleep(INFINITY);
}

/* V60 */
static void a_source_that_parks_is_killed_by_close(void)
{
	cress_scope_t limit;

	open_pool(2);
	check_int(cress_imap_open(&imap, &pool, work, never, NULL, 0, 0), 0);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_imap_next(&imap, NULL), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(cress_group_join(&pool), 0);

	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

static void *read_some(void *word)
{
	int got;

	while ((got = cress_imap_next(&imap, NULL)) == 1)
		taken++;
	note("%s:%d", (const char *)word, got < 0 ? errno : got);
	return NULL;
}

/* V60 */
static void several_may_read(void)
{
	open_pool(3);
	open_imap(2, 0);
	cress_go(read_some, "a");
	cress_go(read_some, "b");
	cress_sleep(0.1);

	check_int(taken, ITEMS);
	check_noted("a:0 b:0");
	check_int(cress_imap_close(&imap), 0);
	close_pool();
}

static void *read_own_results(void *unused)
{
	check_refuses(cress_imap_next(&imap, NULL), EDEADLK);
	check_refuses(cress_imap_close(&imap), EPERM);
	return unused;
}

/* D8 */
static void misuse_is_refused(void)
{
	memset(&imap, 0, sizeof imap);
	check_refuses(cress_imap_next(&imap, NULL), EINVAL);
	check_refuses(cress_imap_close(&imap), EINVAL);
	check_refuses(cress_imap_close(NULL), EINVAL);
	open_pool(2);
	check_refuses(cress_imap_open(NULL, &pool, work, never, NULL, 0, 0),
		      EINVAL);
	check_refuses(cress_imap_open(&imap, &pool, NULL, never, NULL, 0, 0),
		      EINVAL);
	check_refuses(cress_imap_open(&imap, &pool, work, NULL, NULL, 0, 0),
		      EINVAL);
	check_refuses(cress_imap_open(&imap, &pool, work, never, NULL, 0, 2),
		      EINVAL);
	check_refuses(cress_imap_open_array(&imap, &pool, work, NULL, 1, 0, 0),
		      EINVAL);
	check_int(cress_imap_open(&imap, &pool, read_own_results, next_number,
				  NULL, 0, 0), 0);
	check_refuses(cress_imap_open(&imap, &pool, work, never, NULL, 0, 0),
		      EINVAL);
	note_all();
	check_int(cress_imap_close(&imap), 0);
	close_pool();
	check_refuses(cress_imap_open(&imap, &pool, work, never, NULL, 0, 0),
		      ESHUTDOWN);
}

/* V60 */
static void two_imaps_share_a_pool(void)
{
	void *numbers[3] = {as_value(3), as_value(1), as_value(2)};
	cress_imap_t other, third;

	open_pool(1);
	check_int(cress_imap_open_array(&other, &pool, work, numbers, 3, 0, 0),
		  0);
	check_int(cress_imap_open_array(&third, &pool, work, numbers, 3, 0, 0),
		  0);
	open_imap(0, 0);
	note_all();
	check_noted("0:8 1:7 2:6 3:5 4:4 5:3 6:2 7:1");
	check_int(cress_imap_close(&other), 0);
	for (int i = 0; i < 3; i++)
		check_int(cress_imap_next(&third, NULL), 1);

	check_int(cress_imap_next(&third, NULL), 0);
	check_int(cress_imap_close(&imap), 0);
	check_int(cress_imap_close(&third), 0);
	close_pool();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(imap_keeps_the_order),
		on_virtual(unordered_it_yields_by_completion),
		on_virtual(imap_is_lazy_within_its_window),
		in_any_order(an_array_may_be_the_source),
		in_any_order(an_items_error_is_its_own),
		in_any_order(the_sources_error_comes_after_the_results),
		in_any_order(it_may_be_closed_at_any_time),
		in_any_order(closing_the_group_ends_it_too),
		in_any_order(nothing_is_begun_once_it_is_closed),
		in_any_order(a_source_that_parks_is_killed_by_close),
		on_virtual(several_may_read),
		in_order(misuse_is_refused),
		on_virtual(two_imaps_share_a_pool),
	};

	return suite_run(tests);
}
