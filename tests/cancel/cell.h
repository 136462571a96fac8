/* SPDX-License-Identifier: MIT */
/*
 * A cell: one row, one force, one moment. For the files of the engine only:
 * cell.c plays it, outcome.c says what must come of it, engine.c tries all.
 */
#ifndef TESTS_CANCEL_CELL_H
#define TESTS_CANCEL_CELL_H

#include "cancel/park_points.h"

enum moment {
	BEFORE,			/* the call would park */
	BEFORE_WHEN_READY,
	PARKED,
	FORCED_THEN_WOKEN,	/* without a turn between */
	WOKEN_THEN_FORCED,	/* likewise */
	WOKEN_AND_POLLED,	/* with a poll between, and turns if need be */
	AFTER,
	MOMENTS
};

enum variant {
	PLAIN,
	SHIELDED,	/* within an inner scope */
	LEAVES,		/* its scope right after the call */
	BEFORE_ANOTHER,	/* who makes the same call and is not forced */
	VARIANTS
};

enum stage { AT_GATE, IN_CALL, CALLED, ENDED };

enum kind { KILL, THROW, CANCEL, DEADLINE };

struct force {
	const char *name;
	enum kind kind;
	int number;	/* what is thrown, or what the kill says */
	int error;	/* how calls report it */
	int death;	/* what the victim dies of, if it obeys a kill */
};

/* One cell, under way. */
extern struct cell {
	const struct park_point *point;
	const struct force *force;
	enum moment moment;
	enum variant variant;

	struct place place;
	cress_t *victim, *another;
	cress_scope_t scope, shield;
	enum stage stage;
	int forced;	/* main has */
	int woken;	/* main has woken it */
	int ready;	/* the same, and nothing taken since */
	int must_fail;	/* the call, because of the force */
	int may_fail;	/* both is right, if the rest agrees */

	intmax_t result;
	int error;
	int next_error;	/* of the park after the call, within the scope */
	int last_error;	/* of the one after the scope */
	int blame;	/* what closing the scope said */
	intmax_t other_result;
} cell;

/* Has its row this trait? */
static inline int has(unsigned trait)
{
	return (cell.point->traits & trait) != 0;
}

/* Must the call fail, if the force comes now? */
int cell_foresee(void);

/* The call's result, and what became of what the wake brought. */
int cell_check_call(void);

/* The parks after the call, the scope, and the end, which gave `value`. */
int cell_check_rest(int value);

/* Print which cell this is. */
void cell_say_where(void);

enum force_name {
	A_KILL,
	A_KILL_OF_0,
	A_KILL_TO_EXIT,
	A_THROW,
	A_THROW_OF_EXIT,
	A_CANCEL,
	A_DEADLINE
};

/* Try this force at every moment of the row, and count after each. */
void row_try(const struct park_point *point, enum force_name name);

/* How many cells were tried, in all. */
size_t cells_tried(void);

#endif
