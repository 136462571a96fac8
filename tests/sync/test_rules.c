/* SPDX-License-Identifier: MIT */
/*
 * What all objects have in common, checked in each of them: a scope that is
 * over, the forms that never park, destruction in use, NULL, other threads.
 */
#include "loop/support.h"

#include <stdio.h>

#include <cress/channel.h>
#include <cress/queue.h>
#include <cress/sync.h>

static cress_event_t event;
static cress_event_t gate;
static cress_future_t future;
static cress_semaphore_t semaphore;
static cress_mutex_t mutex;
static cress_recursive_mutex_t recursive;
static cress_rwlock_t lock;
static cress_barrier_t barrier;
static cress_wait_group_t group;
static cress_condition_t condition;
static cress_once_t once;
static cress_queue_t queue;
static cress_channel_t channel;
static int number;
static void *item;

/*
 * An object. `ready` makes it so that its parking call need not wait, `block`
 * makes that wait, of which `give` ends one. `park` gives back what it took.
 */
struct subject {
	const char *type;
	void *object;
	int (*ready)(void);
	int (*block)(void);
	int (*park)(void);
	int (*never)(void);	/* the form of `park` that never parks */
	int (*give)(void);
	int (*fini)(void);
	int would_park;		/* what `never` says then */
};

static int nothing(void)
{
	return 0;
}

/* Events, futures, semaphores. */

static int set_event(void) { return cress_event_set(&event); }
static int wait_for_event(void) { return cress_event_wait(&event); }
static int fini_event(void) { return cress_event_fini(&event); }

static int set_future(void) { return cress_future_set_value(&future, NULL); }
static int get_future(void) { return cress_future_get(&future, NULL); }
static int try_future(void) { return cress_future_try_get(&future, NULL); }
static int fini_future(void) { return cress_future_fini(&future); }

static int release(void) { return cress_semaphore_release(&semaphore); }
static int acquire(void)
{
	int result = cress_semaphore_acquire(&semaphore);

	return result == 0 ? release() : result;
}

static int try_acquire(void)
{
	int result = cress_semaphore_try_acquire(&semaphore);

	return result == 0 ? release() : result;
}

static int fini_semaphore(void)
{
	cress_semaphore_try_acquire(&semaphore);
	return cress_semaphore_fini(&semaphore);
}

/* Locks. */

static int unlock(void) { return cress_mutex_unlock(&mutex); }
static int block_mutex(void) { return cress_mutex_lock(&mutex); }
static int fini_mutex(void) { return cress_mutex_fini(&mutex); }

static int lock_mutex(void)
{
	return cress_mutex_lock(&mutex) == 0 ? unlock() : -1;
}

static int try_mutex(void)
{
	return cress_mutex_try_lock(&mutex) == 0 ? unlock() : -1;
}

static int unlock_again(void)
{
	return cress_recursive_mutex_unlock(&recursive);
}

static int block_recursive(void)
{
	return cress_recursive_mutex_lock(&recursive);
}
static int lock_recursive(void)
{
	return block_recursive() == 0 ? unlock_again() : -1;
}

static int try_recursive(void)
{
	if (cress_recursive_mutex_try_lock(&recursive) != 0)
		return -1;
	return unlock_again();
}

static int fini_again(void) { return cress_recursive_mutex_fini(&recursive); }

static int unlock_either(void) { return cress_rwlock_unlock(&lock); }
static int block_lock(void) { return cress_rwlock_write_lock(&lock); }
static int fini_lock(void) { return cress_rwlock_fini(&lock); }

static int lock_for_reading(void)
{
	return cress_rwlock_read_lock(&lock) == 0 ? unlock_either() : -1;
}

static int try_reading(void)
{
	return cress_rwlock_try_read_lock(&lock) == 0 ? unlock_either() : -1;
}

static int lock_for_writing(void)
{
	return cress_rwlock_write_lock(&lock) == 0 ? unlock_either() : -1;
}

static int try_writing(void)
{
	return cress_rwlock_try_write_lock(&lock) == 0 ? unlock_either() : -1;
}

/* Conditions, whose wait always parks. */

static int signal_it(void) { return cress_condition_signal(&condition); }
static int fini_condition(void) { return cress_condition_fini(&condition); }

static int wait_for_signal(void)
{
	int result;

	if (cress_mutex_lock(&mutex) != 0)
		return -1;
	result = cress_condition_wait(&condition, &mutex);
	return unlock() == 0 ? result : -1;
}

/* Barriers, wait groups, once. */

static int meet_nobody(void) { return cress_barrier_init(&barrier, 1); }
static int meet_another(void) { return cress_barrier_init(&barrier, 2); }
static int meet(void) { return cress_barrier_wait(&barrier) < 0 ? -1 : 0; }
static int fini_barrier(void) { return cress_barrier_fini(&barrier); }

