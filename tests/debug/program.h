/* SPDX-License-Identifier: MIT */
/*
 * A small program that uses the scheduler in every way, for the tests of
 * simulation: it has clocks, deadlines, kills, throws, ends and names in it,
 * and must work under every schedule.
 */
#ifndef TESTS_DEBUG_PROGRAM_H
#define TESTS_DEBUG_PROGRAM_H

#include <stdint.h>

#include <cress.h>

/* Returns 0 if all went as it must. */
int program(void *unused);

/* A number that depends on every schedule of so many seeds. */
uint64_t program_digest(uint32_t seeds);

/* Somewhere for the lines of a report that nobody is to see. */
void ignore_line(const char *line, void *context);

#endif
