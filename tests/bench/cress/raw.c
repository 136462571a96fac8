/* SPDX-License-Identifier: MIT */
/*
 * The bare switch of arch, without the coroutines above it: the library's own
 * function, out of line, which exchanges the floating-point control words. It
 * is linked from the static library, because nobody outside may call it.
 */
#include "../harness.h"

#include <arch/switch.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A side is its context; the other side's lies beside it. Each starts a cache
 * line, as in the library's control blocks. So the state is one pointer, in a
 * register, as it is for the peers.
 */
struct side {
	struct arch_context context;
} __attribute__((aligned(128)));

_Static_assert(sizeof(struct side) == 128, "the other side is one bit away");

static struct side sides[2] __attribute__((aligned(256)));

typedef struct side *side_t;

static inline side_t hop(side_t side)
{
	side_t other = (side_t)((uintptr_t)side ^ sizeof *side);

	cress_arch_switch(&other->context, NULL, &side->context);
	return side;
}

#include "../shapes.h"

#define STACK (128 * 1024)
#define COLOUR 64

static char stack[STACK] __attribute__((aligned(4096)));

static void far_side(void *value)
{
	(void)value;
	shape->far(&sides[1], LONG_MAX);
}

static long raw(long n)
{
	shape->near(&sides[0], n);
	return 2 * n;
}

int main(int argc, char **argv)
{
	if (argc != 3 || !shape_choose(argv))
		return bench_unknown(argv);
	bench_clear_fp();
	arch_context_init_fp(&sides[1].context);
	arch_context_init(&sides[1].context, stack + STACK - COLOUR, far_side);
	return bench_time(raw);
}
