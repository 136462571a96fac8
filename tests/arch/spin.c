/* SPDX-License-Identifier: MIT */
/* A program for a profiler: a coroutine that works and is left every while. */
#include "kit.h"

#include <switch.h>

#define NOINLINE __attribute__((noinline))
#define ROUNDS 400
#define WORK 200000

static struct arch_context thread, coroutine;
static volatile unsigned long sum;

NOINLINE void work_innermost(void);
NOINLINE void work_outermost(void);

void work_innermost(void)
{
	for (int i = 0; i < WORK; i++)
		sum += (unsigned long)i;
	cress_arch_switch(&thread, NULL, &coroutine);
	sum++;
}

void work_outermost(void)
{
	for (;;) {
		work_innermost();
		sum++;
	}
}

static void coroutine_main(void *value)
{
	(void)value;
	work_outermost();
}

int main(void)
{
	arch_context_init(&coroutine, kit_stack_top(), coroutine_main);
	arch_context_init_fp(&coroutine);
	for (int i = 0; i < ROUNDS; i++)
		cress_arch_switch(&coroutine, NULL, &thread);
	return sum == 0;
}
