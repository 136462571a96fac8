/* SPDX-License-Identifier: MIT */
/*
 * A bug that the usual order hides, found by simulation, and its fix.
 *
 * One seat is left, and two want it. The careless box office looks whether
 * there is a seat, asks the bank, and then takes the seat off the list. To ask
 * the bank is to wait, and meanwhile others may look at the list. Bob comes in
 * the very moment in which the bank's answer for Ann does; who then goes on
 * first makes the difference, and in the usual order it is always Ann.
 *
 * cress_simulate() runs the sale in a thousand orders, in virtual time, and the
 * first that sells the seat twice can be had again from its seed, as often as
 * one likes, in a debugger too. The careful office takes the seat first.
 *
 *     simulate       what was found
 *     simulate -v    and the report: who went on when, and why
 */
#include <stdio.h>
#include <string.h>
#include <cress.h>

#define BANK 0.01		/* seconds that it takes */

struct office {
	int seats;
	int sold;
	int careful;
};

static void ask_the_bank(void)
{
	cress_sleep(BANK);
}

static void *sell(void *arg)
{
	struct office *office = arg;

	if (office->seats == 0)
		return NULL;
	if (office->careful) {
		office->seats--;
		ask_the_bank();
	} else {
		ask_the_bank();
		office->seats--;
	}
	office->sold++;
	return NULL;
}

/* What must hold, whoever goes on first. Returns 0 if it did. */
static int one_seat_is_sold_once(void *careful)
{
	static const cress_attr_t called_ann = {.name = "ann"};
	static const cress_attr_t called_bob = {.name = "bob"};
	struct office office = {.seats = 1, .careful = careful != NULL};
	cress_t *ann, *bob;

	ann = cress_spawn_with(sell, &office, &called_ann);
	cress_yield();
	bob = cress_spawn_after(BANK, sell, &office, &called_bob);
	cress_join(ann, NULL);
	cress_join(bob, NULL);
	return office.sold != 1;
}

static void show(const char *line, void *verbose)
{
	if (verbose != NULL)
		printf("    %s\n", line);
}

static void simulate(const char *office, char *careful, char *verbose)
{
	cress_simulation_t usual = {.seeds = 1, .print = show};
	cress_simulation_t all = {.print = show, .print_context = verbose};
	cress_simulation_t again = {.seeds = 1, .print = show};
	int failed;

	failed = cress_simulate(one_seat_is_sold_once, careful, &usual);
	printf("%s office, usual order: %s\n", office,
	       failed ? "sold twice" : "sold once");
	failed = cress_simulate(one_seat_is_sold_once, careful, &all);
	if (!failed) {
		printf("%s office, all %d orders: sold once\n", office,
		       (int)all.runs);
		return;
	}
	printf("%s office, another order: sold twice\n", office);
	again.first_seed = all.seed;
	cress_simulate(one_seat_is_sold_once, careful, &again);
	printf("%s office, that seed again: %s\n", office,
	       again.digest == all.digest ? "the same to the bit" : "differs");
}

int main(int argc, char **argv)
{
	char *verbose = argc > 1 && strcmp(argv[1], "-v") == 0 ? argv[1] : NULL;

	simulate("careless", NULL, verbose);
	simulate("careful", argv[0], verbose);
	return 0;
}
