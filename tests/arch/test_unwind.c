/* SPDX-License-Identifier: MIT */
/*
 * Debuggers, profilers and C++ walk a stack by its call frame information.
 * Here a walk is made at each single instruction of the three switches. It must
 * show all of the side that is left or all of the side that is gone to: every
 * function up to the first, the stack pointer and the saved registers.
 */
#include "kit.h"
#include "poison.h"

#include <step.h>

#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <switch.h>
#include <unwind.h>

/* What a thread gets that is to be stopped. */
#ifndef STEP_SIGNAL
#define STEP_SIGNAL SIGTRAP
#endif

/* Have the unwinder find the trapped code; most do so by themselves. */
#ifndef step_walk
#define step_walk(walk, pc, interrupted) walk(pc)
#endif

/* Where the code begins that a pointer to a function leads to. */
#ifndef machine_code_of
#define machine_code_of(function) ((uintptr_t)(function))
#endif

/* By how much it has then passed the instruction, and must go back. */
#ifndef STEP_PASSED
#define STEP_PASSED 0
#define step_go_back(interrupted) ((void)(interrupted))
#endif

/* How long the first function is. */
#ifndef STEP_ENTRY
#define STEP_ENTRY 16
#endif

/* The instructions of a switch: at least so many on each side, and in all. */
#ifndef STEP_ALL
#define STEP_OLD 10
#define STEP_NEW 5
#define STEP_ALL 20
#endif

#define NOINLINE __attribute__((noinline))
#define LONGEST 32

/* A frame: where its function begins, what its registers hold. */
struct frame {
	uintptr_t ip, function, sp;
	uintptr_t saved[SHOWN_REGISTERS];
};

struct walk {
	struct frame frames[LONGEST];
	int length;
};

/* An unwinder that goes by other tables does not show the first frame. */
#ifdef MACHINE_UNWINDS_BY_EXIDX
#define SHOWS_ENTRY 0
#else
#define SHOWS_ENTRY 1
#endif

/* Somebody with a stack, and how it looks when it leaves. */
struct party {
	struct arch_context context;
	struct journey journey;
	uintptr_t site;		/* the function that calls the switch */
	struct walk walk;
	int is_new;
};

static struct party thread, coroutine;

/* The switch that is being stepped through. */
static struct {
	struct party *old, *new;
	int crossed, on_old, on_new;
} stepping;

static _Unwind_Reason_Code note_frame(struct _Unwind_Context *context,
				      void *argument)
{
	static const int numbers[] = SAVED_DWARF_NUMBERS;
	struct walk *walk = argument;
	struct frame *frame = &walk->frames[walk->length];

	if (walk->length == LONGEST)
		return _URC_END_OF_STACK;
	frame->ip = _Unwind_GetIP(context);
	if (frame->ip == 0)
		return _URC_NO_REASON;
	frame->function = _Unwind_GetRegionStart(context);
	frame->sp = _Unwind_GetCFA(context);
	for (int i = 0; i < SHOWN_REGISTERS; i++)
		frame->saved[i] = _Unwind_GetGR(context, numbers[i]);
	walk->length++;
	return _URC_NO_REASON;
}

/* The stack of the caller, from the caller on. */
static NOINLINE void take_walk(struct walk *walk)
{
	walk->length = 0;
	_Unwind_Backtrace(note_frame, walk);
	kit_check(walk->length > 1 && walk->length < LONGEST);
	walk->length--;
	memmove(walk->frames, walk->frames + 1,
		sizeof(walk->frames[0]) * (size_t)walk->length);
}

/* Do these frames show the party as it left, its journey included? */
static int shows(const struct frame *frames, int length,
		 const struct party *party)
{
	const struct journey *journey = &party->journey;

	if (party->is_new)
		return length == 1 &&
		       frames[0].function == machine_code_of(cress_arch_entry);
	if (length != party->walk.length + 1 ||
	    frames[0].function != party->site || frames[0].sp != journey->sp ||
	    memcmp(frames[0].saved, journey->before,
		   sizeof(frames[0].saved)) != 0)
		return 0;
	for (int i = 1; i < length; i++)
		if (frames[i].function != party->walk.frames[i - 1].function ||
		    frames[i].sp != party->walk.frames[i - 1].sp)
			return 0;
	return 1;
}

/* Show what a failed check is about. */
static void print_walk(uintptr_t pc, const struct frame *frames, int length)
{
	printf("# at %#lx of cress_arch_switch:\n",
	       (unsigned long)(pc - machine_code_of(cress_arch_switch)));
	for (int i = 0; i < length; i++)
		printf("#   ip %#lx in %#lx, sp %#lx\n",
		       (unsigned long)frames[i].ip,
		       (unsigned long)frames[i].function,
		       (unsigned long)frames[i].sp);
}

/* In front of an instruction of a switch: old side, or, once and on, new. */
static void judge(uintptr_t pc)
{
	struct walk walk = { .length = 0 };
	int i = 0;

	_Unwind_Backtrace(note_frame, &walk);
	while (i < walk.length && walk.frames[i].ip != pc + STEP_PASSED)
		i++;
	struct frame *frames = walk.frames + i;
	int length = walk.length - i;

	/* Inside of the first function, there is no caller to show. */
	if (pc < machine_code_of(cress_arch_entry)) {
		frames++;
		length--;
	}
	int is_new = shows(frames, length, stepping.new);
	int is_old = shows(frames, length, stepping.old);

	if (!is_new && (!is_old || stepping.crossed))
		print_walk(pc, frames, length);
	kit_check(is_new || (is_old && !stepping.crossed));
	stepping.crossed = is_new;
	stepping.on_new += is_new;
	stepping.on_old += is_old;
}

