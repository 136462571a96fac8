/* SPDX-License-Identifier: MIT */
/* Simulation: seeds, failures, what is told of them. */
#include "support/suite.h"

#include <cress.h>

static int well(void *arg)
{
	++*(int *)arg;
	return 0;
}

static void each_seed_runs_once(void **state)
{
	cress_simulation_t how = {.seeds = 20};
	int runs = 0;

	(void)state;
	assert_int_equal(cress_simulate(well, &runs, &how), 0);
	assert_int_equal(runs, 20);
	assert_int_equal(how.runs, 20);
	assert_int_equal(how.seed, 19);
}

struct account { int balance; };
static void *withdraw(void *a) { struct account *x = a; 
	if (x->balance >= 100) { cress_yield(); x->balance -= 100; } return NULL; }
static void *half(void *a) { struct account *x = a;  (void)x; cress_sleep(1); return NULL;}
static int transfer(void *arg)
{
	struct account account = {100};
	cress_t *a = cress_spawn(withdraw, &account);
	cress_t *b = cress_spawn(withdraw, &account);
	cress_t *c = cress_spawn(half, &account);
	(void)arg;
	cress_join(a, NULL);
	cress_join(b, NULL);
	cress_join(c, NULL);
	return account.balance < 0;
}

static void race(void **state)
{
	cress_simulation_t how = {.first_seed = 1};
	(void)state;
	assert_int_equal(cress_simulate(transfer, NULL, &how), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_seed_runs_once),
		test(race),
	};

	return suite_run(tests);
}
