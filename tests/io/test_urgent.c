/* SPDX-License-Identifier: MIT */
/*
 * Waits for what libev does not know: urgent data, an end or an error alone.
 * Data that nobody reads must neither end them nor keep the processor busy.
 */
#include "io/support.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include "io/syscalls.h"

#include <cress/io.h>

static int ends[2];
static int asked;
static struct cress_syscalls real;

static int count_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	asked++;
	return real.poll(fds, count, timeout);
}

static void count_polls(void)
{
	real = cress_syscalls;
	cress_syscalls.poll = count_poll;
	asked = 0;
}

/* A few are due to what really happens; a loop that spins makes hundreds. */
static void check_no_spinning(void)
{
	cress_syscalls = real;
	check(asked < 12);
}

static void tcp_pair(void)
{
	struct sockaddr_storage address;
	socklen_t size;
	int listener = tcp_listener(&address, &size, 1);

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	check_int(connect(ends[0], (struct sockaddr *)&address, size), 0);
	ends[1] = accept(listener, NULL, NULL);
	check(ends[1] >= 0);
	check_int(close(listener), 0);
}

static ssize_t make_poll(struct call *call)
{
	struct pollfd fds[2] = {{call->fd, (short)call->flags, 0},
				{call->other, (short)call->flags, 0}};
	int ready = cress_poll(fds, call->other > 0 ? 2 : 1, -1);

	return ready > 0 ? fds[0].revents : ready;
}

static ssize_t make_select(struct call *call)
{
	fd_set urgent;

	FD_ZERO(&urgent);
	FD_SET(call->fd, &urgent);
	return cress_select(call->fd + 1, NULL, NULL, &urgent, NULL) == 1 &&
	       FD_ISSET(call->fd, &urgent);
}

static void send_urgently(void)
{
	check_int(send(ends[1], "!", 1, MSG_OOB), 1);
}

static void urgent_data_end_a_wait_for_them(void)
{
	struct call call = {.make = make_poll, .flags = POLLPRI};

	for (int adopted = 0; adopted < 2; adopted++) {
		tcp_pair();
		call.fd = ends[0];
		if (adopted)
			check_int(cress_fd_adopt(ends[0]), 0);
		put(ends[1], "nobody reads this");
		count_polls();
		call_begin(&call);
		check_int(cress_sleep(0.01), 0);
		check(call_is_parked(&call));
		send_urgently();
		check_call(&call, POLLPRI, 0);
		check_no_spinning();
		check_int(cress_close(ends[0]) | close(ends[1]), 0);
	}
}

static void urgent_data_end_a_wait_for_any_input(void)
{
	struct call call = {.make = make_poll, .flags = POLLIN | POLLPRI};

	tcp_pair();
	call.fd = call.other = ends[0];
	call_begin(&call);
	send_urgently();
	check_call(&call, POLLPRI, 0);
	call_begin(&call);
	put(ends[1], "a");
	check_int(cress_join(call.coroutine, NULL), 0);
	check((call.result & POLLPRI) != 0);
	drop_foreign(ends);
}

static void urgent_data_are_exceptions_to_select(void)
{
	struct call call = {.make = make_select};

	tcp_pair();
	call.fd = ends[0];
	put(ends[1], "nobody reads this");
	count_polls();
	call_begin(&call);
	check_int(cress_sleep(0.005), 0);
	send_urgently();
	check_call(&call, 1, 0);
	check_no_spinning();
	drop_foreign(ends);
}

static void who_asks_for_no_event_waits_for_the_end(void)
{
	static const short asks[] = {0, POLLRDHUP, POLLERR};
	struct call call = {.make = make_poll};

	for (int i = 0; i < 3; i++) {
		foreign_pair(ends);
		call.fd = ends[0];
		call.flags = asks[i];
		put(ends[1], "nobody reads this");
		count_polls();
		call_begin(&call);
		check_int(cress_sleep(0.005), 0);
		check(call_is_parked(&call));
		check_int(close(ends[1]), 0);
		check_call(&call, asks[i] == POLLRDHUP ? POLLRDHUP | POLLHUP
						       : POLLHUP, 0);
		check_no_spinning();
		check_int(close(ends[0]), 0);
	}
}

/* R35, R25 */
static void a_wait_for_urgent_data_ends_as_others_do(void)
{
	struct call call = {.make = make_poll, .flags = POLLPRI};
	struct call late = {.make = make_poll, .flags = POLLPRI, .limit = 2e-3};

	tcp_pair();
	call.fd = late.fd = ends[0];
	call_begin(&call);
	call_begin(&late);
	check_call(&late, -1, ETIMEDOUT);
	check(call_is_parked(&call));
	check_int(cress_close(ends[0]), 0);
	check_call(&call, -1, EBADF);
	check_int(close(ends[1]), 0);
}

/* D7 */
static void without_a_descriptor_left_the_wait_says_so(void)
{
	struct pollfd fds = {.events = POLLPRI};
	struct rlimit limit, none;

	tcp_pair();
	fds.fd = ends[0];
	check_int(cress_poll(&fds, 1, 1), 0);
	check_int(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){1, limit.rlim_max};
	check_int(setrlimit(RLIMIT_NOFILE, &none), 0);
	check_refuses(cress_poll(&fds, 1, 1), EMFILE);
	check_int(setrlimit(RLIMIT_NOFILE, &limit), 0);
	drop_foreign(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(urgent_data_end_a_wait_for_them),
		on_io(urgent_data_end_a_wait_for_any_input),
		on_io(urgent_data_are_exceptions_to_select),
		on_io(who_asks_for_no_event_waits_for_the_end),
		on_io(a_wait_for_urgent_data_ends_as_others_do),
		on_io(without_a_descriptor_left_the_wait_says_so),
	};

	return suite_run(tests);
}
