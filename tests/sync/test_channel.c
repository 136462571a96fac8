/* SPDX-License-Identifier: MIT */
/*
 * Channels: who meets whom, and in which order; what is refused; and that a
 * call which fails has moved nothing.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/channel.h>

static cress_channel_t channel;

static void make(size_t capacity)
{
	check_int(cress_channel_init(&channel, sizeof(int), capacity), 0);
}

static void unmake(void)
{
	check_int(cress_channel_fini(&channel), 0);
}

static int send(int item)
{
	return cress_channel_send(&channel, &item);
}

static int try_send(int item)
{
	return cress_channel_try_send(&channel, &item);
}

static int receive(void)
{
	int item = -1;

	return cress_channel_receive(&channel, &item) == 0 ? item : -errno;
}

static int try_receive(void)
{
	int item = -1;

	return cress_channel_try_receive(&channel, &item) == 0 ? item : -errno;
}

static void *sender(void *item)
{
	if (send(as_number(item)) != 0)
		note("s%d:%d", as_number(item), errno);
	else
		note("s%d", as_number(item));
	return NULL;
}

static void *receiver(void *number)
{
	int item = receive();

	note("r%d:%d", as_number(number), item);
	return NULL;
}

/* V54 */
static void a_send_lasts_until_its_item_is_taken(void)
{
	make(0);
	cress_go(sender, as_value(7));
	cress_yield();
	cress_yield();
	check_nothing_noted();

	check_int(receive(), 7);
	check_nothing_noted();
	cress_yield();
	check_noted("s7");
	unmake();
}

/* V54 */
static void a_send_without_a_taker_is_refused_if_it_must_not_wait(void)
{
	make(0);
	check_refuses(try_send(1), EAGAIN);
	check_int(try_receive(), -EAGAIN);
	check_int(cress_channel_size(&channel), 0);

	cress_go(receiver, as_value(1));
	cress_yield();
	check_int(try_send(2), 0);
	check_refuses(try_send(3), EAGAIN);
	cress_go(sender, as_value(4));
	cress_yield();
	check_noted("r1:2");
	check_int(try_receive(), 4);
	check_int(try_receive(), -EAGAIN);
	cress_yield();
	check_noted("s4");
	unmake();
}

/* V47 */
static void those_who_wait_are_served_in_their_order(void)
{
	make(0);
	for (int i = 1; i <= 3; i++)
		cress_go(receiver, as_value(i));
	cress_yield();
	for (int i = 11; i <= 13; i++)
		check_int(send(i), 0);
	cress_yield();
	check_noted("r1:11 r2:12 r3:13");

	for (int i = 21; i <= 23; i++)
		cress_go(sender, as_value(i));
	cress_yield();
	for (int i = 21; i <= 23; i++)
		check_int(receive(), i);
	cress_yield();
	check_noted("s21 s22 s23");
	unmake();
}

/* V46, V47 */
static void room_is_filled_and_emptied_in_order(void)
{
	make(2);
	check_int(send(1), 0);
	check_int(send(2), 0);
	check_refuses(try_send(3), EAGAIN);
	check_int(cress_channel_size(&channel), 2);
	cress_go(sender, as_value(3));
	cress_go(sender, as_value(4));
	cress_yield();
	check_nothing_noted();

	for (int i = 1; i <= 4; i++)
		check_int(receive(), i);
	cress_yield();
	check_noted("s3 s4");
	check_int(try_receive(), -EAGAIN);
	unmake();
}

static void *late_sender(void *item)
{
	check_refuses(try_send(as_number(item)), EAGAIN);
	return NULL;
}

/* V47 */
static void nobody_takes_the_room_of_one_who_waits(void)
{
	make(1);
	send(1);
	cress_go(sender, as_value(2));
	cress_yield();
	cress_go(late_sender, as_value(3));
	check_int(receive(), 1);
	cress_yield();

	check_int(receive(), 2);
	check_int(try_receive(), -EAGAIN);
	unmake();
}

