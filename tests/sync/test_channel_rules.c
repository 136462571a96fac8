/* SPDX-License-Identifier: MIT */
/*
 * Channels where they are misused, out of memory, on another thread, in what
 * the loop calls, without hope, and with ten million items.
 */
#include "loop/support.h"

#include <stdio.h>
#include <string.h>

#include "support/environment.h"
#include "support/memory.h"
#include "wait/wait.h"

#include <cress/channel.h>

#define MANY 10000000
#define MANY_REDUCED 100000

static cress_channel_t channel;

static void *receive_and_note(void *unused)
{
	int item = -1;
	int result = cress_channel_receive(&channel, &item);

	note("%d", result == 0 ? item : -errno);
	return unused;
}

static void what_was_never_made_is_refused(void)
{
	cress_channel_t none = {0};
	int item = 1;

	check_refuses(cress_channel_send(&none, &item), EINVAL);
	check_refuses(cress_channel_receive(&none, &item), EINVAL);
	check_refuses(cress_channel_try_send(&none, &item), EINVAL);
	check_refuses(cress_channel_try_receive(&none, &item), EINVAL);
	check_refuses(cress_channel_close(&none), EINVAL);
	check_refuses(cress_channel_fini(&none), EINVAL);
	check_refuses((int)cress_channel_size(&none), EINVAL);
	check_refuses(cress_channel_is_closed(&none), EINVAL);
}

static void null_is_refused(void)
{
	int item = 1;

	check_refuses(cress_channel_init(NULL, 4, 1), EINVAL);
	check_int(cress_channel_fini(NULL), 0);
	check_refuses(cress_channel_send(NULL, &item), EINVAL);
	check_refuses(cress_channel_receive(NULL, &item), EINVAL);
	check_refuses(cress_channel_try_send(NULL, &item), EINVAL);
	check_refuses(cress_channel_try_receive(NULL, &item), EINVAL);
	check_refuses(cress_channel_close(NULL), EINVAL);
	check_refuses((int)cress_channel_size(NULL), EINVAL);
	check_refuses(cress_channel_is_closed(NULL), EINVAL);

	cress_channel_init(&channel, sizeof(int), 1);
	check_refuses(cress_channel_send(&channel, NULL), EINVAL);
	check_refuses(cress_channel_try_send(&channel, NULL), EINVAL);
	check_int(cress_channel_send(&channel, &item), 0);
	check_refuses(cress_channel_receive(&channel, NULL), EINVAL);
	check_refuses(cress_channel_try_receive(&channel, NULL), EINVAL);
	check_int(cress_channel_size(&channel), 1);
	check_int(cress_channel_fini(&channel), 0);
}

static void one_that_is_gone_is_refused(void)
{
	int item = 1;

	cress_channel_init(&channel, sizeof(int), 1);
	cress_channel_send(&channel, &item);
	check_int(cress_channel_fini(&channel), 0);
	check_refuses(cress_channel_fini(&channel), EINVAL);
	check_refuses(cress_channel_send(&channel, &item), EINVAL);
	check_refuses(cress_channel_receive(&channel, &item), EINVAL);
}

static void room_that_cannot_be_had_is_told(void)
{
	size_t before = memory_blocks();

	check_refuses(cress_channel_init(&channel, 8, SIZE_MAX / 4), ENOMEM);
	memory_fail(1);
	check_refuses(cress_channel_init(&channel, 8, 16), ENOMEM);
	check(memory_has_failed());
	memory_fail(0);
	check_int(cress_channel_init(&channel, 8, 16), 0);
	check_int(cress_channel_fini(&channel), 0);
	check(memory_blocks() == before);
}

/* To send, receive, close and select takes no memory: D7. */
static void nothing_is_allocated_by_a_call(void)
{
	int item = 1;

	cress_channel_init(&channel, sizeof(int), 1);
	cress_go(receive_and_note, NULL);
	cress_yield();
	memory_fail(1);
	check_int(cress_channel_send(&channel, &item), 0);
	check_int(cress_channel_send(&channel, &item), 0);
	check_int(cress_channel_receive(&channel, &item), 0);
	check_int(cress_channel_close(&channel), 0);
	check(!memory_has_failed());
	memory_fail(0);
	cress_channel_fini(&channel);
	cress_yield();
	check_noted("1");
}

static void use_elsewhere(void *unused)
{
	int item = 1;

	(void)unused;
	check_refuses(cress_channel_send(&channel, &item), EXDEV);
	check_refuses(cress_channel_receive(&channel, &item), EXDEV);
	check_refuses(cress_channel_try_send(&channel, &item), EXDEV);
	check_refuses(cress_channel_try_receive(&channel, &item), EXDEV);
	check_refuses(cress_channel_close(&channel), EXDEV);
	check_refuses(cress_channel_fini(&channel), EXDEV);
	check_refuses((int)cress_channel_size(&channel), EXDEV);
}

