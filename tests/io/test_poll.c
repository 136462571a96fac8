/* SPDX-License-Identifier: MIT */
/*
 * cress_poll(): as poll(2), but the thread goes on. What is reported is what
 * poll(2) would report at that moment.
 */
#include "io/support.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

/* A poll in a coroutine of its own: call.extra is the array of call.size. */
static ssize_t make_poll(struct call *call)
{
	return cress_poll(call->extra, (nfds_t)call->size, call->other);
}

#define POLL_OF(array, timeout) \
	{ \
		.make = make_poll, .extra = (array), .size = COUNT(array), \
		.other = (timeout) \
	}

/* V74 */
static void a_bad_descriptor_is_reported_not_refused(void)
{
	struct pollfd fds[3] = {{1234, POLLIN, 0}, {-1, POLLIN, 9}};

	own_pair(ends);
	fds[2] = (struct pollfd){ends[0], POLLIN, 9};
	check_int(cress_poll(fds, 3, -1), 1);

	check_int(fds[0].revents, POLLNVAL);
	check_int(fds[1].revents, 0);
	check_int(fds[2].revents, 0);
	drop_own(ends);
}

static void what_is_ready_is_reported_at_once(void)
{
	struct pollfd fds[2];

	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		put(ends[1], "a");
		fds[0] = (struct pollfd){ends[0], POLLIN | POLLOUT, 0};
		fds[1] = (struct pollfd){ends[1], POLLIN | POLLOUT, 0};
		check_int(cress_poll(fds, 2, 0), 2);
		check_int(fds[0].revents, POLLIN | POLLOUT);
		check_int(fds[1].revents, POLLOUT);
		check_int(cress_poll(fds, 1, -1), 1);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

/* V71 */
static void a_timeout_of_nothing_does_not_wait(void)
{
	struct pollfd fds[1];

	own_pair(ends);
	fds[0] = (struct pollfd){ends[0], POLLIN, 9};
	check_int(cress_poll(fds, 1, 0), 0);

	check_int(fds[0].revents, 0);
	check_int((intmax_t)hub_timers(), 1);
	drop_own(ends);
}

static void a_timeout_is_milliseconds(void)
{
	struct pollfd fds[1];
	double start = cress_now();

	own_pair(ends);
	fds[0] = (struct pollfd){ends[0], POLLIN, 9};
	check_int(cress_poll(fds, 1, 5), 0);
	check(cress_now() - start >= 0.005);
	check_int(fds[0].revents, 0);

	check_int(cress_poll(NULL, 0, 3), 0);
	check(cress_now() - start >= 0.008);
	check_int((intmax_t)hub_timers(), 1);
	drop_own(ends);
}

/* V71: what is there but was not asked for must not keep the time from ending
 */
static void other_events_do_not_put_off_a_timeout(void)
{
	struct pollfd fds[1];
	struct call call = POLL_OF(fds, 3);

	own_pair(ends);
	put(ends[1], "data");
	fds[0] = (struct pollfd){ends[0], POLLPRI, 0};
	call.limit = 0.5;
	call_begin(&call);

	check_call(&call, 0, 0);
	drop_own(ends);
}

static void a_poll_waits_for_the_first_of_several(void)
{
	struct pollfd fds[3];
	struct call call = POLL_OF(fds, -1);
	int others[2];

	own_pair(ends);
	foreign_pair(others);
	fds[0] = (struct pollfd){ends[0], POLLIN, 9};
	fds[1] = (struct pollfd){others[0], POLLIN, 9};
	fds[2] = (struct pollfd){-7, POLLIN, 9};
	call_begin(&call);
	check(call_is_parked(&call));
	put(others[1], "a");

	check_call(&call, 1, 0);
	check_int(fds[0].revents, 0);
	check_int(fds[1].revents, POLLIN);
	check_int(fds[2].revents, 0);
	check(!is_watched(others[0]));
	drop_own(ends);
	drop_foreign(others);
}

static void any_negative_timeout_waits_for_ever(void)
{
	struct pollfd fds[1];
	struct call call = POLL_OF(fds, -1000);

	own_pair(ends);
	fds[0] = (struct pollfd){ends[0], POLLIN, 0};
	call_begin(&call);
	check_int(cress_sleep(0.003), 0);
	check(call_is_parked(&call));
	put(ends[1], "a");

	check_call(&call, 1, 0);
	drop_own(ends);
}

static void an_entry_may_be_there_twice(void)
{
	struct pollfd fds[3];
	struct call call = POLL_OF(fds, -1);

	own_pair(ends);
	fill(ends[0]);
	for (int i = 0; i < 3; i++)
		fds[i] = (struct pollfd){ends[0], POLLIN, 9};
	fds[1].events = POLLOUT;
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "a");

	check_call(&call, 2, 0);
	check_int(fds[0].revents, POLLIN);
	check_int(fds[1].revents, 0);
	check_int(fds[2].revents, POLLIN);
	drop_own(ends);
}

static void a_hang_up_wakes_even_who_asked_for_nothing(void)
{
	struct pollfd fds[1];
	struct call call = POLL_OF(fds, -1);

	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		fds[0] = (struct pollfd){ends[0], 0, 9};
		call_begin(&call);
		check(call_is_parked(&call));
		put(ends[1], "data");
		settle();
		check(call_is_parked(&call));
		check_int(cress_close(ends[1]), 0);

		check_call(&call, 1, 0);
		check_int(fds[0].revents, POLLHUP);
		check_int(cress_close(ends[0]), 0);
	}
}

