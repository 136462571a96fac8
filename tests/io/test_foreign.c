/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that the library neither made nor was given: calls park all the
 * same, O_NONBLOCK is never touched, nothing stays registered, and the owner
 * may close one unseen and get the same number for something else.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <cress/io.h>

#include "support/environment.h"

static int ends[2];

/* D10 */
static void a_blocking_socket_parks_only_its_caller(void)
{
	struct call in = {.make = make_read, .size = 4};
	struct call out = {.make = make_write, .size = 4};

	foreign_pair(ends);
	fill(ends[0]);
	in.fd = out.fd = ends[0];
	call_begin(&in);
	call_begin(&out);
	check(call_is_parked(&in) && call_is_parked(&out));
	check(!has_flag(ends[0], O_NONBLOCK));
	put(ends[1], "abcd");
	drain_input(ends[1]);
	check_call(&in, 4, 0);
	check_call(&out, 4, 0);

	check(!has_flag(ends[0], O_NONBLOCK));
	check(!is_watched(ends[0]));
	drop_foreign(ends);
}

/* D10 */
static void a_blocking_pipe_parks_only_its_caller(void)
{
	struct call in = {.make = make_read, .size = 4};
	struct call out = {.make = make_write, .size = 4};

	check_int(pipe(ends), 0);
	in.fd = ends[0];
	call_begin(&in);
	check(call_is_parked(&in));
	put(ends[1], "ab");
	check_call(&in, 2, 0);
	fill(ends[1]);
	out.fd = ends[1];
	call_begin(&out);
	check(call_is_parked(&out));
	drain_input(ends[0]);
	check_call(&out, 4, 0);

	check(!has_flag(ends[0], O_NONBLOCK) && !has_flag(ends[1], O_NONBLOCK));
	check(!is_watched(ends[0]) && !is_watched(ends[1]));
	drop_foreign(ends);
}

static ssize_t write_much(struct call *call)
{
	static char block[1 << 18];

	return cress_write(call->fd, block, sizeof(block));
}

/* D10: there is room, but not for all: a blocking write would wait in it */
static void a_long_write_to_a_pipe_with_some_room_blocks_nobody(void)
{
	struct call call = {.make = write_much};
	ssize_t sum = 0;

	check_int(pipe(ends), 0);
	put(ends[1], "some");
	call.fd = ends[1];
	call_begin(&call);
	while (call_is_parked(&call) || pending(ends[0]) > 0) {
		sum += (ssize_t)drain_input(ends[0]);
		settle();
	}
	sum -= 4;

	check(call.result > 0 && call.result <= 1 << 18);
	check_call(&call, sum, 0);
	check(!has_flag(ends[1], O_NONBLOCK));
	drop_foreign(ends);
}

/* D10: the same over sockets, by all the calls that take flags */
static void a_long_send_with_some_room_blocks_nobody(void)
{
	static char block[1 << 22];
	ssize_t n;

	foreign_pair(ends);
	n = cress_send(ends[0], block, sizeof(block), 0);
	check(n > 0 && n < (ssize_t)sizeof(block));
	check_int((intmax_t)drain_input(ends[1]), n);
	n = cress_write(ends[0], block, sizeof(block));
	check(n > 0 && n < (ssize_t)sizeof(block));

	check_int((intmax_t)drain_input(ends[1]), n);
	drop_foreign(ends);
}

/* D10 */
static void one_that_is_nonblocking_already_parks_as_well(void)
{
	struct call call = {.make = make_read, .size = 4};

	check_int(pipe2(ends, O_NONBLOCK), 0);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "ab");

	check_call(&call, 2, 0);
	check(has_flag(ends[0], O_NONBLOCK));
	drop_foreign(ends);
}

/* Has a call left behind the time-out that kept it from blocking? */
static int has_time_out(int fd, int option)
{
	struct timeval time_out = {0};
	socklen_t size = sizeof(time_out);

	/* It tells nonsense of the options with 64-bit times, and sets none. */
	if (environment_is_qemu() && sizeof(long) == 4) {
		environment_say("not seen", "qemu sets no 64-bit time-outs");
		return 0;
	}
	check_int(getsockopt(fd, SOL_SOCKET, option, &time_out, &size), 0);
	return time_out.tv_sec != 0 || time_out.tv_usec != 0;
}

/* D10 */
static void a_blocking_listener_parks_only_its_caller(void)
{
	struct sockaddr_storage address;
	socklen_t size;
	struct call call = {.make = make_accept};
	int listener = tcp_listener(&address, &size, 8);
	int client = socket(AF_INET, SOCK_STREAM, 0);

	call.fd = listener;
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(connect(client, (struct sockaddr *)&address, size), 0);
	cress_join(call.coroutine, NULL);

	check(call.result >= 0 && is_made_well((int)call.result));
	check(!has_flag(listener, O_NONBLOCK));
	check(!has_time_out(listener, SO_RCVTIMEO));
	check(!is_watched(listener));
	check_int(cress_close((int)call.result), 0);
	check_int(close(client) | close(listener), 0);
}

static struct sockaddr_storage there;
static socklen_t there_size;

static ssize_t connect_there(struct call *call)
{
	return cress_connect(call->fd, (struct sockaddr *)&there, there_size);
}

