/* SPDX-License-Identifier: MIT */
/*
 * libunwind reads call frame information by code of its own, which profilers
 * and crash reporters use. It must end where the stack begins, and say that
 * this is the end and no error.
 */
#define UNW_LOCAL_ONLY
#include "kit.h"

#include <libunwind.h>
#include <string.h>
#include <switch.h>

#define NOINLINE __attribute__((noinline))
#define LONGEST 32

static struct arch_context thread, coroutine;

/* A walk from its innermost frame on. */
static uintptr_t functions[LONGEST];
static int length, end;

static NOINLINE void walk(void)
{
	unw_context_t context;
	unw_cursor_t cursor;
	unw_proc_info_t info;

	memset(functions, 0, sizeof functions);
	kit_check(unw_getcontext(&context) == 0);
	kit_check(unw_init_local(&cursor, &context) == 0);
	length = 0;
	do {
		kit_check(length < LONGEST);
		kit_check(unw_get_proc_info(&cursor, &info) == 0);
		functions[length++] = info.start_ip;
		end = unw_step(&cursor);
	} while (end > 0);
}

static NOINLINE void innermost(void)
{
	cress_arch_switch(&thread, NULL, &coroutine);
	walk();
	kit_check(length > 0);
}

static NOINLINE void outermost(void)
{
	innermost();
	kit_check(end <= 0);
}

static void be_walked(void *value)
{
	outermost();
	cress_arch_switch(&thread, value, &coroutine);
}

/* R63 */
static void libunwind_ends_cleanly_at_the_entry(void)
{
	const uintptr_t expected[] = {
		(uintptr_t)walk, (uintptr_t)innermost, (uintptr_t)outermost,
		(uintptr_t)be_walked, (uintptr_t)cress_arch_entry,
	};

	arch_context_init(&coroutine, kit_stack_top(), be_walked);
	arch_context_init_fp(&coroutine);
	cress_arch_switch(&coroutine, NULL, &thread);
	cress_arch_switch(&coroutine, NULL, &thread);

	kit_check(end == 0);
	kit_check(length == 5);
	for (int i = 0; i < 5; i++)
		kit_check(functions[i] == expected[i]);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(libunwind_ends_cleanly_at_the_entry, 19),
	};

	return kit_main(argc, argv, tests, 1);
}
