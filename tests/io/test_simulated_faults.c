/* SPDX-License-Identifier: MIT */
/*
 * A server and its clients under every fault that a simulation knows: a throw,
 * a kill, a deadline or a refused request for memory at each place in its turn.
 * Whatever fails, nobody gets bytes that were not meant for him, nobody waits
 * for ever, and no descriptor, handle or block of memory is left.
 */
#include "io/simulation.h"

#include <string.h>

#include <cress/io.h>
#include <cress/net.h>
#include <cress/simulate.h>

#define CLIENTS 3
#define LENGTH 40

static char address[CRESS_ADDRESS_MAX];
static int answers;
static double reset, patience;

static void *echo(void *arg)
{
	int fd = as_number(arg);
	char bytes[64];
	ssize_t n;

	while ((n = cress_read(fd, bytes, sizeof bytes)) > 0)
		if (cress_write_all(fd, bytes, (size_t)n) < n)
			break;
	cress_close(fd);
	return NULL;
}

/* The listener ends with it: who still waits there is told. */
static void *serve(void *arg)
{
	int listener = as_number(arg), fd;

	while ((fd = cress_accept4(listener, NULL, NULL, 0)) >= 0)
		if (cress_go(echo, as_value(fd)) != 0)
			cress_close(fd);
	cress_close(listener);
	return NULL;
}

static int get_back(int fd, const unsigned char *sent, size_t size)
{
	unsigned char got[LENGTH + 1];
	ssize_t n;

	if (cress_shutdown(fd, SHUT_WR) != 0)
		return 0;
	n = cress_read_full(fd, got, sizeof got);
	check(n <= (ssize_t)size);
	check(n <= 0 || memcmp(sent, got, (size_t)n) == 0);
	return n == LENGTH;
}

static void *ask(void *arg)
{
	unsigned char sent[LENGTH];
	cress_scope_t limit;
	ssize_t n = 0;
	int fd;

	make_bytes(sent, sizeof sent, (unsigned)as_number(arg), 0);
	cress_scope_open(&limit, patience);
	fd = cress_dial("tcp", address);
	if (fd >= 0)
		n = cress_write_all(fd, sent, sizeof sent);
	if (n > 0)
		answers += get_back(fd, sent, (size_t)n);
	if (fd >= 0)
		cress_close(fd);
	cress_scope_close(&limit);
	return NULL;
}

/* Ends with 0 if all was well, as far as the fault allows. */
static int serve_clients(void *arg)
{
	int listener = cress_listen("tcp", "127.0.0.1:0", 0);
	int failures = suite_failures();
	cress_t *clients[CLIENTS], *server;

	(void)arg;
	answers = 0;
	if (listener < 0)
		return cress_simulate_fault() == 0;
	net()->reset = reset;
	check_int(cress_local_address(listener, address, sizeof address), 0);
	server = cress_spawn(serve, as_value(listener));
	if (server == NULL)
		cress_close(listener);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = cress_spawn(ask, as_value(i));
	for (int i = 0; i < CLIENTS; i++)
		if (clients[i] != NULL)
			cress_join(clients[i], NULL);
	/* What the last ones sent arrives, and their servers end. */
	cress_sleep(3);
	if (server != NULL) {
		cress_kill(server, ECANCELED);
		cress_join(server, NULL);
	}
	check_int((int)net()->open, 0);
	check(answers == CLIENTS || cress_simulate_fault() != 0 || reset > 0);
	return suite_failures() != failures;
}

static void simulate_with(uint32_t flags, uint32_t seeds)
{
	cress_simulation_t how = {
		.seeds = seeds,
		.flags = flags | CRESS_SIMULATE_LEAKS | CRESS_SIMULATE_TWICE,
	};

	assert_int_equal(cress_simulate(serve_clients, NULL, &how), 0);
	assert_true(how.runs >= seeds);
}

/* R61 */
static void it_serves_them_under_every_seed(void **state)
{
	(void)state;
	reset = 0;
	patience = 100;
	simulate_with(0, 500);
	/* There any time may pass before somebody goes on. */
	patience = INFINITY;
	simulate_with(CRESS_SIMULATE_SLOW, 200);
	reset = 0.05;
	simulate_with(0, 200);
}

/* R25, R61 */
static void it_survives_each_throw_kill_and_deadline(void **state)
{
	(void)state;
	reset = 0;
	patience = 100;
	simulate_with(CRESS_SIMULATE_THROW | CRESS_SIMULATE_KILL |
			      CRESS_SIMULATE_DEADLINE,
		      20);
}

/* R25, D7 */
static void it_survives_each_lack_of_memory(void **state)
{
	(void)state;
	reset = 0;
	patience = 100;
	simulate_with(CRESS_SIMULATE_NOMEM, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(it_serves_them_under_every_seed),
		test(it_survives_each_throw_kill_and_deadline),
		test(it_survives_each_lack_of_memory),
	};

	return suite_run(tests);
}
