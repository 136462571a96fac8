/* SPDX-License-Identifier: MIT */
/*
 * What the suites of the scheduler share. A test is a function without
 * arguments that runs as the main coroutine of a hub, once for each driver
 * that its line in the table asks for. It checks with check() and its kin,
 * which may fail in any coroutine; cmocka learns of it when the hub is gone.
 */
#ifndef TESTS_LOOP_SUPPORT_H
#define TESTS_LOOP_SUPPORT_H

#include "support/suite.h"

#include <math.h>

#include <cress/hub.h>
#include <cress/scope.h>

/* A test, as cmocka carries it. */
struct scenario {
	void (*body)(void);
};

/* First in, first out. */
void run_on_virtual(void **state);
void run_on_libev(void **state);
void run_on_both(void **state);
/*
 * Both, and many simulated orders: 16, or as many as CRESS_SEEDS says. Or those
 * of the virtual driver only.
 */
void run_on_seeds(void **state);
void run_on_virtual_seeds(void **state);
/* Virtual only, in 500 seeded orders, or 10,000 in the long run. */
void run_on_many_seeds(void **state);
/*
 * In fewer, 500 in the long run; and in each once more for each call that
 * parks, which a throw ends there, or a deadline; or a kill as well. Here a
 * deadlock is a failure of its own.
 */
void run_with_throws(void **state);
void run_with_kills(void **state);
/* Without a hub. */
void run_bare(void **state);

/* clang-format off */
#define SCENARIO(runner, function) \
	{#function, runner, suite_begin, suite_end, \
	 &(struct scenario){function}}
/* clang-format on */

/* Where the order is part of the law. */
#define in_order(function) SCENARIO(run_on_both, function)
/* Where any order of the ready coroutines must do. */
#define in_any_order(function) SCENARIO(run_on_seeds, function)
/* The same, where the real clock could change the outcome. */
#define on_seeds(function) SCENARIO(run_on_virtual_seeds, function)
/* Where the order is what the test is about. */
#define in_every_order(function) SCENARIO(run_on_many_seeds, function)
/* Where any of its parks may fail. */
#define with_throws(function) SCENARIO(run_with_throws, function)
#define with_kills(function) SCENARIO(run_with_kills, function)
/* Where it would take too long on a real clock. */
#define on_virtual(function) SCENARIO(run_on_virtual, function)
/* Where the virtual clock would stand still, or is not meant. */
#define on_libev(function) SCENARIO(run_on_libev, function)
/* Where the test makes its own hub, or none. */
#define bare(function) SCENARIO(run_bare, function)

/* The two are equal. */
#define check_int(got, want) \
	check_int_at((got), (want), #got, __FILE__, __LINE__)
int check_int_at(intmax_t got, intmax_t want, const char *what,
		 const char *file, int line);

/* The call returns -1 and says this in errno. */
#define check_refuses(call, error) \
	check_refuses_at((call), (error), #call, __FILE__, __LINE__)
void check_refuses_at(int result, int error, const char *what, const char *file,
		      int line);

/* What the notebook holds since the last such check, as printf() would say. */
#define check_noted(...) check_noted_at(__FILE__, __LINE__, __VA_ARGS__)
#define check_nothing_noted() check_noted("%s", "")
void check_noted_at(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What the library logged in this run. */
int log_lines(void);
int log_lines_with(const char *word);
const char *log_text(void);
void log_clear(void);

/* Entry functions. */
/* Sleep until what takes a few turns has run, on a busy machine as well. */
void let_all_run(void);
void *note_word(void *word);       /* notes it and returns it */
void *fail_with(void *error);      /* dies of it */
void *give_back(void *value);      /* returns it */
void *park_for_ever(void *unused); /* dies of what ends the wait */
void *until_killed(void *value);   /* parks, then returns it anyway */
void *nap(void *milliseconds);     /* returns its argument */

/* A number from 0 to below `bound`, another one under each seed. */
unsigned any_below(unsigned bound);

/* Keep the processor for so long, by CLOCK_MONOTONIC. */
void spin(double seconds);

/* How many descriptors the process has open, or -1. */
int open_descriptors(void);

#endif
