/* SPDX-License-Identifier: MIT */
/*
 * Select: one of several sends and receives.
 *
 * All cases are looked at before anything is done, so that a wrong one is
 * refused with nothing moved, and the choice is fair among all that are ready.
 * If none is, each case gets a waiter in its channel's list, in the room that
 * it brings along; the coroutine itself parks on one more. The first case that
 * somebody meets, the time-out and an interruption each take all of them out
 * before anybody else runs: so exactly one case goes through.
 */
#include "sync/channel.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>

struct cress_select {
	struct cress_timer timer;
	struct cress_waiter waiter;
	struct cress_hub *hub;
	cress_channel_case_t *cases;
	size_t count;
	cress_channel_case_t *chosen;
};

_Static_assert(sizeof(struct cress_channel_waiter) <=
	       sizeof(((cress_channel_case_t *)0)->opaque) - 16,
	       "room to grow");

static inline struct cress_channel_impl *
channel_of(const cress_channel_case_t *one)
{
	return (struct cress_channel_impl *)one->channel;
}

static inline struct cress_channel_waiter *
waiter_of(cress_channel_case_t *one)
{
	return (struct cress_channel_waiter *)one->opaque;
}

static inline struct cress_wait_list *list_of(const cress_channel_case_t *one)
{
	struct cress_channel_impl *channel = channel_of(one);

	return one->operation == CRESS_CHANNEL_SEND ? &channel->senders
						    : &channel->receivers;
}

static void leave_lists(struct cress_select *select)
{
	cress_channel_case_t *end = select->cases + select->count;

	for (cress_channel_case_t *one = select->cases; one < end; one++)
		if (one->channel != NULL)
			cress_waiter_remove(list_of(one),
					    &waiter_of(one)->waiter);
	cress_timer_remove(&select->hub->timers, &select->timer);
}

static void unlink_select(struct cress_waiter *waiter)
{
	leave_lists(waiter->object);
}

static void describe_select(const struct cress_waiter *waiter, char *line,
			    size_t size)
{
	const struct cress_select *select = waiter->object;
	size_t length;

	snprintf(line, size, "one of %zu operations on channels",
		 select->count);
	/* As many of them as there is room for. */
	for (size_t i = 0; i < select->count; i++) {
		const cress_channel_case_t *one = &select->cases[i];

		length = strlen(line);
		if (length + 1 >= size)
			return;
		if (one->channel != NULL)
			cress_object_label(one->channel,
					   one->operation == CRESS_CHANNEL_SEND
						   ? ", to send to"
						   : ", to receive from",
					   line + length, size - length);
	}
}

static const struct cress_wait_kind one_of_many = {
	.what = "one of several channels",
	.borrowed = 1,
	.unlink = unlink_select,
	.describe = describe_select,
};

void cress_select_end(struct cress_hub *hub,
		      struct cress_channel_waiter *waiter, int error)
{
	struct cress_select *select = waiter->select;
	cress_channel_case_t *one = (cress_channel_case_t *)
		((char *)waiter - offsetof(cress_channel_case_t, opaque));

	one->error = error;
	select->chosen = one;
	leave_lists(select);
	cress_object_wake(hub, &select->waiter);
}

static void on_time(struct cress_timer *timer)
{
	struct cress_select *select = (struct cress_select *)timer;

	leave_lists(select);
	cress_object_turn_away(select->hub, &select->waiter, EAGAIN);
}

/* One of `count`, each as likely as the others; a seed repeats it. */
static size_t draw(size_t count)
{
	struct cress_hub *hub = cress_hub_get();

	if (unlikely(hub == NULL))
		return 0;
	/* Knuth's multiplier; only the upper bits are any good. */
	hub->random = hub->random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(hub->random >> 33) % count;
}

static int check_case(const cress_channel_case_t *one)
{
	struct cress_channel_impl *channel = channel_of(one);

	if (channel->thread != cress_thread_self || channel->thread == NULL)
		if (cress_channel_check(channel) != 0)
			return -1;
	if (one->operation != CRESS_CHANNEL_SEND &&
	    one->operation != CRESS_CHANNEL_RECEIVE)
		return cress_object_fail(EINVAL);
	if (one->item == NULL && channel->item_size != 0)
		return cress_object_fail(EINVAL);
	return 0;
}

static inline int is_ready(const cress_channel_case_t *one)
{
	const struct cress_channel_impl *channel = channel_of(one);

	if (one->operation == CRESS_CHANNEL_SEND)
		return channel->receivers.first != NULL ||
		       channel->count < channel->limit || channel->closed;
	return channel->senders.first != NULL || channel->count != 0 ||
	       channel->closed;
}

/* Look at all, and choose among the ready ones. 0, or -1 with errno. */
static int choose(cress_channel_case_t *cases, size_t count,
		  cress_channel_case_t **chosen)
{
	size_t ready = 0;

	*chosen = NULL;
	for (cress_channel_case_t *one = cases; one < cases + count; one++) {
		if (one->channel == NULL)
			continue;
		if (check_case(one) != 0)
			return -1;
		if (!is_ready(one))
			continue;
		/* The n-th displaces the others once in n times. */
		if (++ready == 1 || draw(ready) == 0)
			*chosen = one;
	}
	return 0;
}

static void go_through(cress_channel_case_t *one)
{
	struct cress_channel_impl *channel = channel_of(one);
	int done = one->operation == CRESS_CHANNEL_SEND
		? cress_channel_send_now(channel, one->item)
		: cress_channel_receive_now(channel, one->item);

	one->error = done ? 0 : EPIPE;
}

static int wait_for_one(cress_channel_case_t *cases, size_t count,
			double seconds)
{
	struct cress_select select = {.cases = cases, .count = count};

	select.hub = cress_wait_begin();
	if (select.hub == NULL ||
	    (!isinf(seconds) &&
	     cress_timers_reserve(&select.hub->timers) != 0))
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct cress_channel_waiter *waiter = waiter_of(&cases[i]);

		if (cases[i].channel == NULL)
			continue;
		waiter->waiter.kind = &one_of_many;
		waiter->waiter.coroutine = select.hub->thread->current;
		waiter->waiter.object = channel_of(&cases[i]);
		waiter->item = cases[i].item;
		waiter->select = &select;
		cress_waiter_append(list_of(&cases[i]), &waiter->waiter);
	}
	select.timer.fire = on_time;
	if (!isinf(seconds))
		cress_timer_add(&select.hub->timers, &select.timer,
				select.hub->driver->now(select.hub) + seconds);
	select.waiter.kind = &one_of_many;
	select.waiter.object = &select;
	if (cress_park(select.hub, &select.waiter) != 0)
		return -1;
	return (int)(select.chosen - cases);
}

int cress_channel_select(cress_channel_case_t *cases, size_t count,
			 double seconds)
{
	cress_channel_case_t *chosen;

	if (!(seconds >= 0) || count > INT_MAX ||
	    (cases == NULL && count != 0))
		return cress_object_fail(EINVAL);
	if (seconds != 0 && cress_object_enter() != 0)
		return -1;
	if (choose(cases, count, &chosen) != 0)
		return -1;
	if (chosen == NULL)
		return seconds == 0 ? cress_object_fail(EAGAIN)
				    : wait_for_one(cases, count, seconds);
	go_through(chosen);
	return (int)(chosen - cases);
}
