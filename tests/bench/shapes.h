/* SPDX-License-Identifier: MIT */
/*
 * The shapes in which a raw switch is measured, the same for every contender.
 * Two sides switch to each other; a side is a loop around `hop`, which the
 * including file defines before:
 *
 *     typedef ... side_t;                  what a side needs to switch away
 *     static inline side_t hop(side_t s);  switch, and return it anew
 *
 * With one site both sides run the same loop, so that all switches are made by
 * one instruction; with two, each has its own. With depth N there are N frames
 * between the loop and the switch, on both sides. The state of a side travels
 * in registers, which is the best case for everybody.
 */
#ifndef BENCH_SHAPES_H
#define BENCH_SHAPES_H

#include <limits.h>
#include <string.h>

/* Neither inlined nor cloned nor merged with an equal function. */
#if defined(__has_attribute) && __has_attribute(noipa)
#define APART __attribute__((noipa))
#else
#define APART __attribute__((noinline))
#endif

/* Keeps a call from becoming a jump, and its frame from vanishing. */
#define NOT_LAST(side) __asm__ volatile("" : "+r"(side))

#define FRAME(name, inner) \
	static APART side_t name(side_t s) \
	{ \
		s = inner(s); \
		NOT_LAST(s); \
		return s; \
	}

#define LOOP(name, inner) \
	static APART side_t name(side_t s, long n) \
	{ \
		while (n-- > 0) \
			s = inner(s); \
		return s; \
	}

#define SITE(id) \
	FRAME(frame_##id##1, hop) \
	FRAME(frame_##id##2, frame_##id##1) \
	FRAME(frame_##id##3, frame_##id##2) \
	LOOP(loop_##id##0, hop) \
	LOOP(loop_##id##1, frame_##id##1) \
	LOOP(loop_##id##3, frame_##id##3)

SITE(a)
SITE(b)

struct shape {
	const char *name;
	side_t (*near)(side_t s, long n); /* the thread's own side */
	side_t (*far)(side_t s, long n);  /* the coroutine's side */
};

/* The row "raw" is the ordinary case, which every such benchmark measures. */
static const struct shape shapes[] = {
	{"raw", loop_a0, loop_b0},          {"raw-1site-d0", loop_a0, loop_a0},
	{"raw-1site-d1", loop_a1, loop_a1}, {"raw-1site-d3", loop_a3, loop_a3},
	{"raw-2site-d0", loop_a0, loop_b0}, {"raw-2site-d1", loop_a1, loop_b1},
	{"raw-2site-d3", loop_a3, loop_b3},
};

static const struct shape *shape;

/* Choose the shape of a case, or return 0 if it is none. */
static int shape_choose(char **argv)
{
	if (argv[1] == NULL || argv[2] == NULL)
		return 0;
	for (unsigned i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strcmp(argv[2], shapes[i].name) == 0)
			shape = &shapes[i];
	return shape != NULL;
}

#endif
