/* SPDX-License-Identifier: MIT */
/*
 * cress_offload(): functions that block, in worker threads. Only the caller is
 * parked; what has begun is waited for, what has not never runs.
 */
#include "io/support.h"

#include <pthread.h>
#include <unistd.h>

#include <cress/offload.h>

/* A gate that functions in workers wait at, and a count of what they did. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate_is_open, entered, ran;

static void set_gate(int open)
{
	pthread_mutex_lock(&lock);
	gate_is_open = open;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static int count_of(const int *counter)
{
	pthread_mutex_lock(&lock);
	int count = *counter;

	pthread_mutex_unlock(&lock);
	return count;
}

static void begin_anew(void)
{
	set_gate(0);
	pthread_mutex_lock(&lock);
	entered = ran = 0;
	pthread_mutex_unlock(&lock);
}

static void *wait_at_gate(void *value)
{
	pthread_mutex_lock(&lock);
	entered++;
	while (!gate_is_open)
		pthread_cond_wait(&changed, &lock);
	ran++;
	pthread_mutex_unlock(&lock);
	return value;
}

static void *count_run(void *value)
{
	pthread_mutex_lock(&lock);
	ran++;
	pthread_mutex_unlock(&lock);
	return value;
}

static void *fail_softly(void *error)
{
	errno = as_number(error);
	return NULL;
}

static void *tell_thread(void *thread)
{
	*(pthread_t *)thread = pthread_self();
	return thread;
}

/* Calls: call.extra is the function, call.other its argument. */
static ssize_t make_offload(struct call *call)
{
	void *value = NULL;
	int result = cress_offload((cress_fn *)(uintptr_t)call->extra,
				   as_value(call->other), &value);

	call->size = (size_t)as_number(value);
	return result;
}

#define OFFLOAD(function, argument) \
	{ \
		.make = make_offload, .extra = (void *)(uintptr_t)(function), \
		.other = (argument) \
	}

/* Let the others run until so many have entered the gate. */
static void await_entered(int count)
{
	while (count_of(&entered) < count)
		if (!check(cress_sleep(0.0002) == 0))
			return;
}

/* D14 */
static void the_value_comes_back(void)
{
	void *value = NULL;

	check_int(cress_offload(count_run, as_value(42), &value), 0);
	check_int(as_number(value), 42);

	check_int(cress_offload(count_run, as_value(42), NULL), 0);
	check_refuses(cress_offload(NULL, NULL, &value), EINVAL);
}

static void errno_is_what_the_function_left(void)
{
	errno = ELOOP;
	check_int(cress_offload(fail_softly, as_value(EDOM), NULL), 0);
	check_int(errno, EDOM);

	check_int(cress_offload(fail_softly, as_value(0), NULL), 0);
	check_int(errno, 0);
}

static void it_runs_in_another_thread(void)
{
	pthread_t thread = pthread_self();

	check_int(cress_offload(tell_thread, &thread, NULL), 0);
	check(!pthread_equal(thread, pthread_self()));
}

static void a_slow_one_parks_only_its_caller(void)
{
	struct call slow = OFFLOAD(wait_at_gate, 7);

	begin_anew();
	call_begin(&slow);
	await_entered(1);
	for (int i = 0; i < 5; i++)
		check_int(cress_offload(count_run, NULL, NULL), 0);
	check(call_is_parked(&slow));
	set_gate(1);

	check_call(&slow, 0, 0);
	check_int((intmax_t)slow.size, 7);
}

static void a_slow_one_holds_up_none_submitted_right_after_it(void)
{
	struct call slow = OFFLOAD(wait_at_gate, 1);
	struct call fast = OFFLOAD(count_run, 2);

	check_int(cress_offload(count_run, NULL, NULL), 0);
	usleep(2000);
	begin_anew();
	fast.limit = 0.5;
	for (int i = 0; i < 20; i++) {
		begin_anew();
		call_begin(&slow);
		call_begin(&fast);
		check_call(&fast, 0, 0);
		set_gate(1);
		check_call(&slow, 0, 0);
	}
}

