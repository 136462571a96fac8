/* SPDX-License-Identifier: MIT */
/*
 * What the thread's environment block says of the stack, read by the offsets
 * that Windows gives the words: it is the stack that the side which reads it
 * runs on, whatever the way it came there. And what an exception meets there
 * that nobody handles.
 */
#include "kit.h"

#include <windows.h>

#include <signal.h>
#include <string.h>
#include <switch.h>

#define STACK_SIZE (128 * 1024)
#define GUARD (20 * 1024)

/* One word of the block, or half of one. */
#define word_at(offset, type) \
	(*(type volatile *)((char *)NtCurrentTeb() + (offset)))

struct bounds {
	char *base, *limit, *lowest;
	uint32_t guaranteed;
	void *handlers;
};

static struct arch_context root, other;
static struct bounds seen;

static struct bounds read_bounds(void)
{
	return (struct bounds){
		.base = word_at(0x8, char *),
		.limit = word_at(0x10, char *),
		.lowest = word_at(0x1478, char *),
		.guaranteed = word_at(0x1748, uint32_t),
		.handlers = word_at(0, void *),
	};
}

static int are_equal(const struct bounds *a, const struct bounds *b)
{
	return a->base == b->base && a->limit == b->limit &&
	       a->lowest == b->lowest && a->guaranteed == b->guaranteed &&
	       a->handlers == b->handlers;
}

/* The caller's frame is between them. */
static int hold_the_frame(const struct bounds *bounds)
{
	char *frame = __builtin_frame_address(0);

	return frame >= bounds->limit && frame < bounds->base;
}

static void look(void *value)
{
	for (;;) {
		seen = read_bounds();
		kit_check(hold_the_frame(&seen));
		value = cress_arch_switch(&root, value, &other);
	}
}

static void look_and_end(void *value)
{
	seen = read_bounds();
	kit_check(hold_the_frame(&seen));
	cress_arch_switch_last(&root, value, &other);
}

static void *look_in_hook(void *value)
{
	seen = read_bounds();
	kit_check(hold_the_frame(&seen));
	return value;
}

/* Prepare a stack of STACK_SIZE with these bounds. */
static struct bounds prepare(void (*main)(void *value))
{
	char *base = kit_stack_top();
	char *lowest = base - STACK_SIZE;
	struct bounds bounds = { base, lowest + GUARD, lowest, GUARD - 4096,
				 (void *)UINTPTR_MAX };

	arch_context_init(&other, base - 64, main);
	arch_context_init_fp(&other);
	arch_context_init_stack(&other, lowest, lowest + GUARD, base);
	memset(&seen, 0, sizeof(seen));
	return bounds;
}

typedef void *switch_fn(struct arch_context *to, void *value,
			struct arch_context *from);

/* Go there twice, and find the own stack each time on coming back. */
static void go_there_and_back(switch_fn *go)
{
	struct bounds own = read_bounds();
	struct bounds expected = prepare(look);

	for (int i = 0; i < 2; i++) {
		go(&other, NULL, &root);
		struct bounds here = read_bounds();

		kit_check(are_equal(&seen, &expected));
		kit_check(are_equal(&here, &own));
		memset(&seen, 0, sizeof(seen));
	}
}

/* R12 */
static void a_side_finds_the_bounds_of_its_own_stack(void)
{
	go_there_and_back(cress_arch_switch);
	go_there_and_back(cress_arch_switch_shared);
}

/* R12 */
static void a_hook_finds_the_bounds_of_the_stack_that_it_runs_on(void)
{
	struct bounds own = read_bounds();
	struct bounds expected = prepare(look);

	cress_arch_switch(&other, NULL, &root);
	memset(&seen, 0, sizeof(seen));
	cress_arch_switch_on(&other, NULL, &root, look_in_hook);
	struct bounds here = read_bounds();

	kit_check(are_equal(&seen, &expected));
	kit_check(are_equal(&here, &own));
}

/* R12 */
static void the_last_switch_brings_back_the_bounds_of_the_other(void)
{
	struct bounds own = read_bounds();
	struct bounds expected = prepare(look_and_end);

	cress_arch_switch(&other, NULL, &root);
	struct bounds here = read_bounds();

	kit_check(are_equal(&seen, &expected));
	kit_check(are_equal(&here, &own));
}

/* R12 */
static void a_limit_that_the_system_has_moved_is_kept(void)
{
	struct bounds own = read_bounds();
	struct bounds moved = own;

	/* As it does when a page more is used. */
	moved.limit -= 4096;
	prepare(look);
	word_at(0x10, char *) = moved.limit;
	cress_arch_switch(&other, NULL, &root);
	struct bounds here = read_bounds();

	word_at(0x10, char *) = own.limit;
	kit_check(are_equal(&here, &moved));
}

