/* SPDX-License-Identifier: MIT */
/*
 * What Windows alone has: the bounds of the running stack in the thread's
 * environment block, guards that are part of them, and a report of overflows
 * that comes by an exception. A child is this program, run anew with the name
 * of what it shall do.
 */
#include "support/environment.h"
#include "support/suite.h"

#include <windows.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

#define NOINLINE __attribute__((noinline))

/* Where the block has it; the offsets are Windows' own. */
#define word_at(offset) \
	(*(char *volatile *)((char *)NtCurrentTeb() + (offset)))
#define base_of_stack() word_at(0x8)
#define limit_of_stack() word_at(0x10)
#define lowest_of_stack() word_at(0x1478)

static cress_t *main_one;

/* The stack of `size` that the caller is on is all that the block names. */
static NOINLINE int are_own_bounds(size_t size)
{
	char *frame = __builtin_frame_address(0);
	size_t guard = environment_guard_pages() * environment_page_size();

	return (size_t)(base_of_stack() - lowest_of_stack()) == size &&
	       (size_t)(limit_of_stack() - lowest_of_stack()) == guard &&
	       frame >= limit_of_stack() && frame < base_of_stack();
}

static void *look_twice(void *arg)
{
	size_t size = (size_t)arg;

	note("%d", are_own_bounds(size));
	cress_switch(main_one, NULL);
	note("%d", are_own_bounds(size));
	return NULL;
}

/* R12 */
static void a_coroutine_runs_in_the_bounds_of_its_own_stack(void **state)
{
	(void)state;
	const size_t sizes[] = {cress_stack_min(), 1 << 16, 1 << 17, 1 << 20};
	char *base = base_of_stack(), *lowest = lowest_of_stack();

	for (size_t i = 0; i < COUNT(sizes); i++) {
		cress_attr_t attr = {.stack_size = sizes[i]};
		cress_t *c = cress_new(look_twice, &attr);

		for (int j = 0; j < 2; j++) {
			assert_gives(cress_switch(c, (void *)sizes[i]), NULL);
			assert_ptr_equal(base_of_stack(), base);
			assert_ptr_equal(lowest_of_stack(), lowest);
		}
		cress_release(c);
	}

	assert_string_equal(noted(), "1 1 1 1 1 1 1 1");
}

static char own[64 * 1024];

static void *look_at_own(void *arg)
{
	note("%d %d %d", base_of_stack() == own + sizeof(own),
	     limit_of_stack() == own, lowest_of_stack() == own);
	return arg;
}

/* R12 */
static void own_memory_has_bounds_and_no_guard(void **state)
{
	(void)state;
	cress_attr_t attr = {.stack = own, .stack_size = sizeof(own)};
	cress_t *c = cress_new(look_at_own, &attr);

	assert_gives(cress_switch(c, NULL), NULL);

	assert_string_equal(noted(), "1 1 1");
	cress_release(c);
}

/* Fill xmm6 to xmm15, switch by a call, and say whether all are unchanged. */
static NOINLINE int vectors_survive(cress_t *to, uint64_t seed)
{
	register double a __asm__("xmm6") = (double)seed;
	register double b __asm__("xmm15") = (double)(seed * 3);

	__asm__ volatile("" : "+x"(a), "+x"(b));
	cress_switch(to, NULL);
	__asm__ volatile("" : "+x"(a), "+x"(b));
	return a == (double)seed && b == (double)(seed * 3);
}

static void *keep_vectors(void *arg)
{
	uint64_t seed = (uintptr_t)arg;

	for (int i = 0; i < 100; i++)
		check(vectors_survive(main_one, seed + (uint64_t)i));
	return NULL;
}

/* R12 */
static void vectors_that_a_callee_keeps_are_kept(void **state)
{
	(void)state;
	cress_t *c = cress_new(keep_vectors, NULL);

	cress_switch(c, as_value(1000));
	for (int i = 0; i < 100; i++)
		assert_true(vectors_survive(c, 77u + (uint64_t)i));

	assert_true(cress_is_dead(c));
	cress_release(c);
}

static void *wait_and_add(void *arg)
{
	int number = as_number(arg);

	return as_value(number + as_number(cress_switch(main_one, NULL)));
}

static void many_live_side_by_side(void **state)
{
	(void)state;
	enum { MANY = 10000 };
	static cress_t *all[MANY];
	int wrong = 0;

	for (int i = 0; i < MANY; i++) {
		cress_attr_t attr = {.stack_size = 1 << 15};

		all[i] = cress_new(wait_and_add, &attr);
		assert_gives(cress_switch(all[i], as_value(i)), NULL);
	}
	for (int i = 0; i < MANY; i++) {
		wrong += as_number(cress_switch(all[i], as_value(i))) != 2 * i;
		cress_release(all[i]);
	}

	assert_int_equal(wrong, 0);
}

static NOINLINE int recurse(volatile int *depth)
{
	volatile char frame[256];

	frame[0] = (char)++*depth;
	return *depth < 0 ? 0 : recurse(depth) + frame[0];
}

static void *greedy_entry(void *arg)
{
	volatile int depth = 0;

	return as_value(recurse(&depth) + as_number(arg));
}

