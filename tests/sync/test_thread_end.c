/* SPDX-License-Identifier: MIT */
/*
 * Threads that end while coroutines of theirs wait for objects in memory of
 * the program, which may have gone before: nobody looks at it again.
 */
#include "loop/support.h"

#include <stdlib.h>
#include <string.h>

#include <cress/channel.h>
#include <cress/group.h>
#include <cress/queue.h>
#include <cress/sync.h>

struct objects {
	cress_event_t event;
	cress_future_t future;
	cress_semaphore_t semaphore;
	cress_mutex_t mutex, held;
	cress_recursive_mutex_t recursive;
	cress_rwlock_t lock;
	cress_condition_t condition;
	cress_barrier_t barrier;
	cress_wait_group_t group;
	cress_once_t once;
	cress_queue_t empty, full;
	cress_channel_t channel, other;
};

static int sleep_for_ever(void *unused)
{
	(void)unused;
	return cress_sleep(INFINITY);
}

static void use_event(struct objects *o) { cress_event_wait(&o->event); }

static void use_future(struct objects *o)
{
	cress_future_get(&o->future, NULL);
}

static void use_semaphore(struct objects *o)
{
	cress_semaphore_acquire(&o->semaphore);
}

static void use_mutex(struct objects *o) { cress_mutex_lock(&o->mutex); }

static void use_recursive(struct objects *o)
{
	cress_recursive_mutex_lock(&o->recursive);
}

static void use_for_reading(struct objects *o)
{
	cress_rwlock_read_lock(&o->lock);
}

static void use_for_writing(struct objects *o)
{
	cress_rwlock_write_lock(&o->lock);
}

static void use_condition(struct objects *o)
{
	cress_mutex_lock(&o->held);
	cress_condition_wait(&o->condition, &o->held);
}

static void use_barrier(struct objects *o) { cress_barrier_wait(&o->barrier); }
static void use_group(struct objects *o) { cress_wait_group_wait(&o->group); }

static void use_once(struct objects *o)
{
	cress_once_run(&o->once, sleep_for_ever, NULL);
}

static void get(struct objects *o)
{
	void *item;

	cress_queue_get(&o->empty, &item);
}

static void put(struct objects *o) { cress_queue_put(&o->full, NULL); }
static void join(struct objects *o) { cress_queue_join(&o->full); }
static void send_it(struct objects *o) { cress_channel_send(&o->channel, o); }

static void receive(struct objects *o)
{
	int item;

	cress_channel_receive(&o->other, &item);
}

static void select_one(struct objects *o)
{
	char item[16];
	cress_channel_case_t cases[] = {
		{.channel = &o->other, .item = item,
		 .operation = CRESS_CHANNEL_RECEIVE},
		{.channel = &o->channel, .item = item,
		 .operation = CRESS_CHANNEL_SEND},
	};

	cress_channel_select(cases, 2, 1000);
}

static void (*const uses[])(struct objects *o) = {
	use_event, use_future, use_semaphore, use_mutex, use_recursive,
	use_for_reading, use_for_writing, use_condition, use_barrier, use_group,
	use_once, use_once, get, put, join, send_it, receive, select_one,
};

static struct objects *objects;
/* So that what they have allocated is not taken for lost. */
static struct objects remains[3];
static int times;

static void *park_in_it(void *number)
{
	uses[as_number(number)](objects);
	check(0);
	return NULL;
}

static struct objects *make(void)
{
	struct objects *o = calloc(1, sizeof *o);

	cress_mutex_lock(&o->mutex);
	cress_recursive_mutex_lock(&o->recursive);
	cress_rwlock_write_lock(&o->lock);
	cress_barrier_init(&o->barrier, 2);
	cress_wait_group_add(&o->group, 1);
	cress_queue_init(&o->full, CRESS_QUEUE_FIFO, 1, NULL);
	cress_queue_put(&o->full, NULL);
	cress_channel_init(&o->channel, sizeof *o, 0);
	cress_channel_init(&o->other, sizeof(int), 0);
	return o;
}

static void end_while_all_wait(void *keep)
{
	objects = make();
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		cress_go(park_in_it, as_value((int)i));
	check_int(cress_sleep(0.0001), 0);
	memcpy(&remains[times++], objects, sizeof *objects);
	if (keep != NULL)
		return;
	/* Who looks at it finds this. */
	memset(objects, 0xa5, sizeof *objects);
	free(objects);
	objects = NULL;
}

/* D11 */
static void memory_of_the_program_is_not_looked_at_when_a_thread_ends(void)
{
	struct objects *kept;

	on_thread(end_while_all_wait, "kept");
	kept = objects;
	check(kept->mutex.name == NULL);
	free(kept);
	for (int i = 0; i < 2; i++)
		on_thread(end_while_all_wait, NULL);
	check_int(log_lines(), 0);
}

static void use_it_up(void *unused)
{
	check_int(cress_sleep(0), 0);
	check_int(cress_event_set(&objects->event), 0);
	check_int(cress_event_wait(&objects->event), 0);
	check_int(cress_event_clear(&objects->event), 0);
	check_int(cress_semaphore_release(&objects->semaphore), 0);
	check_int(cress_semaphore_acquire(&objects->semaphore), 0);
	check_int(cress_mutex_lock(&objects->mutex), 0);
	check_int(cress_mutex_unlock(&objects->mutex), 0);
	check_int(cress_wait_group_wait(&objects->group), 0);
	check(unused == NULL);
}

/* D13: what is in no use is nobody's */
static void objects_without_a_queue_may_go_from_thread_to_thread(void)
{
	objects = calloc(1, sizeof *objects);
	for (int i = 0; i < 3; i++)
		on_thread(use_it_up, NULL);
	check_int(cress_semaphore_fini(&objects->semaphore), 0);
	free(objects);
	objects = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(memory_of_the_program_is_not_looked_at_when_a_thread_ends),
		bare(objects_without_a_queue_may_go_from_thread_to_thread),
	};

	return suite_run(tests);
}
