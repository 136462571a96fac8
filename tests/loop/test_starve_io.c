/* SPDX-License-Identifier: MIT */
/*
 * Fairness between descriptors and everything else: a storm of yields keeps
 * no reader from its data, data that never runs out keeps no timer and nobody
 * else from their turn, and one who waits for a descriptor is not deadlocked.
 */
#include "loop/support.h"

#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cress/io.h>

#define ENOUGH 20000000

static int calm;
static long turns;
static int ends[2];

static void *yield_on(void *unused)
{
	while (!calm && turns < ENOUGH) {
		cress_yield();
		turns++;
	}
	return unused;
}

static void *count_yields(void *count)
{
	while (!calm) {
		++*(long *)count;
		cress_yield();
	}
	return NULL;
}

static void *read_and_calm(void *unused)
{
	char byte = 0;

	check_int(cress_read(ends[0], &byte, 1), 1);
	check_int(byte, 'x');
	calm = 1;
	return unused;
}

/* R45 */
static void a_yield_storm_does_not_stop_a_reader(void)
{
	cress_t *reader;

	calm = 0;
	turns = 0;
	check_int(cress_pipe2(ends, 0), 0);
	reader = cress_spawn(read_and_calm, NULL);
	cress_yield();
	for (int i = 0; i < 100; i++)
		cress_go(yield_on, NULL);
	check_int(write(ends[1], "x", 1), 1);
	check_int(cress_join(reader, NULL), 0);

	check(turns < 1000000);
	cress_close(ends[0]);
	cress_close(ends[1]);
}

/* V66, R45 */
static void a_reader_of_endless_data_lets_the_others_run(void)
{
	char bytes[16384] = {0};
	long count = 0;
	int got = 0;

	calm = 0;
	check_int(cress_pipe2(ends, 0), 0);
	check_int(write(ends[1], bytes, sizeof(bytes)), sizeof(bytes));
	cress_go(count_yields, &count);
	for (size_t i = 0; i < sizeof(bytes); i++)
		got += cress_read(ends[0], bytes, 1) == 1;
	calm = 1;
	cress_yield();

	check_int(got, sizeof(bytes));
	check(count >= 10);
	cress_close(ends[0]);
	cress_close(ends[1]);
}

static void *bat(void *fd)
{
	char ball;

	while (!calm && turns++ < ENOUGH) {
		if (cress_read(as_number(fd), &ball, 1) != 1)
			break;
		if (cress_write(as_number(fd), &ball, 1) != 1)
			break;
	}
	cress_shutdown(as_number(fd), SHUT_RDWR);
	return NULL;
}

static void *end_the_game(void *unused)
{
	for (int i = 0; i < 5; i++)
		check_int(cress_sleep(0.001), 0);
	calm = 1;
	return unused;
}

/* R45 */
static void busy_descriptors_do_not_stop_time(void)
{
	cress_t *a, *b;

	calm = 0;
	turns = 0;
	check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	a = cress_spawn(bat, as_value(ends[0]));
	b = cress_spawn(bat, as_value(ends[1]));
	check_int(cress_write(ends[0], "o", 1), 1);
	check_int(cress_join(cress_spawn(end_the_game, NULL), NULL), 0);
	check_int(cress_join(a, NULL), 0);
	check_int(cress_join(b, NULL), 0);

	check(turns < ENOUGH);
	cress_close(ends[0]);
	cress_close(ends[1]);
}

static void *write_later(void *unused)
{
	struct timespec soon = {.tv_nsec = 3000000};

	nanosleep(&soon, NULL);
	check_int(write(ends[1], "x", 1), 1);
	return unused;
}

static void *wait_for_input(void *unused)
{
	check_int(cress_wait_fd(ends[0], POLLIN), POLLIN);
	return unused;
}

/* V67, D12 */
static void one_who_waits_for_a_descriptor_is_not_deadlocked(void)
{
	pthread_t writer;

	check_int(pipe(ends), 0);
	pthread_create(&writer, NULL, write_later, NULL);
	check_int(cress_join(cress_spawn(wait_for_input, NULL), NULL), 0);
	pthread_join(writer, NULL);

	check_int(log_lines(), 0);
	close(ends[0]);
	close(ends[1]);
}

/* V67, D12 */
static void a_kept_watcher_without_a_waiter_hides_no_deadlock(void)
{
	char byte;

	check_int(cress_pipe2(ends, 0), 0);
	check_int(write(ends[1], "x", 1), 1);
	check_int(cress_wait_fd(ends[0], POLLIN), POLLIN);
	check_int(cress_read(ends[0], &byte, 1), 1);
	check_refuses(cress_sleep(INFINITY), EDEADLK);

	cress_close(ends[0]);
	cress_close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_libev(a_yield_storm_does_not_stop_a_reader),
		on_libev(a_reader_of_endless_data_lets_the_others_run),
		on_libev(busy_descriptors_do_not_stop_time),
		on_libev(one_who_waits_for_a_descriptor_is_not_deadlocked),
		on_libev(a_kept_watcher_without_a_waiter_hides_no_deadlock),
	};

	return suite_run(tests);
}
