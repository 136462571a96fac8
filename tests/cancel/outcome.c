/* SPDX-License-Identifier: MIT */
/*
 * What must come of a cell. It follows from where the victim is when the force
 * comes: one that has been woken gets its result, and the force meets its next
 * park; one that is parked fails and has taken nothing. A kill, a cancel and a
 * deadline go on for as long as their scope; a throw is spent by one failure.
 */
#include "cancel/cell.h"

#include <stdio.h>

#include "core/thread.h"

static const char *const moment_names[] = {
	"before",
	"before, but ready",
	"parked",
	"forced, then woken",
	"woken, then forced",
	"woken and polled, then forced",
	"after",
};

static const char *const variant_names[] = {
	"plain",
	"shielded",
	"leaves",
	"before another",
};

void cell_say_where(void)
{
	const char *variant = cell.point->variant;

	fprintf(stderr, "\tin %s%s%s%s: %s, %s, %s\n", cell.point->name,
		variant == NULL ? "" : " (", variant == NULL ? "" : variant,
		variant == NULL ? "" : ")", cell.force->name,
		moment_names[cell.moment], variant_names[cell.variant]);
}

int cell_foresee(void)
{
	int shielded = cell.variant == SHIELDED && cell.force->kind != THROW;

	if (shielded || cell.stage >= CALLED || has(SURE))
		return 0;
	if (cell.stage == AT_GATE)
		return !has(RAW) && !(has(AT_ONCE) && cell.ready);
	if (cell.victim->state == CRESS_PARKED)
		return !has(KEEPS);
	if (cell.victim->state == CRESS_ACTIVE)
		return 1;
	cell.may_fail = has(STEPS);
	/* It only looks again, and will find nothing. */
	return !has(BRIEF) && !cell.woken;
}

/* Within the shield an endless call is ended by the shield's own cancel. */
static int ended_by_shield(void)
{
	return has(ENDLESS) && cell.variant == SHIELDED && !cell.must_fail;
}

int cell_check_call(void)
{
	int failed = cell.result == -1;
	int good;

	if (ended_by_shield())
		return check(failed) & check_int(cell.error, ECANCELED);
	if (cell.may_fail)
		cell.must_fail = failed;
	good = check_int(failed, cell.must_fail);
	if (failed)
		good &= check_int(cell.error, cell.force->error);
	/* Another may have taken it meanwhile. */
	if (cell.ready && cell.point->taken != NULL && cell.another == NULL)
		good &= check_int(!!cell.point->taken(&cell.place), !failed);
	if (!failed)
		cell.ready = 0;
	return good;
}

int cell_check_rest(int value)
{
	enum kind kind = cell.force->kind;
	int consumed = cell.must_fail && kind == THROW;
	int error = consumed ? 0 : cell.force->error;
	int blame = kind == CANCEL || kind == DEADLINE ? error : 0;
	int good = 1;

	if (cell.variant != LEAVES)
		good &= check_int(cell.next_error, error);
	else if (!cell.must_fail)
		blame = 0;
	good &= check_int(cell.blame, blame);
	if (kind != KILL && (kind != THROW || cell.variant != LEAVES))
		error = 0;
	good &= check_int(cell.last_error, error);
	good &= check_int(value, cell.force->death);
	good &= check_int(log_lines(), 0);
	return good;
}
