/* SPDX-License-Identifier: MIT */
/*
 * Dining philosophers: a deadlock that hardly ever happens, found at once.
 *
 * Five sit around a table, with a fork between any two of them, and each needs
 * both of its forks to eat. If all take the left one first, each may wait for
 * the right one for ever. Which of them runs when decides that, and a program
 * may run for years before it happens. The simulation tries one order after
 * another until one fails, and reports who waits for what. The cure is known:
 * let everybody take the fork of the lower number first.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cress.h>

#define SEATS 5
#define MEALS 3

struct table {
	cress_mutex_t forks[SEATS];
	int in_order;
	int meals;
};

struct seat {
	struct table *table;
	int number;
};

/* Both forks, or none. To reach for one takes a while: others may go first. */
static int take_forks(cress_mutex_t *first, cress_mutex_t *second)
{
	if (cress_yield() != 0 || cress_mutex_lock(first) != 0)
		return -1;
	if (cress_yield() == 0 && cress_mutex_lock(second) == 0)
		return 0;
	cress_mutex_unlock(first);
	return -1;
}

static void *dine(void *arg)
{
	struct seat *seat = arg;
	struct table *table = seat->table;
	int left = seat->number, right = (left + 1) % SEATS;
	cress_mutex_t *first = &table->forks[left];
	cress_mutex_t *second = &table->forks[right];

	if (table->in_order && right < left) {
		first = &table->forks[right];
		second = &table->forks[left];
	}
	for (int i = 0; i < MEALS; i++) {
		if (take_forks(first, second) != 0)
			return cress_fail(errno);
		table->meals++;
		cress_mutex_unlock(second);
		cress_mutex_unlock(first);
	}
	return NULL;
}

/* One evening. A world of its own: it begins and ends with a laid table. */
static int evening(void *in_order)
{
	static const char *const names[SEATS] = {
		"fork 0", "fork 1", "fork 2", "fork 3", "fork 4"};
	struct table table = {.in_order = *(int *)in_order};
	struct seat seats[SEATS];
	cress_t *philosophers[SEATS];

	for (int i = 0; i < SEATS; i++) {
		table.forks[i].name = names[i];
		seats[i] = (struct seat){&table, i};
		philosophers[i] = cress_spawn(dine, &seats[i]);
	}
	for (int i = 0; i < SEATS; i++)
		if (cress_join(philosophers[i], NULL) != 0)
			return 1;
	return table.meals == SEATS * MEALS ? 0 : 1;
}

/* How many lines of the report tell of somebody who waits for a fork. */
static void count_forks(const char *line, void *count)
{
	for (const char *p = line; *p != '\0'; p++)
		if (p[0] == '"' && p[1] == 'f' && p[2] == 'o') {
			++*(int *)count;
			return;
		}
}

static void simulate(const char *what, int in_order)
{
	int forks = 0;
	cress_simulation_t how = {
		.seeds = 500,
		.print = count_forks,
		.print_context = &forks,
	};

	if (cress_simulate(evening, &in_order, &how) == 0)
		printf("%s: they dine, in each of %d orders\n", what,
		       (int)how.runs);
	else if (how.reason == CRESS_SIMULATED_DEADLOCK)
		printf("%s: a deadlock; the report names %d forks\n", what,
		       forks);
	else
		printf("%s: failed otherwise\n", what);
}

int main(void)
{
	simulate("left fork first", 0);
	simulate("lower fork first", 1);
	return 0;
}
