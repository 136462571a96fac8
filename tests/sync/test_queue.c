/* SPDX-License-Identifier: MIT */
/* Queues: what comes out when, who is served when, and that nothing is lost. */
#include "sync/numbers.h"

/* V45 */
static void a_limit_of_zero_or_less_is_none(void)
{
	for (int limit = 0; limit >= -2; limit--) {
		make(CRESS_QUEUE_FIFO, limit);
		for (int i = 0; i < 1000; i++)
			check_int(try_put(i), 0);
		check_int(cress_queue_size(&queue), 1000);
		for (int i = 0; i < 1000; i++)
			check_int(get(), i);
		unmake();
	}
}

/* V45 */
static void a_zeroed_one_is_ready_and_unbounded(void)
{
	queue = (cress_queue_t){.name = "zeroed"};
	check_int(cress_queue_size(&queue), 0);
	check_int(try_get(), -EAGAIN);
	for (int i = 0; i < 100; i++)
		check_int(put(i), 0);
	for (int i = 0; i < 100; i++)
		check_int(get(), i);
	unmake();
}

/* V46 */
static void a_put_on_a_full_one_waits_for_room(void)
{
	make(CRESS_QUEUE_FIFO, 2);
	check_int(put(1), 0);
	check_int(put(2), 0);
	check_refuses(try_put(3), EAGAIN);
	cress_go(putter, as_value(3));
	cress_yield();
	check_nothing_noted();

	check_int(get(), 1);
	cress_yield();
	check_noted("p3:0");
	check_int(get(), 2);
	check_int(get(), 3);
	check_int(try_get(), -EAGAIN);
	unmake();
}

/* V46 */
static void a_get_on_an_empty_one_waits_for_an_item(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	cress_go(getter, as_value(1));
	cress_yield();
	check_nothing_noted();
	put(5);
	check_nothing_noted();
	cress_yield();
	check_noted("g1:5");
	unmake();
}

