/* SPDX-License-Identifier: MIT */
/*
 * Queues in a thousand orders: putters and getters who lose patience, are
 * killed, peek and try. What was put comes out once, what was not never, and
 * a queue of the oldest first never lets one putter's items change places.
 */
#include "sync/numbers.h"

#include <string.h>

#define PUTTERS 4
#define GETTERS 4
#define ITEMS 6

static int was_put[PUTTERS * 10], was_got[PUTTERS * 10];
static int last[GETTERS][PUTTERS];
static int kind;

static void impatience(cress_scope_t *scope)
{
	cress_scope_open(scope, any_below(3) == 0 ? any_below(4) * 0.001
						  : INFINITY);
}

static void *put_some(void *number)
{
	for (int i = 0; i < ITEMS; i++) {
		int item = as_number(number) * 10 + i;
		cress_scope_t scope;

		impatience(&scope);
		if ((any_below(3) == 0 ? try_put(item) : put(item)) == 0)
			was_put[item]++;
		cress_scope_close(&scope);
		if (any_below(4) == 0)
			cress_yield();
	}
	return NULL;
}

static int get_somehow(void)
{
	switch (any_below(4)) {
	case 0:
		return try_get();
	case 1:
		peek();
		return try_get();
	default:
		return get();
	}
}

static void *get_some(void *number)
{
	int *seen = last[as_number(number)];

	for (;;) {
		cress_scope_t scope;
		int item;

		impatience(&scope);
		item = get_somehow();
		cress_scope_close(&scope);
		if (item == -ESHUTDOWN)
			return NULL;
		if (item >= 0) {
			was_got[item]++;
			if (kind == CRESS_QUEUE_FIFO)
				check(seen[item / 10] < item);
			seen[item / 10] = item;
			check_int(cress_queue_task_done(&queue), 0);
		}
		if (any_below(4) == 0)
			cress_yield();
		if (cress_scope_error() != 0)
			return NULL;
	}
}

static void check_all(void)
{
	for (int i = 0; i < PUTTERS * 10; i++)
		check_int(was_got[i], was_put[i]);
}

/* V47, V48 */
static void what_was_put_comes_out_once_whatever_happens(void)
{
	cress_t *putters[PUTTERS], *getters[GETTERS];

	kind = (int)any_below(3);
	make(kind, any_below(4));
	memset(was_put, 0, sizeof(was_put));
	memset(was_got, 0, sizeof(was_got));
	memset(last, -1, sizeof(last));
	for (int i = 0; i < PUTTERS; i++)
		putters[i] = cress_spawn(put_some, as_value(i));
	for (int i = 0; i < GETTERS; i++)
		getters[i] = cress_spawn(get_some, as_value(i));
	for (int i = (int)any_below(3); i > 0; i--) {
		cress_sleep(any_below(3) * 0.001);
		cress_kill(putters[any_below(PUTTERS)], 0);
		cress_kill(getters[any_below(GETTERS - 1)], 0);
	}

	for (int i = 0; i < PUTTERS; i++)
		cress_join(putters[i], NULL);
	if (any_below(2) == 0)
		check_int(cress_queue_join(&queue), 0);
	check_int(cress_queue_shutdown(&queue, 0), 0);
	for (int i = 0; i < GETTERS; i++)
		cress_join(getters[i], NULL);
	check_int(try_get(), -ESHUTDOWN);
	check_all();
	check_int(cress_queue_join(&queue), 0);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(what_was_put_comes_out_once_whatever_happens),
		in_every_order(what_was_put_comes_out_once_whatever_happens),
		with_throws(what_was_put_comes_out_once_whatever_happens),
	};

	return suite_run(tests);
}
