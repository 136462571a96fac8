/* SPDX-License-Identifier: MIT */
/*
 * What a simulated network does to a program, under many seeds: it cuts and
 * delays, and connections overtake each other, but a stream stays the same. A
 * seed replays all of it.
 */
#include "io/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cress/io.h>
#include <cress/net.h>

#define CLIENTS 100
#define SEEDS 200

static char address[CRESS_ADDRESS_MAX];
static uint64_t seed_of_run;

static void each_seed(unsigned seeds, void (*body)(void))
{
	for (unsigned seed = 0; seed < seeds; seed++) {
		struct cress_virtual virtual = {.now = 0};
		int failures = suite_failures();

		seed_of_run = seed;
		simulate(&virtual, seed, body);
		check_int(virtual.net.open, 0);
		if (suite_failures() != failures || virtual.net.open != 0) {
			fprintf(stderr, "\twith seed %u\n", seed);
			return;
		}
	}
}

static void *echo(void *arg)
{
	int fd = as_number(arg);
	char bytes[256];
	ssize_t n;

	while ((n = cress_recv(fd, bytes, sizeof bytes, 0)) > 0)
		check_int(cress_write_all(fd, bytes, (size_t)n), n);
	check_int(n, 0);
	check_int(cress_close(fd), 0);
	return NULL;
}

static void *serve(void *arg)
{
	int listener = as_number(arg), fd;

	for (int i = 0; i < CLIENTS; i++) {
		fd = cress_accept4(listener, NULL, NULL, 0);
		check(fd >= 0);
		check_int(cress_go(echo, as_value(fd)), 0);
	}
	check_int(cress_close(listener), 0);
	return NULL;
}

/* Each asks in pieces of its own size, and knows what must come back. */
static void *ask(void *arg)
{
	unsigned me = (unsigned)as_number(arg);
	size_t piece = 1 + me * 3;
	unsigned char sent[512], got[512];
	int fd = cress_dial("tcp", address);

	check(fd >= 0);
	for (size_t at = 0; at < 400; at += piece) {
		make_bytes(sent, piece, me, at);
		check_int(cress_write_all(fd, sent, piece), (ssize_t)piece);
		if (me % 2 == 0)
			continue;
		check_int(cress_read_full(fd, got, piece), (ssize_t)piece);
		check(memcmp(sent, got, piece) == 0);
	}
	check_int(cress_shutdown(fd, SHUT_WR), 0);
	for (size_t at = 0; me % 2 == 0 && at < 400; at += piece) {
		make_bytes(sent, piece, me, at);
		check_int(cress_read_full(fd, got, piece), (ssize_t)piece);
		check(memcmp(sent, got, piece) == 0);
	}
	check_int(cress_read(fd, got, 1), 0);
	check_int(cress_close(fd), 0);
	return NULL;
}

static void echo_for_all(void)
{
	int listener = listen_somewhere(address);
	cress_t *server = cress_spawn(serve, as_value(listener));
	cress_t *clients[CLIENTS];

	net()->delay = seed_of_run % 3 == 0 ? -1 : 0;
	net()->whole = seed_of_run % 5 == 0;
	/* With less, who writes all before reading would wait for ever. */
	net()->room = seed_of_run % 2 ? 700 : 0;
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = cress_spawn(ask, as_value(i));
	for (int i = 0; i < CLIENTS; i++)
		check_int(cress_join(clients[i], NULL), 0);
	check_int(cress_join(server, NULL), 0);
	/* The servers of the last ones may not have seen the end yet. */
	while (net()->open > 0)
		check_int(cress_sleep(0.01), 0);
}

/* R41, R61 */
static void a_hundred_clients_get_their_own_bytes_back(void **state)
{
	(void)state;
	each_seed(SEEDS, echo_for_all);
}

#define LENGTH 60

static size_t split;
static unsigned char sent[LENGTH], got[LENGTH];

static void *write_in_two(void *arg)
{
	int fd = as_number(arg);

	check_int(cress_write_all(fd, sent, split), (ssize_t)split);
	check_int(cress_write_all(fd, sent + split, LENGTH - split),
		  (ssize_t)(LENGTH - split));
	check_int(cress_shutdown(fd, SHUT_WR), 0);
	return NULL;
}

static void carry_in_two(void)
{
	int ends[2];
	cress_t *writer;

	connect_both(ends);
	/* As narrow as one byte: then a write is cut at every offset. */
	net()->room = seed_of_run % 4 == 3 ? 1 : 1 + split;
	memset(got, 0, sizeof got);
	writer = cress_spawn(write_in_two, as_value(ends[0]));
	check_int(cress_read_full(ends[1], got, split), (ssize_t)split);
	check_int(cress_read_full(ends[1], got + split, LENGTH),
		  (ssize_t)(LENGTH - split));
	check(memcmp(sent, got, LENGTH) == 0);
	check_int(cress_join(writer, NULL), 0);
	drop(ends);
}