static void nobody_takes_what_was_handed_to_another(void)
{
	make(0);
	cress_go(receiver, as_value(1));
	cress_yield();
	send(5);

	check_int(try_receive(), -EAGAIN);
	cress_yield();
	check_noted("r1:5");
	unmake();
}

/* V53 */
static void what_is_left_is_received_after_the_close(void)
{
	make(4);
	send(1);
	send(2);
	check_int(cress_channel_is_closed(&channel), 0);
	check_int(cress_channel_close(&channel), 0);

	check_int(cress_channel_is_closed(&channel), 1);
	check_refuses(send(3), EPIPE);
	check_refuses(try_send(3), EPIPE);
	check_int(receive(), 1);
	check_int(try_receive(), 2);
	check_int(receive(), -EPIPE);
	check_int(try_receive(), -EPIPE);
	check_refuses(cress_channel_close(&channel), EALREADY);
	unmake();
}

/* V53 */
static void a_close_wakes_all_who_wait(void)
{
	make(0);
	for (int i = 1; i <= 3; i++)
		cress_go(receiver, as_value(i));
	cress_yield();
	cress_channel_close(&channel);
	check_nothing_noted();
	cress_yield();
	check_noted("r1:%d r2:%d r3:%d", -EPIPE, -EPIPE, -EPIPE);
	unmake();

	make(1);
	send(1);
	cress_go(sender, as_value(2));
	cress_go(sender, as_value(3));
	cress_yield();
	cress_channel_close(&channel);
	cress_yield();
	check_noted("s2:%d s3:%d", EPIPE, EPIPE);
	check_int(receive(), 1);
	check_int(receive(), -EPIPE);
	unmake();
}

static void *count_to(void *last)
{
	for (int i = 1; i <= as_number(last); i++)
		check_int(send(i), 0);
	cress_channel_close(&channel);
	return NULL;
}

static void a_loop_ends_with_the_close(void)
{
	int item, sum = 0;

	make(3);
	cress_go(count_to, as_value(100));
	while (cress_channel_receive(&channel, &item) == 0)
		sum += item;
	check_int(errno, EPIPE);
	check_int(sum, 5050);
	unmake();
}

/* V48, D7 */
static void one_who_gives_up_has_moved_nothing(void)
{
	cress_scope_t limit;
	int item = 99;

	make(0);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_channel_receive(&channel, &item), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check_int(item, 99);
	cress_scope_open(&limit, 0.001);
	check_refuses(send(1), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);

	check_int(try_receive(), -EAGAIN);
	check_refuses(try_send(2), EAGAIN);
	unmake();
}

/* V48 */
static void one_killed_in_the_line_does_not_hold_it_up(void)
{
	cress_t *all[3];

	make(0);
	for (int i = 0; i < 3; i++)
		all[i] = cress_spawn(receiver, as_value(i));
	cress_yield();
	cress_kill(all[1], 0);
	cress_join(all[1], NULL);
	send(7);
	send(8);
	cress_join(all[0], NULL);
	cress_join(all[2], NULL);
	check_noted("r1:%d r0:7 r2:8", -ECANCELED);

	for (int i = 0; i < 3; i++)
		all[i] = cress_spawn(sender, as_value(i));
	cress_yield();
	cress_kill(all[0], 0);
	check_int(receive(), 1);
	check_int(receive(), 2);
	for (int i = 0; i < 3; i++)
		cress_join(all[i], NULL);
	check_noted("s0:%d s1 s2", ECANCELED);
	unmake();
}

/* V48, D6 */
static void one_who_was_served_keeps_it_though_killed(void)
{
	cress_t *c;

	make(0);
	c = cress_spawn(receiver, as_value(1));
	cress_yield();
	send(9);
	cress_kill(c, 0);
	check_int(cress_join(c, NULL), 0);
	check_noted("r1:9");

	c = cress_spawn(sender, as_value(4));
	cress_yield();
	check_int(receive(), 4);
	cress_kill(c, 0);
	check_int(cress_join(c, NULL), 0);
	check_noted("s4");
	unmake();
}

