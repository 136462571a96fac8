/* SPDX-License-Identifier: MIT */
/*
 * Six contexts, each with a stack, registers and control words of its own,
 * switch among one another in a random order by all four functions and from
 * two call sites; some end, and are born again. Whoever comes back finds what
 * the contract promises: the registers that it left with, and the control words
 * that a model foretells.
 *
 * The last line is a digest of all that was observed. It depends on nothing
 * but the count, so every port of one processor must print the same.
 */
#include "kit.h"
#include "poison.h"

#include <stdio.h>
#include <string.h>
#include <switch.h>

#define WORKERS 6
#define ROUNDS 1000000ul

/* C code calls a hook out of a frame, and keeps what it likes in registers. */
#ifdef CRESS_ARCH_UCONTEXT
#define hook_saw(journey) 1
#else
#define hook_saw(journey) \
	(memcmp(poison_seen, (journey)->before, sizeof(poison_seen)) == 0)
#endif

struct worker {
	struct arch_context context;
	struct journey journey;
	uint64_t isolated;	/* the control words of its last leave */
	void *top;
};

/* The first is the thread itself. */
static struct worker workers[WORKERS];

/* What the one who is arriving must find. */
static struct {
	struct worker *worker;
	uint64_t control;
	uintptr_t value, scratch;
	int hooked;
} expected;

static unsigned long rounds_left;
static uint64_t digest;

static void observe(uint64_t fact)
{
	digest = (digest ^ fact) * 0x100000001b3;
	digest ^= digest >> 29;
}

/* Runs on the target's stack, with the target's control words. */
void *poison_hook_body(void *value)
{
	kit_check(expected.hooked);
	kit_check((uintptr_t)value == expected.value);
	kit_check(machine_control() == expected.control);
	return (char *)value + 1;
}

static void check_arrival(struct worker *self, void *value)
{
	uint64_t control = machine_control();

	kit_check(self == expected.worker);
	kit_check((uintptr_t)value == expected.value + expected.hooked);
	kit_check(control == expected.control);
	observe((uintptr_t)value);
	observe(control);
}

static void check_registers(const struct journey *journey)
{
	for (int i = 0; i < SAVED_REGISTERS; i++) {
		kit_check(journey->after[i] == journey->before[i]);
		observe(journey->after[i]);
	}
	if (expected.hooked)
		kit_check(hook_saw(journey));
#ifndef CRESS_ARCH_UCONTEXT
	else
		kit_check(machine_platform_is_kept(journey, expected.scratch));
#endif
}

/* Where one that ends need not be kept. */
static struct arch_context nowhere;

/* Foretell the control words on the other side, as the contract has them. */
static void leave(struct worker *self, struct worker *to, int isolated)
{
	uint64_t control = machine_control();

	if (kit_random() % 2 == 0)
		control = machine_random_control(kit_random(),
						 kit_is_valgrind());
	machine_set_control(control);
	if (isolated) {
		self->isolated = control;
		control = to->isolated;
	}
	expected.control = control;
}

static void worker_main(void *value);

/* A new life, on the same stack; the control words are the creator's. */
static void create(struct worker *worker)
{
	worker->isolated = machine_control();
	arch_context_init(&worker->context, worker->top, worker_main);
	arch_context_init_fp(&worker->context);
}

static void travel(struct worker *self, struct worker *to)
{
	struct journey *journey = &self->journey;
	int ends = self != &workers[0] && kit_random() % 16 == 0;
	int kind = ends ? 3 : (int)(kit_random() % 3);

	journey->from = ends ? &nowhere : &self->context;
	journey->to = &to->context;
	journey->value = (void *)(uintptr_t)kit_random();
	journey->scratch = (uintptr_t)kit_random();
	journey->hook = poison_hook;
	for (int i = 0; i < SAVED_REGISTERS; i++)
		journey->before[i] = (uintptr_t)kit_random();
	journey->function =
		kind == 0 ? (void (*)(void))cress_arch_switch :
		kind == 1 ? (void (*)(void))cress_arch_switch_shared :
		kind == 2 ? (void (*)(void))cress_arch_switch_on :
			    (void (*)(void))cress_arch_switch_last;

	expected.worker = to;
	expected.value = (uintptr_t)journey->value;
	expected.scratch = journey->scratch;
	expected.hooked = kind == 2;
	int here = kit_random() % 2 == 0;

	leave(self, to, kind != 1);
	if (ends) {
		create(self);
		/* Old words there are not to be taken for the present ones. */
		nowhere = to->context;
	}
	void *value = here ? poison_here(journey) : poison_there(journey);

	check_arrival(self, value);
	check_registers(journey);
}