static int add_one(void) { return cress_wait_group_add(&group, 1); }
static int be_done(void) { return cress_wait_group_done(&group); }
static int wait_for_group(void) { return cress_wait_group_wait(&group); }
static int fini_group(void) { return cress_wait_group_fini(&group); }

static int await_gate(void *unused)
{
	(void)unused;
	return cress_event_wait(&gate);
}

static int open_gate(void) { return cress_event_set(&gate); }
static int run_once(void) { return cress_once_run(&once, await_gate, NULL); }
static int fini_once(void) { return cress_once_fini(&once); }

static void *run_it(void *unused)
{
	check_int(run_once(), 0);
	return unused;
}

static int let_another_run_it(void)
{
	cress_event_clear(&gate);
	check_int(cress_go(run_it, NULL), 0);
	return cress_sleep(0.001);
}

/* Queues and channels. */

static int put(void) { return cress_queue_put(&queue, NULL); }
static int try_put(void) { return cress_queue_try_put(&queue, NULL); }
static int get(void) { return cress_queue_get(&queue, &item); }
static int try_get(void) { return cress_queue_try_get(&queue, &item); }
static int fini_queue(void) { return cress_queue_fini(&queue); }

static int make_room(void)
{
	return cress_queue_init(&queue, CRESS_QUEUE_FIFO, 1, NULL);
}

static int make_full(void) { return make_room() == 0 ? put() : -1; }

static int make_empty(void) { return cress_channel_init(&channel, 4, 1); }
static int send_it(void) { return cress_channel_send(&channel, &number); }
static int receive(void) { return cress_channel_receive(&channel, &number); }
static int fini_channel(void) { return cress_channel_fini(&channel); }

static int make_filled(void) { return make_empty() == 0 ? send_it() : -1; }

static int try_send(void)
{
	return cress_channel_try_send(&channel, &number);
}
static int try_receive(void)
{
	return cress_channel_try_receive(&channel, &number);
}

static const struct subject subjects[] = {
	{"event", &event, set_event, nothing, wait_for_event, NULL, set_event,
	 fini_event, 0},
	{"future", &future, set_future, nothing, get_future, try_future,
	 set_future, fini_future, EAGAIN},
	{"semaphore", &semaphore, release, nothing, acquire, try_acquire,
	 release, fini_semaphore, EAGAIN},
	{"mutex", &mutex, nothing, block_mutex, lock_mutex, try_mutex, unlock,
	 fini_mutex, EBUSY},
	{"mutex", &recursive, nothing, block_recursive, lock_recursive,
	 try_recursive, unlock_again, fini_again, EBUSY},
	{"rwlock", &lock, nothing, block_lock, lock_for_reading, try_reading,
	 unlock_either, fini_lock, EBUSY},
	{"rwlock", &lock, nothing, block_lock, lock_for_writing, try_writing,
	 unlock_either, fini_lock, EBUSY},
	{"condition", &condition, NULL, nothing, wait_for_signal, NULL,
	 signal_it, fini_condition, 0},
	{"barrier", &barrier, meet_nobody, meet_another, meet, NULL, meet,
	 fini_barrier, 0},
	{"wait group", &group, nothing, add_one, wait_for_group, NULL, be_done,
	 fini_group, 0},
	{"once", &once, open_gate, let_another_run_it, run_once, NULL,
	 open_gate, fini_once, 0},
	{"queue", &queue, make_full, make_room, get, try_get, put, fini_queue,
	 EAGAIN},
	{"queue", &queue, make_room, make_full, put, try_put, get, fini_queue,
	 EAGAIN},
	{"channel", &channel, make_filled, make_empty, receive, try_receive,
	 send_it, fini_channel, EAGAIN},
	{"channel", &channel, make_empty, make_filled, send_it, try_send,
	 receive, fini_channel, EAGAIN},
};

static const struct subject *now;

static void each(void (*rule)(void))
{
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		int failures = suite_failures();

		now = &subjects[i];
		rule();
		if (suite_failures() != failures)
			fprintf(stderr, "\tin number %zu, a %s\n", i,
				now->type);
		cress_event_fini(&gate);
	}
	log_clear();
}

static void fail_in_a_scope(int seconds, int error)
{
	cress_scope_t over;

	cress_scope_open(&over, seconds);
	if (error == ECANCELED)
		cress_scope_cancel(&over);
	check_refuses(now->park(), error);
	check_refuses(now->park(), error);
	if (now->never != NULL && error == ETIMEDOUT)
		check_int(now->never(), 0);
	check_int(cress_scope_close(&over), error);
}

static void fail_then_go_on(void)
{
	if (now->ready == NULL)
		return;
	check_int(now->ready(), 0);
	fail_in_a_scope(1, ECANCELED);
	check_int(now->park(), 0);
	check_int(now->fini(), 0);

	check_int(now->ready(), 0);
	fail_in_a_scope(0, ETIMEDOUT);
	check_int(now->fini(), 0);
}

