/* SPDX-License-Identifier: MIT */
/*
 * Select over several channels in a thousand orders: each coroutine sends and
 * receives at once, on channels with and without room, some of them twice in
 * one select; they lose patience, are killed, and see channels close. One
 * operation goes through in each select, or none.
 */
#include "loop/support.h"

#include <string.h>

#include <cress/channel.h>

#define CHANNELS 3
#define WORKERS 6
#define ROUNDS 8
#define CASES 5

static cress_channel_t channels[CHANNELS];
static int sent[CHANNELS], received[CHANNELS];

/* Random cases, of which some are left out. */
static void fill(cress_channel_case_t *cases, int *items)
{
	for (int i = 0; i < CASES; i++) {
		int channel = (int)any_below(CHANNELS);
		int sends = any_below(2) == 0;

		items[i] = sends ? channel : -1;
		cases[i] = (cress_channel_case_t){
			.channel = any_below(5) ? &channels[channel] : NULL,
			.item = &items[i],
			.operation = sends ? CRESS_CHANNEL_SEND
					   : CRESS_CHANNEL_RECEIVE,
			.error = -1,
		};
	}
}

static void count(const cress_channel_case_t *one, int item)
{
	ptrdiff_t channel = one->channel - channels;

	if (one->error == EPIPE) {
		check_int(cress_channel_is_closed(one->channel), 1);
		return;
	}
	check_int(one->error, 0);
	check_int(item, channel);
	if (one->operation == CRESS_CHANNEL_SEND)
		sent[channel]++;
	else
		received[channel]++;
}

/* Nothing may have come to a case that was not chosen. */
static void check_others(const cress_channel_case_t *cases, const int *items,
			 int chosen)
{
	for (int i = 0; i < CASES; i++)
		if (i != chosen && cases[i].operation == CRESS_CHANNEL_RECEIVE)
			check_int(items[i], -1);
}

static void *work(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		cress_channel_case_t cases[CASES];
		int items[CASES], chosen;
		cress_scope_t limit;

		fill(cases, items);
		cress_scope_open(&limit, any_below(3) ? INFINITY : 0.001);
		chosen = cress_channel_select(cases, CASES,
					      any_below(4) * 0.001);
		cress_scope_close(&limit);
		if (chosen >= 0)
			count(&cases[chosen], items[chosen]);
		check_others(cases, items, chosen);
		if (any_below(3) == 0)
			cress_yield();
	}
	return unused;
}

static void check_each_channel(void)
{
	for (int i = 0; i < CHANNELS; i++) {
		check_int(received[i] + cress_channel_size(&channels[i]),
			  sent[i]);
		check_int(cress_channel_fini(&channels[i]), 0);
	}
}

/* V47, V48, V54 */
static void one_operation_goes_through_or_none(void)
{
	cress_t *workers[WORKERS];

	memset(sent, 0, sizeof(sent));
	memset(received, 0, sizeof(received));
	for (size_t i = 0; i < CHANNELS; i++)
		cress_channel_init(&channels[i], sizeof(int), any_below(3));
	for (int i = 0; i < WORKERS; i++)
		workers[i] = cress_spawn(work, NULL);
	for (int i = (int)any_below(3); i > 0; i--) {
		cress_sleep(any_below(3) * 0.001);
		cress_kill(workers[any_below(WORKERS)], 0);
	}
	if (any_below(2) == 0)
		cress_channel_close(&channels[any_below(CHANNELS)]);

	for (int i = 0; i < WORKERS; i++)
		cress_join(workers[i], NULL);
	check_each_channel();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(one_operation_goes_through_or_none),
		in_every_order(one_operation_goes_through_or_none),
		with_kills(one_operation_goes_through_or_none),
	};

	return suite_run(tests);
}
