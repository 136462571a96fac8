/* SPDX-License-Identifier: MIT */
/*
 * Stacks: sizes that cannot be, own memory, peak use, clean stacks, the pool,
 * and that nobody's stack goes before it has been left.
 */
#include "support/environment.h"
#include "support/memory.h"
#include "support/suite.h"

#include <string.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

#ifdef __clang__
#define NOT_SANITIZED \
	__attribute__((noinline, no_sanitize("address", "memory")))
#else
#define NOT_SANITIZED __attribute__((noinline, no_sanitize("address")))
#endif

static cress_t *main_one;
static size_t page;

static void *give_back(void *arg)
{
	return arg;
}

static cress_stack_stats_t stats(void)
{
	cress_stack_stats_t now;

	cress_stack_stats(&now);
	return now;
}

/* Make a coroutine of this size and run it; 0, or the error of either call. */
static int try_size(size_t size)
{
	cress_t *c = cress_new(give_back, &(cress_attr_t){.stack_size = size});
	int error = errno;

	if (c == NULL)
		return error;
	void *got = cress_switch(c, as_value(1));
	error = got == as_value(1) ? 0 : cress_error();
	check((error == 0) == cress_is_dead(c));
	cress_release(c);
	return error;
}

/* R18 */
static void sizes_that_cannot_be_are_refused(void **state)
{
	(void)state;
	const size_t sizes[] = {1, page - 1, page, SIZE_MAX, SIZE_MAX - page,
				SIZE_MAX - page + 1, SIZE_MAX / 2,
				(size_t)PTRDIFF_MAX + 1, SIZE_MAX / 2 - page,
				cress_stack_min() - 1};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		int error = try_size(sizes[i]);

		assert_true(error == EINVAL || error == ENOMEM);
	}
	assert_int_equal(try_size(0), 0);
}

/* R18 */
static void sizes_from_the_least_on_work(void **state)
{
	(void)state;
	size_t least = cress_stack_min();

	assert_int_equal(least, (environment_guard_pages() + 3) * page);
	assert_true(cress_stack_default() >= 128 * 1024);
	assert_int_equal(cress_stack_default() % page, 0);
	assert_int_equal(try_size(least), 0);
	assert_int_equal(try_size(least + 1), 0);
	assert_int_equal(try_size(3 * least + 5), 0);
	assert_int_equal(try_size(cress_stack_default()), 0);
	assert_int_equal(try_size((size_t)64 << 20), 0);
}

static void *own_address(void *arg)
{
	max_align_t local;
	volatile uintptr_t address = (uintptr_t)&local;

	/* Under AddressSanitizer locals may be somewhere else. */
	*(uintptr_t *)arg = (uintptr_t)__builtin_frame_address(0);
	check(address % _Alignof(max_align_t) == 0);
	return cress_switch(main_one, NULL);
}

/* R18 */
static void own_memory_serves_and_nothing_beside_it_is_touched(void **state)
{
	(void)state;
	static unsigned char memory[3 << 16];
	unsigned char *stack = memory + (1 << 16) + 3;
	size_t size = (1 << 16) - 9;
	uintptr_t frame = 0;
	cress_attr_t attr = {.stack = stack, .stack_size = size};

	main_one = cress_current();
	memset(memory, 0x5a, sizeof(memory));
	cress_t *c = cress_new(own_address, &attr);
	assert_gives(cress_switch(c, &frame), NULL);
	assert_true(frame - (uintptr_t)stack < size);
	assert_gives(cress_switch(c, as_value(2)), as_value(2));
	cress_release(c);

	for (size_t i = 0; i < sizeof(memory); i++)
		if (memory + i < stack || memory + i >= stack + size)
			assert_int_equal(memory[i], 0x5a);
}

/* R18 */
static void own_memory_that_is_too_small_is_refused(void **state)
{
	(void)state;
	static char memory[1 << 16];
	const size_t sizes[] = {0, 1, 4095, SIZE_MAX, SIZE_MAX - page};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		cress_attr_t attr = {.stack = memory, .stack_size = sizes[i]};

		errno = 0;
		assert_null(cress_new(give_back, &attr));
		assert_int_equal(errno, EINVAL);
	}
}