/* Somebody else, sometimes newly born; in the end the thread. */
static struct worker *choose(const struct worker *self)
{
	struct worker *to = &workers[kit_random() % WORKERS];

	if (rounds_left == 0)
		return &workers[0];
	if (to == self)
		to = &workers[(self - workers + 1) % WORKERS];
	if (to != &workers[0] && kit_random() % 32 == 0)
		create(to);
	rounds_left--;
	return to;
}

static void worker_main(void *value)
{
	struct worker *self = expected.worker;

	check_arrival(self, value);
	for (;;)
		travel(self, choose(self));
}

static void mingle(unsigned long rounds)
{
	uint64_t control = machine_control();

	rounds_left = rounds;
	for (int i = 1; i < WORKERS; i++) {
		workers[i].top = kit_stack_top();
		create(&workers[i]);
	}
	while (rounds_left > 0)
		travel(&workers[0], choose(&workers[0]));
	machine_set_control(control);
}

/* R1 R3 */
static void registers_and_control_words_survive_a_million_switches(void)
{
	unsigned long rounds = kit_count(ROUNDS);

	kit_declare(7 * rounds);
	mingle(rounds);
}

static struct arch_context root, other;

/* The sticky flags that the other side has found. */
static int flags_met;

static void note_flags(void *value)
{
	for (;;) {
		flags_met = machine_sticky_flags();
		machine_set_control(machine_control());
		value = cress_arch_switch(&root, value, &other);
	}
}

static void *unchanged(void *value)
{
	return value;
}

/* R3 */
static void equal_control_words_are_not_written(void)
{
	arch_context_init(&other, kit_stack_top(), note_flags);
	arch_context_init_fp(&other);
	cress_arch_switch(&other, NULL, &root);

	/* A write would bring the flags of the target along. */
	machine_raise_sticky_flag();
	int raised = machine_sticky_flags();

	cress_arch_switch(&other, NULL, &root);
	int met = flags_met;

	machine_raise_sticky_flag();
	cress_arch_switch_on(&other, NULL, &root, unchanged);
	int met_after_hook = flags_met;

#ifdef CRESS_ARCH_UCONTEXT
	printf("# swapcontext writes them always\n");
	met = met_after_hook = raised;
#endif
	kit_check(met == raised);
	kit_check(met_after_hook == raised);
}

static void raise_a_flag_and_end(void *value)
{
	machine_raise_sticky_flag();
	flags_met = machine_sticky_flags();
	cress_arch_switch_last(&root, value, &other);
}

/* The one that goes on meets the flags of the one that ended. */
static void the_last_switch_writes_no_equal_control_words_either(void)
{
	arch_context_init(&other, kit_stack_top(), raise_a_flag_and_end);
	arch_context_init_fp(&other);
	cress_arch_switch(&other, NULL, &root);

#ifdef CRESS_ARCH_UCONTEXT
	flags_met = machine_sticky_flags();
#endif
	kit_check(machine_sticky_flags() == flags_met);
}

/* The control words that a side on its own stack has met. */
static uint64_t control_met;

static void meet_and_change(void *value)
{
	for (;;) {
		control_met = machine_control();
		machine_set_control(machine_random_control(1, 1));
		value = cress_arch_switch_shared(&root, value, &other);
	}
}

/* R3 */
static void a_shared_switch_leaves_the_control_words_alone(void)
{
	uint64_t usual = machine_control();

	machine_set_control(machine_round_up());
	arch_context_init(&other, kit_stack_top(), meet_and_change);
	cress_arch_switch_shared(&other, NULL, &root);

	kit_check(control_met == machine_round_up());
	kit_check(machine_control() == machine_random_control(1, 1));
	machine_set_control(usual);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(equal_control_words_are_not_written, 2),
		KIT_TEST(the_last_switch_writes_no_equal_control_words_either,
			 1),
		KIT_TEST(a_shared_switch_leaves_the_control_words_alone, 2),
		KIT_TEST(registers_and_control_words_survive_a_million_switches,
			 1),
	};
	int result = kit_main(argc, argv, tests,
			      sizeof(tests) / sizeof(tests[0]));

	printf("digest %016llx\n", (unsigned long long)digest);
	return result;
}