/* D5 */
static void a_scope_that_is_over_fails_what_need_not_wait(void)
{
	each(fail_then_go_on);
}

static void *park_it(void *unused)
{
	return now->park() == 0 ? unused : cress_fail(errno);
}

static void give_in_a_scope(void)
{
	cress_scope_t over;
	cress_t *c;

	/* Here giving is a parking call itself. */
	if (now->give == put || now->give == get || now->give == meet ||
	    now->give == send_it || now->give == receive)
		return;
	check_int(now->block(), 0);
	c = cress_spawn(park_it, NULL);
	cress_sleep(0.001);
	cress_scope_open(&over, 0);
	check_int(now->give(), 0);
	check_int(cress_scope_close(&over), 0);

	check_int(cress_join(c, NULL), 0);
	check_int(now->fini(), 0);
}

/* D5: cleanup */
static void what_gives_goes_on_in_a_scope_that_is_over(void)
{
	each(give_in_a_scope);
}

static void *never_park_it(void *unused)
{
	return now->never() == 0 ? unused : as_value(errno);
}

static void never_park(void)
{
	void *errno_of = NULL;

	if (now->never == NULL)
		return;
	check_int(now->block(), 0);
	check_int(cress_join(cress_spawn(never_park_it, NULL), &errno_of), 0);
	check_int(as_number(errno_of), now->would_park);
	if (now->would_park == EBUSY || now->object == &semaphore)
		check_int(now->give(), 0);
	check_int(now->fini(), 0);
}

/* V41 */
static void a_try_that_would_park_is_eagain_or_ebusy(void)
{
	each(never_park);
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(now->park(), EXDEV);
}

static void destroy_in_use(void)
{
	cress_t *c;

	check_int(now->block(), 0);
	*(const char **)now->object = "it";
	c = cress_spawn(park_it, NULL);
	cress_sleep(0.001);
	log_clear();
	if (now->object != &condition)
		on_thread(use_elsewhere, NULL);
	check_int(log_lines(), 0);
	check_refuses(now->fini(), EBUSY);
	check_int(log_lines_with(now->type), 1);
	check_int(log_lines_with("\"it\""), 1);

	check_int(now->give(), 0);
	check_int(cress_join(c, NULL), 0);
	check_int(now->fini(), 0);
	check(*(const char **)now->object == NULL);
}

/* D13 */
static void in_use_it_is_kept_and_other_threads_are_refused(void)
{
	each(destroy_in_use);
}

static void null_and_what_was_not_made_are_einval(void)
{
	check_refuses(cress_event_wait(NULL), EINVAL);
	check_refuses(cress_future_get(NULL, NULL), EINVAL);
	check_refuses(cress_semaphore_acquire(NULL), EINVAL);
	check_refuses(cress_mutex_lock(NULL), EINVAL);
	check_refuses(cress_recursive_mutex_lock(NULL), EINVAL);
	check_refuses(cress_rwlock_read_lock(NULL), EINVAL);
	check_refuses(cress_rwlock_write_lock(NULL), EINVAL);
	check_refuses(cress_condition_wait(NULL, &mutex), EINVAL);
	check_refuses(cress_barrier_wait(NULL), EINVAL);
	check_refuses(cress_barrier_wait(&barrier), EINVAL);
	check_refuses(cress_wait_group_wait(NULL), EINVAL);
	check_refuses(cress_once_run(NULL, await_gate, NULL), EINVAL);
	check_refuses(cress_queue_get(NULL, &item), EINVAL);
	check_refuses(cress_channel_send(NULL, &number), EINVAL);
	check_refuses(cress_channel_send(&channel, &number), EINVAL);
}

static void to_destroy_nothing_succeeds(void)
{
	check_int(cress_event_fini(NULL), 0);
	check_int(cress_future_fini(NULL), 0);
	check_int(cress_semaphore_fini(NULL), 0);
	check_int(cress_mutex_fini(NULL), 0);
	check_int(cress_recursive_mutex_fini(NULL), 0);
	check_int(cress_rwlock_fini(NULL), 0);
	check_int(cress_condition_fini(NULL), 0);
	check_int(cress_barrier_fini(NULL), 0);
	check_int(cress_wait_group_fini(NULL), 0);
	check_int(cress_once_fini(NULL), 0);
	check_int(cress_queue_fini(NULL), 0);
	check_int(cress_channel_fini(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(a_scope_that_is_over_fails_what_need_not_wait),
		in_any_order(what_gives_goes_on_in_a_scope_that_is_over),
		in_any_order(a_try_that_would_park_is_eagain_or_ebusy),
		in_any_order(in_use_it_is_kept_and_other_threads_are_refused),
		in_any_order(null_and_what_was_not_made_are_einval),
		in_any_order(to_destroy_nothing_succeeds),
	};

	return suite_run(tests);
}