/* R22, D3 */
static void own_memory_may_serve_one_after_another(void **state)
{
	(void)state;
	static char memory[1 << 16];
	cress_attr_t attr = {.stack = memory, .stack_size = sizeof(memory)};

	for (int i = 0; i < 100; i++) {
		attr.flags = i % 2 ? CRESS_CLEAN_STACK : 0;
		cress_t *c = cress_new(give_back, &attr);

		assert_gives(cress_switch(c, as_value(i)), as_value(i));
		cress_release(c);
	}
	assert_int_equal(stats().in_use, 0);
}

static uintptr_t deepest;

/* Use at least `bytes` of the stack, and remember how deep that was. */
NOT_SANITIZED static void dive(size_t bytes, uintptr_t from)
{
	volatile char frame[512];

	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = 0x5a;
	deepest = (uintptr_t)frame;
	if (from - deepest < bytes)
		dive(bytes, from);
	frame[0] = 0x5b;
}

static void *dive_and_park(void *arg)
{
	dive((size_t)arg, (uintptr_t)__builtin_frame_address(0));
	cress_switch(main_one, arg);
	return NULL;
}

static size_t peak_of(size_t depth, void *stack, size_t size, unsigned flags)
{
	cress_attr_t attr = {
		.stack = stack, .stack_size = size, .flags = flags};
	cress_t *c = cress_new(dive_and_park, &attr);

	check(cress_stack_peak(c) == 0);
	cress_switch(c, as_value(depth));
	size_t peak = cress_stack_peak(c);
	cress_switch(c, NULL);
	check(cress_stack_peak(c) == 0);
	cress_release(c);
	return peak;
}

/* R24 */
static void the_peak_is_right_within_a_page(void **state)
{
	(void)state;
	static char own[1 << 18];
	uintptr_t top = (uintptr_t)own + sizeof(own);

	main_one = cress_current();
	for (size_t depth = 4000; depth < (1 << 17); depth += 9000) {
		size_t peak = peak_of(depth, own, sizeof(own),
				      CRESS_CLEAN_STACK);
		size_t used = top - deepest;

		assert_int_equal(peak % page, 0);
		assert_true(peak >= used && peak <= used + 2 * page);
		size_t mapped = peak_of(depth, NULL, sizeof(own),
					CRESS_CLEAN_STACK);
		assert_true(mapped >= depth && mapped <= used + 4 * page);
	}
	assert_int_equal(cress_stack_peak(main_one), 0);
}

/*
 * Count the bytes of the dive of somebody else, below our own frame. One alone
 * may be part of an address that a sanitizer keeps there.
 */
NOT_SANITIZED static size_t leftovers(volatile char *memory, size_t size)
{
	size_t found = 0, run = 0;

	for (size_t i = 0; i < size; i++) {
		run = memory[i] == 0x5a ? run + 1 : 0;
		found += run >= 16;
	}
	return found;
}

NOT_SANITIZED static void *look_for_leftovers(void *arg)
{
	volatile char *memory = __builtin_alloca((size_t)arg);

	return as_value(leftovers(memory, (size_t)arg));
}

static int leftovers_with(unsigned flags)
{
	cress_attr_t attr = {.stack_size = 1 << 18};
	cress_t *diver = cress_new(dive_and_park, &attr);

	attr.flags = flags;
	cress_t *finder = cress_new(look_for_leftovers, &attr);
	cress_switch(diver, as_value(60000));
	cress_switch(diver, NULL);
	int found = as_number(cress_switch(finder, as_value(40000)));
	cress_release(diver);
	cress_release(finder);
	return found;
}

/* R19 */
static void a_clean_stack_shows_no_byte_of_an_earlier_owner(void **state)
{
	(void)state;
	main_one = cress_current();
	if (environment_is_valgrind())
		skip();

	assert_int_equal(leftovers_with(CRESS_CLEAN_STACK), 0);
	/* The search finds what is there: trim would hide a blind one. */
	assert_true(leftovers_with(0) > 0);
	assert_int_equal(leftovers_with(CRESS_CLEAN_STACK), 0);
}