static void *offload_at_once(void *call)
{
	struct call *it = call;
	cress_scope_t limit;

	cress_scope_open(&limit, 0.5);
	it->result = it->make(it);
	it->error = errno;
	cress_scope_close(&limit);
	return NULL;
}

static void submissions_of_one_round_run_side_by_side(void)
{
	struct call slow = OFFLOAD(wait_at_gate, 1);
	struct call fast = OFFLOAD(count_run, 2);

	begin_anew();
	/* One worker, idle, and leave to make more. */
	check_int(cress_offload_limit(1), 0);
	check_int(cress_offload(count_run, NULL, NULL), 0);
	usleep(2000);
	check_int(cress_offload_limit(4), 0);
	slow.coroutine = cress_spawn(offload_at_once, &slow);
	fast.coroutine = cress_spawn(offload_at_once, &fast);
	check_int(cress_wait(fast.coroutine, NULL), 0);
	set_gate(1);

	check_call(&fast, 0, 0);
	check_int(cress_join(slow.coroutine, NULL), 0);
}

/* D14, R25 */
static void one_cancelled_before_it_began_never_runs(void)
{
	struct call busy = OFFLOAD(wait_at_gate, 1);
	struct call killed = OFFLOAD(count_run, 2);
	struct call late = OFFLOAD(count_run, 3);

	check_int(cress_offload_limit(1), 0);
	begin_anew();
	call_begin(&busy);
	await_entered(1);
	late.limit = 0.001;
	call_begin(&killed);
	call_begin(&late);
	check_call(&late, -1, ETIMEDOUT);
	check_int(cress_kill(killed.coroutine, EPIPE), 0);
	check_call(&killed, -1, EPIPE);
	set_gate(1);
	check_call(&busy, 0, 0);
	check_int(cress_offload(count_run, NULL, NULL), 0);

	check_int(count_of(&ran), 2);
	check_int(cress_offload_limit(4), 0);
}

/* D14, D5 */
static void one_that_has_begun_is_waited_for_and_then_fails(void)
{
	struct call calls[2] = {OFFLOAD(wait_at_gate, 7),
				OFFLOAD(wait_at_gate, 8)};

	begin_anew();
	call_begin(&calls[0]);
	call_begin(&calls[1]);
	await_entered(2);
	check_int(cress_kill(calls[0].coroutine, EPIPE), 0);
	check_int(cress_kill(calls[1].coroutine, CRESS_EXIT), 0);
	check_int(cress_sleep(0.004), 0);
	check(call_is_parked(&calls[0]) && call_is_parked(&calls[1]));
	set_gate(1);

	check_call(&calls[0], -1, EPIPE);
	check_call(&calls[1], -1, ECANCELED);
	check_int((intmax_t)calls[0].size, 7);
	check_int((intmax_t)calls[1].size, 8);
	check_int(count_of(&ran), 2);
}

/* D14, D5 */
static void one_in_a_scope_that_is_over_never_begins(void)
{
	cress_scope_t over;

	begin_anew();
	cress_scope_open(&over, 0);
	check_refuses(cress_offload(count_run, NULL, NULL), ETIMEDOUT);
	check_int(cress_scope_close(&over), ETIMEDOUT);

	check_int(cress_offload(fail_softly, NULL, NULL), 0);
	check_int(count_of(&ran), 0);
}

/* D14, D2 */
static void a_throw_waits_for_its_end_as_well(void)
{
	struct call call = OFFLOAD(wait_at_gate, 9);

	begin_anew();
	call_begin(&call);
	await_entered(1);
	cress_throw(call.coroutine, EPROTO);
	settle();
	check(call_is_parked(&call));
	set_gate(1);

	check_call(&call, -1, EPROTO);
	check_int((intmax_t)call.size, 9);
}

static void no_more_run_at_once_than_the_limit(void)
{
	struct call calls[8];

	begin_anew();
	check_int(cress_offload_limit(3), 0);
	for (int i = 0; i < 8; i++) {
		calls[i] = (struct call)OFFLOAD(wait_at_gate, i);
		call_begin(&calls[i]);
	}
	await_entered(3);
	check_int(cress_sleep(0.002), 0);
	check_int(count_of(&entered), 3);
	check_int(cress_offload_limit(8), 0);
	set_gate(1);

	for (int i = 0; i < 8; i++) {
		check_call(&calls[i], 0, 0);
		check_int((intmax_t)calls[i].size, i);
	}
	check_int(cress_offload_limit(4), 0);
}

