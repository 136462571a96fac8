/* SPDX-License-Identifier: MIT */
/*
 * No memory: each operation that may need some is run with its first request
 * failing, then its second, and so on until none failed. Every failure must
 * say ENOMEM and change nothing, and the same call must work right after it.
 *
 * Every attempt has a thread of its own, because a thread keeps what it once
 * got: slabs, pools, its own structure.
 */
#include "support/memory.h"
#include "support/suite.h"

#include <string.h>

#include <cress/coroutine.h>
#include <cress/local.h>
#include <cress/runtime.h>
#include <cress/stack.h>
#include <cress/trace.h>

/* More requests than any single call may need. */
#define MANY 20

struct attempt {
	/* Prepared with memory; acts with a failing request, then without. */
	void (*prepare)(struct attempt *attempt);
	int (*act)(struct attempt *attempt);	/* 0, or -1 with errno */
	void (*conclude)(struct attempt *attempt);
	int can_do_without;	/* some request is for a comfort only */
	size_t n;
	int failed;
	cress_t *c;
};

static cress_local_t key;
static cress_t *main_one;

static void try_once(void *arg)
{
	struct attempt *attempt = arg;

	if (attempt->prepare != NULL)
		attempt->prepare(attempt);
	memory_fail(attempt->n);
	errno = 0;
	int result = attempt->act(attempt);
	int error = errno;

	attempt->failed = memory_has_failed();
	memory_fail(0);
	check(!attempt->failed || attempt->can_do_without || result == -1);
	if (result == -1) {
		check(attempt->failed && error == ENOMEM);
		check(attempt->act(attempt) == 0);
	}
	if (attempt->conclude != NULL)
		attempt->conclude(attempt);
}

/* Returns how many requests could fail. */
static size_t fail_each_request(struct attempt attempt)
{
	size_t blocks = memory_blocks();
	size_t mappings = memory_mappings();

	for (size_t n = 1; n < MANY; n++) {
		struct attempt next = attempt;

		next.n = n;
		on_thread(try_once, &next);
		check(memory_blocks() == blocks);
		check(memory_mappings() == mappings);
		if (!next.failed)
			return n - 1;
	}
	check(!"a request that never stops failing");
	return 0;
}

static void *give_back(void *arg)
{
	return arg;
}

static void enter(struct attempt *attempt)
{
	(void)attempt;
	check(cress_current() != NULL);
}

static void make_one(struct attempt *attempt)
{
	attempt->c = cress_new(give_back, NULL);
	check(attempt->c != NULL);
}

static void release_it(struct attempt *attempt)
{
	cress_release(attempt->c);
}

static int act_current(struct attempt *attempt)
{
	(void)attempt;
	return cress_current() != NULL ? 0 : -1;
}

/* D2 */
static void the_first_call_of_a_thread_survives_failure(void **state)
{
	(void)state;

	assert_true(fail_each_request((struct attempt){.act = act_current}));
}

static int act_new(struct attempt *attempt)
{
	cress_attr_t attr = {.name = "somebody"};

	attempt->c = cress_new(give_back, &attr);
	return attempt->c != NULL ? 0 : -1;
}

/* Run it, so that what was made after the failure is proved to work. */
static void run_it(struct attempt *attempt)
{
	check(strcmp(cress_name(attempt->c), "somebody") == 0);
	check(cress_switch(attempt->c, as_value(3)) == as_value(3));
	check(cress_is_dead(attempt->c));
	cress_release(attempt->c);
}

/* D2 */
static void cress_new_survives_failure(void **state)
{
	(void)state;

	assert_true(fail_each_request((struct attempt){
		.act = act_new, .conclude = run_it}) >= 2);
}

static int act_switch(struct attempt *attempt)
{
	void *got = cress_switch(attempt->c, as_value(4));

	if (got == as_value(4))
		return 0;
	check(got == NULL && cress_error() == ENOMEM);
	check(!cress_is_active(attempt->c) && !cress_is_dead(attempt->c));
	return -1;
}

/* R17, D2 */
static void a_first_switch_survives_failure(void **state)
{
	(void)state;

	assert_true(fail_each_request((struct attempt){
		.prepare = make_one, .act = act_switch,
		.conclude = release_it, .can_do_without = 1}));
}

static int act_set_name(struct attempt *attempt)
{
	if (cress_set_name(attempt->c, "another") == 0)
		return 0;
	check(strcmp(cress_name(attempt->c), "somebody") == 0);
	return -1;
}

static void name_it(struct attempt *attempt)
{
	make_one(attempt);
	check(cress_set_name(attempt->c, "somebody") == 0);
}

static void check_name(struct attempt *attempt)
{
	check(strcmp(cress_name(attempt->c), "another") == 0);
	cress_release(attempt->c);
}

/* D2 */
static void set_name_survives_failure_and_keeps_the_old(void **state)
{
	(void)state;

	assert_int_equal(fail_each_request((struct attempt){
		.prepare = name_it, .act = act_set_name,
		.conclude = check_name}), 1);
}

