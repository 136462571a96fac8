/* SPDX-License-Identifier: MIT */
/*
 * The calls of the sync headers that park. Main holds what they wait for. A
 * call that takes something which its caller would have to give back does so
 * at once, and counts it in place->number.
 */
#include "cancel/park_points.h"

#include "core/thread.h"

#include <cress/sync.h>

static cress_barrier_t barrier;
static cress_condition_t condition;
static cress_event_t event;
static cress_future_t future;
static cress_mutex_t mutex;
static cress_once_t once;
static cress_recursive_mutex_t recursive;
static cress_rwlock_t lock;
static cress_semaphore_t semaphore;
static cress_wait_group_t group;

static void nothing(struct place *place)
{
	(void)place;
}

static int was_taken(struct place *place)
{
	return place->number != 0;
}

/* Note a success, and give back at once what was taken. */
static intmax_t counted(struct place *place, int result, int unlocked)
{
	place->number += result == 0;
	check_int(unlocked, 0);
	return result;
}

/* Events. */

static intmax_t wait_for_event(struct place *place)
{
	(void)place;
	return cress_event_wait(&event);
}

static void set_event(struct place *place)
{
	(void)place;
	check_int(cress_event_set(&event), 0);
}

static void drop_event(struct place *place)
{
	(void)place;
	check_int(cress_event_fini(&event), 0);
}

/* Futures. */

static intmax_t get_future(struct place *place)
{
	void *value = NULL;
	int result = cress_future_get(&future, &value);

	check(result == -1 || value == place);
	return result;
}

static void set_future(struct place *place)
{
	if (cress_future_try_get(&future, NULL) == -1)
		check_int(cress_future_set_value(&future, place), 0);
}

static void drop_future(struct place *place)
{
	(void)place;
	check_int(cress_future_fini(&future), 0);
}

/* Semaphores. */

static intmax_t acquire(struct place *place)
{
	(void)place;
	return cress_semaphore_acquire(&semaphore);
}

static void release(struct place *place)
{
	(void)place;
	check_int(cress_semaphore_release(&semaphore), 0);
}

static int is_acquired(struct place *place)
{
	(void)place;
	return cress_semaphore_count(&semaphore) == 0;
}

static void drop_semaphore(struct place *place)
{
	(void)place;
	check_int(cress_semaphore_fini(&semaphore), 0);
}

/* Mutexes. */

static void hold_mutex(struct place *place)
{
	(void)place;
	check_int(cress_mutex_lock(&mutex), 0);
}

static intmax_t lock_mutex(struct place *place)
{
	int result = cress_mutex_lock(&mutex);

	return counted(place, result,
		       result == 0 ? cress_mutex_unlock(&mutex) : 0);
}

static void give_mutex(struct place *place)
{
	(void)place;
	if (cress_mutex_owner(&mutex) == cress_current())
		check_int(cress_mutex_unlock(&mutex), 0);
}

static void drop_mutex(struct place *place)
{
	give_mutex(place);
	check_int(cress_mutex_fini(&mutex), 0);
}

static void hold_recursive(struct place *place)
{
	(void)place;
	check_int(cress_recursive_mutex_lock(&recursive), 0);
}

static intmax_t lock_recursive(struct place *place)
{
	int result = cress_recursive_mutex_lock(&recursive);

	return counted(place, result,
		       result == 0 ? cress_recursive_mutex_unlock(&recursive)
				   : 0);
}

static void give_recursive(struct place *place)
{
	(void)place;
	if (cress_recursive_mutex_owner(&recursive) == cress_current())
		check_int(cress_recursive_mutex_unlock(&recursive), 0);
}

static void drop_recursive(struct place *place)
{
	give_recursive(place);
	check_int(cress_recursive_mutex_fini(&recursive), 0);
}

/* Reader-writer locks; place->object says that main has it. */

static void hold_for_writing(struct place *place)
{
	check_int(cress_rwlock_write_lock(&lock), 0);
	place->object = &lock;
}

static void hold_for_reading(struct place *place)
{
	check_int(cress_rwlock_read_lock(&lock), 0);
	place->object = &lock;
}

static void give_lock(struct place *place)
{
	if (place->object != NULL)
		check_int(cress_rwlock_unlock(&lock), 0);
	place->object = NULL;
}

static intmax_t lock_for_reading(struct place *place)
{
	int result = cress_rwlock_read_lock(&lock);

	return counted(place, result,
		       result == 0 ? cress_rwlock_unlock(&lock) : 0);
}

static intmax_t lock_for_writing(struct place *place)
{
	int result = cress_rwlock_write_lock(&lock);

	return counted(place, result,
		       result == 0 ? cress_rwlock_unlock(&lock) : 0);
}

static void drop_lock(struct place *place)
{
	give_lock(place);
	check_int(cress_rwlock_fini(&lock), 0);
}

/* Behind a writer, who waits for main, who reads. */

static void *write_once(void *place)
{
	if (cress_rwlock_write_lock(&lock) == 0)
		cress_rwlock_unlock(&lock);
	return place;
}

static void hold_with_a_writer(struct place *place)
{
	hold_for_reading(place);
	place->other = cress_spawn(write_once, place);
	while (place->other->state != CRESS_PARKED)
		cress_yield();
}

/* The writer gives up, and lets in who waits behind it. */
static void end_the_writer(struct place *place)
{
	check_int(cress_kill(place->other, 0), 0);
}

static void drop_lock_and_writer(struct place *place)
{
	give_lock(place);
	check_int(cress_join(place->other, NULL), 0);
	check_int(cress_rwlock_fini(&lock), 0);
}