/* D10, D5 */
static void a_blocking_connect_parks_only_its_caller(void)
{
	struct call call = {.make = connect_there};
	int listener = tcp_listener(&there, &there_size, 0), crowd[4];

	for (int i = 0; i < 4; i++) {
		crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(crowd[i], (struct sockaddr *)&there, there_size);
	}
	settle();
	call.fd = socket(AF_INET, SOCK_STREAM, 0);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_kill(call.coroutine, EPROTO), 0);
	check_call(&call, -1, EPROTO);

	check(!has_flag(call.fd, O_NONBLOCK));
	check_int(close(call.fd) | close(listener), 0);
	for (int i = 0; i < 4; i++)
		close(crowd[i]);
}

/* D10 */
static void a_blocking_socket_connects(void)
{
	int listener = tcp_listener(&there, &there_size, 8);
	struct call call = {.make = connect_there};
	int flags;

	call.fd = socket(AF_INET, SOCK_STREAM, 0);
	flags = fcntl(call.fd, F_GETFL);
	call_begin(&call);
	check_call(&call, 0, 0);

	check_int(fcntl(call.fd, F_GETFL), flags);
	check(!has_time_out(call.fd, SO_SNDTIMEO));
	check(!is_watched(call.fd));
	check_int(close(call.fd) | close(listener), 0);
}

/* D10, R35 */
static void a_number_closed_unseen_and_reused_wakes(void)
{
	struct call call = {.make = make_read, .size = 4};

	for (int round = 0; round < 20; round++) {
		foreign_pair(ends);
		call.fd = ends[0];
		call_begin(&call);
		check(call_is_parked(&call));
		put(ends[1], "ab");
		check_call(&call, 2, 0);
		drop_foreign(ends);
	}
}

/* D10, R36: the old file lives on elsewhere, and has something to say */
static void a_number_closed_unseen_with_a_duplicate_alive_wakes(void)
{
	struct call call = {.make = make_read, .size = 4};
	int old[2], copy;

	foreign_pair(old);
	call.fd = old[0];
	call_begin(&call);
	put(old[1], "ab");
	check_call(&call, 2, 0);
	copy = dup(old[0]);
	check_int(close(old[0]), 0);
	put(old[1], "stale");
	foreign_pair(ends);
	check_int(ends[0], old[0]);
	call.fd = ends[0];
	call_begin(&call);
	settle();
	check(call_is_parked(&call));
	put(ends[1], "new");

	check_call(&call, 3, 0);
	check_int(call.bytes[0], 'n');
	check_int(close(copy) | close(old[1]), 0);
	drop_foreign(ends);
}

/* D10: within one round of the loop, without a poll between */
static void a_number_reused_between_two_polls_wakes(void)
{
	struct call call = {.make = make_read, .size = 4};
	char bytes[4];

	foreign_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	put(ends[1], "ab");
	check_call(&call, 2, 0);
	drop_foreign(ends);
	check_int(pipe(ends), 0);
	put(ends[1], "cd");
	check_int(cress_read(ends[0], bytes, 4), 2);
	call.fd = ends[0];
	call_begin(&call);
	put(ends[1], "ef");

	check_call(&call, 2, 0);
	drop_foreign(ends);
}

/* D10, R35: the number is taken by the library itself, or adopted */
static void a_number_reused_between_two_polls_and_adopted_wakes(void)
{
	struct call call = {.make = make_read, .size = 4};

	for (int adopted = 0; adopted < 2; adopted++) {
		foreign_pair(ends);
		call.fd = ends[0];
		call_begin(&call);
		put(ends[1], "ab");
		check_call(&call, 2, 0);
		drop_foreign(ends);
		(adopted ? foreign_pair : own_pair)(ends);
		check_int(ends[0], call.fd);
		if (adopted)
			check_int(cress_fd_adopt(ends[0]), 0);
		call.limit = 0.5;
		call_begin(&call);
		put(ends[1], "ef");
		check_call(&call, 2, 0);
		check_int(cress_close(ends[0]) | cress_close(ends[1]), 0);
	}
}

/* D10: a watcher that another waiter needs stays, and goes with the last */
static void the_last_waiter_takes_the_registration_along(void)
{
	struct call first = {.make = make_read, .size = 1, .limit = 2e-3};
	struct call second = {.make = make_read, .size = 1};

	foreign_pair(ends);
	first.fd = second.fd = ends[0];
	call_begin(&first);
	call_begin(&second);
	check_call(&first, -1, ETIMEDOUT);
	check(is_watched(ends[0]));
	put(ends[1], "a");
	check_call(&second, 1, 0);

	check(!is_watched(ends[0]));
	drop_foreign(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_blocking_socket_parks_only_its_caller),
		on_io(a_blocking_pipe_parks_only_its_caller),
		on_io(a_long_write_to_a_pipe_with_some_room_blocks_nobody),
		on_io(a_long_send_with_some_room_blocks_nobody),
		on_io(one_that_is_nonblocking_already_parks_as_well),
		on_io(a_blocking_listener_parks_only_its_caller),
		on_io(a_blocking_connect_parks_only_its_caller),
		on_io(a_blocking_socket_connects),
		on_io(a_number_closed_unseen_and_reused_wakes),
		on_io(a_number_closed_unseen_with_a_duplicate_alive_wakes),
		on_io(a_number_reused_between_two_polls_wakes),
		on_io(a_number_reused_between_two_polls_and_adopted_wakes),
		on_io(the_last_waiter_takes_the_registration_along),
	};

	return suite_run(tests);
}