/* Without a word about its stack, all below the top may be one. */
static void bounds_that_nobody_told_take_in_every_frame(void)
{
	arch_context_init(&other, kit_stack_top(), look);
	arch_context_init_fp(&other);
	cress_arch_switch(&other, NULL, &root);

	kit_check(seen.guaranteed == 0);
}

/* The fiber and the last error are the thread's: they stay. */
static void what_belongs_to_the_thread_is_left_alone(void)
{
	void *fiber = ConvertThreadToFiber(&root);

	prepare(look);
	SetLastError(4711);
	cress_arch_switch(&other, NULL, &root);

	kit_check(fiber != NULL && GetCurrentFiber() == fiber);
	kit_check(GetLastError() == 4711);
	ConvertFiberToThread();
}

#define OURS 0xe0637265u

static EXCEPTION_POINTERS met;
static LONG answer;

static LONG WINAPI note_exception(EXCEPTION_POINTERS *exception)
{
	if (exception->ExceptionRecord->ExceptionCode == OURS)
		met = *exception;
	return answer;
}

static void raise_and_go_on(void *value)
{
	for (;;) {
		CONTEXT here;

		RtlCaptureContext(&here);
		RaiseException(OURS, 0, 0, NULL);
		/* Where it was raised is known too: a frame of this stack. */
		kit_check(met.ContextRecord != NULL &&
			  met.ContextRecord->Rsp + 4096 > here.Rsp &&
			  met.ContextRecord->Rsp <= here.Rsp);
		value = cress_arch_switch(&root, value, &other);
	}
}

static void raise_and_ask(void)
{
	LPTOP_LEVEL_EXCEPTION_FILTER former =
		SetUnhandledExceptionFilter(note_exception);

	memset(&met, 0, sizeof(met));
	prepare(raise_and_go_on);
	cress_arch_switch(&other, NULL, &root);
	SetUnhandledExceptionFilter(former);
}

/* R31 */
static void the_filter_of_the_process_may_let_the_thrower_go_on(void)
{
	answer = EXCEPTION_CONTINUE_EXECUTION;
	raise_and_ask();

	kit_check(met.ExceptionRecord != NULL);
}

static void raise_in_vain(void *argument)
{
	(void)argument;
	answer = EXCEPTION_EXECUTE_HANDLER;
	raise_and_ask();
}

/* R31 */
static void an_exception_that_nobody_handles_ends_the_process(void)
{
	kit_check(kit_signal_of(raise_in_vain, NULL) == SIGSEGV);
}

/* What asks the filter: for how the system calls it, see switch.S. */
EXCEPTION_DISPOSITION cress_arch_unhandled(EXCEPTION_RECORD *record,
					   void *frame, CONTEXT *context,
					   void *dispatcher);

/* Whoever finds something below the stack pointer did not put it there. */
static __attribute__((noinline)) void soil_the_stack(void)
{
	volatile char below[1024];

	for (size_t i = 0; i < sizeof(below); i++)
		below[i] = 0x5a;
}

/* R31 */
static void the_filter_is_told_what_was_raised_and_where(void)
{
	static EXCEPTION_RECORD record = {.ExceptionCode = OURS};
	static CONTEXT context;
	LPTOP_LEVEL_EXCEPTION_FILTER former =
		SetUnhandledExceptionFilter(note_exception);

	answer = EXCEPTION_CONTINUE_EXECUTION;
	soil_the_stack();
	kit_check(cress_arch_unhandled(&record, NULL, &context, NULL) ==
		  ExceptionContinueExecution);
	kit_check(met.ExceptionRecord == &record);
	kit_check(met.ContextRecord == &context);
	SetUnhandledExceptionFilter(former);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(a_side_finds_the_bounds_of_its_own_stack, 12),
		KIT_TEST(a_hook_finds_the_bounds_of_the_stack_that_it_runs_on,
			 3),
		KIT_TEST(the_last_switch_brings_back_the_bounds_of_the_other,
			 3),
		KIT_TEST(a_limit_that_the_system_has_moved_is_kept, 1),
		KIT_TEST(bounds_that_nobody_told_take_in_every_frame, 2),
		KIT_TEST(what_belongs_to_the_thread_is_left_alone, 2),
		KIT_TEST(the_filter_of_the_process_may_let_the_thrower_go_on,
			 2),
		KIT_TEST(the_filter_is_told_what_was_raised_and_where, 3),
		KIT_TEST(an_exception_that_nobody_handles_ends_the_process, 1),
	};

	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
