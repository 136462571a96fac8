/* SPDX-License-Identifier: MIT */
/*
 * Whatever of the switch is entered through a pointer may be entered so where
 * branches are checked, and each landing instruction is needed for that: with
 * one of them taken out, the processor kills whoever comes that way.
 */
#include "guard.h"
#include "kit.h"
#include "poison.h"

#include <signal.h>
#include <switch.h>
#include <unistd.h>

#define BTI_C 0xd503245fu
#define NOP 0xd503201fu
#define RET_X17 0xd65f0220u
#define BR_X17 0xd61f0220u

/* Journeys enter all of them through a pointer. */
static void (*const switches[])(void) = {
	(void (*)(void))cress_arch_switch,
	(void (*)(void))cress_arch_switch_shared,
	(void (*)(void))cress_arch_switch_on,
	(void (*)(void))cress_arch_switch_last,
};

enum {
	SWITCHES = sizeof(switches) / sizeof(switches[0]),
	LAST = SWITCHES - 1,		/* nobody comes back from this one */
};

static struct arch_context root, other;
static int kind_back;

void *poison_hook_body(void *value)
{
	return value;
}

/* One who was left at the other call site is not gone to by a plain ret. */
static void travel(int kind, struct arch_context *from,
		   struct arch_context *to, int here)
{
	struct journey journey = {
		.function = switches[kind],
		.from = from,
		.to = to,
		.value = &root,
		.hook = poison_hook,
	};
	void *value = here ? poison_here(&journey) : poison_there(&journey);

	kit_check(value == &root);
}

/* Back to the thread for ever, by two call sites in turn. */
static void go_back(void *value)
{
	(void)value;
	for (int here = 0;; here = !here)
		travel(kind_back, &other, &root, here);
}

static void prepare(void)
{
	arch_context_init(&other, kit_stack_top(), go_back);
	arch_context_init_fp(&other);
}

/* R10 */
static void every_switch_may_be_entered_through_a_pointer(void)
{
	for (int pair = 0; pair < LAST * SWITCHES; pair++) {
		kind_back = pair / LAST;
		for (int i = 0; i < 8; i++) {
			if (i == 0 || kind_back == LAST)
				prepare();
			travel(pair % LAST, &root, &other, i / 2 % 2);
		}
	}
}

static void end_well(void *value)
{
	(void)value;
	_exit(0);
}

/* Where a new stack begins, by a branch, which the switch may not choose. */
static void enter_a_stack(void *argument)
{
	void (*first)(void *value) = end_well;

	(void)argument;
	prepare();
	__asm__ volatile("mov x19, %0\n\tblr %1"
			 : : "r"(first), "r"(other.pc)
			 : "x0", "x19", "x30", "memory");
}

static void switch_back(void *kind)
{
	kind_back = *(int *)kind;
	prepare();
	travel(0, &root, &other, 1);
}

/* Die, or not, for the want of the landing instruction at this place. */
struct plant {
	uint32_t *where;
	void (*run)(void *argument);
	void *argument;
};

static void run_without(void *argument)
{
	struct plant *plant = argument;

	guard_patch(plant->where, NOP);
	plant->run(plant->argument);
}

/* R10 */
static void without_its_landing_instruction_each_entry_dies(void)
{
	for (int kind = 0; kind < SWITCHES; kind++) {
		struct plant plant = { (uint32_t *)(uintptr_t)switches[kind],
				       switch_back, &kind };

		kit_check(*plant.where == BTI_C);
		kit_check(kit_signal_of(switch_back, &kind) == 0);
		kit_check(kit_signal_of(run_without, &plant) == SIGILL);
	}
}

/* R10 */
static void a_new_stack_begins_with_a_landing_instruction(void)
{
	struct plant plant = { NULL, enter_a_stack, NULL };

	prepare();
	plant.where = (uint32_t *)other.pc;
	kit_check(*plant.where == BTI_C);
	kit_check(kit_signal_of(enter_a_stack, NULL) == 0);
	kit_check(kit_signal_of(run_without, &plant) == SIGILL);
}

static void branch_to_a_return_site(void *argument)
{
	(void)argument;
	kind_back = 0;
	for (uint32_t *word = guard_first; word < guard_last; word++)
		if (*word == RET_X17)
			guard_patch(word, BR_X17);
	prepare();
	travel(0, &root, &other, 1);
	travel(0, &root, &other, 1);
}

/* R10: this is why the guarded port returns there. */
static void a_branch_to_a_return_site_dies(void)
{
	kit_check(kit_signal_of(branch_to_a_return_site, NULL) == SIGILL);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(every_switch_may_be_entered_through_a_pointer,
			 LAST * SWITCHES * 8),
		KIT_TEST(without_its_landing_instruction_each_entry_dies,
			 SWITCHES * 3),
		KIT_TEST(a_new_stack_begins_with_a_landing_instruction, 3),
		KIT_TEST(a_branch_to_a_return_site_dies, 1),
	};

	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