static void limits_out_of_bounds_are_refused(void)
{
	check_refuses(cress_offload_limit(0), EINVAL);
	check_refuses(cress_offload_limit(-1), EINVAL);
	check_refuses(cress_offload_limit(257), EINVAL);

	check_int(cress_offload_limit(256), 0);
	check_int(cress_offload_limit(4), 0);
}

static int sum;

static void *add_one(void *number)
{
	void *value = NULL;

	check_int(cress_offload(count_run, number, &value), 0);
	check(value == number);
	sum += as_number(value);
	return NULL;
}

static void a_thousand_come_back_to_their_callers(void)
{
	static cress_t *callers[1000];

	begin_anew();
	sum = 0;
	for (int i = 0; i < 1000; i++)
		callers[i] = cress_spawn(add_one, as_value(i));
	for (int i = 0; i < 1000; i++)
		check_int(cress_join(callers[i], NULL), 0);

	check_int(sum, 999 * 1000 / 2);
	check_int(count_of(&ran), 1000);
}

static void *wait_in_worker(void *unused)
{
	cress_offload(wait_at_gate, unused, NULL);
	return unused;
}

static void end_with_a_job_under_way(void *unused)
{
	check_int(cress_go(wait_in_worker, unused), 0);
	while (count_of(&entered) < 1)
		check_int(cress_sleep(0.0002), 0);
}

static void *run_then_end(void *unused)
{
	end_with_a_job_under_way(unused);
	return NULL;
}

/* D14, G38: the job outlives the thread that asked for it, or is waited for */
static void a_thread_may_end_with_a_job_under_way(void)
{
	pthread_t thread;

	begin_anew();
	pthread_create(&thread, NULL, run_then_end, NULL);
	await_entered(1);
	check_int(cress_sleep(0.003), 0);
	set_gate(1);
	pthread_join(thread, NULL);
	while (count_of(&ran) < 1)
		check_int(cress_sleep(0.0002), 0);

	for (int i = 0; i < 10; i++)
		check_int(cress_offload(count_run, NULL, NULL), 0);
}

static int offload_some(void *unused)
{
	void *value = NULL;

	(void)unused;
	for (int i = 0; i < 50; i++) {
		check_int(cress_offload(count_run, as_value(i), &value), 0);
		check_int(as_number(value), i);
	}
	return 5;
}

static void run_a_hub(void *unused)
{
	check_int(cress_run(offload_some, unused), 5);
}

static void *run_in_thread(void *unused)
{
	run_a_hub(unused);
	return NULL;
}

static void several_hubs_share_the_workers(void)
{
	pthread_t threads[4];

	begin_anew();
	for (int i = 0; i < 4; i++)
		check_int(
			pthread_create(&threads[i], NULL, run_in_thread, NULL),
			0);
	offload_some(NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);

	check_int(count_of(&ran), 250);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(the_value_comes_back),
		on_io(errno_is_what_the_function_left),
		on_io(it_runs_in_another_thread),
		on_io(a_slow_one_parks_only_its_caller),
		on_io(a_slow_one_holds_up_none_submitted_right_after_it),
		on_io(submissions_of_one_round_run_side_by_side),
		on_io(one_cancelled_before_it_began_never_runs),
		on_io(one_that_has_begun_is_waited_for_and_then_fails),
		on_io(one_in_a_scope_that_is_over_never_begins),
		on_io(a_throw_waits_for_its_end_as_well),
		on_io(no_more_run_at_once_than_the_limit),
		on_io(limits_out_of_bounds_are_refused),
		on_io(a_thousand_come_back_to_their_callers),
		on_io(a_thread_may_end_with_a_job_under_way),
		on_io(several_hubs_share_the_workers),
	};

	return suite_run(tests);
}