static void *big_frame(void *arg)
{
	volatile char frame[1 << 20];

	__asm__ volatile("" : : "r"(frame) : "memory");
	frame[0] = 1;
	return as_value(frame[0] + as_number(arg));
}

static void *fault(void *arg)
{
	*(volatile int *)arg = 1;
	return arg;
}

static void *end_at_once(void *arg)
{
	return arg;
}

static void run_greedy(cress_fn *fn, unsigned flags)
{
	cress_attr_t attr = {
		.name = "greedy", .stack_size = 1 << 17, .flags = flags};

	cress_switch(cress_new(fn, &attr), NULL);
}

static void *overflow_in_thread(void *arg)
{
	run_greedy(greedy_entry, 0);
	return arg;
}

/* What a child does, by its name. */
static void be_child(const char *name)
{
	cress_attr_t attr = {.stack_size = 1 << 17};
	pthread_t thread;

	if (strcmp(name, "overflow") == 0)
		run_greedy(greedy_entry, 0);
	if (strcmp(name, "frame") == 0)
		run_greedy(big_frame, 0);
	if (strcmp(name, "silence") == 0)
		run_greedy(greedy_entry, CRESS_NO_OVERFLOW_REPORT);
	if (strcmp(name, "fault") == 0)
		run_greedy(fault, 0);
	if (strcmp(name, "thread") == 0 &&
	    pthread_create(&thread, NULL, overflow_in_thread, NULL) == 0)
		pthread_join(thread, NULL);
	if (strcmp(name, "reuse") == 0) {
		cress_t *c = cress_new(end_at_once, &attr);

		cress_switch(c, NULL);
		cress_release(c);
		if (cress_stack_trim() == 1)
			run_greedy(greedy_entry, 0);
	}
}

/* Nobody is to be asked what to do about an end, and no debugger. */
static LONG WINAPI end_by(EXCEPTION_POINTERS *exception)
{
	TerminateProcess(GetCurrentProcess(),
			 exception->ExceptionRecord->ExceptionCode);
	return EXCEPTION_CONTINUE_SEARCH;
}

static char said[4096];

/* Run a child; returns its status, and leaves in `said` what it wrote. */
static DWORD status_of_child(const char *name)
{
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
	STARTUPINFOA start = {.cb = sizeof(start),
			      .dwFlags = STARTF_USESTDHANDLES};
	char program[MAX_PATH], line[MAX_PATH + 32];
	PROCESS_INFORMATION child;
	DWORD status = 0, more;
	size_t used = 0;
	HANDLE end;

	CreatePipe(&end, &start.hStdError, &inherited, 0);
	GetModuleFileNameA(NULL, program, sizeof(program));
	snprintf(line, sizeof(line), "\"%s\" %s", program, name);
	if (!CreateProcessA(program, line, NULL, NULL, TRUE, 0, NULL, NULL,
			    &start, &child))
		return 0;
	CloseHandle(start.hStdError);
	while (used < sizeof(said) - 1 &&
	       ReadFile(end, said + used, (DWORD)(sizeof(said) - 1 - used),
			&more, NULL) && more > 0)
		used += more;
	said[used] = '\0';
	WaitForSingleObject(child.hProcess, INFINITE);
	GetExitCodeProcess(child.hProcess, &status);
	CloseHandle(child.hThread);
	CloseHandle(child.hProcess);
	CloseHandle(end);
	return status;
}

static int reports_greedy(void)
{
	return strstr(said, "cress: stack overflow") != NULL &&
	       strstr(said, "\"greedy\"") != NULL &&
	       strstr(said, "131072") != NULL &&
	       strstr(said, "test_core_windows.exe+0x") != NULL;
}

/* R14, R20 */
static void an_overflow_kills_and_names_the_coroutine(void **state)
{
	(void)state;
	const char *const ways[] = {"overflow", "frame", "thread", "reuse"};

	for (size_t i = 0; i < COUNT(ways); i++) {
		assert_int_equal(status_of_child(ways[i]),
				 EXCEPTION_STACK_OVERFLOW);
		assert_true(reports_greedy());
	}
}

/* R14 */
static void without_the_report_it_dies_in_silence(void **state)
{
	(void)state;

	assert_int_equal(status_of_child("silence"), EXCEPTION_STACK_OVERFLOW);
	assert_string_equal(said, "");
}

/* R14 */
static void another_fault_still_kills_and_is_not_called_overflow(void **state)
{
	(void)state;

	assert_int_equal(status_of_child("fault"), EXCEPTION_ACCESS_VIOLATION);
	assert_string_equal(said, "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		test(a_coroutine_runs_in_the_bounds_of_its_own_stack),
		test(own_memory_has_bounds_and_no_guard),
		test(vectors_that_a_callee_keeps_are_kept),
		test(many_live_side_by_side),
		test(an_overflow_kills_and_names_the_coroutine),
		test(without_the_report_it_dies_in_silence),
		test(another_fault_still_kills_and_is_not_called_overflow),
	};

	if (argc > 1) {
		SetUnhandledExceptionFilter(end_by);
		be_child(argv[1]);
		return 0;
	}
	main_one = cress_current();
	return suite_run(tests);
}
