/* SPDX-License-Identifier: MIT */
/*
 * cress_close(): whoever is parked on the descriptor is woken with EBADF, in
 * whatever call and direction, and the number is free when it returns.
 */
#include "io/support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

static ssize_t make_readv(struct call *call)
{
	struct iovec part = {call->bytes, call->size};

	return cress_readv(call->fd, &part, 1);
}

static ssize_t make_recvmsg(struct call *call)
{
	struct iovec part = {call->bytes, call->size};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	return cress_recvmsg(call->fd, &msg, 0);
}

static ssize_t make_sendmsg(struct call *call)
{
	struct iovec part = {call->bytes, call->size};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	return cress_sendmsg(call->fd, &msg, 0);
}

static ssize_t make_write_all(struct call *call)
{
	return cress_write_all(call->fd, call->bytes, call->size);
}

static ssize_t (*const all[])(struct call *) = {
	make_read,      make_readv,     make_recv,    make_recvmsg,
	make_read_full, make_wait_in,   make_write,   make_send,
	make_sendmsg,   make_write_all, make_wait_out};

/* V69, R35 */
static void close_wakes_all_its_waiters_with_ebadf(void)
{
	struct call calls[COUNT(all)];

	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		fill(ends[0]);
		for (size_t i = 0; i < COUNT(all); i++) {
			calls[i] = (struct call){
				.make = all[i], .fd = ends[0], .size = 4};
			call_begin(&calls[i]);
			check(call_is_parked(&calls[i]));
		}
		check_int(hub_waits() >= COUNT(all), 1);
		check_int(cress_close(ends[0]), 0);

		check_int(fcntl(ends[0], F_GETFD), -1);
		for (size_t i = 0; i < COUNT(all); i++)
			check_call(&calls[i], -1, EBADF);
		check_int(cress_close(ends[1]), 0);
	}
}

/* V69 */
static void close_wakes_those_who_accept(void)
{
	struct sockaddr_storage address;
	socklen_t size;
	struct call calls[2];
	int fd = tcp_listener(&address, &size, 8);

	for (int i = 0; i < 2; i++) {
		calls[i] = (struct call){.make = make_accept, .fd = fd};
		call_begin(&calls[i]);
	}
	check_int(cress_close(fd), 0);

	check_call(&calls[0], -1, EBADF);
	check_call(&calls[1], -1, EBADF);
}

/* V69: a close does not park, so the waiters run after it */
static void those_who_close_go_on_first(void)
{
	struct call call = {.make = make_read, .size = 1};

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_close(ends[0]), 0);
	check(call_is_parked(&call));

	check_call(&call, -1, EBADF);
	check_int(cress_close(ends[1]), 0);
}

static ssize_t poll_two(struct call *call)
{
	struct pollfd fds[2] = {{call->fd, POLLIN, 0},
				{call->other, POLLIN, 0}};

	return cress_poll(fds, 2, -1);
}

/* V69 */
static void close_wakes_who_polls_it_among_others(void)
{
	struct call call = {.make = poll_two};
	int others[2];

	own_pair(ends);
	own_pair(others);
	call.fd = ends[0];
	call.other = others[0];
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_close(ends[0]), 0);

	check_call(&call, -1, EBADF);
	check_int((intmax_t)hub_waits(), 0);
	check_int(cress_close(ends[1]), 0);
	drop_own(others);
}

static void to_close_twice_is_an_error(void)
{
	own_pair(ends);
	check_int(cress_close(ends[0]), 0);
	check_refuses(cress_close(ends[0]), EBADF);
	check_int(close(ends[1]), 0);

	check_refuses(cress_close(ends[1]), EBADF);
}

/* V69, R36 */
static void a_duplicate_lives_on_when_the_original_is_closed(void)
{
	struct call call = {.make = make_read, .size = 4};
	struct call again = {.make = make_read, .size = 4};
	int copy;

	own_pair(ends);
	copy = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
	call.fd = ends[0];
	again.fd = copy;
	call_begin(&call);
	check_int(cress_close(ends[0]), 0);
	check_call(&call, -1, EBADF);
	call_begin(&again);
	check(call_is_parked(&again));
	put(ends[1], "late");

	check_call(&again, 4, 0);
	check_int(cress_close(copy), 0);
	check_int(cress_close(ends[1]), 0);
}

/* R36 */
static void events_of_a_duplicate_reach_nobody_under_the_old_number(void)
{
	struct call call = {.make = make_read, .size = 4};
	int copy, fresh[2];

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	copy = dup(ends[0]);
	check_int(cress_close(ends[0]), 0);
	check_call(&call, -1, EBADF);
	own_pair(fresh);
	check_int(fresh[0], ends[0]);
	call.fd = fresh[0];
	call_begin(&call);
	put(ends[1], "old");
	settle();
	check(call_is_parked(&call));
	put(fresh[1], "new!");

	check_call(&call, 4, 0);
	check_int(call.bytes[0], 'n');
	check_int(pending(copy), 3);
	close(copy);
	check_int(cress_close(ends[1]), 0);
	drop_own(fresh);
}

/* R36: the processor is not burnt by events that nobody wants */
static void a_stale_registration_does_not_spin(void)
{
	struct call call = {.make = make_read, .size = 4};
	struct timespec before, after;
	int copy, fresh[2];

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	copy = dup(ends[0]);
	check_int(cress_close(ends[0]), 0);
	check_call(&call, -1, EBADF);
	put(ends[1], "old");
	own_pair(fresh);
	call.fd = fresh[0];
	call.limit = 10e-3;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	call_begin(&call);
	check_call(&call, -1, ETIMEDOUT);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);

	check((double)(after.tv_sec - before.tv_sec) +
		      (double)(after.tv_nsec - before.tv_nsec) * 1e-9 <
	      8e-3);
	close(copy);
	check_int(cress_close(ends[1]), 0);
	drop_own(fresh);
}

static void *close_it(void *fd)
{
	check_int(cress_close(as_number(fd)), 0);
	return NULL;
}

static void one_may_be_closed_by_a_coroutine_that_is_killed(void)
{
	struct call call = {.make = make_read, .size = 4};
	cress_scope_t over;

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	cress_scope_open(&over, 0);
	close_it(as_value(ends[0]));
	check_int(cress_scope_close(&over), 0);

	check_call(&call, -1, EBADF);
	check_int(cress_close(ends[1]), 0);
}

static void close_keeps_the_deadline_of_a_waiter_from_firing_later(void)
{
	struct call call = {.make = make_read, .size = 4, .limit = 1000};

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check_int(hub_timers(), 2);
	check_int(cress_close(ends[0]), 0);
	check_call(&call, -1, EBADF);

	check_int(hub_timers(), 1);
	check_int(cress_close(ends[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(close_wakes_all_its_waiters_with_ebadf),
		on_io(close_wakes_those_who_accept),
		on_io(those_who_close_go_on_first),
		on_io(close_wakes_who_polls_it_among_others),
		on_io(to_close_twice_is_an_error),
		on_io(a_duplicate_lives_on_when_the_original_is_closed),
		on_io(events_of_a_duplicate_reach_nobody_under_the_old_number),
		on_io(a_stale_registration_does_not_spin),
		on_io(one_may_be_closed_by_a_coroutine_that_is_killed),
		on_io(close_keeps_the_deadline_of_a_waiter_from_firing_later),
	};

	return suite_run(tests);
}