static void *park(void *arg)
{
	return cress_switch(main_one, arg);
}

/* D3, R19 */
static void stacks_go_to_the_pool_and_come_from_it(void **state)
{
	(void)state;
	cress_t *all[20];

	main_one = cress_current();
	for (size_t i = 0; i < COUNT(all); i++) {
		all[i] = cress_new(park, NULL);
		cress_switch(all[i], NULL);
	}
	cress_stack_stats_t busy = stats();
	for (size_t i = 0; i < COUNT(all); i++)
		cress_release(all[i]);
	cress_stack_stats_t idle = stats();

	assert_int_equal(busy.in_use, 20);
	assert_true(busy.mapped_bytes >= 20 * cress_stack_default());
	assert_int_equal(idle.in_use, 0);
	assert_true(idle.pooled >= 20);
	assert_true(cress_stack_trim() >= 20);
	assert_int_equal(stats().pooled, idle.pooled);
	assert_int_equal(stats().mapped_bytes, idle.mapped_bytes);
}

/* D3 */
static void the_unstarted_have_no_stack(void **state)
{
	(void)state;
	cress_stack_stats_t before = stats();
	cress_t *c = cress_new(give_back, NULL);

	assert_int_equal(stats().in_use, before.in_use);
	assert_int_equal(stats().mapped_bytes, before.mapped_bytes);
	assert_int_equal(cress_stack_peak(c), 0);

	cress_release(c);
}

static void *start_another_where_one_died(void *arg)
{
	dive(20000, (uintptr_t)__builtin_frame_address(0));
	return as_value(as_number(arg) + 1);
}

/* R22 */
static void a_dying_stack_is_not_reused_before_it_is_left(void **state)
{
	(void)state;
	const unsigned flags[] = {0, CRESS_CLEAN_STACK};

	/* The unstarted parent needs a stack while its child still dies. */
	for (size_t i = 0; i < COUNT(flags); i++) {
		cress_attr_t attr = {.flags = flags[i]};
		cress_t *all[5];

		for (size_t n = 0; n < COUNT(all); n++) {
			all[n] = cress_new(start_another_where_one_died, &attr);
			attr.parent = all[n];
		}
		assert_gives(cress_switch(all[4], as_value(1)), as_value(6));
		for (size_t n = 0; n < COUNT(all); n++)
			cress_release(all[n]);
	}
}

static void many_stacks(void *arg)
{
	static __thread cress_t *all[300];
	cress_attr_t attr = {.stack_size = (size_t)arg};

	main_one = cress_current();
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT(all); i++) {
			all[i] = cress_new(park, &attr);
			cress_switch(all[i], as_value(i));
		}
		for (size_t i = 0; i < COUNT(all); i++) {
			check(cress_switch(all[i], as_value(i)) == as_value(i));
			cress_release(all[i]);
		}
	}
}

/* R22 */
static void no_stack_is_unmapped_from_under_its_owner(void **state)
{
	(void)state;
	size_t mappings = memory_mappings();

	on_thread(many_stacks, as_value(1 << 16));
	on_thread(many_stacks, as_value(1 << 20));
	on_thread(many_stacks, as_value((1 << 20) + 5 * 4096));

	assert_int_equal(memory_unmapped_running(), 0);
	assert_int_equal(memory_mappings(), mappings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(sizes_that_cannot_be_are_refused),
		test(sizes_from_the_least_on_work),
		test(own_memory_serves_and_nothing_beside_it_is_touched),
		test(own_memory_that_is_too_small_is_refused),
		test(own_memory_may_serve_one_after_another),
		test(the_peak_is_right_within_a_page),
		test(a_clean_stack_shows_no_byte_of_an_earlier_owner),
		test(stacks_go_to_the_pool_and_come_from_it),
		test(the_unstarted_have_no_stack),
		test(a_dying_stack_is_not_reused_before_it_is_left),
		test(no_stack_is_unmapped_from_under_its_owner),
	};

	memory_install();
	page = environment_page_size();
	return suite_run(tests);
}
