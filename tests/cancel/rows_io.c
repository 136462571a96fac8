/* SPDX-License-Identifier: MIT */
/*
 * The calls of io.h that wait for a descriptor, each on one that the library
 * made and on one that it did not: those two are watched in different ways.
 * `ends[0]` is where the call is made, `ends[1]` is what makes it ready.
 */
#include "cancel/park_points.h"

#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io/support.h"

#include <cress/io.h>

static void close_all(struct place *place)
{
	int fds[3] = {place->ends[0], place->ends[1], place->file};

	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			check_int(cress_close(fds[i]), 0);
}

/* Reading: there is nothing; a byte makes it ready. */

static void make_empty_pair(struct place *place)
{
	if (place->point->traits & FOREIGN)
		foreign_pair(place->ends);
	else
		own_pair(place->ends);
}

static void put_byte(struct place *place)
{
	put(place->ends[1], "x");
}

static int byte_is_gone(struct place *place)
{
	return pending(place->ends[0]) == 0;
}

static intmax_t at_read(struct place *place)
{
	return cress_read(place->ends[0], place->bytes, 1);
}

static intmax_t at_readv(struct place *place)
{
	struct iovec part = {place->bytes, 1};

	return cress_readv(place->ends[0], &part, 1);
}

static intmax_t at_recv(struct place *place)
{
	return cress_recv(place->ends[0], place->bytes, 1, 0);
}

static intmax_t at_recv_all(struct place *place)
{
	return cress_recv(place->ends[0], place->bytes, 1, MSG_WAITALL);
}

static intmax_t at_recvfrom(struct place *place)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);

	return cress_recvfrom(place->ends[0], place->bytes, 1, 0,
			      (struct sockaddr *)&from, &size);
}

static intmax_t at_recvmsg(struct place *place)
{
	struct iovec part = {place->bytes, 1};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	return cress_recvmsg(place->ends[0], &msg, 0);
}

static intmax_t at_read_full(struct place *place)
{
	return cress_read_full(place->ends[0], place->bytes, 1);
}

/* Two bytes, one of which is there: what it has moved it says. */

static void make_half_full_pair(struct place *place)
{
	make_empty_pair(place);
	put_byte(place);
}

/* The first call misses one, every other one two. */
static void put_missing(struct place *place)
{
	char *later = &place->bytes[sizeof(place->bytes) - 1];

	put(place->ends[1], *later ? "xx" : "x");
	*later = 1;
}

static intmax_t go_on(struct place *place, ssize_t moved)
{
	if (moved > 0)
		place->number += moved;
	if (place->number % 2 == 0 && moved > 0)
		return place->number;
	check(moved == -1 || errno != 0);
	return -1;
}

static intmax_t at_read_two(struct place *place)
{
	/* What is missing, if the call before has moved one. */
	size_t size = 2 - (size_t)(place->number & 1);

	return go_on(place, cress_read_full(place->ends[0], place->bytes,
					    size));
}

static intmax_t at_recv_two(struct place *place)
{
	size_t size = 2 - (size_t)(place->number & 1);

	return go_on(place, cress_recv(place->ends[0], place->bytes, size,
				       MSG_WAITALL));
}

/* Accepting: there is nobody; a connection makes it ready. */

static void make_listener(struct place *place)
{
	place->ends[0] = tcp_listener(&place->address, &place->size, 8);
	if (!(place->point->traits & FOREIGN))
		check_int(cress_fd_adopt(place->ends[0]), 0);
}

static void connect_to_it(struct place *place)
{
	if (place->ends[1] >= 0)
		close(place->ends[1]);
	place->ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	check_int(connect(place->ends[1], (struct sockaddr *)&place->address,
			  place->size),
		  0);
}

static int connection_is_gone(struct place *place)
{
	struct pollfd fds = {place->ends[0], POLLIN, 0};

	return poll(&fds, 1, 0) == 0;
}

static intmax_t at_accept(struct place *place)
{
	int fd = cress_accept4(place->ends[0], NULL, NULL, 0);

	return fd >= 0 ? cress_close(fd) : -1;
}

/* Waiting for readiness, which nobody takes. */

static intmax_t at_wait_in(struct place *place)
{
	return cress_wait_fd(place->ends[0], POLLIN);
}

static intmax_t at_wait_out(struct place *place)
{
	return cress_wait_fd(place->ends[0], POLLOUT);
}

static intmax_t at_poll(struct place *place)
{
	struct pollfd fds[2] = {{place->ends[0], POLLIN, 0}, {-1, 0, 0}};

	return cress_poll(fds, 2, 100000);
}

/* More than lie on the stack, both directions, and one twice. */
static intmax_t at_poll_many(struct place *place)
{
	struct pollfd fds[6];

	for (int i = 0; i < 6; i++)
		fds[i] = (struct pollfd){place->ends[i % 2], POLLIN, 0};
	return cress_poll(fds, 6, -1);
}

static intmax_t at_poll_of_none(struct place *place)
{
	(void)place;
	return cress_poll(NULL, 0, ROW_SECONDS * 1000);
}

