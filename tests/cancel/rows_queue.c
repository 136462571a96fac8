/* SPDX-License-Identifier: MIT */
/*
 * The calls of queue.h that park. What a wake brings is one item, or room for
 * one: it is there again if the call failed, and gone if it succeeded.
 */
#include "cancel/park_points.h"

#include <cress/queue.h>

static cress_queue_t queue;

/* Nothing is in it. */

static void make_empty(struct place *place)
{
	(void)place;
	check_int(cress_queue_init(&queue, CRESS_QUEUE_FIFO, 0, NULL), 0);
}

static void put_one(struct place *place)
{
	check_int(cress_queue_try_put(&queue, place), 0);
}

static intmax_t get(struct place *place)
{
	void *item = NULL;
	int result = cress_queue_get(&queue, &item);

	check(item == (result == 0 ? place : NULL));
	return result;
}

static int is_empty(struct place *place)
{
	(void)place;
	return cress_queue_size(&queue) == 0;
}

static intmax_t peek(struct place *place)
{
	void *item = NULL;
	int result = cress_queue_peek(&queue, &item);

	check(item == (result == 0 ? place : NULL));
	return result;
}

/* Something is in it, and no more goes in. */

static void make_full(struct place *place)
{
	check_int(cress_queue_init(&queue, CRESS_QUEUE_LIFO, 1, NULL), 0);
	put_one(place);
}

static void take_one(struct place *place)
{
	void *item;

	check_int(cress_queue_try_get(&queue, &item), 0);
	check(item == place);
}

static intmax_t put(struct place *place)
{
	return cress_queue_put(&queue, place);
}

static int is_full(struct place *place)
{
	(void)place;
	return cress_queue_size(&queue) == 1;
}

/* Something was put in and is not done. */

static void be_done(struct place *place)
{
	if (place->number++ == 0)
		check_int(cress_queue_task_done(&queue), 0);
}

static intmax_t join(struct place *place)
{
	(void)place;
	return cress_queue_join(&queue);
}

static void drop(struct place *place)
{
	(void)place;
	check_int(cress_queue_fini(&queue), 0);
}

static const struct park_point points[] = {
	{"cress_queue_get", NULL, CROWD, make_empty, get, put_one, is_empty,
	 drop},
	{"cress_queue_peek", NULL, CROWD, make_empty, peek, put_one, NULL,
	 drop},
	{"cress_queue_put", NULL, CROWD, make_full, put, take_one, is_full,
	 drop},
	{"cress_queue_join", NULL, CROWD, make_full, join, be_done, NULL, drop},
};

int main(void)
{
	return park_points_main(points, COUNT(points), ANY_ORDER);
}