static void count_run(void *arg)
{
	++*(int *)arg;
}

static int ran;

static int act_defer(struct attempt *attempt)
{
	(void)attempt;
	return cress_defer(count_run, &ran);
}

/* R28, D2 */
static void defer_survives_failure_and_runs_once(void **state)
{
	(void)state;

	ran = 0;
	assert_int_equal(fail_each_request((struct attempt){
		.prepare = enter, .act = act_defer}), 1);

	/* Once at the end of each of the two threads. */
	assert_int_equal(ran, 2);
}

static int act_local_set(struct attempt *attempt)
{
	(void)attempt;
	if (cress_local_set(key, as_value(5)) == 0)
		return 0;
	check(cress_local_get(key) == NULL);
	return -1;
}

static void check_local(struct attempt *attempt)
{
	(void)attempt;
	check(cress_local_get(key) == as_value(5));
}

/* G46, D2 */
static void local_set_survives_failure(void **state)
{
	(void)state;
	assert_int_equal(cress_local_new(&key, NULL, NULL), 0);

	assert_true(fail_each_request((struct attempt){
		.prepare = enter, .act = act_local_set,
		.conclude = check_local}));

	cress_local_free(key);
}

static void *get_value(void *arg)
{
	check(cress_local_get(key) == arg);
	return arg;
}

static void make_and_set(struct attempt *attempt)
{
	attempt->c = cress_new(get_value, NULL);
	check(cress_local_set(key, as_value(5)) == 0);
}

static int act_local_copy(struct attempt *attempt)
{
	return cress_local_copy(attempt->c, cress_current());
}

static void run_copied(struct attempt *attempt)
{
	check(cress_switch(attempt->c, as_value(5)) == as_value(5));
	cress_release(attempt->c);
}

/* G46, D2 */
static void local_copy_survives_failure(void **state)
{
	(void)state;
	assert_int_equal(cress_local_new(&key, NULL, NULL), 0);

	assert_true(fail_each_request((struct attempt){
		.prepare = make_and_set, .act = act_local_copy,
		.conclude = run_copied}));

	cress_local_free(key);
}

static int act_local_share(struct attempt *attempt)
{
	return cress_local_share(attempt->c, cress_current());
}

/* G46, D2 */
static void local_share_survives_failure(void **state)
{
	(void)state;

	assert_true(fail_each_request((struct attempt){
		.prepare = make_one, .act = act_local_share,
		.conclude = release_it}));
}

static int trace_nothing(int event, cress_t *from, cress_t *to, void *context)
{
	(void)event;
	(void)from;
	(void)to;
	(void)context;
	return 0;
}

static int act_set_trace(struct attempt *attempt)
{
	(void)attempt;
	return cress_set_trace(trace_nothing, NULL, NULL, NULL);
}

/* G39, D2 */
static void set_trace_survives_failure(void **state)
{
	(void)state;

	assert_true(fail_each_request((struct attempt){.act = act_set_trace}));
}

static void *start_in_vain(void *arg)
{
	memory_fail(1);
	void *got = cress_switch(arg, NULL);

	note("%d:%d:%d", got != NULL, cress_error(), errno);
	memory_fail(0);
	return cress_switch(main_one, NULL);
}

/* R17 */
static void others_go_on_when_there_is_no_stack_for_one(void **state)
{
	(void)state;
	cress_attr_t attr = {.stack_size = (1 << 20) + 8192};
	cress_t *c = cress_new(give_back, &attr);
	cress_t *starter = cress_new(start_in_vain, NULL);

	main_one = cress_current();
	assert_gives(cress_switch(starter, c), NULL);
	assert_gives(cress_switch(c, as_value(6)), as_value(6));
	assert_gives(cress_switch(starter, as_value(7)), as_value(7));

	assert_string_equal(noted(), "0:12:12");
	cress_release(c);
	cress_release(starter);
}

static void *no_memory(size_t size, void *context)
{
	(void)size;
	(void)context;
	return NULL;
}

/* D2 */
static void half_an_allocator_is_refused(void **state)
{
	(void)state;
	cress_allocator_t half = {.alloc = no_memory};
	cress_allocator_t other = {.reserved = {[1] = &half}};

	assert_refuses(cress_set_allocator(&half), EINVAL);
	assert_refuses(cress_set_allocator(&other), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_first_call_of_a_thread_survives_failure),
		test(cress_new_survives_failure),
		test(a_first_switch_survives_failure),
		test(set_name_survives_failure_and_keeps_the_old),
		test(defer_survives_failure_and_runs_once),
		test(local_set_survives_failure),
		test(local_copy_survives_failure),
		test(local_share_survives_failure),
		test(set_trace_survives_failure),
		test(others_go_on_when_there_is_no_stack_for_one),
		test(half_an_allocator_is_refused),
	};

	memory_install();
	return suite_run(tests);
}
