/* SPDX-License-Identifier: MIT */
/*
 * Guards: that there is one below every stack, and that it lasts.
 *
 * They are probed by write(), which fails with EFAULT where a load would trap,
 * so nothing has to crash. Under valgrind, which judges such a write itself,
 * these tests are skipped.
 */
#include "support/environment.h"
#include "support/suite.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

static cress_t *main_one;
static size_t page;

static size_t pooled(void)
{
	cress_stack_stats_t now;

	cress_stack_stats(&now);
	return now.pooled;
}

/* Where this coroutine's guard begins, seen from its frame; 0: nowhere. */
static size_t distance_to_guard(size_t limit)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	size_t distance = 0;
	int ends[2];

	if (!check(pipe(ends) == 0))
		return 0;
	for (size_t at = here % page + 1; at < limit; at += page)
		if (write(ends[1], (char *)here - at, 1) == -1) {
			distance = errno == EFAULT ? at : 0;
			break;
		}
	close(ends[0]);
	close(ends[1]);
	return distance;
}

static void *find_guard(void *arg)
{
	note("%d", distance_to_guard((size_t)arg) != 0);
	return cress_switch(main_one, arg);
}

/* R15 */
static void below_every_stack_lies_a_guard_within_its_size(void **state)
{
	(void)state;
	const size_t sizes[] = {cress_stack_min(), 1 << 16, (1 << 17) + 1,
				1 << 20};

	main_one = cress_current();
	if (environment_is_valgrind())
		skip();
	for (size_t i = 0; i < COUNT(sizes); i++) {
		cress_attr_t attr = {.stack_size = sizes[i]};
		cress_t *c = cress_new(find_guard, &attr);

		/* A size may be rounded up, to the next power of two. */
		cress_switch(c, as_value(2 * sizes[i]));
		cress_switch(c, NULL);
		cress_release(c);
	}

	assert_string_equal(noted(), "1 1 1 1");
}

/* R15 */
static void guards_are_made_as_the_environment_says(void **state)
{
	(void)state;
	const char *wish = getenv("CRESS_GUARD");
	enum cress_guard guard = cress_stack_guard();

	assert_true(guard == CRESS_GUARD_MADVISE ||
		    guard == CRESS_GUARD_MPROTECT);
	if (environment_is_qemu() || (wish && !strcmp(wish, "mprotect")))
		assert_int_equal(guard, CRESS_GUARD_MPROTECT);
}

/* R20 */
static void a_guard_survives_reuse_and_trimming(void **state)
{
	(void)state;
	size_t size = cress_stack_default();

	main_one = cress_current();
	if (environment_is_valgrind())
		skip();
	for (int i = 0; i < 3; i++) {
		cress_t *c = cress_new(find_guard, NULL);

		cress_switch(c, as_value(size));
		cress_switch(c, NULL);
		cress_release(c);
		assert_true(pooled() > 0);
		if (i == 1)
			assert_true(cress_stack_trim() > 0);
	}

	assert_string_equal(noted(), "1 1 1");
}

static void *find_guard_in_a_child_process(void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(distance_to_guard((size_t)arg) != 0 ? 42 : 1);
	check(pid > 0 && waitpid(pid, &status, 0) == pid);
	note("%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return NULL;
}

/* R20 */
static void a_guard_survives_fork(void **state)
{
	(void)state;
	cress_t *c = cress_new(find_guard_in_a_child_process, NULL);

	if (environment_is_valgrind())
		skip();
	cress_switch(c, as_value(cress_stack_default()));

	assert_string_equal(noted(), "42");
	cress_release(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(below_every_stack_lies_a_guard_within_its_size),
		test(guards_are_made_as_the_environment_says),
		test(a_guard_survives_reuse_and_trimming),
		test(a_guard_survives_fork),
	};

	page = (size_t)sysconf(_SC_PAGESIZE);
	return suite_run(tests);
}
