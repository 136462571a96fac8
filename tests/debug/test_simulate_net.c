/* SPDX-License-Identifier: MIT */
/*
 * Programs with sockets under many seeds: the network is part of what a seed
 * decides, of what is replayed, and of what may be left over.
 */
#include "support/suite.h"

#include <math.h>
#include <string.h>

#include <cress.h>

#include "debug/program.h"

#define ROUNDS 3

static char address[CRESS_ADDRESS_MAX];

static void *echo(void *arg)
{
	int fd = as_number(arg);
	char bytes[64];
	ssize_t n;

	while ((n = cress_recv(fd, bytes, sizeof(bytes), 0)) > 0)
		if (cress_write_all(fd, bytes, (size_t)n) != n)
			break;
	cress_close(fd);
	return NULL;
}

/* One that ends by a fault must close what it has, and so does this. */
static void *serve(void *arg)
{
	int listener = as_number(arg), fd;

	while ((fd = cress_accept4(listener, NULL, NULL, 0)) >= 0)
		if (cress_go(echo, as_value(fd)) != 0)
			cress_close(fd);
	cress_close(listener);
	return NULL;
}

/* 0: all came back; else what became of it. */
static void *ask(void *arg)
{
	static const char text[] = "one byte after the other, in their order";
	char back[sizeof(text)];
	int fd = cress_dial("tcp", address);
	intptr_t failed = 0;

	(void)arg;
	if (fd < 0)
		return as_value(errno);
	for (int i = 0; i < ROUNDS && !failed; i++) {
		memset(back, 0, sizeof(back));
		if (cress_write_all(fd, text, sizeof(text)) != sizeof(text) ||
		    cress_read_full(fd, back, sizeof(back)) != sizeof(back))
			failed = errno != 0 ? errno : EIO;
		else if (memcmp(text, back, sizeof(text)) != 0)
			failed = -1;
	}
	cress_close(fd);
	return as_value(failed);
}

/* Nobody gets a byte that is not his; and errors only where there are some. */
static int everything_comes_back(void *may_fail)
{
	int listener = cress_listen("tcp", "127.0.0.1:0", 0);
	cress_t *server, *clients[2];
	int failed = 0;
	void *result;

	if (listener < 0 || cress_local_address(listener, address,
						sizeof(address)) != 0)
		return may_fail == NULL;
	server = cress_spawn(serve, as_value(listener));
	for (size_t i = 0; i < COUNT(clients); i++)
		clients[i] = cress_spawn(ask, NULL);
	for (size_t i = 0; i < COUNT(clients); i++) {
		int error = cress_join(clients[i], &result);

		failed |= as_number(result) == -1;
		failed |= may_fail == NULL &&
			  (error != 0 || as_number(result) != 0);
	}
	cress_kill(server, CRESS_EXIT);
	cress_join(server, NULL);
	/* The servers of the last ones may not have seen the end yet. */
	cress_sleep(1);
	return failed;
}

/* R41, R61 */
static void what_is_sent_arrives_whole_under_every_seed(void **state)
{
	cress_simulation_t how = {
		.seeds = 300,
		.flags = CRESS_SIMULATE_LEAKS | CRESS_SIMULATE_TWICE,
	};

	(void)state;
	assert_int_equal(cress_simulate(everything_comes_back, NULL, &how), 0);
	how.delay = 1e-3;
	assert_int_equal(cress_simulate(everything_comes_back, NULL, &how), 0);
}

/* R25, R61 */
static void nothing_is_left_over_by_resets_and_faults(void **state)
{
	cress_simulation_t how = {
		.seeds = 20,
		.flags = CRESS_SIMULATE_LEAKS | CRESS_SIMULATE_THROW |
			 CRESS_SIMULATE_KILL,
		.reset = 0.02,
	};

	(void)state;
	assert_int_equal(cress_simulate(everything_comes_back, address, &how),
			 0);
	assert_true(how.runs > 20 * 20);
}

static void a_reset_is_met_sooner_or_later(void **state)
{
	cress_simulation_t how = {.reset = 0.02, .print = ignore_line};

	(void)state;
	assert_int_equal(cress_simulate(everything_comes_back, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_FAILURE);
	assert_true(how.seed != 0);
}

static int forget_an_end(void *close_both)
{
	int ends[2];

	if (cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return 1;
	cress_close(ends[0]);
	if (close_both != NULL)
		cress_close(ends[1]);
	return 0;
}

static void a_descriptor_that_is_left_open_is_a_leak(void **state)
{
	cress_simulation_t how = {
		.flags = CRESS_SIMULATE_LEAKS,
		.print = ignore_line,
	};

	(void)state;
	assert_int_equal(cress_simulate(forget_an_end, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_LEAK);
	assert_int_equal(cress_simulate(forget_an_end, address, &how), 0);
}

/* A stream has no messages, though in the usual order it looks as if it had. */
static void *send_two(void *fd)
{
	cress_write_all(as_number(fd), "hello", 5);
	cress_write_all(as_number(fd), "world", 5);
	return NULL;
}

static int take_a_stream_for_messages(void *arg)
{
	char bytes[16];
	cress_t *sender;
	ssize_t n;
	int ends[2];

	(void)arg;
	if (cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return -1;
	sender = cress_spawn(send_two, as_value(ends[1]));
	n = cress_read(ends[0], bytes, 5);
	cress_join(sender, NULL);
	cress_close(ends[0]);
	cress_close(ends[1]);
	return n != 5;
}

/* R41, R61 */
static void a_read_that_counts_on_all_bytes_at_once_is_found(void **state)
{
	cress_simulation_t plain = {.seeds = 1};
	cress_simulation_t how = {.print = ignore_line};

	(void)state;
	assert_int_equal(
		cress_simulate(take_a_stream_for_messages, NULL, &plain), 0);
	assert_int_equal(cress_simulate(take_a_stream_for_messages, NULL, &how),
			 1);
	assert_int_equal(how.result, 1);
}

static int wait_for_bytes(void *arg)
{
	int ends[2];
	char byte;

	(void)arg;
	if (cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return 1;
	return cress_read(ends[0], &byte, 1) == -1 && errno == EDEADLK ? 0 : 2;
}

/* R50, V67 */
static void to_read_what_nobody_will_write_is_a_deadlock(void **state)
{
	cress_simulation_t how = {.print = ignore_line};

	(void)state;
	assert_int_equal(cress_simulate(wait_for_bytes, NULL, &how), 1);
	assert_int_equal(how.reason, CRESS_SIMULATED_DEADLOCK);
	assert_int_equal(how.result, 0);
}

static int nothing(void *arg)
{
	(void)arg;
	return 0;
}

static void a_network_that_cannot_be_is_refused(void **state)
{
	cress_simulation_t how = {.delay = -1};

	(void)state;
	assert_refuses(cress_simulate(nothing, NULL, &how), EINVAL);
	how = (cress_simulation_t){.reset = 1.5};
	assert_refuses(cress_simulate(nothing, NULL, &how), EINVAL);
	how = (cress_simulation_t){.loss = NAN};
	assert_refuses(cress_simulate(nothing, NULL, &how), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_sent_arrives_whole_under_every_seed),
		test(nothing_is_left_over_by_resets_and_faults),
		test(a_reset_is_met_sooner_or_later),
		test(a_descriptor_that_is_left_open_is_a_leak),
		test(a_read_that_counts_on_all_bytes_at_once_is_found),
		test(to_read_what_nobody_will_write_is_a_deadlock),
		test(a_network_that_cannot_be_is_refused),
	};

	return suite_run(tests);
}
