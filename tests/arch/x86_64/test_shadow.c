/* SPDX-License-Identifier: MIT */
/*
 * The switch with an active shadow stack, which no machine needs to have: it is
 * made by software. Every return of both sides, of hooks and of the first frame
 * is compared with the call that it belongs to.
 */
#include "kit.h"

#include <signal.h>
#include <stdlib.h>
#include <switch.h>
#include <unistd.h>

#include "shadow.h"

#define NOINLINE __attribute__((noinline))
#define SHADOW_SIZE 65536
#define ROUNDS 12	/* each step is a signal */
#define DEPTH 6

static struct arch_context thread, coroutine, other;
static volatile int hooks, rounds;

/* Made before: malloc() may fill them, which would be a step for each byte. */
static void *stacks[2];

static void *hook(void *value)
{
	hooks++;
	return value;
}

static void leave(struct arch_context *from, struct arch_context *to)
{
	uintptr_t number = 7;

	number -= (uintptr_t)cress_arch_switch_on(to, (void *)number, from,
						  hook);
	rounds += number == 0;
}

/* Suspended in a depth that changes, so that returns stand in between. */
static NOINLINE void dive(int depth, struct arch_context *from,
			  struct arch_context *to)
{
	if (depth == 0)
		leave(from, to);
	else
		dive(depth - 1, from, to);
	__asm__ volatile("");
}

static void wander(void *value)
{
	(void)value;
	for (int i = 0;; i++)
		dive(i % DEPTH, &coroutine, &thread);
}

/* Two that go to each other, and then to the thread. */
static void wander_too(void *value)
{
	(void)value;
	for (int i = 0;; i++)
		dive(i % 3, &other, i % 2 ? &thread : &coroutine);
}

static void begin(struct arch_context *context, void (*main)(void *value))
{
	char *low = shadow_map(SHADOW_SIZE);

	arch_context_init(context, stacks[context == &other], main);
	arch_context_init_fp(context);
	cress_arch_shadow_init(context, low + SHADOW_SIZE);
}

/* R11 */
static void it_is_active_only_where_there_is_one(void)
{
	int active;

	kit_check(!arch_shadow_is_active());
	shadow_begin();
	active = arch_shadow_is_active();
	shadow_end();
	kit_check(active);
}

/* R11 */
static void each_side_keeps_its_own(void)
{
	hooks = rounds = 0;
	shadow_begin();
	begin(&coroutine, wander);
	for (int i = 0; i < ROUNDS; i++)
		dive(i % 5, &thread, &coroutine);
	shadow_end();

	kit_check(rounds == 2 * ROUNDS - 1);
	kit_check(hooks == 2 * ROUNDS);
	kit_check(shadow_counts.restored == 2 * ROUNDS + 2);
	kit_check(shadow_counts.returns > ROUNDS * DEPTH / 2);
}

/* R11 */
static void three_sides_do_so_too(void)
{
	hooks = rounds = 0;
	shadow_begin();
	begin(&coroutine, wander);
	begin(&other, wander_too);
	for (int i = 0; i < ROUNDS; i++)
		dive(i % 4, &thread, &other);
	shadow_end();

	kit_check(hooks > 2 * ROUNDS);
	kit_check(shadow_counts.mapped == 2);
}

static void return_elsewhere(void *argument)
{
	(void)argument;
	shadow_begin();
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
			 "lea 2f(%%rip), %%rax\n\t"
			 "call 1f\n\t"
			 "ud2\n"
			 "1:\tmov %%rax, (%%rsp)\n\t"
			 "ret\n"
			 "2:\tlea 128(%%rsp), %%rsp"
			 : : : "rax", "memory");
	shadow_end();
	abort();
}

static void take_a_foreign_one(void *argument)
{
	(void)argument;
	shadow_begin();
	begin(&coroutine, wander);
	coroutine.ip += 8;
	dive(0, &thread, &coroutine);
	shadow_end();
	abort();
}

/* R11: or the others prove nothing */
static void what_is_wrong_is_noticed(void)
{
	kit_check(kit_signal_of(return_elsewhere, NULL) == 0);
	kit_check(kit_signal_of(take_a_foreign_one, NULL) == 0);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(it_is_active_only_where_there_is_one, 2),
		KIT_TEST(each_side_keeps_its_own, 4),
		KIT_TEST(three_sides_do_so_too, 2),
		KIT_TEST(what_is_wrong_is_noticed, 2),
	};

	if (kit_is_valgrind())
		return KIT_SKIPPED;
	stacks[0] = kit_stack_top();
	stacks[1] = kit_stack_top();
	return kit_main(argc, argv, tests, sizeof tests / sizeof tests[0]);
}
