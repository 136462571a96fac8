/* SPDX-License-Identifier: MIT */
/*
 * The smallest test harness that does: the proof kit of a port must run where
 * there is a compiler and an emulator, but no test library yet.
 *
 * A check that fails prints itself and ends the process at once, because half
 * of them run on stacks that nobody can leave. Every test declares how many
 * checks it makes at least, and a test that made fewer has failed.
 */
#ifndef TESTS_ARCH_KIT_H
#define TESTS_ARCH_KIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a test program ends with when it cannot judge. */
#define KIT_SKIPPED 77

struct kit_test {
	const char *name;
	void (*run)(void);
	unsigned long checks;
};

/* `checks` is the least number that a run makes. */
#define KIT_TEST(function, checks) { #function, function, checks }

#define kit_check(condition) \
	kit_judge(!!(condition), #condition, __FILE__, __LINE__)

void kit_judge(int holds, const char *condition, const char *file, int line);

/* Run all tests; the argument of the program scales kit_count(). */
int kit_main(int argc, char **argv, const struct kit_test *tests,
	     size_t count);

/* How many rounds a long test makes: `full`, or fewer where it must be. */
unsigned long kit_count(unsigned long full);

int kit_is_valgrind(void);

/* This test makes so many checks more than its table entry says. */
void kit_declare(unsigned long more);

/* A number that looks random; the same sequence in every run. */
uint64_t kit_random(void);

/* A stack of the usual size, as its top. It is never freed. */
void *kit_stack_top(void);

#ifdef _WIN32
#define SIGTRAP 5	/* a system without it has the exception */
#endif

/* The signal that ends run(argument) in a child, or 0. It prints nothing. */
int kit_signal_of(void (*run)(void *argument), void *argument);

#ifdef __cplusplus
}
#endif

#endif