static void make_nothing(struct place *place)
{
	(void)place;
}

static void let_time_pass(struct place *place)
{
	(void)place;
	pass_time(ROW_SECONDS + 1);
}

/* Writing: there is no room; to drain the other end makes it ready. */

static void make_full_pair(struct place *place)
{
	make_empty_pair(place);
	fill(place->ends[0]);
}

static void make_room(struct place *place)
{
	drain_input(place->ends[1]);
}

static int byte_has_come(struct place *place)
{
	return pending(place->ends[1]) > 0;
}

static intmax_t at_write(struct place *place)
{
	return cress_write(place->ends[0], "x", 1);
}

static intmax_t at_writev(struct place *place)
{
	struct iovec part = {"x", 1};

	return cress_writev(place->ends[0], &part, 1);
}

static intmax_t at_write_all(struct place *place)
{
	return cress_write_all(place->ends[0], "x", 1);
}

static intmax_t at_send(struct place *place)
{
	return cress_send(place->ends[0], "x", 1, 0);
}

static intmax_t at_sendto(struct place *place)
{
	return cress_sendto(place->ends[0], "x", 1, 0, NULL, 0);
}

static intmax_t at_sendmsg(struct place *place)
{
	struct iovec part = {"x", 1};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	return cress_sendmsg(place->ends[0], &msg, 0);
}

static void make_full_pair_and_file(struct place *place)
{
	make_full_pair(place);
	place->file = file_with("x");
}

static intmax_t at_sendfile(struct place *place)
{
	off_t offset = 0;
	ssize_t n = cress_sendfile(place->ends[0], place->file, &offset, 1);

	check_int(offset, n == 1);
	return n;
}

/* A full pipe: neither a socket's flags nor its time-outs help there. */

static void make_full_pipe(struct place *place)
{
	int fds[2];

	if (place->point->traits & FOREIGN)
		check_int(pipe(fds), 0);
	else
		check_int(cress_pipe2(fds, 0), 0);
	place->ends[0] = fds[1];
	place->ends[1] = fds[0];
	fill(fds[1]);
}

static void make_empty_pipe(struct place *place)
{
	if (place->point->traits & FOREIGN)
		check_int(pipe(place->ends), 0);
	else
		check_int(cress_pipe2(place->ends, 0), 0);
}

/* clang-format off */
#define BOTH(name, variant, set_up, call, wake, taken) \
	{name, variant, CROWD, set_up, call, wake, taken, close_all}, \
	{name, variant ", foreign", CROWD | FOREIGN, set_up, call, wake, \
	 taken, close_all}
#define HALF(name, call) \
	{name, "half", 0, make_half_full_pair, call, put_missing, \
	 byte_is_gone, close_all}, \
	{name, "half, foreign", FOREIGN, make_half_full_pair, call, \
	 put_missing, byte_is_gone, close_all}
/* clang-format on */

#define READING(name, variant, call) \
	BOTH(name, variant, make_empty_pair, call, put_byte, byte_is_gone)
#define WRITING(name, variant, call) \
	BOTH(name, variant, make_full_pair, call, make_room, byte_has_come)

static const struct park_point points[] = {
	READING("cress_read", "socket", at_read),
	BOTH("cress_read", "pipe", make_empty_pipe, at_read, put_byte,
	     byte_is_gone),
	READING("cress_readv", "socket", at_readv),
	READING("cress_recv", "", at_recv),
	READING("cress_recv", "all", at_recv_all),
	HALF("cress_recv", at_recv_two),
	READING("cress_recvfrom", "", at_recvfrom),
	READING("cress_recvmsg", "", at_recvmsg),
	READING("cress_read_full", "", at_read_full),
	HALF("cress_read_full", at_read_two),
	BOTH("cress_accept4", "", make_listener, at_accept, connect_to_it,
	     connection_is_gone),
	BOTH("cress_wait_fd", "in", make_empty_pair, at_wait_in, put_byte,
	     NULL),
	BOTH("cress_wait_fd", "out", make_full_pair, at_wait_out, make_room,
	     NULL),
	BOTH("cress_poll", "few", make_empty_pair, at_poll, put_byte, NULL),
	BOTH("cress_poll", "many", make_empty_pair, at_poll_many, put_byte,
	     NULL),
	{"cress_poll", "none", BY_TIME, make_nothing, at_poll_of_none,
	 let_time_pass, NULL, make_nothing},
	WRITING("cress_write", "socket", at_write),
	BOTH("cress_write", "pipe", make_full_pipe, at_write, make_room,
	     byte_has_come),
	WRITING("cress_writev", "socket", at_writev),
	WRITING("cress_write_all", "", at_write_all),
	WRITING("cress_send", "", at_send),
	WRITING("cress_sendto", "", at_sendto),
	WRITING("cress_sendmsg", "", at_sendmsg),
	BOTH("cress_sendfile", "", make_full_pair_and_file, at_sendfile,
	     make_room, byte_has_come),
};

int main(void)
{
	return park_points_main(points, COUNT(points), OUTSIDE);
}
