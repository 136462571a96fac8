/* SPDX-License-Identifier: MIT */
/*
 * What a new stack promises to the code that runs on it: the alignment that
 * compilers rely on, at any depth; arguments and results of every class; the
 * creator's control words; and an end that nobody can miss.
 */
#include "kit.h"

#include <machine.h>

#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <switch.h>

#define DEPTH 50
#define NOINLINE __attribute__((noinline))

static struct arch_context root, other;

/* What runs on the new stack, and its argument. */
static void (*body)(void *value);

static void run_body(void *value)
{
	body(value);
	cress_arch_switch(&root, value, &other);
}

/* Prepare a stack that ends at `top` and will run `function`. */
static void prepare(void (*function)(void *value), void *top)
{
	body = function;
	arch_context_init(&other, top, run_body);
	arch_context_init_fp(&other);
}

static void run_on_new_stack(void (*function)(void *value))
{
	prepare(function, kit_stack_top());
	kit_check(cress_arch_switch(&other, &root, &root) == &root);
}

/* Hide the address from the compiler, which believes that it is aligned. */
static int is_aligned(void *address)
{
	uintptr_t bits = (uintptr_t)address;

	__asm__ volatile("" : "+r"(bits));
	return bits % 16 == 0;
}

/* Frames of different sizes, for each has another argument area. */
static NOINLINE int descend(int depth)
{
	alignas(16) char local[16];
	int below = 0;

	machine_store_aligned(local);
	kit_check(is_aligned(local));
	if (depth > 0)
		below = descend(depth - 1);
	return below + 1;
}

static void descend_from_entry(void *value)
{
	(void)value;
	kit_check(descend(DEPTH) == DEPTH + 1);
}

/* R4 */
static void locals_are_aligned_at_every_depth(void)
{
	char *top = kit_stack_top();

	run_on_new_stack(descend_from_entry);
	for (int unaligned = 0; unaligned < 16; unaligned++) {
		prepare(descend_from_entry, top - unaligned);
		cress_arch_switch(&other, NULL, &root);
	}
}

static void *descend_in_hook(void *value)
{
	kit_check(descend(DEPTH) == DEPTH + 1);
	return (char *)value + 1;
}

static void expect_what_the_hook_made(void *value)
{
	kit_check(value == (char *)&root + 1);
	descend_from_entry(value);
}

/* R4 */
static void a_hook_may_come_before_the_first_instruction(void)
{
	prepare(expect_what_the_hook_made, kit_stack_top());
	cress_arch_switch_on(&other, &root, &root, descend_in_hook);
}

static void descend_and_return(void *value)
{
	(void)value;
	value = cress_arch_switch(&root, NULL, &other);
	kit_check(value == (char *)&root + 1);
}

/* R4 */
static void locals_are_aligned_in_a_hook_on_a_suspended_stack(void)
{
	prepare(descend_and_return, kit_stack_top());
	cress_arch_switch(&other, NULL, &root);
	cress_arch_switch_on(&other, &root, &root, descend_in_hook);
}

static NOINLINE double sum(int count, ...)
{
	va_list list;
	double total = 0;

	va_start(list, count);
	for (int i = 0; i < count; i++)
		total += va_arg(list, double) * va_arg(list, int);
	va_end(list);
	return total;
}

static void pass_variable_arguments(void *value)
{
	char text[64];

	(void)value;
	kit_check(sum(5, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5) == 47.5);
	snprintf(text, sizeof(text), "%.2f %d %s %.1f %ld", 0.25, 7, "and",
		 -1.5, 8l);
	kit_check(strcmp(text, "0.25 7 and -1.5 8") == 0);
}

/* R4 */
static void variable_arguments_with_doubles_arrive(void)
{
	run_on_new_stack(pass_variable_arguments);
}

struct in_registers {
	double real;
	long whole;
};

struct in_memory {
	double real[5];
	long whole;
};

static NOINLINE struct in_registers small_result(double real)
{
	return (struct in_registers){ real, (long)real };
}

static NOINLINE struct in_memory large_result(double real)
{
	return (struct in_memory){ { real, real, real, real, -real }, 9 };
}

static void return_structures(void *value)
{
	struct in_registers small = small_result(6.5);
	struct in_memory large = large_result(2.5);

	(void)value;
	kit_check(small.real == 6.5 && small.whole == 6);
	kit_check(large.real[0] == 2.5 && large.real[4] == -2.5);
	kit_check(large.whole == 9);
}

/* R4 */
static void structures_are_returned(void)
{
	run_on_new_stack(return_structures);
}

static uint64_t control_at_entry, flags_at_entry;
static volatile double third = 3;
static double rounded;

static void note_control(void *value)
{
	(void)value;
	control_at_entry = machine_control();
	flags_at_entry = machine_flags();
	rounded = 1 / third;
}

/* R3 */
static void a_new_stack_has_the_control_words_of_its_creator(void)
{
	uint64_t usual = machine_control();
	double nearest = 1 / third;

	machine_set_control(machine_round_up());
	prepare(note_control, kit_stack_top());
	machine_set_control(usual);
	cress_arch_switch(&other, NULL, &root);

	kit_check(control_at_entry == machine_round_up());
	kit_check(machine_control() == usual);
	/* valgrind keeps the words, but its sums round to nearest. */
	kit_check(rounded > nearest || kit_is_valgrind() ||
		  machine_round_up() == usual);
	kit_check(1 / third == nearest);
}

/* R4 */
static void processor_flags_are_clear_at_entry(void)
{
	run_on_new_stack(note_control);

	kit_check(flags_at_entry == 0);
}

/* R4 */
static void nothing_above_the_top_is_written(void)
{
	char *top = (char *)kit_stack_top() - 256;

	memset(top, 0x5a, 256);
	prepare(descend_from_entry, top);
	cress_arch_switch(&other, NULL, &root);

	for (int i = 0; i < 256; i++)
		kit_check(top[i] == 0x5a);
}

static void return_from_main(void *value)
{
	(void)value;
}

static void let_main_return(void *argument)
{
	(void)argument;
	arch_context_init(&other, kit_stack_top(), return_from_main);
	arch_context_init_fp(&other);
	cress_arch_switch(&other, NULL, &root);
}

/* R4 */
static void a_main_that_returns_kills_the_process(void)
{
	int death = kit_signal_of(let_main_return, NULL);

	kit_check(death == SIGILL || death == SIGTRAP || death == SIGABRT);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(locals_are_aligned_at_every_depth, 17 * DEPTH),
		KIT_TEST(a_hook_may_come_before_the_first_instruction, DEPTH),
		KIT_TEST(locals_are_aligned_in_a_hook_on_a_suspended_stack,
			 DEPTH),
		KIT_TEST(variable_arguments_with_doubles_arrive, 3),
		KIT_TEST(structures_are_returned, 4),
		KIT_TEST(a_new_stack_has_the_control_words_of_its_creator, 4),
		KIT_TEST(processor_flags_are_clear_at_entry, 2),
		KIT_TEST(nothing_above_the_top_is_written, 256),
		KIT_TEST(a_main_that_returns_kills_the_process, 1),
	};

	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