/* V46 */
static void a_scope_bounds_the_wait(void)
{
	cress_scope_t limit;

	make(CRESS_QUEUE_FIFO, 1);
	cress_scope_open(&limit, 0.001);
	check_int(get(), -ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	put(1);
	cress_scope_open(&limit, 0.001);
	check_refuses(put(2), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);

	check_int(get(), 1);
	check_int(try_get(), -EAGAIN);
	unmake();
}

/* V47 */
static void getters_are_served_in_their_order(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	for (int i = 1; i <= 3; i++)
		cress_go(getter, as_value(i));
	cress_yield();
	for (int i = 11; i <= 14; i++)
		put(i);
	check_int(try_get(), 14);
	cress_yield();
	check_noted("g1:11 g2:12 g3:13");
	unmake();
}

/* V47 */
static void putters_get_in_in_their_order(void)
{
	make(CRESS_QUEUE_FIFO, 1);
	put(1);
	for (int i = 2; i <= 4; i++)
		cress_go(putter, as_value(i));
	cress_yield();
	for (int i = 1; i <= 4; i++) {
		check_int(get(), i);
		if (i < 4)
			check_refuses(try_put(9), EAGAIN);
	}
	cress_yield();
	check_noted("p2:0 p3:0 p4:0");
	unmake();
}

/* V48 */
static void a_killed_getter_loses_no_item(void)
{
	cress_t *all[3];

	make(CRESS_QUEUE_FIFO, 0);
	for (int i = 0; i < 3; i++)
		all[i] = cress_spawn(getter, as_value(i));
	cress_yield();
	cress_kill(all[0], 0);
	put(1);
	cress_kill(all[1], 0);
	put(2);
	put(3);
	for (int i = 0; i < 3; i++)
		cress_join(all[i], NULL);
	check_noted("g0:%d g1:1 g2:2", -ECANCELED);
	check_int(get(), 3);
	unmake();
}

/* V48 */
static void a_killed_putter_leaves_no_item(void)
{
	cress_t *all[3];

	make(CRESS_QUEUE_FIFO, 1);
	put(9);
	for (int i = 0; i < 3; i++)
		all[i] = cress_spawn(putter, as_value(i));
	cress_yield();
	cress_kill(all[1], 0);
	check_int(get(), 9);
	cress_kill(all[0], 0);
	check_int(get(), 0);
	check_int(get(), 2);
	check_int(try_get(), -EAGAIN);
	for (int i = 0; i < 3; i++)
		cress_join(all[i], NULL);
	check_noted("p1:%d p0:0 p2:0", ECANCELED);
	check_int(cress_queue_size(&queue), 0);
	unmake();
}

/* V51 */
static void the_newest_comes_first_in_a_stack(void)
{
	make(CRESS_QUEUE_LIFO, 0);
	for (int i = 0; i < 40; i++)
		put(i);
	check_int(try_peek(), 39);
	for (int i = 39; i >= 20; i--)
		check_int(get(), i);
	put(77);
	check_int(get(), 77);
	check_int(get(), 19);
	check_int(cress_queue_size(&queue), 19);
	unmake();
}

/* V51 */
static void the_smallest_comes_first_by_priority(void)
{
	int last = -1;

	make(CRESS_QUEUE_PRIORITY, 0);
	for (int i = 0; i < 1000; i++)
		put(10 * (i * 617 % 1000));
	check_int(try_peek(), 0);
	for (int i = 0; i < 1000; i++) {
		int item = get();

		check(item > last);
		last = item;
	}
	check_int(try_get(), -EAGAIN);
	unmake();
}

/* V51 */
static void equals_come_in_the_order_of_arrival(void)
{
	make(CRESS_QUEUE_PRIORITY, 30);
	for (int i = 0; i < 10; i++)
		for (int tens = 2; tens >= 0; tens--)
			put(10 * tens + i);
	check_refuses(try_put(1), EAGAIN);
	for (int i = 0; i < 30; i++)
		check_int(get(), i);
	unmake();
}

/* V47, V51 */
static void a_waiting_putter_gets_in_before_the_next_is_chosen(void)
{
	make(CRESS_QUEUE_PRIORITY, 2);
	put(50);
	put(40);
	cress_go(putter, as_value(10));
	cress_go(putter, as_value(20));
	cress_yield();
	check_int(get(), 40);
	check_int(get(), 10);
	check_int(get(), 20);
	check_int(get(), 50);
	cress_yield();
	check_noted("p10:0 p20:0");
	unmake();
}

/* V51 */
static void a_peek_takes_nothing_out(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	check_int(try_peek(), -EAGAIN);
	put(1);
	put(2);
	check_int(peek(), 1);
	check_int(try_peek(), 1);
	check_int(cress_queue_size(&queue), 2);
	check_int(get(), 1);
	check_int(peek(), 2);
	unmake();
}

/* V47, V51 */
static void those_who_peek_wait_in_the_same_line(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	cress_go(peeker, as_value(1));
	cress_go(peeker, as_value(2));
	cress_go(getter, as_value(3));
	cress_go(peeker, as_value(4));
	cress_yield();
	put(7);
	cress_yield();
	check_noted("k1:7 k2:7 g3:7");
	put(8);
	cress_yield();
	check_noted("k4:8");
	check_int(get(), 8);
	unmake();
}

/* D5 */
static void in_a_scope_that_is_over_a_call_fails_at_once(void)
{
	cress_scope_t over;

	make(CRESS_QUEUE_FIFO, 0);
	put(1);
	cress_scope_open(&over, INFINITY);
	cress_scope_cancel(&over);
	check_refuses(put(2), ECANCELED);
	check_int(get(), -ECANCELED);
	check_int(peek(), -ECANCELED);
	check_int(try_put(3), 0);
	check_int(try_get(), 1);
	check_int(cress_scope_close(&over), ECANCELED);

	check_int(get(), 3);
	unmake();
}

static void a_ring_that_grows_keeps_the_order(void)
{
	int in = 0, out = 0;

	make(CRESS_QUEUE_FIFO, 0);
	for (int round = 1; round < 200; round++) {
		for (int i = 0; i < round; i++)
			put(in++);
		for (int i = 0; i < round / 2; i++)
			check_int(get(), out++);
	}
	while (out < in)
		check_int(get(), out++);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(a_limit_of_zero_or_less_is_none),
		in_order(a_zeroed_one_is_ready_and_unbounded),
		in_order(a_put_on_a_full_one_waits_for_room),
		in_order(a_get_on_an_empty_one_waits_for_an_item),
		in_order(a_scope_bounds_the_wait),
		in_order(getters_are_served_in_their_order),
		in_order(putters_get_in_in_their_order),
		in_order(a_killed_getter_loses_no_item),
		in_order(a_killed_putter_leaves_no_item),
		in_order(the_newest_comes_first_in_a_stack),
		in_order(the_smallest_comes_first_by_priority),
		in_order(equals_come_in_the_order_of_arrival),
		in_order(a_waiting_putter_gets_in_before_the_next_is_chosen),
		in_order(a_peek_takes_nothing_out),
		in_order(those_who_peek_wait_in_the_same_line),
		in_order(in_a_scope_that_is_over_a_call_fails_at_once),
		in_order(a_ring_that_grows_keeps_the_order),
	};

	return suite_run(tests);
}
