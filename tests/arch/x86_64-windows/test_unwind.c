/* SPDX-License-Identifier: MIT */
/*
 * Debuggers, profilers and exceptions walk a stack by its unwind data. Here a
 * walk is made at each single instruction of the switches. It must show all of
 * the side that is left or all of the side that is gone to: every function up
 * to the first, the stack pointer, and all registers that a callee keeps.
 *
 * This is what test_unwind.c proves elsewhere, with the system's unwinder.
 */
#include "kit.h"
#include "poison.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>
#include <switch.h>

#define NOINLINE __attribute__((noinline))
#define LONGEST 32
#define TRAP_FLAG 0x100u

/* The registers of a frame: those of a journey, without the bounds. */
#define SHOWN (SAVED_INTEGERS + 2 * SAVED_VECTORS)

/* A frame, as its function will find it when what it called has returned. */
struct frame {
	uintptr_t ip, function, sp;
	uintptr_t saved[SHOWN];
};

struct walk {
	struct frame frames[LONGEST];
	int length;
};

/* Somebody with a stack, and how it looks when it leaves. */
struct party {
	struct arch_context context;
	struct journey journey;
	struct walk walk;
	int is_new;
};

static struct party thread, coroutine;

/* The switch that is being stepped through. */
static struct {
	struct party *old, *new;
	int crossed, on_old, on_new;
} stepping;

/* The instructions to look at. */
static uintptr_t first, last;

static void note_frame(struct walk *walk, const CONTEXT *context,
		       uintptr_t function)
{
	static const int numbers[] = SAVED_INTEGER_NUMBERS;
	struct frame *frame = &walk->frames[walk->length++];
	const DWORD64 *integers = &context->Rax;

	frame->ip = context->Rip;
	frame->function = function;
	frame->sp = context->Rsp;
	for (int i = 0; i < SAVED_INTEGERS; i++)
		frame->saved[i] = integers[numbers[i]];
	memcpy(frame->saved + SAVED_INTEGERS, &context->Xmm6,
	       SAVED_VECTORS * sizeof(context->Xmm6));
}

/* Undo one frame after the other, until there is no caller. */
static void walk_from(CONTEXT context, struct walk *walk)
{
	walk->length = 0;
	while (context.Rip != 0 && walk->length < LONGEST) {
		DWORD64 base, frame;
		void *data;
		RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(
			context.Rip, &base, NULL);

		if (function == NULL) {
			note_frame(walk, &context, 0);
			context.Rip = *(DWORD64 *)context.Rsp;
			context.Rsp += 8;
			continue;
		}
		note_frame(walk, &context, base + function->BeginAddress);
		RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip,
				 function, &context, &data, &frame, NULL);
	}
}

/* The stack of the caller, from the caller on. */
static NOINLINE void take_walk(struct walk *walk)
{
	CONTEXT context;

	RtlCaptureContext(&context);
	walk_from(context, walk);
	kit_check(walk->length > 1 && walk->length < LONGEST);
	walk->length--;
	memmove(walk->frames, walk->frames + 1,
		sizeof(walk->frames[0]) * (size_t)walk->length);
}

/*
 * Only the entry, which has no caller; or a call of main by it, as it looks to
 * the one instruction behind which main is.
 */
static int is_first(const struct frame *frames, int length)
{
	for (int i = 0; i < length; i++)
		if (frames[i].ip < (uintptr_t)cress_arch_entry ||
		    frames[i].ip >= last)
			return 0;
	return length == 1 || length == 2;
}

/* Do these frames show the party as it left, its journey included? */
static int shows(const struct frame *frames, int length,
		 const struct party *party)
{
	const struct journey *journey = &party->journey;

	if (party->is_new)
		return is_first(frames, length);
	if (length != party->walk.length + 1 ||
	    frames[0].sp != journey->sp ||
	    memcmp(frames[0].saved, journey->before,
		   sizeof(frames[0].saved)) != 0)
		return 0;
	for (int i = 1; i < length; i++)
		if (frames[i].function != party->walk.frames[i - 1].function ||
		    frames[i].sp != party->walk.frames[i - 1].sp)
			return 0;
	return 1;
}

