/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that change hands: what the library makes, what it is given, and
 * what it gives back.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

/* D10 */
static void what_the_library_makes_is_made_well(void)
{
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	check(is_made_well(fd));
	check_int(cress_close(fd), 0);
	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends),
		  0);
	check(is_made_well(ends[0]) && is_made_well(ends[1]));
	drop_own(ends);
	check_int(cress_pipe2(ends, O_DIRECT), 0);
	check(is_made_well(ends[0]) && is_made_well(ends[1]));

	check(has_flag(ends[1], O_DIRECT));
	drop_own(ends);
}

static void bad_arguments_of_makers_are_refused(void)
{
	check_refuses(cress_socket(12345, SOCK_STREAM, 0), EAFNOSUPPORT);
	check_refuses(cress_socketpair(AF_INET, SOCK_STREAM, 0, ends),
		      EOPNOTSUPP);
	check_refuses(cress_pipe2(ends, O_APPEND), EINVAL);
}

/* D10 */
static void an_adopted_descriptor_is_nonblocking_and_stays_watched(void)
{
	struct call call = {.make = make_read, .size = 4};

	foreign_pair(ends);
	check_int(cress_fd_adopt(ends[0]), 0);
	check(has_flag(ends[0], O_NONBLOCK));
	check(!has_flag(ends[1], O_NONBLOCK));
	call.fd = ends[0];
	call_begin(&call);
	put(ends[1], "ab");
	check_call(&call, 2, 0);

	check(is_watched(ends[0]));
	check_int(cress_close(ends[0]), 0);
	check_int(close(ends[1]), 0);
}

static void to_adopt_twice_does_nothing(void)
{
	struct call call = {.make = make_read, .size = 4};

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_fd_adopt(ends[0]), 0);
	check_int(cress_fd_adopt(ends[0]), 0);
	put(ends[1], "ab");

	check_call(&call, 2, 0);
	drop_own(ends);
}

/* D10 */
static void a_reader_keeps_waiting_while_its_descriptor_is_adopted(void)
{
	struct call call = {.make = make_read, .size = 4};

	foreign_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_fd_adopt(ends[0]), 0);
	settle();
	check(call_is_parked(&call));
	put(ends[1], "ab");

	check_call(&call, 2, 0);
	check_int(cress_close(ends[0]), 0);
	check_int(close(ends[1]), 0);
}

/* D10, V69 */
static void to_abandon_wakes_the_waiters(void)
{
	struct call in = {.make = make_read, .size = 4};
	struct call out = {.make = make_wait_in};

	own_pair(ends);
	in.fd = out.fd = ends[0];
	call_begin(&in);
	call_begin(&out);
	check_int(cress_fd_abandon(ends[0]), 0);
	check_call(&in, -1, EBADF);
	check_call(&out, -1, EBADF);

	check(has_flag(ends[0], O_NONBLOCK));
	check(!is_watched(ends[0]));
	check_int(close(ends[0]), 0);
	check_int(cress_close(ends[1]), 0);
}

/* D10 */
static void an_abandoned_descriptor_is_foreign(void)
{
	struct call call = {.make = make_read, .size = 4};

	own_pair(ends);
	put(ends[1], "ab");
	check_int(cress_read(ends[0], call.bytes, 4), 2);
	check_int(cress_fd_abandon(ends[0]), 0);
	check_refuses(cress_fd_abandon(ends[0]), EINVAL);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "cd");
	check_call(&call, 2, 0);
	check(!is_watched(ends[0]));

	check_int(cress_fd_adopt(ends[0]), 0);
	drop_own(ends);
}

static void what_was_not_adopted_cannot_be_abandoned(void)
{
	foreign_pair(ends);
	check_refuses(cress_fd_abandon(ends[0]), EINVAL);
	check_refuses(cress_fd_abandon(1234), EBADF);
	check_refuses(cress_fd_abandon(-1), EBADF);

	drop_foreign(ends);
}

/* D10, R35 */
static void a_closed_number_is_no_longer_adopted(void)
{
	own_pair(ends);
	drop_own(ends);
	foreign_pair(ends);
	check_refuses(cress_fd_abandon(ends[0]), EINVAL);
	check_refuses(cress_fd_abandon(ends[1]), EINVAL);

	drop_foreign(ends);
}

/* R43 */
static void anything_may_be_adopted(void)
{
	int fds[] = {file_with("text"), open("/dev/null", O_RDWR | O_CLOEXEC),
		     open("/", O_RDONLY | O_CLOEXEC)};
	char byte;

	for (size_t i = 0; i < COUNT(fds); i++)
		check_int(cress_fd_adopt(fds[i]), 0);
	check_int(cress_read(fds[0], &byte, 1), 1);
	check_int(byte, 't');
	check_int(cress_read(fds[1], &byte, 1), 0);
	check_refuses((int)cress_read(fds[2], &byte, 1), EISDIR);

	check_int(cress_wait_fd(fds[0], POLLIN), POLLIN);
	for (size_t i = 0; i < COUNT(fds); i++)
		check_int(cress_close(fds[i]), 0);
}

/* R43: a short read of a file means its end, not that more will come */
static void a_short_read_of_an_adopted_file_parks_nobody(void)
{
	char bytes[16];
	int fd = file_with("text");

	check_int(cress_fd_adopt(fd), 0);
	check_int(cress_read(fd, bytes, 16), 4);
	check_int(cress_read(fd, bytes, 16), 0);
	check_int(cress_write(fd, "more", 4), 4);
	check_int(cress_read(fd, bytes, 16), 0);

	check_int(cress_close(fd), 0);
}

static void a_listener_may_be_adopted(void)
{
	struct sockaddr_storage address;
	socklen_t size;
	struct call call = {.make = make_accept};
	int fd = tcp_listener(&address, &size, 8);
	int client = cress_socket(AF_INET, SOCK_STREAM, 0);

	check_int(cress_fd_adopt(fd), 0);
	call.fd = fd;
	call_begin(&call);
	check_int(cress_connect(client, (struct sockaddr *)&address, size), 0);
	cress_join(call.coroutine, NULL);

	check(call.result >= 0);
	check_int(cress_close((int)call.result), 0);
	check_int(cress_close(client), 0);
	check_int(cress_close(fd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(what_the_library_makes_is_made_well),
		on_io(bad_arguments_of_makers_are_refused),
		on_io(an_adopted_descriptor_is_nonblocking_and_stays_watched),
		on_io(to_adopt_twice_does_nothing),
		on_io(a_reader_keeps_waiting_while_its_descriptor_is_adopted),
		on_io(to_abandon_wakes_the_waiters),
		on_io(an_abandoned_descriptor_is_foreign),
		on_io(what_was_not_adopted_cannot_be_abandoned),
		on_io(a_closed_number_is_no_longer_adopted),
		on_io(anything_may_be_adopted),
		on_io(a_short_read_of_an_adopted_file_parks_nobody),
		on_io(a_listener_may_be_adopted),
	};

	return suite_run(tests);
}