/* Conditions. */

static intmax_t wait_for_condition(struct place *place)
{
	int result, error;

	/* It is the wait that is to fail, in a scope that is over. */
	if (cress_mutex_try_lock(&mutex) != 0)
		check_int(cress_mutex_lock(&mutex), 0);
	result = cress_condition_wait(&condition, &mutex);
	error = errno;
	check(cress_mutex_owner(&mutex) == cress_current());
	check_int(cress_mutex_unlock(&mutex), 0);
	place->number += result == 0;
	errno = error;
	return result;
}

static void signal_it(struct place *place)
{
	(void)place;
	check_int(cress_condition_signal(&condition), 0);
}

static void drop_condition(struct place *place)
{
	drop_mutex(place);
	check_int(cress_condition_fini(&condition), 0);
}

/* Signalled, and in line for the mutex, which main has by then. */
static int is_in_line(struct place *place)
{
	if (place->object == NULL) {
		place->object = &mutex;
		check_int(cress_mutex_lock(&mutex), 0);
		check_int(cress_condition_signal(&condition), 0);
	}
	return 1;
}

static void wait_in_line(struct place *place)
{
	place->settled = is_in_line;
}

static void signal_and_give_mutex(struct place *place)
{
	cress_condition_signal(&condition);
	give_mutex(place);
}

/* Barriers. */

static void make_barrier(struct place *place)
{
	(void)place;
	check_int(cress_barrier_init(&barrier, 2), 0);
}

static intmax_t meet(struct place *place)
{
	(void)place;
	return cress_barrier_wait(&barrier);
}

static void come_last(struct place *place)
{
	(void)place;
	if (cress_barrier_waiting(&barrier) == 1)
		check_int(cress_barrier_wait(&barrier), 1);
}

static void drop_barrier(struct place *place)
{
	(void)place;
	check_int(cress_barrier_fini(&barrier), 0);
}

/* Once; a raw coroutine is at it, and comes back when it is done. */

static int come_back_later(void *main)
{
	cress_switch(main, NULL);
	return 0;
}

static void *run_it(void *main)
{
	check_int(cress_once_run(&once, come_back_later, main), 0);
	return NULL;
}

static void let_another_run_it(struct place *place)
{
	place->other = cress_new(run_it, NULL);
	cress_switch(place->other, cress_current());
}

static intmax_t wait_until_done(struct place *place)
{
	return cress_once_run(&once, come_back_later, place->other);
}

static void let_it_be_done(struct place *place)
{
	if (!cress_is_dead(place->other))
		cress_switch(place->other, NULL);
}

static void drop_once(struct place *place)
{
	let_it_be_done(place);
	cress_release(place->other);
	check_int(cress_once_fini(&once), 0);
}

/* Wait groups. */

static void add_one(struct place *place)
{
	(void)place;
	check_int(cress_wait_group_add(&group, 1), 0);
}

static intmax_t wait_for_all(struct place *place)
{
	(void)place;
	return cress_wait_group_wait(&group);
}

static void be_done(struct place *place)
{
	(void)place;
	if (cress_wait_group_count(&group) != 0)
		check_int(cress_wait_group_done(&group), 0);
}

static void drop_group(struct place *place)
{
	(void)place;
	check_int(cress_wait_group_fini(&group), 0);
}

static const struct park_point points[] = {
	{"cress_event_wait", NULL, CROWD, nothing, wait_for_event,
	 set_event, NULL, drop_event},
	{"cress_future_get", NULL, CROWD, nothing, get_future,
	 set_future, NULL, drop_future},
	{"cress_semaphore_acquire", NULL, CROWD, nothing, acquire,
	 release, is_acquired, drop_semaphore},
	{"cress_mutex_lock", NULL, CROWD, hold_mutex, lock_mutex,
	 give_mutex, was_taken, drop_mutex},
	{"cress_recursive_mutex_lock", NULL, CROWD, hold_recursive,
	 lock_recursive, give_recursive, was_taken, drop_recursive},
	{"cress_rwlock_read_lock", NULL, CROWD, hold_for_writing,
	 lock_for_reading, give_lock, was_taken, drop_lock},
	{"cress_rwlock_read_lock", "behind a writer", 0,
	 hold_with_a_writer, lock_for_reading, end_the_writer, was_taken,
	 drop_lock_and_writer},
	{"cress_rwlock_write_lock", NULL, CROWD, hold_for_writing,
	 lock_for_writing, give_lock, was_taken, drop_lock},
	{"cress_rwlock_write_lock", "behind a reader", CROWD,
	 hold_for_reading, lock_for_writing, give_lock, was_taken, drop_lock},
	{"cress_condition_wait", NULL, CROWD | BY_TIME, nothing,
	 wait_for_condition, signal_it, NULL, drop_condition},
	{"cress_condition_wait", "signalled", BY_TIME | KEEPS, wait_in_line,
	 wait_for_condition, signal_and_give_mutex, NULL, drop_condition},
	{"cress_barrier_wait", NULL, BY_TIME, make_barrier, meet, come_last,
	 NULL, drop_barrier},
	{"cress_once_run", NULL, 0, let_another_run_it, wait_until_done,
	 let_it_be_done, NULL, drop_once},
	{"cress_wait_group_wait", NULL, CROWD, add_one, wait_for_all,
	 be_done, NULL, drop_group},
};

int main(void)
{
	return park_points_main(points, COUNT(points), ANY_ORDER);
}
