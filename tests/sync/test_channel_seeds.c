/* SPDX-License-Identifier: MIT */
/*
 * Channels in a thousand orders: senders and receivers who lose patience, are
 * killed, try, and select. Whatever happens, an item whose send succeeded is
 * received once, one whose send failed never, and nobody's items change places.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/channel.h>

#define SENDERS 4
#define RECEIVERS 4
#define ITEMS 6

struct item {
	int from, number, check;
};

static cress_channel_t channel;
static int sent[SENDERS][ITEMS], received[SENDERS][ITEMS];
static int last[RECEIVERS][SENDERS];

static int send_somehow(struct item *item)
{
	cress_channel_case_t one = {
		.channel = &channel,
		.item = item,
		.operation = CRESS_CHANNEL_SEND,
	};
	int result;

	switch (any_below(4)) {
	case 0:
		return cress_channel_try_send(&channel, item);
	case 1:
		result = cress_channel_select(&one, 1, any_below(3) * 0.001);
		return result < 0 || one.error != 0 ? -1 : 0;
	default:
		return cress_channel_send(&channel, item);
	}
}

static int receive_somehow(struct item *item)
{
	cress_channel_case_t two[2] = {
		{.channel = &channel, .item = item,
		 .operation = CRESS_CHANNEL_RECEIVE},
		{.channel = &channel, .item = item,
		 .operation = CRESS_CHANNEL_RECEIVE},
	};
	int chosen;

	switch (any_below(4)) {
	case 0:
		return cress_channel_try_receive(&channel, item);
	case 1:
		chosen = cress_channel_select(two, 2, any_below(3) * 0.001);
		return chosen < 0 || two[chosen].error != 0 ? -1 : 0;
	default:
		return cress_channel_receive(&channel, item);
	}
}

static void impatience(cress_scope_t *scope)
{
	cress_scope_open(scope, any_below(3) == 0 ? any_below(4) * 0.001
						  : INFINITY);
}

static void *sender(void *number)
{
	int from = as_number(number);

	for (int i = 0; i < ITEMS; i++) {
		struct item item = {from, i, from * 100 + i};
		cress_scope_t scope;

		impatience(&scope);
		if (send_somehow(&item) == 0)
			sent[from][i]++;
		cress_scope_close(&scope);
		if (any_below(4) == 0)
			cress_yield();
	}
	return NULL;
}

static void take(int me, const struct item *item)
{
	check_int(item->check, item->from * 100 + item->number);
	received[item->from][item->number]++;
	check(last[me][item->from] < item->number);
	last[me][item->from] = item->number;
}

static void *receiver(void *number)
{
	int me = as_number(number);

	for (;;) {
		struct item item;
		cress_scope_t scope;
		int result;

		impatience(&scope);
		result = receive_somehow(&item);
		cress_scope_close(&scope);
		if (result == 0)
			take(me, &item);
		else if (cress_channel_is_closed(&channel))
			return NULL;
		if (any_below(4) == 0 && cress_yield() != 0)
			return NULL;
	}
}

static void start(cress_t **senders, cress_t **receivers)
{
	memset(sent, 0, sizeof(sent));
	memset(received, 0, sizeof(received));
	memset(last, -1, sizeof(last));
	for (int i = 0; i < SENDERS; i++)
		senders[i] = cress_spawn(sender, as_value(i));
	for (int i = 0; i < RECEIVERS; i++)
		receivers[i] = cress_spawn(receiver, as_value(i));
}

static void drain(void)
{
	struct item item;

	while (cress_channel_try_receive(&channel, &item) == 0)
		received[item.from][item.number]++;
	check_int(errno, EPIPE);
}

/* V47, V48, V54 */
static void what_was_sent_arrives_once_whatever_happens(void)
{
	cress_t *senders[SENDERS], *receivers[RECEIVERS];

	cress_channel_init(&channel, sizeof(struct item), any_below(4));
	start(senders, receivers);
	for (int i = any_below(3); i > 0; i--) {
		cress_sleep(any_below(3) * 0.001);
		cress_kill(senders[any_below(SENDERS)], 0);
		cress_kill(receivers[any_below(RECEIVERS - 1)], 0);
	}
	for (int i = 0; i < SENDERS; i++)
		cress_join(senders[i], NULL);
	check_int(cress_channel_close(&channel), 0);
	for (int i = 0; i < RECEIVERS; i++)
		cress_join(receivers[i], NULL);
	drain();

	for (int i = 0; i < SENDERS; i++)
		for (int k = 0; k < ITEMS; k++)
			check_int(received[i][k], sent[i][k]);
	check_int(cress_channel_fini(&channel), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(what_was_sent_arrives_once_whatever_happens),
		in_every_order(what_was_sent_arrives_once_whatever_happens),
		with_kills(what_was_sent_arrives_once_whatever_happens),
	};

	return suite_run(tests);
}
