/* SPDX-License-Identifier: MIT */
/*
 * The bare switch of arch, without the coroutines above it: the library's own
 * function, out of line, which exchanges the floating-point control words. It
 * is linked from the static library, because nobody outside may call it.
 */
#include "../harness.h"

#include <arch/switch.h>
#include <stddef.h>

struct route {
	struct arch_context *from, *to;
};

typedef const struct route *side_t;

static inline side_t hop(side_t route)
{
	cress_arch_switch(route->from, route->to, NULL);
	return route;
}

#include "../shapes.h"

#define STACK (128 * 1024)
#define COLOUR 64

static struct arch_context near, far;
static const struct route out = {&near, &far}, back = {&far, &near};
static char stack[STACK] __attribute__((aligned(4096)));

static void far_side(void *value)
{
	(void)value;
	shape->far(&back, LONG_MAX);
}

static long raw(long n)
{
	shape->near(&out, n);
	return 2 * n;
}

int main(int argc, char **argv)
{
	if (argc != 3 || !shape_choose(argv))
		return bench_unknown(argv);
	bench_clear_fp();
	arch_context_init_fp(&far);
	arch_context_init(&far, stack + STACK - COLOUR, far_side);
	return bench_time(raw);
}
