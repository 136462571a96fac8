/* SPDX-License-Identifier: MIT */
/* Two channels of numbers, and a select that receives from either. */
#ifndef TESTS_SYNC_TWO_CHANNELS_H
#define TESTS_SYNC_TWO_CHANNELS_H

#include "loop/support.h"

#include <cress/channel.h>

static cress_channel_t a, b;
static int item_a, item_b;

static inline void make(size_t capacity)
{
	check_int(cress_channel_init(&a, sizeof(int), capacity), 0);
	check_int(cress_channel_init(&b, sizeof(int), capacity), 0);
	item_a = item_b = -1;
}

/* It would be refused if a case were left in a line. */
static inline void unmake(void)
{
	check_int(cress_channel_fini(&a), 0);
	check_int(cress_channel_fini(&b), 0);
}

static inline void put(cress_channel_t *channel, int item)
{
	check_int(cress_channel_send(channel, &item), 0);
}

static inline cress_channel_case_t receive_case(cress_channel_t *channel,
						int *item)
{
	return (cress_channel_case_t){
		.channel = channel,
		.item = item,
		.operation = CRESS_CHANNEL_RECEIVE,
		.error = -1,
	};
}

static inline cress_channel_case_t send_case(cress_channel_t *channel,
					     int *item)
{
	return (cress_channel_case_t){
		.channel = channel,
		.item = item,
		.operation = CRESS_CHANNEL_SEND,
		.error = -1,
	};
}

static inline int receive_either(double seconds)
{
	cress_channel_case_t cases[2] = {
		receive_case(&a, &item_a),
		receive_case(&b, &item_b),
	};
	int chosen = cress_channel_select(cases, 2, seconds);

	if (chosen >= 0)
		check_int(cases[chosen].error, 0);
	return chosen;
}

#endif