/* D13 */
static void one_of_another_thread_is_refused(void)
{
	int item = 1;

	cress_channel_init(&channel, sizeof(int), 4);
	check_int(cress_channel_send(&channel, &item), 0);
	on_thread(use_elsewhere, NULL);
	check_int(cress_channel_size(&channel), 1);
	check_int(cress_channel_fini(&channel), 0);
}

static void send_one_here(void *unused)
{
	int item = 5;

	(void)unused;
	check_int(cress_channel_try_send(&channel, &item), 0);
	check_int(cress_channel_receive(&channel, &item), 0);
	check_int(cress_channel_fini(&channel), 0);
}

/* D13 */
static void it_belongs_to_the_thread_that_first_uses_it(void)
{
	cress_channel_init(&channel, sizeof(int), 4);
	on_thread(send_one_here, NULL);
}

static void send_in_the_loop(struct cress_timer *timer)
{
	int item = 3;

	(void)timer;
	check_int(cress_channel_send(&channel, &item), 0);
	check_refuses(cress_channel_send(&channel, &item), EDEADLK);
	check_refuses(cress_channel_try_send(&channel, &item), EAGAIN);
}

static void receive_in_the_loop(struct cress_timer *timer)
{
	int item = 0;

	(void)timer;
	check_int(cress_channel_receive(&channel, &item), 0);
	check_int(item, 8);
	check_refuses(cress_channel_receive(&channel, &item), EDEADLK);
}

static void in_the_loop(void (*fire)(struct cress_timer *timer))
{
	struct cress_timer timer = {.fire = fire};
	struct cress_hub *hub = cress_hub_get();

	check_int(cress_timers_reserve(&hub->timers), 0);
	cress_timer_add(&hub->timers, &timer, hub->driver->now(hub));
	cress_sleep(0.001);
	check(timer.place == 0);
}

static void *send_eight(void *unused)
{
	int item = 8;

	check_int(cress_channel_send(&channel, &item), 0);
	return unused;
}

/* V50 */
static void in_the_loop_it_hands_over_and_never_parks(void)
{
	cress_channel_init(&channel, sizeof(int), 0);
	cress_go(receive_and_note, NULL);
	cress_yield();
	in_the_loop(send_in_the_loop);
	check_noted("3");

	cress_go(send_eight, NULL);
	cress_yield();
	in_the_loop(receive_in_the_loop);
	check_int(cress_channel_fini(&channel), 0);
}

/* D12 */
static void a_deadlock_is_told_with_the_name(void)
{
	int item;

	cress_channel_init(&channel, sizeof(int), 0);
	channel.name = "replies";
	check_refuses(cress_channel_receive(&channel, &item), EDEADLK);
	check_int(log_lines_with("a sender to channel \"replies\""), 1);
	log_clear();
	channel.name = NULL;
	check_refuses(cress_channel_send(&channel, &item), EDEADLK);
	check_int(log_lines_with("a receiver from channel 0x"), 1);
	check_int(cress_channel_fini(&channel), 0);
}

static void *send_many(void *many)
{
	for (int i = 0; i < as_number(many); i++)
		cress_channel_send(&channel, &i);
	cress_channel_close(&channel);
	return NULL;
}

static void receive_many(size_t capacity, int many)
{
	int item, count = 0, wrong = 0;

	cress_channel_init(&channel, sizeof(int), capacity);
	cress_go(send_many, as_value(many));
	while (cress_channel_receive(&channel, &item) == 0)
		wrong += item != count++;
	check_int(count, many);
	check_int(wrong, 0);
	check_int(cress_channel_fini(&channel), 0);
}

static void ten_million_items_arrive_in_order(void)
{
	int many = environment_reduced() == NULL ? MANY : MANY_REDUCED;

	receive_many(0, many);
	receive_many(1000, many);
}

static void *hold(void *unused)
{
	int item;

	check_refuses(cress_channel_receive(&channel, &item), ECANCELED);
	return unused;
}

/* D11 */
static void the_end_of_a_run_takes_out_who_waits(void)
{
	cress_channel_init(&channel, sizeof(int), 0);
	for (int i = 0; i < 3; i++)
		cress_go(hold, NULL);
	cress_yield();
}

static void it_is_free_again_after_a_run(void)
{
	check_int(cress_channel_fini(&channel), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(what_was_never_made_is_refused),
		bare(null_is_refused),
		in_order(what_was_never_made_is_refused),
		in_order(null_is_refused),
		in_order(one_that_is_gone_is_refused),
		in_order(room_that_cannot_be_had_is_told),
		in_order(nothing_is_allocated_by_a_call),
		in_order(one_of_another_thread_is_refused),
		in_order(it_belongs_to_the_thread_that_first_uses_it),
		in_order(in_the_loop_it_hands_over_and_never_parks),
		in_order(a_deadlock_is_told_with_the_name),
		on_libev(ten_million_items_arrive_in_order),
		on_virtual(the_end_of_a_run_takes_out_who_waits),
		bare(it_is_free_again_after_a_run),
	};

	memory_install();
	return suite_run(tests);
}