/* D5 */
static void in_a_scope_that_is_over_a_call_fails_at_once(void)
{
	cress_scope_t over;

	make(2);
	send(1);
	cress_scope_open(&over, INFINITY);
	cress_scope_cancel(&over);
	check_refuses(send(2), ECANCELED);
	check_int(receive(), -ECANCELED);
	check_int(try_receive(), 1);
	check_int(try_send(3), 0);
	check_int(cress_scope_close(&over), ECANCELED);

	check_int(receive(), 3);
	unmake();
}

static void one_in_use_cannot_be_destroyed(void)
{
	make(0);
	channel.name = "orders";
	cress_go(receiver, as_value(1));
	cress_yield();
	check_refuses(cress_channel_fini(&channel), EBUSY);
	check_int(log_lines_with("channel \"orders\""), 1);

	send(3);
	unmake();
	cress_yield();
	check_noted("r1:3");

	make(0);
	cress_go(sender, as_value(1));
	cress_yield();
	check_refuses(cress_channel_fini(&channel), EBUSY);
	check_int(receive(), 1);
	unmake();
	cress_yield();
}

static void items_of_every_size_arrive_whole(void)
{
	unsigned char in[300], out[300];

	for (size_t size = 0; size <= sizeof(in); size++) {
		for (size_t i = 0; i < sizeof(in); i++)
			in[i] = (unsigned char)(i * 7 + size);
		cress_channel_init(&channel, size, 3);
		for (int turn = 0; turn < 5; turn++) {
			memset(out, 0, sizeof(out));
			check_int(cress_channel_send(&channel, in), 0);
			check_int(cress_channel_receive(&channel, out), 0);
			check(memcmp(in, out, size) == 0);
			check(size == sizeof(out) || out[size] == 0);
		}
		unmake();
	}
}

static void *signal_once(void *unused)
{
	check_int(cress_channel_send(&channel, NULL), 0);
	note("sent");
	return unused;
}

static void a_signal_needs_no_item(void)
{
	cress_channel_init(&channel, 0, 0);
	cress_go(signal_once, NULL);
	check_int(cress_channel_receive(&channel, NULL), 0);
	cress_yield();
	check_noted("sent");
	unmake();

	cress_channel_init(&channel, 0, 2);
	check_int(cress_channel_try_send(&channel, NULL), 0);
	check_int(cress_channel_send(&channel, NULL), 0);
	check_refuses(cress_channel_try_send(&channel, NULL), EAGAIN);
	check_int(cress_channel_size(&channel), 2);
	check_int(cress_channel_try_receive(&channel, NULL), 0);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(a_send_lasts_until_its_item_is_taken),
		in_order(a_send_without_a_taker_is_refused_if_it_must_not_wait),
		in_order(those_who_wait_are_served_in_their_order),
		in_order(room_is_filled_and_emptied_in_order),
		in_order(nobody_takes_the_room_of_one_who_waits),
		in_order(nobody_takes_what_was_handed_to_another),
		in_order(what_is_left_is_received_after_the_close),
		in_order(a_close_wakes_all_who_wait),
		in_order(a_loop_ends_with_the_close),
		in_every_order(a_loop_ends_with_the_close),
		in_order(one_who_gives_up_has_moved_nothing),
		in_order(one_killed_in_the_line_does_not_hold_it_up),
		in_order(one_who_was_served_keeps_it_though_killed),
		in_order(in_a_scope_that_is_over_a_call_fails_at_once),
		in_order(one_in_use_cannot_be_destroyed),
		on_virtual(items_of_every_size_arrive_whole),
		in_order(a_signal_needs_no_item),
	};

	return suite_run(tests);
}
