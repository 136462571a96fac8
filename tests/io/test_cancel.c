/* SPDX-License-Identifier: MIT */
/*
 * Every call of io that parks, in every state of its wait, and every way to
 * end that by force: kill, throw, cancel, deadline. Whether the force or the
 * event wins, the two must agree: a call that fails has taken nothing, and one
 * that succeeds has what is gone. Afterwards nothing of it is left.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cress/io.h>

/* A place to park: `ends[0]` is where, `ends[1]` makes it ready. */
struct spot {
	int ends[2];
	int foreign;
	int file;
	size_t filled;
	struct sockaddr_storage address;
	socklen_t size;
	char bytes[4];
	cress_scope_t scope;
	ssize_t result;
	int error;
};

/* Reading: there is nothing; a byte makes it ready. */

static void empty_pair(struct spot *spot)
{
	(spot->foreign ? foreign_pair : own_pair)(spot->ends);
}

static void put_byte(struct spot *spot)
{
	put(spot->ends[1], "x");
}

static int byte_is_gone(struct spot *spot)
{
	return pending(spot->ends[0]) == 0;
}

/* Writing: there is no room; to drain the other end makes it ready. */

static void full_pair(struct spot *spot)
{
	empty_pair(spot);
	fill(spot->ends[0]);
}

static void make_room(struct spot *spot)
{
	drain_input(spot->ends[1]);
}

static int byte_has_come(struct spot *spot)
{
	return pending(spot->ends[1]) > 0;
}

/* Accepting: there is nobody; a connection makes it ready. */

static void lonely_listener(struct spot *spot)
{
	spot->ends[0] = tcp_listener(&spot->address, &spot->size, 8);
	spot->ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	if (!spot->foreign)
		check_int(cress_fd_adopt(spot->ends[0]), 0);
}

static void connect_to_it(struct spot *spot)
{
	check_int(connect(spot->ends[1], (struct sockaddr *)&spot->address,
			  spot->size),
		  0);
}

static int connection_is_gone(struct spot *spot)
{
	struct pollfd fds = {spot->ends[0], POLLIN, 0};

	return poll(&fds, 1, 0) == 0;
}

static int never_taken(struct spot *spot)
{
	return spot->result != -1;
}

static ssize_t at_read(struct spot *spot)
{
	return cress_read(spot->ends[0], spot->bytes, 1);
}

static ssize_t at_readv(struct spot *spot)
{
	struct iovec part = {spot->bytes, 1};

	return cress_readv(spot->ends[0], &part, 1);
}

static ssize_t at_read_full(struct spot *spot)
{
	return cress_read_full(spot->ends[0], spot->bytes, 1);
}

static ssize_t at_recv(struct spot *spot)
{
	return cress_recv(spot->ends[0], spot->bytes, 1, 0);
}

static ssize_t at_recv_all(struct spot *spot)
{
	return cress_recv(spot->ends[0], spot->bytes, 1, MSG_WAITALL);
}

static ssize_t at_recvfrom(struct spot *spot)
{
	return cress_recvfrom(spot->ends[0], spot->bytes, 1, 0, NULL, NULL);
}

static ssize_t at_recvmsg(struct spot *spot)
{
	struct iovec part = {spot->bytes, 1};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	return cress_recvmsg(spot->ends[0], &msg, 0);
}

static ssize_t at_accept(struct spot *spot)
{
	int fd = cress_accept4(spot->ends[0], NULL, NULL, 0);

	return fd >= 0 ? cress_close(fd) + 1 : -1;
}

static ssize_t at_wait_in(struct spot *spot)
{
	return cress_wait_fd(spot->ends[0], POLLIN);
}

static ssize_t at_poll(struct spot *spot)
{
	struct pollfd fds[2] = {{spot->ends[0], POLLIN, 0}, {-1, 0, 0}};

	return cress_poll(fds, 2, 100000);
}

static ssize_t at_write(struct spot *spot)
{
	return cress_write(spot->ends[0], "x", 1);
}

static ssize_t at_writev(struct spot *spot)
{
	struct iovec part = {"x", 1};

	return cress_writev(spot->ends[0], &part, 1);
}

static ssize_t at_write_all(struct spot *spot)
{
	return cress_write_all(spot->ends[0], "x", 1);
}

static ssize_t at_send(struct spot *spot)
{
	return cress_send(spot->ends[0], "x", 1, 0);
}

static ssize_t at_sendto(struct spot *spot)
{
	return cress_sendto(spot->ends[0], "x", 1, 0, NULL, 0);
}

static ssize_t at_sendmsg(struct spot *spot)
{
	struct iovec part = {"x", 1};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	return cress_sendmsg(spot->ends[0], &msg, 0);
}

static ssize_t at_sendfile(struct spot *spot)
{
	off_t offset = 0;

	return cress_sendfile(spot->ends[0], spot->file, &offset, 1);
}

static ssize_t at_wait_out(struct spot *spot)
{
	return cress_wait_fd(spot->ends[0], POLLOUT);
}

