/* SPDX-License-Identifier: MIT */
/*
 * Select over channels: exactly one case goes through, whoever comes, and the
 * others leave no trace.
 */
#include "sync/two_channels.h"

#include <string.h>

static void *send_a(void *item)
{
	put(&a, as_number(item));
	note("sent");
	return NULL;
}

static void *send_b(void *item)
{
	put(&b, as_number(item));
	note("sent");
	return NULL;
}

static void the_one_that_is_ready_goes_through(void)
{
	make(1);
	put(&b, 5);
	check_int(receive_either(INFINITY), 1);
	check_int(item_b, 5);
	check_int(item_a, -1);

	put(&a, 6);
	check_int(receive_either(0), 0);
	check_int(item_a, 6);
	check_int(receive_either(0), -1);
	check_int(errno, EAGAIN);
	unmake();
}

static void the_first_that_comes_ends_the_wait(void)
{
	make(0);
	cress_go(send_b, as_value(4));
	check_int(receive_either(INFINITY), 1);
	check_int(item_b, 4);
	cress_yield();
	check_noted("sent");

	/* The other case has left its line: this one finds nobody. */
	item_a = 3;
	check_refuses(cress_channel_try_send(&a, &item_a), EAGAIN);
	unmake();
}

static void *receive_a(void *unused)
{
	int item = -1;

	check_int(cress_channel_receive(&a, &item), 0);
	note("got %d", item);
	return unused;
}

static void sends_and_receives_mix(void)
{
	int out = 8, in = -1;
	cress_channel_case_t cases[2];

	make(0);
	cases[0] = send_case(&a, &out);
	cases[1] = receive_case(&b, &in);
	cress_go(receive_a, NULL);
	check_int(cress_channel_select(cases, 2, INFINITY), 0);
	cress_yield();
	check_noted("got 8");

	cress_go(send_b, as_value(9));
	cress_yield();
	check_int(cress_channel_select(cases, 2, INFINITY), 1);
	check_int(in, 9);
	unmake();
}

static void *select_both(void *unused)
{
	int chosen = receive_either(INFINITY);

	note("%d:%d", chosen, chosen == 0 ? item_a : item_b);
	return unused;
}

static void two_selects_meet(void)
{
	int out = 7;
	cress_channel_case_t cases[2];

	make(0);
	cases[0] = send_case(&a, &out);
	cases[1] = send_case(&b, &out);
	cress_go(select_both, NULL);
	cress_yield();
	check(cress_channel_select(cases, 2, INFINITY) >= 0);
	cress_yield();
	check(strstr(noted(), ":7") != NULL);
	cress_go(select_both, NULL);
	check(cress_channel_select(cases, 2, INFINITY) >= 0);
	cress_yield();
	check(strstr(noted(), ":7") != NULL);
	check_int(cress_channel_select(cases, 2, 0), -1);
	unmake();
}

static void one_never_meets_itself(void)
{
	int out = 7, in = -1;
	cress_channel_case_t cases[2];

	make(0);
	cases[0] = send_case(&a, &out);
	cases[1] = receive_case(&a, &in);
	check_refuses(cress_channel_select(cases, 2, 0.001), EAGAIN);
	cress_go(send_a, as_value(3));
	check_int(cress_channel_select(cases, 2, INFINITY), 1);
	check_int(in, 3);
	cress_go(receive_a, NULL);
	cress_yield();
	check_int(cress_channel_select(cases, 2, INFINITY), 0);
	cress_yield();
	check_noted("sent got 7");
	unmake();
}

/* V46 */
static void the_time_out_moves_nothing(void)
{
	double before = cress_now();

	make(0);
	check_int(receive_either(0.002), -1);
	check_int(errno, EAGAIN);
	check(cress_now() - before >= 0.002);
	item_a = 1;
	check_refuses(cress_channel_try_send(&a, &item_a), EAGAIN);
	check_refuses(cress_channel_try_send(&b, &item_a), EAGAIN);
	unmake();
}

static void a_scope_and_a_kill_end_the_wait(void)
{
	cress_scope_t limit;
	cress_t *c;

	make(0);
	cress_scope_open(&limit, 0.001);
	check_int(receive_either(INFINITY), -1);
	check_int(errno, ETIMEDOUT);
	check_int(receive_either(0), -1);
	check_int(errno, EAGAIN);
	check_int(cress_scope_close(&limit), ETIMEDOUT);

	c = cress_spawn(select_both, NULL);
	cress_yield();
	cress_kill(c, 0);
	check_int(cress_join(c, NULL), 0);
	check_noted("-1:-1");
	item_a = 1;
	check_refuses(cress_channel_try_send(&a, &item_a), EAGAIN);
	unmake();
}

static void one_that_was_served_is_not_timed_out(void)
{
	make(0);
	cress_t *c = cress_spawn(select_both, NULL);
	cress_yield();
	put(&b, 6);
	cress_kill(c, 0);
	check_int(cress_join(c, NULL), 0);
	check_noted("1:6");
	unmake();
}

static void *close_b(void *unused)
{
	cress_channel_close(&b);
	return unused;
}

static void a_closed_channel_goes_through_and_says_so(void)
{
	cress_channel_case_t cases[2];

	make(1);
	cases[0] = receive_case(&a, &item_a);
	cases[1] = receive_case(&b, &item_b);
	cress_go(close_b, NULL);
	check_int(cress_channel_select(cases, 2, INFINITY), 1);
	check_int(cases[1].error, EPIPE);
	check_int(cress_channel_select(cases, 2, 0), 1);
	check_int(cases[1].error, EPIPE);
	cases[1] = send_case(&b, &item_b);
	check_int(cress_channel_select(cases, 2, INFINITY), 1);
	check_int(cases[1].error, EPIPE);

	cases[1].channel = NULL;
	check_refuses(cress_channel_select(cases, 2, 0), EAGAIN);
	check_refuses(cress_channel_select(cases, 2, 0.001), EAGAIN);
	cress_go(send_a, as_value(2));
	check_int(cress_channel_select(cases, 2, INFINITY), 0);
	unmake();
}

static void what_is_left_comes_before_the_close(void)
{
	make(2);
	put(&b, 3);
	close_b(NULL);
	check_int(receive_either(INFINITY), 1);
	check_int(item_b, 3);
	unmake();
}

static void without_cases_it_only_sleeps(void)
{
	cress_scope_t limit;
	double before = cress_now();

	check_refuses(cress_channel_select(NULL, 0, 0), EAGAIN);
	check_refuses(cress_channel_select(NULL, 0, 0.003), EAGAIN);
	check(cress_now() - before >= 0.003);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_channel_select(NULL, 0, INFINITY), ETIMEDOUT);
	cress_scope_close(&limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(the_one_that_is_ready_goes_through),
		in_order(the_first_that_comes_ends_the_wait),
		in_order(sends_and_receives_mix),
		in_order(two_selects_meet),
		in_order(one_never_meets_itself),
		in_order(the_time_out_moves_nothing),
		in_order(a_scope_and_a_kill_end_the_wait),
		in_order(one_that_was_served_is_not_timed_out),
		in_order(a_closed_channel_goes_through_and_says_so),
		in_order(what_is_left_comes_before_the_close),
		in_order(without_cases_it_only_sleeps),
	};

	return suite_run(tests);
}
