/* SPDX-License-Identifier: MIT */
/*
 * cress_select(): as select(2), but the thread goes on. The sets hold what
 * select(2) would leave in them, and stay as they were if the call fails.
 */
#include "io/support.h"

#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "support/memory.h"

#include <cress/io.h>

static int ends[2];
static fd_set in, out, except;

static void clear(void)
{
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
}

static int wait_ms(long milliseconds)
{
	struct timeval timeout = {milliseconds / 1000,
				  milliseconds % 1000 * 1000};

	return cress_select(FD_SETSIZE, &in, &out, &except, &timeout);
}

/* V72 */
static void what_is_ready_is_left_in_the_sets(void)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		put(ends[1], "a");
		clear();
		FD_SET(ends[0], &in);
		FD_SET(ends[1], &in);
		FD_SET(ends[0], &except);
		check_int(wait_ms(10000), 1);
		check(FD_ISSET(ends[0], &in));
		check(!FD_ISSET(ends[1], &in));
		check(!FD_ISSET(ends[0], &except));
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

/* V72 */
static void one_may_be_in_both_sets(void)
{
	own_pair(ends);
	put(ends[1], "a");
	clear();
	FD_SET(ends[0], &in);
	FD_SET(ends[0], &out);
	check_int(wait_ms(10000), 2);
	check(FD_ISSET(ends[0], &in) && FD_ISSET(ends[0], &out));

	drain_input(ends[0]);
	check_int(wait_ms(10000), 1);
	check(!FD_ISSET(ends[0], &in) && FD_ISSET(ends[0], &out));
	drop_own(ends);
}

/* V72 */
static void out_of_time_the_sets_are_empty(void)
{
	double start = cress_now();

	own_pair(ends);
	clear();
	FD_SET(ends[0], &in);
	FD_SET(ends[1], &in);
	check_int(wait_ms(3), 0);
	check(cress_now() - start >= 0.003);
	check(!FD_ISSET(ends[0], &in) && !FD_ISSET(ends[1], &in));

	FD_SET(ends[0], &in);
	check_int(wait_ms(0), 0);
	check(!FD_ISSET(ends[0], &in));
	drop_own(ends);
}

/* V72 */
static void a_negative_time_is_refused(void)
{
	struct timeval wrong[] = {{-1, 0}, {0, -1}, {0, 1000000}};

	own_pair(ends);
	put(ends[1], "a");
	clear();
	FD_SET(ends[0], &in);
	FD_SET(ends[1], &in);
	for (size_t i = 0; i < COUNT(wrong); i++)
		check_refuses(cress_select(FD_SETSIZE, &in, NULL, NULL,
					   &wrong[i]), EINVAL);
	check_refuses(cress_select(-1, &in, NULL, NULL, NULL), EINVAL);
	check_refuses(cress_select(FD_SETSIZE + 1, &in, NULL, NULL, NULL),
		      EINVAL);
	check(FD_ISSET(ends[0], &in) && FD_ISSET(ends[1], &in));
	drop_own(ends);
}