/* In front of an instruction of a switch: old side, or, once and on, new. */
static void judge(const CONTEXT *context)
{
	static struct walk walk;
	const struct frame *frames = walk.frames;

	walk_from(*context, &walk);
	/* Inside of the first function, there is no caller to show. */
	if (context->Rip < (uintptr_t)cress_arch_entry) {
		frames++;
		walk.length--;
	}
	int is_new = shows(frames, walk.length, stepping.new);
	int is_old = shows(frames, walk.length, stepping.old);

	if (!is_new && (!is_old || stepping.crossed))
		printf("# at %#llx of cress_arch_switch\n",
		       (unsigned long long)(context->Rip - first));
	kit_check(is_new || (is_old && !stepping.crossed));
	stepping.crossed = is_new;
	stepping.on_new += is_new;
	stepping.on_old += is_old;
}

static volatile int steps;

/* The flag belongs to the thread, so the one who arrives ends the stepping. */
static void step(int on)
{
	uint64_t flags;

	steps = on;
	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags) : : "memory");
	flags = on ? flags | TRAP_FLAG : flags & ~(uint64_t)TRAP_FLAG;
	__asm__ volatile("pushq %0\n\tpopfq" : : "r"(flags) : "memory", "cc");
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *exception)
{
	CONTEXT *context = exception->ContextRecord;

	if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_SINGLE_STEP)
		return EXCEPTION_CONTINUE_SEARCH;
	if (context->Rip >= first && context->Rip < last)
		judge(context);
	if (steps)
		context->EFlags |= TRAP_FLAG;
	return EXCEPTION_CONTINUE_EXECUTION;
}

void *poison_hook_body(void *value)
{
	return value;
}

static void (*const kinds[])(void) = {
	(void (*)(void))cress_arch_switch,
	(void (*)(void))cress_arch_switch_shared,
	(void (*)(void))cress_arch_switch_on,
	(void (*)(void))cress_arch_switch_last,
};

/* Poison has to leave the bounds right: exceptions are raised. */
static void poison_bounds(struct journey *journey)
{
	uintptr_t *bounds = journey->before + SHOWN;
	const char *block = (const char *)NtCurrentTeb();

	bounds[0] = *(const uintptr_t *)(block + 0x8);
	bounds[1] = *(const uintptr_t *)(block + 0x10);
	bounds[2] = *(const uintptr_t *)(block + 0x1478);
	bounds[3] = *(const uint32_t *)(block + 0x1748);
	bounds[4] = *(const uintptr_t *)block;
}

/* Leave `self` for `to`, one instruction after the other. */
static NOINLINE void go(struct party *self, struct party *to, int kind,
			int here)
{
	struct journey *journey = &self->journey;

	take_walk(&self->walk);
	journey->function = kinds[kind];
	journey->from = &self->context;
	journey->to = &to->context;
	journey->hook = poison_hook;
	for (int i = 0; i < SHOWN; i++)
		journey->before[i] = (uintptr_t)kit_random();
	poison_bounds(journey);
	stepping.old = self;
	stepping.new = to;
	stepping.crossed = 0;

	step(1);
	if (here)
		poison_here(journey);
	else
		poison_there(journey);
	step(0);
}

/* What the coroutine does next; the frames below it are its history. */
static int next_kind, next_here;

static NOINLINE void wander(int depth)
{
	if (depth > 0)
		wander(depth - 1);
	else
		go(&coroutine, &thread, next_kind, next_here);
	kit_check(memcmp(coroutine.journey.before, coroutine.journey.after,
			 sizeof(coroutine.journey.before)) == 0);
}

static void coroutine_main(void *value)
{
	(void)value;
	step(0);
	coroutine.is_new = 0;
	for (;;)
		wander(3);
}