static const struct point {
	const char *name;
	ssize_t (*call)(struct spot *spot);
	void (*arrange)(struct spot *spot);
	void (*make_ready)(struct spot *spot);
	int (*taken)(struct spot *spot);
} points[] = {
	{"read", at_read, empty_pair, put_byte, byte_is_gone},
	{"readv", at_readv, empty_pair, put_byte, byte_is_gone},
	{"read_full", at_read_full, empty_pair, put_byte, byte_is_gone},
	{"recv", at_recv, empty_pair, put_byte, byte_is_gone},
	{"recv all", at_recv_all, empty_pair, put_byte, byte_is_gone},
	{"recvfrom", at_recvfrom, empty_pair, put_byte, byte_is_gone},
	{"recvmsg", at_recvmsg, empty_pair, put_byte, byte_is_gone},
	{"accept4", at_accept, lonely_listener, connect_to_it,
	 connection_is_gone},
	{"wait in", at_wait_in, empty_pair, put_byte, never_taken},
	{"poll", at_poll, empty_pair, put_byte, never_taken},
	{"write", at_write, full_pair, make_room, byte_has_come},
	{"writev", at_writev, full_pair, make_room, byte_has_come},
	{"write_all", at_write_all, full_pair, make_room, byte_has_come},
	{"send", at_send, full_pair, make_room, byte_has_come},
	{"sendto", at_sendto, full_pair, make_room, byte_has_come},
	{"sendmsg", at_sendmsg, full_pair, make_room, byte_has_come},
	{"sendfile", at_sendfile, full_pair, make_room, byte_has_come},
	{"wait out", at_wait_out, full_pair, make_room, never_taken},
};

static const struct point *point;
static struct spot spot;
static cress_t *victim;

static void *park_there(void *seconds)
{
	cress_scope_open(&spot.scope, *(double *)seconds);
	spot.result = point->call(&spot);
	spot.error = errno;
	cress_scope_close(&spot.scope);
	return NULL;
}

/* The forces, and the error that each brings. */

static void kill_it(void)
{
	check_int(cress_kill(victim, EPROTO), 0);
}

static void throw_at_it(void)
{
	cress_throw(victim, EPROTO);
}

static void cancel_it(void)
{
	check_int(cress_scope_cancel(&spot.scope), 0);
}

static void wait_for_its_deadline(void)
{
	check_int(cress_sleep(0.0015), 0);
}

static const struct force {
	void (*apply)(void);
	int error;
	double limit;
} forces[] = {
	{kill_it, EPROTO, INFINITY},
	{throw_at_it, EPROTO, INFINITY},
	{cancel_it, ECANCELED, INFINITY},
	{wait_for_its_deadline, ETIMEDOUT, 0.001},
};

/* Ready first or forced first, with or without a poll between. */
enum order { FORCE_ALONE, SAME_TICK, FORCE_THEN_READY, READY_AND_POLLED };

static void check_outcome(int error, enum order order)
{
	int good = check_int(cress_join(victim, NULL), 0);
	int failed = spot.result == -1;

	good &= check(failed || spot.result > 0);
	good &= check(!failed || spot.error == error);
	if (order == FORCE_ALONE || order == FORCE_THEN_READY)
		good &= check(failed);
	if (order != FORCE_ALONE)
		good &= check(failed == !point->taken(&spot));
	good &= check_int((intmax_t)hub_waits(), 0);
	good &= check_int((intmax_t)hub_timers(), 1);
	good &= check(!spot.foreign || !is_watched(spot.ends[0]));
	if (!good)
		fprintf(stderr, "\tat %s, foreign %d, order %d, error %d\n",
			point->name, spot.foreign, (int)order, error);
}

static void try_point(const struct force *force, enum order order)
{
	double limit = force->limit;

	point->arrange(&spot);
	victim = cress_spawn(park_there, &limit);
	cress_yield();
	if (order == SAME_TICK || order == READY_AND_POLLED)
		point->make_ready(&spot);
	if (order == READY_AND_POLLED)
		cress_sleep(0);
	force->apply();
	if (order == FORCE_THEN_READY)
		point->make_ready(&spot);
	check_outcome(force->error, order);
	check_int(cress_close(spot.ends[0]) | cress_close(spot.ends[1]), 0);
}

static void force_all(const struct force *force)
{
	int descriptors;

	spot.file = file_with("x");
	descriptors = open_descriptors();
	for (size_t i = 0; i < COUNT(points); i++)
		for (int n = 0; n < 8; n++) {
			point = &points[i];
			spot.foreign = n & 1;
			try_point(force, (enum order)(n >> 1));
		}
	check_int(open_descriptors(), descriptors);
	close(spot.file);
}

/* R25, D6, D7 */
static void a_kill_takes_nothing_and_leaves_nothing(void)
{
	force_all(&forces[0]);
}

/* R25, D2, D7 */
static void a_throw_takes_nothing_and_leaves_nothing(void)
{
	force_all(&forces[1]);
}

/* R25, D5, D7 */
static void a_cancel_takes_nothing_and_leaves_nothing(void)
{
	force_all(&forces[2]);
}

/* R25, D5, D7 */
static void a_deadline_takes_nothing_and_leaves_nothing(void)
{
	force_all(&forces[3]);
}

/* R25, D5, D7: ready or not, a call in a scope that is over fails at once */
static void a_call_that_is_over_before_it_begins_takes_nothing(void)
{
	spot.file = file_with("x");
	for (size_t n = 0; n < COUNT(points) * 4; n++) {
		double limit = 0;

		point = &points[n / 4];
		spot.foreign = n & 1;
		point->arrange(&spot);
		if (n & 2)
			point->make_ready(&spot);
		victim = cress_spawn(park_there, &limit);
		check_outcome(ETIMEDOUT,
			      n & 2 ? FORCE_THEN_READY : FORCE_ALONE);
		check_int(cress_close(spot.ends[0]), 0);
		check_int(cress_close(spot.ends[1]), 0);
	}
	close(spot.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_kill_takes_nothing_and_leaves_nothing),
		on_io(a_throw_takes_nothing_and_leaves_nothing),
		on_io(a_cancel_takes_nothing_and_leaves_nothing),
		on_io(a_deadline_takes_nothing_and_leaves_nothing),
		on_io(a_call_that_is_over_before_it_begins_takes_nothing),
	};

	return suite_run(tests);
}
