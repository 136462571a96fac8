/* SPDX-License-Identifier: MIT */
/* What else is true of every row, besides its cells. For the engine only. */
#ifndef TESTS_CANCEL_STORM_H
#define TESTS_CANCEL_STORM_H

#include "cancel/park_points.h"

/*
 * Within a scope that is over, make the call again and again: time goes on,
 * and the others have their turns.
 */
void row_storm(const struct park_point *point);

/*
 * Park in the call for ever: if nothing outside could end it, main is told of
 * the deadlock at once, and by whose name.
 */
void row_deadlock(const struct park_point *point);

#endif