/* V72 */
static void without_descriptors_it_only_sleeps(void)
{
	struct timeval timeout = {0, 3000};
	double start = cress_now();
	cress_scope_t limit;

	check_int(cress_select(0, NULL, NULL, NULL, &timeout), 0);
	clear();
	check_int(wait_ms(3), 0);
	check(cress_now() - start >= 0.006);
	check_int(timeout.tv_usec, 3000);

	cress_scope_open(&limit, 0.002);
	check_refuses(cress_select(0, NULL, NULL, NULL, NULL), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
}

static ssize_t make_select(struct call *call)
{
	(void)call;
	return cress_select(FD_SETSIZE, &in, &out, NULL, NULL);
}

static void it_parks_only_its_caller(void)
{
	struct call call = {.make = make_select};

	own_pair(ends);
	clear();
	FD_SET(ends[0], &in);
	FD_SET(ends[1], &in);
	call_begin(&call);
	settle();
	check(call_is_parked(&call));
	put(ends[0], "a");
	check_call(&call, 1, 0);
	check(FD_ISSET(ends[1], &in) && !FD_ISSET(ends[0], &in));
	drop_own(ends);
}

/* D7 */
static void a_call_that_is_cancelled_leaves_the_sets_alone(void)
{
	struct call call = {.make = make_select};

	own_pair(ends);
	clear();
	FD_SET(ends[0], &in);
	call_begin(&call);
	settle();
	cress_kill(call.coroutine, 0);
	check_call(&call, -1, ECANCELED);
	check(FD_ISSET(ends[0], &in));
	drop_own(ends);
}

static void a_number_that_is_not_open_is_refused(void)
{
	own_pair(ends);
	clear();
	FD_SET(ends[0], &in);
	FD_SET(FD_SETSIZE - 1, &in);
	check_refuses(wait_ms(1000), EBADF);
	check(FD_ISSET(ends[0], &in) && FD_ISSET(FD_SETSIZE - 1, &in));
	drop_own(ends);
}

static void only_numbers_below_the_end_count(void)
{
	own_pair(ends);
	put(ends[0], "a");
	put(ends[1], "a");
	clear();
	int high = ends[0] > ends[1] ? ends[0] : ends[1];
	FD_SET(ends[0], &in);
	FD_SET(ends[1], &in);
	check_int(cress_select(high, &in, NULL, NULL, NULL), 1);
	check_int(cress_select(high + 1, &in, NULL, NULL, NULL), 2);
	drop_own(ends);
}

static void the_end_of_input_can_be_read(void)
{
	own_pair(ends);
	cress_close(ends[1]);
	clear();
	FD_SET(ends[0], &in);
	check_int(wait_ms(1000), 1);
	check(FD_ISSET(ends[0], &in));
	cress_close(ends[0]);
}

/* It has hung up, which is not exceptional: the wait goes on, and parks. */
static void a_hang_up_that_was_not_asked_for_does_not_spin(void)
{
	double start = cress_now();

	own_pair(ends);
	cress_close(ends[1]);
	clear();
	FD_SET(ends[0], &except);
	check_int(wait_ms(3), 0);
	check(cress_now() - start >= 0.003);
	check(!FD_ISSET(ends[0], &except));
	cress_close(ends[0]);
}

static void many_take_memory_and_survive_the_lack_of_it(void)
{
	int pairs[12][2];

	clear();
	for (size_t i = 0; i < COUNT(pairs); i++) {
		own_pair(pairs[i]);
		FD_SET(pairs[i][0], &in);
		FD_SET(pairs[i][1], &in);
	}
	memory_fail(1);
	check_refuses(wait_ms(1000), ENOMEM);
	memory_fail(0);
	check(FD_ISSET(pairs[3][0], &in));
	put(pairs[7][0], "a");
	check_int(wait_ms(1000), 1);
	check(FD_ISSET(pairs[7][1], &in) && !FD_ISSET(pairs[3][0], &in));
	for (size_t i = 0; i < COUNT(pairs); i++)
		drop_own(pairs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(what_is_ready_is_left_in_the_sets),
		on_io(one_may_be_in_both_sets),
		on_io(out_of_time_the_sets_are_empty),
		on_io(a_negative_time_is_refused),
		on_io(without_descriptors_it_only_sleeps),
		on_io(it_parks_only_its_caller),
		on_io(a_call_that_is_cancelled_leaves_the_sets_alone),
		on_io(a_number_that_is_not_open_is_refused),
		on_io(only_numbers_below_the_end_count),
		on_io(the_end_of_input_can_be_read),
		on_io(a_hang_up_that_was_not_asked_for_does_not_spin),
		on_io(many_take_memory_and_survive_the_lack_of_it),
	};

	memory_install();
	return suite_run(tests);
}
