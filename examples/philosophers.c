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
#include <string.h>
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

/* The one thinks longer than the other. */
static void think(int turns)
{
	while (turns-- > 0 && cress_yield() == 0)
		;
}

/* Both forks, or none. To reach for the second one takes a moment. */
static int take_forks(cress_mutex_t *first, cress_mutex_t *second)
{
	if (cress_mutex_lock(first) != 0)
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
		think(seat->number);
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
	static const char *const forks[SEATS] = {
		"fork 0", "fork 1", "fork 2", "fork 3", "fork 4"};
	static const cress_attr_t called[SEATS] = {
		{.name = "ann"}, {.name = "bob"}, {.name = "cleo"},
		{.name = "dan"}, {.name = "eve"}};
	struct table table = {.in_order = *(int *)in_order};
	struct seat seats[SEATS];
	cress_t *philosophers[SEATS];

	for (int i = 0; i < SEATS; i++) {
		table.forks[i].name = forks[i];
		seats[i] = (struct seat){&table, i};
		philosophers[i] =
			cress_spawn_with(dine, &seats[i], &called[i]);
	}
	for (int i = 0; i < SEATS; i++)
		if (cress_wait(philosophers[i], NULL) != 0)
			break;
	/* If they are stuck: they use the table, so they leave before it. */
	for (int i = 0; i < SEATS; i++) {
		cress_kill(philosophers[i], 0);
		cress_join(philosophers[i], NULL);
	}
	return table.meals == SEATS * MEALS ? 0 : 1;
}

/* Note which forks the report says that somebody waits for. */
static void note_fork(const char *line, void *waited_for)
{
	const char *fork = strstr(line, "waits for mutex \"fork ");

	if (fork != NULL)
		((int *)waited_for)[fork[strcspn(fork, "0123456789")] - '0'] =
			1;
}

static void simulate(const char *what, int in_order)
{
	int waited_for[10] = {0}, forks = 0;
	cress_simulation_t how = {
		.seeds = 500,
		.print = note_fork,
		.print_context = waited_for,
	};
	int found = cress_simulate(evening, &in_order, &how);

	for (int i = 0; i < SEATS; i++)
		forks += waited_for[i];
	if (found == 0)
		printf("%s: they dine, in each of %d orders\n", what,
		       (int)how.runs);
	else if (how.reason != CRESS_SIMULATED_DEADLOCK)
		printf("%s: something else is wrong\n", what);
	else
		printf("%s: a deadlock, %s; all wait for %d forks\n", what,
		       how.seed == 0 ? "always" : "in one order of many",
		       forks);
}

int main(void)
{
	simulate("left fork first", 0);
	simulate("lower fork first", 1);
	return 0;
}
