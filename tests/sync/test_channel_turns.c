/* SPDX-License-Identifier: MIT */
/*
 * Who goes on after a send: the receiver before the others that are ready, two
 * receivers in their order, and nobody is kept from running by two who only
 * send to each other. The usual order of a simulation knows no favours, so all
 * of this is on libev.
 */
#include "loop/support.h"

#include <cress.h>

static cress_channel_t here, there;

static void *receive_here(void *word)
{
	int item;

	check_int(cress_channel_receive(&here, &item), 0);
	return note_word(word);
}

static void begin(void)
{
	check_int(cress_channel_init(&here, sizeof(int), 0), 0);
	check_int(cress_channel_init(&there, sizeof(int), 0), 0);
}

static void end(void)
{
	check_int(cress_channel_fini(&here), 0);
	check_int(cress_channel_fini(&there), 0);
}

/* V54 */
static void who_receives_goes_on_before_the_others(void)
{
	cress_t *receiver;
	int item = 1;

	begin();
	receiver = cress_spawn(receive_here, "receiver");
	check_int(cress_yield(), 0);
	check_int(cress_go(note_word, "other"), 0);
	check_int(cress_channel_send(&here, &item), 0);
	check_int(cress_join(receiver, NULL), 0);
	check_int(cress_yield(), 0);

	check_noted("receiver other");
	end();
}

/* V47 */
static void two_receivers_keep_their_order(void)
{
	cress_t *receivers[3];
	int item = 1;

	begin();
	receivers[0] = cress_spawn(receive_here, "first");
	receivers[1] = cress_spawn(receive_here, "second");
	receivers[2] = cress_spawn(receive_here, "third");
	check_int(cress_yield(), 0);
	for (int i = 0; i < 3; i++)
		check_int(cress_channel_send(&here, &item), 0);
	for (int i = 0; i < 3; i++)
		check_int(cress_join(receivers[i], NULL), 0);

	check_noted("first second third");
	end();
}

static int stop;

static void *answer(void *unused)
{
	int item;

	while (cress_channel_receive(&here, &item) == 0)
		cress_channel_send(&there, &item);
	return unused;
}

static void *ask(void *count)
{
	int item = 0;

	while (!stop && ++*(long *)count < 1000000) {
		cress_channel_send(&here, &item);
		cress_channel_receive(&there, &item);
	}
	cress_channel_close(&here);
	return NULL;
}

/* R45 */
static void two_who_favour_each_other_let_the_rest_run(void)
{
	long count = 0;
	cress_t *both[2];

	begin();
	stop = 0;
	both[0] = cress_spawn(answer, NULL);
	both[1] = cress_spawn(ask, &count);
	check_int(cress_yield(), 0);
	check_int(cress_yield(), 0);
	stop = 1;
	check(count < 10000);
	check_int(cress_join(both[0], NULL), 0);
	check_int(cress_join(both[1], NULL), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_libev(who_receives_goes_on_before_the_others),
		on_libev(two_receivers_keep_their_order),
		on_libev(two_who_favour_each_other_let_the_rest_run),
	};

	return suite_run(tests);
}