static void start(void)
{
	arch_context_init(&coroutine.context, kit_stack_top(), coroutine_main);
	arch_context_init_fp(&coroutine.context);
	coroutine.is_new = 1;
	stepping.on_old = stepping.on_new = 0;
}

/* There and back, with the control words differing or not. */
static void go_there(int kind, int here, int differing)
{
	uint64_t control = machine_control();

	if (differing)
		machine_set_control(machine_round_up());
	go(&thread, &coroutine, kind, here);
	machine_set_control(control);
}

static void go_there_and_back(int kind, int here, int back_here, int differing)
{
	next_kind = kind;
	next_here = back_here;
	go_there(kind, here, differing);
}

/* R1 */
static void every_instruction_of_a_switch_can_be_unwound(void)
{
	start();
	go_there_and_back(0, 0, 0, 0);

	stepping.on_old = stepping.on_new = 0;
	go_there_and_back(0, 0, 0, 0);
	printf("# %d instructions a switch\n",
	       (stepping.on_old + stepping.on_new) / 2);
	for (int i = 0; i < 24; i++)
		go_there_and_back(i % 3, i / 3 % 2, i / 6 % 2, i / 12);
	kit_check(stepping.on_old > 24 * 2 * 20);
	kit_check(stepping.on_new > 24 * 2 * 20);
}

/* R1 R4 */
static void every_instruction_of_a_first_switch_can_be_unwound(void)
{
	for (int i = 0; i < 12; i++) {
		start();
		go_there_and_back(i % 3, i / 3 % 2, 0, i / 6);
		kit_check(stepping.on_old > 20);
		kit_check(stepping.on_new > 20);
	}
}

/* R1 */
static void every_instruction_of_a_last_switch_can_be_unwound(void)
{
	for (int i = 0; i < 8; i++) {
		start();
		next_kind = 3;
		next_here = i % 2;
		go_there(0, i / 2 % 2, i / 4);
		kit_check(stepping.on_old > 20);
		kit_check(stepping.on_new > 20);
	}
}

static struct walk seen;

static NOINLINE void innermost(void)
{
	cress_arch_switch(&thread.context, NULL, &coroutine.context);
	take_walk(&seen);
	kit_check(seen.length > 0);
}

static NOINLINE void outermost(void)
{
	innermost();
	kit_check(seen.length > 0);
}

static void be_traced(void *value)
{
	outermost();
	cress_arch_switch(&thread.context, value, &coroutine.context);
}

/* R63 */
static void a_backtrace_crosses_a_switch_and_ends_at_the_entry(void)
{
	const uintptr_t expected[] = {
		(uintptr_t)innermost, (uintptr_t)outermost,
		(uintptr_t)be_traced,
	};

	arch_context_init(&coroutine.context, kit_stack_top(), be_traced);
	arch_context_init_fp(&coroutine.context);
	cress_arch_switch(&coroutine.context, NULL, &thread.context);
	cress_arch_switch(&coroutine.context, NULL, &thread.context);

	kit_check(seen.length == 4);
	for (int i = 0; i < 3; i++)
		kit_check(seen.frames[i].function == expected[i]);
	kit_check(seen.frames[3].ip > (uintptr_t)cress_arch_entry &&
		  seen.frames[3].ip < last);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(a_backtrace_crosses_a_switch_and_ends_at_the_entry,
			 8),
		KIT_TEST(every_instruction_of_a_switch_can_be_unwound,
			 48 * 40),
		KIT_TEST(every_instruction_of_a_first_switch_can_be_unwound,
			 12 * 80),
		KIT_TEST(every_instruction_of_a_last_switch_can_be_unwound,
			 8 * 80),
	};

	first = (uintptr_t)cress_arch_switch;
	last = (uintptr_t)cress_arch_entry + 16;
	AddVectoredExceptionHandler(1, on_exception);
	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
