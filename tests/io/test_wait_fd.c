/* SPDX-License-Identifier: MIT */
/* cress_wait_fd(): readiness of one descriptor, without moving anything. */
#include "io/support.h"

#include <poll.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

static ssize_t make_wait(struct call *call)
{
	return cress_wait_fd(call->fd, call->flags);
}

static void readiness_is_waited_for_and_nothing_taken(void)
{
	struct call call = {.make = make_wait, .flags = POLLIN};

	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		call.fd = ends[0];
		call_begin(&call);
		check(call_is_parked(&call));
		put(ends[1], "abc");
		check_call(&call, POLLIN, 0);
		check_int(pending(ends[0]), 3);
		check_int(cress_wait_fd(ends[0], POLLIN), POLLIN);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

static void only_what_is_ready_is_returned(void)
{
	struct call call = {.make = make_wait, .flags = POLLIN | POLLOUT};

	own_pair(ends);
	check_int(cress_wait_fd(ends[0], POLLIN | POLLOUT), POLLOUT);
	put(ends[1], "a");
	check_int(cress_wait_fd(ends[0], POLLIN | POLLOUT), POLLIN | POLLOUT);
	drain_input(ends[0]);
	fill(ends[0]);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	drain_input(ends[1]);

	check_call(&call, POLLOUT, 0);
	drop_own(ends);
}

static void a_hang_up_counts_as_ready_for_what_was_asked(void)
{
	struct call call = {.make = make_wait, .flags = POLLIN};

	check_int(cress_pipe2(ends, 0), 0);
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_close(ends[1]), 0);
	check_call(&call, POLLIN, 0);
	check_int(cress_close(ends[0]), 0);

	check_int(cress_pipe2(ends, 0), 0);
	fill(ends[1]);
	call.fd = ends[1];
	call.flags = POLLOUT;
	call_begin(&call);
	check_int(cress_close(ends[0]), 0);
	check_call(&call, POLLOUT, 0);
	check_int(cress_close(ends[1]), 0);
}

static void bad_arguments_are_refused(void)
{
	static const int events[] = {0, POLLPRI, POLLHUP, POLLIN | POLLERR, -1};

	own_pair(ends);
	put(ends[1], "a");
	for (size_t i = 0; i < COUNT(events); i++)
		check_refuses(cress_wait_fd(ends[0], events[i]), EINVAL);
	check_refuses(cress_wait_fd(-1, POLLIN), EBADF);
	check_refuses(cress_wait_fd(1234, POLLIN), EBADF);

	drop_own(ends);
	check_refuses(cress_wait_fd(ends[0], POLLIN), EBADF);
}

static ssize_t wait_then_note(struct call *call)
{
	ssize_t result = cress_wait_fd(call->fd, call->flags);

	note("%d", call->other);
	return result;
}

/* D9 */
static void all_who_wait_are_woken_in_order(void)
{
	struct call calls[5];

	own_pair(ends);
	for (int i = 0; i < 5; i++) {
		calls[i] = (struct call){.make = wait_then_note,
					 .fd = ends[0],
					 .flags = POLLIN,
					 .other = i};
		call_begin(&calls[i]);
	}
	put(ends[1], "a");
	for (int i = 0; i < 5; i++)
		check_call(&calls[i], POLLIN, 0);

	check_noted("0 1 2 3 4");
	drop_own(ends);
}

/* D5 */
static void a_wait_that_is_over_fails_though_it_is_ready(void)
{
	cress_scope_t over;

	own_pair(ends);
	put(ends[1], "a");
	cress_scope_open(&over, 0);
	check_refuses(cress_wait_fd(ends[0], POLLIN), ETIMEDOUT);
	check_int(cress_scope_close(&over), ETIMEDOUT);

	check_int(cress_wait_fd(ends[0], POLLIN), POLLIN);
	drop_own(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(readiness_is_waited_for_and_nothing_taken),
		on_io(only_what_is_ready_is_returned),
		on_io(a_hang_up_counts_as_ready_for_what_was_asked),
		on_io(bad_arguments_are_refused),
		on_io(all_who_wait_are_woken_in_order),
		on_io(a_wait_that_is_over_fails_though_it_is_ready),
	};

	return suite_run(tests);
}
