/* SPDX-License-Identifier: MIT */
/*
 * A program that was not written for it, in a simulation: the TCP proxy of the
 * examples, as it stands, between clients and a server of this file. Its
 * network is slow, cuts and, if it is to, breaks; nothing may be lost silently.
 */
#define main proxy_main
#define body proxy_body
#include "../../examples/tcp_proxy.c"
#undef main
#undef body

#include "io/simulation.h"

#include <stdlib.h>

#define CLIENTS 8
#define LENGTH 5000

static int whole_answers, torn_answers;

static void *run_proxy(void *address)
{
	return as_value(proxy_body(address));
}

/* Reads until the end, then says all of it again. */
static void *repeat(void *arg)
{
	int fd = as_number(arg);
	unsigned char *bytes = malloc(2 * LENGTH);
	ssize_t n = cress_read_full(fd, bytes, 2 * LENGTH);

	if (n > 0 && errno == 0)
		cress_write_all(fd, bytes, (size_t)n);
	free(bytes);
	cress_close(fd);
	return NULL;
}

static void *run_server(void *arg)
{
	int listener = as_number(arg), fd;

	while ((fd = cress_accept4(listener, NULL, NULL, 0)) >= 0)
		cress_go(repeat, as_value(fd));
	check_int(cress_close(listener), 0);
	return NULL;
}

static void *ask(void *arg)
{
	unsigned me = (unsigned)as_number(arg);
	unsigned char sent[LENGTH], got[LENGTH];
	int fd = cress_dial("tcp", "10.0.0.1:80");
	ssize_t n = 0;

	make_bytes(sent, LENGTH, me, 0);
	if (fd >= 0 && cress_write_all(fd, sent, LENGTH) == LENGTH &&
	    cress_shutdown(fd, SHUT_WR) == 0)
		n = cress_read_full(fd, got, LENGTH);
	if (fd >= 0)
		cress_close(fd);
	/* What came is what was sent, be it not all. */
	if (n > 0)
		check(memcmp(sent, got, (size_t)n) == 0);
	if (n == LENGTH)
		whole_answers++;
	else
		torn_answers++;
	return NULL;
}

static double reset;

static void through_the_proxy(void)
{
	cress_t *clients[CLIENTS], *others[2];
	int server = cress_listen("tcp", "10.0.0.2:7", 0);

	net()->room = 700;
	net()->reset = reset;
	target = "10.0.0.2:7";
	others[0] = cress_spawn(run_server, as_value(server));
	others[1] = cress_spawn(run_proxy, "10.0.0.1:80");
	check_int(cress_yield(), 0);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = cress_spawn(ask, as_value(i));
	for (int i = 0; i < CLIENTS; i++)
		check_int(cress_join(clients[i], NULL), 0);
	check_int(cress_sleep(5), 0);
	for (int i = 0; i < 2; i++) {
		cress_kill(others[i], ECANCELED);
		cress_join(others[i], NULL);
	}
}

static void run(double probability)
{
	whole_answers = torn_answers = 0;
	reset = probability;
	for (unsigned seed = 1; seed <= 50; seed++) {
		struct cress_virtual virtual = {.now = 0};

		simulate(&virtual, seed, through_the_proxy);
		/* The proxy keeps its listener for ever. */
		check_int((int)virtual.net.open, 1);
	}
}

/* R41 */
static void the_proxy_passes_on_every_byte(void **state)
{
	(void)state;
	run(0);
	assert_int_equal(whole_answers, 50 * CLIENTS);
}

static void the_proxy_survives_connections_that_break(void **state)
{
	(void)state;
	run(0.01);
	assert_int_equal(whole_answers + torn_answers, 50 * CLIENTS);
	assert_true(whole_answers > 50);
	assert_true(torn_answers > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_proxy_passes_on_every_byte),
		test(the_proxy_survives_connections_that_break),
	};

	return suite_run(tests);
}
