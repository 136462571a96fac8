/* SPDX-License-Identifier: MIT */
/*
 * A great many stacks: what they cost in mappings, and what happens when there
 * can be no more. CRESS_FULL=1 in the environment asks for the long count.
 *
 * Each test is a child process, which has the limits of the kernel to itself
 * and gives everything back when it ends.
 */
#include "support/child.h"
#include "support/environment.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

#define STACK_SIZE ((size_t)64 << 10)
#define FEW 2000
#define SOME 20000
#define MANY 100000
#define FULL 1000000

/* Kernels allow 65,530 mappings by default, and a guard costs two. */
#define MAPPINGS_EXPECTED 65530

static struct child child;
static cress_t *main_one;
static cress_t *all[FULL];

static void *park(void *arg)
{
	intptr_t here = (intptr_t)arg;
	void *back = cress_switch(main_one, (void *)(here + 1));

	return (void *)(here + (intptr_t)back);
}

/* Start up to `count` of them; returns how many have a stack. */
static size_t start(size_t count, size_t stack_size)
{
	cress_attr_t attr = {.stack_size = stack_size};

	main_one = cress_current();
	for (size_t i = 0; i < count; i++) {
		all[i] = cress_new(park, &attr);
		child_check(all[i] != NULL);
		void *got = cress_switch(all[i], (void *)i);
		if (got == NULL)
			return i;
		child_check(got == (void *)(i + 1));
	}
	return count;
}

/* End the first `count`, each with a value that only it can know. */
static void finish(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *got = cress_switch(all[i], (void *)(2 * i));

		child_check(got == (void *)(3 * i));
		child_check(cress_is_dead(all[i]));
		cress_release(all[i]);
	}
}

static void start_many(void *arg)
{
	size_t count = (size_t)arg;
	int few_mappings = cress_stack_guard() == CRESS_GUARD_MADVISE &&
			   !environment_is_sanitized();

	start(1, STACK_SIZE);
	finish(1);
	size_t before = environment_mappings();
	child_check(start(count, STACK_SIZE) == count);
	size_t after = environment_mappings();

	printf("%zu stacks, %zu mappings more\n", count, after - before);
	child_check(!few_mappings || after < before + 10);
	finish(count);
}

/* The parent must not call the library, so it reads the environment itself. */
static size_t how_many(void)
{
	const char *guard = getenv("CRESS_GUARD");
	int mprotect = guard != NULL && strcmp(guard, "mprotect") == 0;

	if (environment_is_tsan() || environment_is_valgrind() ||
	    environment_is_qemu()) {
		environment_say("2,000 stacks", "a slow place");
		return FEW;
	}
	if (environment_is_sanitized()) {
		environment_say("2,000 stacks", "a sanitizer");
		return FEW;
	}
	if (mprotect) {
		environment_say("20,000 stacks", "mprotect guards");
		return SOME;
	}
	if (SIZE_MAX <= UINT32_MAX) {
		environment_say("20,000 stacks", "addresses of 32 bits");
		return SOME;
	}
	return environment_is_full() ? FULL : MANY;
}

/* R16 */
static void guarded_stacks_cost_next_to_no_mappings(void **state)
{
	(void)state;

	child_run(&child, start_many, (void *)how_many());

	printf("%s", child.text);
	assert_true(child_exited(&child, 0));
}

/* The tools need mappings of their own, and die without them. */
static int limits_can_be_tried(void)
{
	if (!environment_is_sanitized() &&
	    !environment_is_valgrind() && !environment_is_qemu())
		return 1;
	environment_say("limits are not tried", "the tool needs memory");
	return 0;
}

static size_t mappings_allowed(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	size_t allowed = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%zu", &allowed) != 1)
		allowed = 0;
	fclose(file);
	return allowed;
}

static void start_until_the_kernel_refuses(void *arg)
{
	(void)arg;
	setenv("CRESS_GUARD", "mprotect", 1);
	child_check(cress_stack_guard() == CRESS_GUARD_MPROTECT);
	size_t n = start(MAPPINGS_EXPECTED, STACK_SIZE);
	int error = cress_error();

	printf("%zu stacks, then error %d\n", n, error);
	child_check(n > 20000 && n < MAPPINGS_EXPECTED);
	child_check(error == ENOMEM || error == EAGAIN);
	child_check(!cress_is_active(all[n]) && !cress_is_dead(all[n]));
	finish(n);

	/* There is room again: the one that was refused runs now. */
	child_check(cress_switch(all[n], (void *)n) == (void *)(n + 1));
	cress_release(all[n]);
	child_check(start(1000, STACK_SIZE) == 1000);
	finish(1000);
}

/* R16, R17 */
static void the_limit_of_mappings_refuses_one_and_harms_none(void **state)
{
	(void)state;
	if (!limits_can_be_tried())
		skip();
	if (mappings_allowed() != MAPPINGS_EXPECTED) {
		environment_say("the limit is not reached", "max_map_count");
		skip();
	}

	child_run(&child, start_until_the_kernel_refuses, NULL);

	printf("%s", child.text);
	assert_true(child_exited(&child, 0));
}

static void start_until_memory_ends(void *arg)
{
	const rlim_t room = (rlim_t)512 << 20;
	struct rlimit limit = {room, room};

	(void)arg;
	child_check(setrlimit(RLIMIT_AS, &limit) == 0);
	size_t n = start(MANY, (size_t)1 << 20);

	printf("%zu stacks, then error %d\n", n, cress_error());
	child_check(n > 50 && n < 512);
	child_check(cress_error() == ENOMEM);
	finish(n);
	child_check(cress_switch(all[n], (void *)n) == (void *)(n + 1));
	cress_release(all[n]);
}

/* R17 */
static void the_limit_of_memory_refuses_one_and_harms_none(void **state)
{
	(void)state;
	if (!limits_can_be_tried())
		skip();

	child_run(&child, start_until_memory_ends, NULL);

	printf("%s", child.text);
	assert_true(child_exited(&child, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guarded_stacks_cost_next_to_no_mappings),
		cmocka_unit_test(
			the_limit_of_mappings_refuses_one_and_harms_none),
		cmocka_unit_test(
			the_limit_of_memory_refuses_one_and_harms_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