static void a_pipe_without_readers_is_an_error(void)
{
	struct pollfd fds[1];
	struct call call = POLL_OF(fds, -1);

	check_int(cress_pipe2(ends, 0), 0);
	fill(ends[1]);
	fds[0] = (struct pollfd){ends[1], POLLOUT, 0};
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_close(ends[0]), 0);

	check_call(&call, 1, 0);
	check(fds[0].revents & POLLERR);
	check_int(cress_close(ends[1]), 0);
}

static void the_end_of_the_other_sides_writing_can_be_polled(void)
{
	struct pollfd fds[1];
	struct call call = POLL_OF(fds, -1);

	own_pair(ends);
	fds[0] = (struct pollfd){ends[0], POLLRDHUP, 0};
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_shutdown(ends[1], SHUT_WR), 0);

	check_call(&call, 1, 0);
	check_int(fds[0].revents, POLLRDHUP);
	drop_own(ends);
}

static void the_other_names_of_events_work_as_well(void)
{
	struct pollfd fds[1];
	struct call call = POLL_OF(fds, -1);

	own_pair(ends);
	fill(ends[0]);
	fds[0] = (struct pollfd){ends[0], POLLWRNORM, 0};
	call_begin(&call);
	check(call_is_parked(&call));
	drain_input(ends[1]);
	check_call(&call, 1, 0);
	check_int(fds[0].revents, POLLWRNORM);
	fds[0].events = POLLRDNORM;
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "a");

	check_call(&call, 1, 0);
	check_int(fds[0].revents, POLLRDNORM);
	drop_own(ends);
}

/* R43 */
static void a_regular_file_is_always_ready(void)
{
	struct pollfd fds[2] = {{.events = POLLIN | POLLOUT}};

	own_pair(ends);
	fds[0].fd = file_with("text");
	fds[1] = (struct pollfd){ends[0], POLLIN, 9};
	check_int(cress_poll(fds, 2, -1), 1);

	check_int(fds[0].revents, POLLIN | POLLOUT);
	check_int(fds[1].revents, 0);
	close(fds[0].fd);
	drop_own(ends);
}

/* D9 */
static void all_who_poll_are_woken_and_one_who_reads(void)
{
	struct call polls[4], reader = {.make = make_read, .size = 4};
	struct call later = {.make = make_read, .size = 4};

	own_pair(ends);
	reader.fd = later.fd = ends[0];
	for (int i = 0; i < 4; i++) {
		polls[i] = (struct call){.make = make_wait_in, .fd = ends[0]};
		call_begin(&polls[i]);
		if (i == 1)
			call_begin(&reader);
	}
	call_begin(&later);
	put(ends[1], "a");
	for (int i = 0; i < 4; i++)
		check_call(&polls[i], POLLIN, 0);
	check_call(&reader, 1, 0);
	settle();
	check(call_is_parked(&later));
	put(ends[1], "b");

	check_call(&later, 1, 0);
	drop_own(ends);
}

static void hundreds_can_be_polled(void)
{
	static struct pollfd fds[400];
	static int pairs[400][2];
	struct call call = POLL_OF(fds, -1);

	for (int i = 0; i < 400; i++) {
		own_pair(pairs[i]);
		fds[i] = (struct pollfd){pairs[i][0], POLLIN, 0};
	}
	call_begin(&call);
	check(call_is_parked(&call));
	put(pairs[399][1], "z");
	put(pairs[123][1], "z");

	check_call(&call, 2, 0);
	check(fds[399].revents == POLLIN && fds[123].revents == POLLIN);
	check_int((intmax_t)hub_waits(), 0);
	for (int i = 0; i < 400; i++)
		drop_own(pairs[i]);
}

/* D12 */
static void a_poll_of_nothing_may_be_part_of_a_deadlock(void)
{
	struct pollfd none[2] = {{-1, POLLIN, 0}, {-7, POLLIN, 0}};

	check_refuses(cress_poll(none, 2, -1), EDEADLK);
	check_refuses(cress_select(0, NULL, NULL, NULL, NULL), EDEADLK);

	check_int(log_lines_with("waits for the end of a scope or a kill"), 2);
	check_int(cress_poll(none, 2, 1), 0);
}

static void too_many_are_refused(void)
{
	struct pollfd fds[1] = {{-1, 0, 0}};

	check_refuses(cress_poll(fds, (nfds_t)-1, 0), EINVAL);
	check_refuses(cress_poll(fds, (nfds_t)1 << 40, -1), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_bad_descriptor_is_reported_not_refused),
		on_io(what_is_ready_is_reported_at_once),
		on_io(a_timeout_of_nothing_does_not_wait),
		on_io(a_timeout_is_milliseconds),
		on_io(other_events_do_not_put_off_a_timeout),
		on_io(a_poll_waits_for_the_first_of_several),
		on_io(any_negative_timeout_waits_for_ever),
		on_io(an_entry_may_be_there_twice),
		on_io(a_hang_up_wakes_even_who_asked_for_nothing),
		on_io(a_pipe_without_readers_is_an_error),
		on_io(the_end_of_the_other_sides_writing_can_be_polled),
		on_io(the_other_names_of_events_work_as_well),
		on_io(a_regular_file_is_always_ready),
		on_io(all_who_poll_are_woken_and_one_who_reads),
		on_io(hundreds_can_be_polled),
		on_libev(a_poll_of_nothing_may_be_part_of_a_deadlock),
		on_io(too_many_are_refused),
	};

	return suite_run(tests);
}
