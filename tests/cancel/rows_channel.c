/* SPDX-License-Identifier: MIT */
/*
 * The calls of channel.h that park, alone and in a select; and cress_select()
 * without descriptors. What a wake brings is one item or one taker: it is
 * still there if the call failed, and gone if it succeeded.
 */
#include "cancel/park_points.h"

#include "core/thread.h"

#include <cress/channel.h>
#include <cress/io.h>

static cress_channel_t channel, other;

static void make_room(struct place *place)
{
	(void)place;
	check_int(cress_channel_init(&channel, sizeof(int), 1), 0);
	check_int(cress_channel_init(&other, sizeof(int), 0), 0);
}

static void make_none(struct place *place)
{
	(void)place;
	check_int(cress_channel_init(&channel, sizeof(int), 0), 0);
	check_int(cress_channel_init(&other, sizeof(int), 0), 0);
}

static void fill(struct place *place)
{
	int item = 1;

	make_room(place);
	check_int(cress_channel_try_send(&channel, &item), 0);
}

static void drop(struct place *place)
{
	if (place->other != NULL) {
		cress_kill(place->other, 0);
		cress_join(place->other, NULL);
	}
	check_int(cress_channel_fini(&channel), 0);
	check_int(cress_channel_fini(&other), 0);
}

/* The calls. */

static intmax_t receive_it(struct place *place)
{
	int item = 0;
	int result = cress_channel_receive(&channel, &item);

	(void)place;
	check_int(item, result == 0);
	return result;
}

static intmax_t send_it(struct place *place)
{
	int item = 1;

	(void)place;
	return cress_channel_send(&channel, &item);
}

/* With a second case that nobody ever meets. */
static intmax_t select_of(int operation, double seconds)
{
	int item = operation == CRESS_CHANNEL_SEND, never = 0;
	cress_channel_case_t cases[] = {
		{.channel = &other,
		 .item = &never,
		 .operation = CRESS_CHANNEL_RECEIVE},
		{.channel = &channel, .item = &item, .operation = operation},
	};
	int result = cress_channel_select(cases, COUNT(cases), seconds);

	if (result == -1)
		return -1;
	check_int(result, 1);
	check_int(cases[1].error, 0);
	check_int(item, 1);
	return 0;
}

static intmax_t select_receive(struct place *place)
{
	(void)place;
	return select_of(CRESS_CHANNEL_RECEIVE, INFINITY);
}

static intmax_t select_send(struct place *place)
{
	(void)place;
	return select_of(CRESS_CHANNEL_SEND, INFINITY);
}

static intmax_t select_in_time(struct place *place)
{
	int result = (int)select_of(CRESS_CHANNEL_RECEIVE, ROW_SECONDS);

	(void)place;
	return result == -1 && errno == EAGAIN ? 0 : result;
}

static intmax_t sleep_by_select(struct place *place)
{
	struct timeval timeout = {ROW_SECONDS, 0};

	(void)place;
	return cress_select(0, NULL, NULL, NULL, &timeout);
}

/* The wakes. With room, the item itself is what a call takes or leaves. */

static void put_one(struct place *place)
{
	int item = 1;

	(void)place;
	check_int(cress_channel_try_send(&channel, &item), 0);
}

static void take_one(struct place *place)
{
	int item;

	(void)place;
	check_int(cress_channel_try_receive(&channel, &item), 0);
}

static int is_empty(struct place *place)
{
	(void)place;
	return cress_channel_size(&channel) == 0;
}

static int is_full(struct place *place)
{
	(void)place;
	return cress_channel_size(&channel) == 1;
}

/* Without, somebody stands there until a call meets it. */

static void *stand_and_send(void *place)
{
	send_it(place);
	return NULL;
}

static void *stand_and_receive(void *place)
{
	receive_it(place);
	return NULL;
}

static void stand(struct place *place, cress_fn *fn)
{
	cress_release(place->other);
	place->other = cress_spawn(fn, place);
}

static void meet_receiver(struct place *place)
{
	int item = 1;

	if (cress_channel_try_send(&channel, &item) != 0)
		stand(place, stand_and_send);
}

static void meet_sender(struct place *place)
{
	int item = 0;

	if (cress_channel_try_receive(&channel, &item) != 0)
		stand(place, stand_and_receive);
	else
		check_int(item, 1);
}

/* Nobody stands there, nor is about to. */
static int was_met(struct place *place)
{
	const cress_t *other = place->other;

	return other == NULL || cress_is_dead(other) ||
	       (cress_is_active(other) && other->state == CRESS_QUEUED);
}

static void nothing(struct place *place)
{
	(void)place;
}

static void let_time_pass(struct place *place)
{
	(void)place;
	pass_time(ROW_SECONDS + 1);
}

static const struct park_point points[] = {
	{"cress_channel_receive", "from an empty one", CROWD, make_room,
	 receive_it, put_one, is_empty, drop},
	{"cress_channel_receive", "from nobody", 0, make_none, receive_it,
	 meet_receiver, was_met, drop},
	{"cress_channel_send", "to a full one", CROWD, fill, send_it, take_one,
	 is_full, drop},
	{"cress_channel_send", "to nobody", 0, make_none, send_it, meet_sender,
	 was_met, drop},
	{"cress_channel_select", "receive", CROWD, make_room, select_receive,
	 put_one, is_empty, drop},
	{"cress_channel_select", "receive from nobody", 0, make_none,
	 select_receive, meet_receiver, was_met, drop},
	{"cress_channel_select", "send", CROWD, fill, select_send, take_one,
	 is_full, drop},
	{"cress_channel_select", "send to nobody", 0, make_none, select_send,
	 meet_sender, was_met, drop},
	{"cress_channel_select", "in time", CROWD | BY_TIME, make_none,
	 select_in_time, let_time_pass, NULL, drop},
	{"cress_select", "a time", CROWD | BY_TIME, nothing, sleep_by_select,
	 let_time_pass, NULL, nothing},
};

int main(void)
{
	return park_points_main(points, COUNT(points), ANY_ORDER);
}
