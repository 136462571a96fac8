/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that are always ready: whoever works on them parks never, and
 * must all the same let the others, the timers and the loop have their turn.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

#define CALLS 1000

static int ends[2];
static int calm, turns;

static void *count_turns(void *unused)
{
	while (!calm) {
		turns++;
		cress_yield();
	}
	return unused;
}

/* CALLS calls of `once`; returns how many turns another got meanwhile. */
static int turns_during(int (*once)(void))
{
	int good = 0, had;
	cress_t *other;

	calm = turns = 0;
	other = cress_spawn(count_turns, NULL);
	for (int i = 0; i < CALLS; i++)
		good += once();
	had = turns;
	calm = 1;
	check_int(good, CALLS);
	check_int(cress_join(other, NULL), 0);
	return had;
}

static int send_and_receive(void)
{
	char byte;

	return cress_send(ends[1], "a", 1, 0) == 1 &&
	       cress_recv(ends[0], &byte, 1, 0) == 1;
}

/* V66, R45 */
static void sends_and_receives_that_never_wait_yield(void)
{
	own_pair(ends);
	check(turns_during(send_and_receive) >= 5);
	drop_own(ends);

	foreign_pair(ends);
	check(turns_during(send_and_receive) >= 5);
	drop_foreign(ends);
}

static int write_to_null(void)
{
	return cress_write(ends[0], "a", 1) == 1;
}

static int read_zeros(void)
{
	char bytes[16];

	return cress_read(ends[1], bytes, 16) == 16;
}

/* V66, R43, R45 */
static void devices_that_are_always_ready_yield(void)
{
	ends[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
	ends[1] = open("/dev/zero", O_RDWR | O_CLOEXEC);

	check(turns_during(write_to_null) >= 1);
	check(turns_during(read_zeros) >= 1);
	drop_foreign(ends);
}

static int wait_for_ready(void)
{
	return cress_wait_fd(ends[0], POLLOUT) == POLLOUT;
}

static int poll_for_ready(void)
{
	struct pollfd fds[1] = {{ends[0], POLLOUT, 0}};

	return cress_poll(fds, 1, -1) == 1;
}

/* V66, R45 */
static void polls_that_are_always_ready_yield(void)
{
	own_pair(ends);
	check(turns_during(wait_for_ready) >= 1);
	check(turns_during(poll_for_ready) >= 1);

	drop_own(ends);
}

static int poll_for_nothing(void)
{
	struct pollfd fds[1] = {{ends[0], POLLIN, 0}};

	return cress_poll(fds, 1, 0) == 0;
}

/* V66, R45: a loop around a poll that does not wait must not starve others */
static void polls_that_do_not_wait_yield(void)
{
	own_pair(ends);
	check(turns_during(poll_for_nothing) >= 1);

	drop_own(ends);
}

static int read_the_end(void)
{
	char byte;

	return cress_read(ends[0], &byte, 1) == 0;
}

/* V66, R45 */
static void reads_at_the_end_of_input_yield(void)
{
	own_pair(ends);
	check_int(cress_close(ends[1]), 0);
	check(turns_during(read_the_end) >= 1);

	check_int(cress_close(ends[0]), 0);
}

static int read_badly(void)
{
	char byte;

	return cress_read(1234, &byte, 1) == -1;
}

static int read_no_socket(void)
{
	char byte;

	return cress_recv(ends[0], &byte, 1, 0) == -1;
}

/* V66, R45: a loop that ignores errors starves nobody */
static void calls_that_always_fail_yield(void)
{
	ends[0] = open("/dev/null", O_RDWR | O_CLOEXEC);

	check(turns_during(read_badly) >= 1);
	check(turns_during(read_no_socket) >= 1);
	close(ends[0]);
}

static struct sockaddr_storage address;
static socklen_t address_size;

static int connect_and_accept(void)
{
	int made[2];

	made[0] = cress_socket(AF_INET, SOCK_STREAM, 0);
	if (cress_connect(made[0], (struct sockaddr *)&address, address_size))
		return 0;
	made[1] = cress_accept4(ends[0], NULL, NULL, 0);
	/* Nothing may linger: a thousand of these are made. */
	setsockopt(made[1], SOL_SOCKET, SO_LINGER,
		   &(struct linger){.l_onoff = 1}, sizeof(struct linger));
	return cress_close(made[1]) == 0 && cress_close(made[0]) == 0;
}

/* V66, R45 */
static void connections_that_never_wait_yield(void)
{
	ends[0] = tcp_listener(&address, &address_size, 64);
	check_int(cress_fd_adopt(ends[0]), 0);
	check(turns_during(connect_and_accept) >= 1);

	check_int(cress_close(ends[0]), 0);
}

static void *ring_the_bell(void *unused)
{
	for (int i = 0; i < 3; i++)
		check_int(cress_sleep(0.001), 0);
	calm = 1;
	return unused;
}

/* V66, R45 */
static void timers_run_beside_always_ready_descriptors(void)
{
	long count = 0;
	cress_t *bell;

	own_pair(ends);
	calm = 0;
	bell = cress_spawn(ring_the_bell, NULL);
	while (!calm && count++ < 50000000)
		check_int(send_and_receive(), 1);

	check(calm);
	check_int(cress_join(bell, NULL), 0);
	drop_own(ends);
}

/* V66, D5 */
static void a_deadline_strikes_beside_always_ready_descriptors(void)
{
	cress_scope_t limit;
	long count = 0;
	int result;

	ends[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
	cress_scope_open(&limit, 0.002);
	do
		result = (int)cress_write(ends[0], "a", 1);
	while (result == 1 && count++ < 50000000);
	check_refuses(result, ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);

	close(ends[0]);
}

/* V66, R45 */
static void another_reader_gets_its_bytes_beside_a_busy_one(void)
{
	struct call call = {.make = make_read, .size = 1};
	int quiet[2], count = 0;

	own_pair(ends);
	own_pair(quiet);
	call.fd = quiet[0];
	call_begin(&call);
	put(quiet[1], "q");
	while (call_is_parked(&call) && count++ < 1000000)
		check_int(send_and_receive(), 1);

	check(count < 100000);
	check_call(&call, 1, 0);
	drop_own(ends);
	drop_own(quiet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(sends_and_receives_that_never_wait_yield),
		on_io(devices_that_are_always_ready_yield),
		on_io(polls_that_are_always_ready_yield),
		on_io(polls_that_do_not_wait_yield),
		on_io(reads_at_the_end_of_input_yield),
		on_io(calls_that_always_fail_yield),
		on_io(connections_that_never_wait_yield),
		on_io(timers_run_beside_always_ready_descriptors),
		on_io(a_deadline_strikes_beside_always_ready_descriptors),
		on_io(another_reader_gets_its_bytes_beside_a_busy_one),
	};

	return suite_run(tests);
}