/* R41 */
static void a_stream_is_the_same_wherever_it_is_cut(void **state)
{
	(void)state;
	make_bytes(sent, LENGTH, 1, 0);
	for (split = 1; split < LENGTH; split++)
		each_seed(16, carry_in_two);
}

static void *connect_and_say(void *arg)
{
	char who = (char)as_number(arg);
	int fd = cress_dial("tcp", address);

	check_int(cress_write_all(fd, &who, 1), 1);
	return as_value(fd);
}

/* Whom the listener sees in which order; 0: as they called. */
static int shuffled;

static void five_call(void)
{
	int listener = listen_somewhere(address);
	cress_t *callers[5];
	char order[6] = {0};

	for (int i = 0; i < 5; i++)
		callers[i] = cress_spawn(connect_and_say, as_value('a' + i));
	for (int i = 0; i < 5; i++) {
		int fd = cress_accept4(listener, NULL, NULL, 0);

		check_int(cress_read(fd, &order[i], 1), 1);
		check_int(cress_close(fd), 0);
	}
	shuffled += strcmp(order, "abcde") != 0;
	for (int i = 0; i < 5; i++) {
		void *fd = NULL;

		check_int(cress_join(callers[i], &fd), 0);
		check_int(cress_close(as_number(fd)), 0);
	}
	check_int(cress_close(listener), 0);
}

static void connections_overtake_each_other_unless_the_seed_is_0(void **state)
{
	(void)state;
	shuffled = 0;
	each_seed(1, five_call);
	assert_int_equal(shuffled, 0);
	each_seed(50, five_call);
	assert_true(shuffled > 25);
}

static int resets;

static void talk_until_it_breaks(void)
{
	int ends[2];
	char byte;
	int broken = 0;

	connect_both(ends);
	net()->reset = 0.1;
	while (!broken) {
		if (cress_write_all(ends[0], "x", 1) != 1 ||
		    cress_read_full(ends[1], &byte, 1) != 1) {
			check(errno == ECONNRESET || errno == EPIPE);
			broken = 1;
		}
	}
	resets++;
	/* The other end learns of it as well. */
	check(cress_read(ends[0], &byte, 1) <= 0);
	check_refuses((int)cress_write(ends[0], "x", 1), EPIPE);
	check(cress_read(ends[1], &byte, 1) <= 0);
	check_refuses((int)cress_write(ends[1], "x", 1), EPIPE);
	drop(ends);
}

static void connections_break_if_they_are_to(void **state)
{
	(void)state;
	resets = 0;
	for (unsigned seed = 1; seed < 30; seed++) {
		struct cress_virtual virtual = {.now = 0};

		simulate(&virtual, seed, talk_until_it_breaks);
	}
	assert_int_equal(resets, 29);
}

/* R61 */
static void a_seed_replays_all_that_happens(void **state)
{
	uint64_t digests[20];
	int equal = 0;

	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		struct cress_virtual first = {.now = 0}, second = first;

		seed_of_run = 1;
		simulate(&first, seed, echo_for_all);
		/* Memory lies elsewhere: it must make no difference. */
		void *block = malloc(1000 + seed * 100);

		simulate(&second, seed, echo_for_all);
		free(block);
		assert_true(first.net.digest == second.net.digest);
		assert_true(first.now == second.now);
		digests[seed] = first.net.digest;
		for (unsigned i = 0; i < seed; i++)
			equal += digests[i] == digests[seed];
	}
	assert_int_equal(equal, 0);
}

static int overtaken;

static void send_ten_datagrams(void)
{
	int from, to = cress_listen("udp", "127.0.0.1:0", 0);
	char order[11] = {0};

	check_int(cress_local_address(to, address, sizeof address), 0);
	from = cress_dial("udp", address);
	check(from >= 0 && to >= 0);
	for (int i = 0; i < 10; i++) {
		char one = (char)('0' + i);

		check_int(cress_send(from, &one, 1, 0), 1);
	}
	for (int i = 0; i < 10; i++)
		check_int(cress_recv(to, &order[i], 1, 0), 1);
	overtaken += strcmp(order, "0123456789") != 0;
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void datagrams_overtake_each_other_but_none_is_doubled(void **state)
{
	(void)state;
	overtaken = 0;
	each_seed(1, send_ten_datagrams);
	assert_int_equal(overtaken, 0);
	each_seed(50, send_ten_datagrams);
	assert_true(overtaken > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_hundred_clients_get_their_own_bytes_back),
		test(a_stream_is_the_same_wherever_it_is_cut),
		test(connections_overtake_each_other_unless_the_seed_is_0),
		test(connections_break_if_they_are_to),
		test(a_seed_replays_all_that_happens),
		test(datagrams_overtake_each_other_but_none_is_doubled),
	};

	return suite_run(tests);
}