/* The instructions to stop at. */
static uintptr_t first, last;

static void on_trap(int number, siginfo_t *info, void *interrupted)
{
	uintptr_t pc = step_next(interrupted);

	(void)number;
	(void)info;
	if (pc >= first && pc < last)
		step_walk(judge, pc, interrupted);
	step_go_back(interrupted);
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

/* Leave `self` for `to`, one instruction after the other. */
static NOINLINE void go(struct party *self, struct party *to, int kind,
			int here)
{
	struct journey *journey = &self->journey;

	take_walk(&self->walk);
	self->site = here ? machine_code_of(poison_here) :
			    machine_code_of(poison_there);
	journey->function = kinds[kind];
	journey->from = &self->context;
	journey->to = &to->context;
	journey->hook = poison_hook;
	for (int i = 0; i < SAVED_REGISTERS; i++)
		journey->before[i] = (uintptr_t)kit_random();
	stepping.old = self;
	stepping.new = to;
	stepping.crossed = 0;

	step_begin(first, last);
	if (here)
		poison_here(journey);
	else
		poison_there(journey);
	step_end();
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
	step_end();
	coroutine.is_new = 0;
	for (;;)
		wander(3);
}

static int can_step(void)
{
	return SHOWS_ENTRY && !kit_is_valgrind();
}

static void start(void)
{
	struct sigaction action = { .sa_sigaction = on_trap,
				    .sa_flags = SA_SIGINFO };

	first = machine_code_of(cress_arch_switch);
	last = machine_code_of(cress_arch_entry) + STEP_ENTRY;
	sigaction(STEP_SIGNAL, &action, NULL);
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
	if (!can_step())
		return;
	start();
	go_there_and_back(0, 0, 0, 0);

	stepping.on_old = stepping.on_new = 0;
	go_there_and_back(0, 0, 0, 0);
	printf("# %d instructions a switch\n",
	       (stepping.on_old + stepping.on_new) / 2);
	for (int i = 0; i < 24; i++)
		go_there_and_back(i % 3, i / 3 % 2, i / 6 % 2, i / 12);
	kit_check(stepping.on_old > 24 * 2 * STEP_OLD);
	kit_check(stepping.on_new > 24 * 2 * STEP_NEW);
}

/* R1 R4 */
static void every_instruction_of_a_first_switch_can_be_unwound(void)
{
	if (!can_step())
		return;
	for (int i = 0; i < 12; i++) {
		start();
		go_there_and_back(i % 3, i / 3 % 2, 0, i / 6);
		kit_check(stepping.on_old > STEP_OLD + 2);
		kit_check(stepping.on_new > 2 * STEP_NEW);
	}
}

/* R1 */
static void every_instruction_of_a_last_switch_can_be_unwound(void)
{
	if (!can_step())
		return;
	for (int i = 0; i < 8; i++) {
		start();
		next_kind = 3;
		next_here = i % 2;
		go_there(0, i / 2 % 2, i / 4);
		kit_check(stepping.on_old > STEP_OLD + 2);
		kit_check(stepping.on_new > 2 * STEP_NEW);
	}
}

static struct walk seen;
static void *addresses[LONGEST];
static int address_count;

static NOINLINE void innermost(void)
{
	cress_arch_switch(&thread.context, NULL, &coroutine.context);
	take_walk(&seen);
	address_count = backtrace(addresses, LONGEST);
	kit_check(seen.length > 0);
}

static NOINLINE void outermost(void)
{
	innermost();
	kit_check(address_count > 0);
}

static void be_traced(void *value)
{
	outermost();
	cress_arch_switch(&thread.context, value, &coroutine.context);
}

/* Tables of the other kind tell of the wrong function, for the right ip. */
static int is_in(const struct frame *frame, uintptr_t function)
{
	return SHOWS_ENTRY ? frame->function == function :
			     frame->ip > function && frame->ip < function + 256;
}

/* R63 */
static void a_backtrace_crosses_a_switch_and_ends_at_the_entry(void)
{
	const uintptr_t expected[] = {
		machine_code_of(innermost), machine_code_of(outermost),
		machine_code_of(be_traced), machine_code_of(cress_arch_entry),
	};

	/* A return address, in case that one is looked for below the end. */
	void *value = (void *)(expected[0] + 8);

	arch_context_init(&coroutine.context, kit_stack_top(), be_traced);
	arch_context_init_fp(&coroutine.context);
	cress_arch_switch(&coroutine.context, value, &thread.context);
	cress_arch_switch(&coroutine.context, value, &thread.context);

	kit_check(seen.length == 3 + SHOWS_ENTRY);
	for (int i = 0; i < seen.length; i++)
		kit_check(is_in(&seen.frames[i], expected[i]));
	kit_check(address_count == 3 + SHOWS_ENTRY);
	uintptr_t end = (uintptr_t)addresses[address_count - 1];
	uintptr_t outmost = expected[address_count - 1];

	kit_check(end > outmost && end < outmost + 128);
}

int main(int argc, char **argv)
{
	int steps = can_step();
	const struct kit_test tests[] = {
		KIT_TEST(a_backtrace_crosses_a_switch_and_ends_at_the_entry,
			 9),
		KIT_TEST(every_instruction_of_a_switch_can_be_unwound,
			 steps ? 48 * STEP_ALL : 0),
		KIT_TEST(every_instruction_of_a_first_switch_can_be_unwound,
			 steps ? 12 * STEP_ALL * 3 / 2 : 0),
		KIT_TEST(every_instruction_of_a_last_switch_can_be_unwound,
			 steps ? 8 * STEP_ALL : 0),
	};

	if (!steps)
		printf("# here nothing stops at each instruction\n");
	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
