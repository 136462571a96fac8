/* SPDX-License-Identifier: MIT */
/*
 * Guards of stacks on another processor, whose pages may have another size.
 * Of the library this takes the core layer, and the kit of arch in place of a
 * test library: it is linked statically, and runs where there is a compiler.
 *
 * A guard is found by write(), which fails with EFAULT where a load would trap.
 */
#include <kit.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

static cress_t *main_one;
static size_t page;

/* How far below this frame the guard begins; 0: there is none up to `limit`. */
static size_t distance_to_guard(size_t limit)
{
	char here;
	size_t distance = 0;
	int ends[2];

	kit_check(pipe(ends) == 0);
	for (size_t at = (uintptr_t)&here % page + 1; at < limit; at += page)
		if (write(ends[1], &here - at, 1) == -1) {
			distance = errno == EFAULT ? at : 0;
			break;
		}
	close(ends[0]);
	close(ends[1]);
	return distance;
}

/* Looks as far as the stack can be used: what is below is not the guard. */
static void *find_guard(void *arg)
{
	kit_check(distance_to_guard((size_t)arg - page) != 0);
	return cress_switch(main_one, arg);
}

static void look_on_a_stack_of(size_t size)
{
	cress_attr_t attr = {.stack_size = size};
	cress_t *c = cress_new(find_guard, &attr);

	kit_check(cress_switch(c, (void *)size) == (void *)size);
	cress_switch(c, NULL);
	cress_release(c);
}

/* R20 */
static void a_guard_is_one_of_the_pages_of_this_processor(void)
{
	printf("# pages of %zu bytes\n", page);
	kit_check(cress_stack_min() == 4 * page);

	look_on_a_stack_of(cress_stack_min());
	look_on_a_stack_of(1 << 20);
}

/* R20 */
static void the_guard_lasts_when_its_stack_is_trimmed_and_reused(void)
{
	cress_stack_stats_t before, after;

	look_on_a_stack_of(1 << 17);
	cress_stack_stats(&before);
	look_on_a_stack_of(1 << 17);
	kit_check(cress_stack_trim() > 0);
	look_on_a_stack_of(1 << 17);

	cress_stack_stats(&after);
	kit_check(after.mapped_bytes == before.mapped_bytes);
}

static void *find_guard_in_a_child(void *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(distance_to_guard((size_t)arg - page) != 0 ? 42 : 1);
	kit_check(pid > 0 && waitpid(pid, &status, 0) == pid);
	kit_check(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	return cress_switch(main_one, arg);
}

/* R20 */
static void the_guard_is_there_after_a_fork(void)
{
	cress_t *c = cress_new(find_guard_in_a_child, NULL);

	cress_switch(c, (void *)cress_stack_default());
	cress_switch(c, NULL);
	cress_release(c);
}

__attribute__((noinline)) static int recurse(volatile int *depth)
{
	volatile char frame[256];

	frame[0] = (char)++*depth;
	return *depth < 0 ? 0 : recurse(depth) + frame[0];
}

static void *overflow(void *arg)
{
	volatile int depth = 0;

	return (char *)arg + recurse(&depth);
}

static void overflow_a_stack(void *arg)
{
	(void)arg;
	cress_switch(cress_new(overflow, NULL), NULL);
}

/* R14, R20 */
static void an_overflow_ends_a_process_that_has_used_the_stack(void)
{
	look_on_a_stack_of(cress_stack_default());
	cress_stack_trim();

	kit_check(kit_signal_of(overflow_a_stack, NULL) == SIGSEGV);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(a_guard_is_one_of_the_pages_of_this_processor, 7),
		KIT_TEST(the_guard_lasts_when_its_stack_is_trimmed_and_reused,
			 11),
		KIT_TEST(the_guard_is_there_after_a_fork, 2),
		KIT_TEST(an_overflow_ends_a_process_that_has_used_the_stack,
			 4),
	};

	main_one = cress_current();
	page = (size_t)sysconf(_SC_PAGESIZE);
	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
