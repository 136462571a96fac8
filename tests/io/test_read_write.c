/* SPDX-License-Identifier: MIT */
/*
 * read, write and their vectors: they park where the original would block,
 * and everything else is as its manual page says.
 */
#include "io/support.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

static void a_read_waits_for_bytes(void)
{
	struct call call = {.make = make_read, .size = 8};

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "abc");

	check_call(&call, 3, 0);
	check(memcmp(call.bytes, "abc", 3) == 0);
	drop_own(ends);
}

static void a_read_takes_what_is_there_without_parking(void)
{
	char bytes[8];

	own_pair(ends);
	put(ends[1], "abcdef");
	check_int(cress_read(ends[0], bytes, 4), 4);
	check_int(cress_read(ends[0], bytes + 4, 4), 2);

	check(memcmp(bytes, "abcdef", 6) == 0);
	drop_own(ends);
}

static void the_end_of_input_reads_as_nothing_again_and_again(void)
{
	char byte;

	own_pair(ends);
	put(ends[1], "a");
	check_int(cress_close(ends[1]), 0);

	check_int(cress_read(ends[0], &byte, 1), 1);
	check_int(cress_read(ends[0], &byte, 1), 0);
	check_int(cress_read(ends[0], &byte, 1), 0);
	check_int(cress_close(ends[0]), 0);
}

static void the_end_of_input_wakes_a_reader(void)
{
	struct call call = {.make = make_read, .size = 8};

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_close(ends[1]), 0);

	check_call(&call, 0, 0);
	check_int(cress_close(ends[0]), 0);
}

/* D10 */
static void to_move_nothing_never_parks(void)
{
	int foreign[2], pipes[2];
	char byte = 'a';
	struct iovec nothing = {&byte, 0};

	own_pair(ends);
	foreign_pair(foreign);
	check_int(cress_pipe2(pipes, 0), 0);
	check_int(cress_read(ends[0], &byte, 0), 0);
	check_int(cress_read(foreign[0], &byte, 0), 0);
	check_int(cress_read(pipes[0], &byte, 0), 0);
	check_int(cress_readv(ends[0], &nothing, 1), 0);
	check_int(cress_readv(ends[0], NULL, 0), 0);
	check_int(cress_write(ends[0], &byte, 0), 0);
	check_int(cress_write(foreign[0], &byte, 0), 0);
	check_int(cress_write(pipes[1], &byte, 0), 0);

	drop_own(ends);
	drop_own(pipes);
	drop_foreign(foreign);
}

static void vectors_scatter_and_gather(void)
{
	char a[2], b[3], c[4];
	struct iovec out[] = {{"ab", 2}, {NULL, 0}, {"cdefg", 5}};
	struct iovec in[] = {{a, 2}, {b, 3}, {c, 4}};

	own_pair(ends);
	check_int(cress_writev(ends[1], out, 3), 7);
	check_int(cress_readv(ends[0], in, 3), 7);

	check(memcmp(a, "ab", 2) == 0);
	check(memcmp(b, "cde", 3) == 0);
	check(memcmp(c, "fg", 2) == 0);
	drop_own(ends);
}

static ssize_t make_readv(struct call *call)
{
	struct iovec in[] = {{call->bytes, 1}, {call->bytes + 1, 8}};

	return cress_readv(call->fd, in, 2);
}

static ssize_t make_writev(struct call *call)
{
	struct iovec out[] = {{call->bytes, 1}, {call->bytes + 1, 8}};

	return cress_writev(call->fd, out, 2);
}

static void vectors_wait_as_well(void)
{
	struct call in = {.make = make_readv};
	struct call out = {.make = make_writev};

	own_pair(ends);
	in.fd = ends[0];
	out.fd = ends[0];
	fill(ends[0]);
	call_begin(&in);
	call_begin(&out);
	check(call_is_parked(&in) && call_is_parked(&out));
	put(ends[1], "xyz");
	check_call(&in, 3, 0);
	drain_input(ends[1]);

	check_call(&out, 9, 0);
	check(memcmp(in.bytes, "xyz", 3) == 0);
	drop_own(ends);
}

static void bad_vectors_are_refused(void)
{
	char byte = 'a';
	struct iovec one = {&byte, 1};

	own_pair(ends);
	put(ends[1], "b");
	check_refuses((int)cress_readv(ends[0], &one, -1), EINVAL);
	check_refuses((int)cress_readv(ends[0], &one, IOV_MAX + 1), EINVAL);
	check_refuses((int)cress_writev(ends[0], &one, -1), EINVAL);
	check_refuses((int)cress_writev(ends[0], &one, IOV_MAX + 1), EINVAL);

	check_int(cress_writev(ends[0], &one, 0), 0);
	check_int(pending(ends[0]), 1);
	drop_own(ends);
}

static void a_write_waits_for_room_and_may_write_less(void)
{
	static char block[1 << 22];
	struct call call = {.make = make_write, .size = 5};
	ssize_t went;

	own_pair(ends);
	went = cress_write(ends[1], block, sizeof(block));
	check(went > 0 && went < (ssize_t)sizeof(block));
	went += (ssize_t)fill(ends[1]);
	call.fd = ends[1];
	call_begin(&call);
	check(call_is_parked(&call));
	check_int((ssize_t)drain_input(ends[0]), went);

	check_call(&call, 5, 0);
	check_int(pending(ends[0]), 5);
	drop_own(ends);
}

static void a_short_read_does_not_hide_what_comes_next(void)
{
	char bytes[8];

	own_pair(ends);
	for (int i = 0; i < 10; i++) {
		put(ends[1], "ab");
		check_int(cress_read(ends[0], bytes, 8), 2);
		put(ends[1], "c");
		check_int(cress_read(ends[0], bytes, 1), 1);
		check_int(bytes[0], 'c');
	}
	put(ends[1], "d");
	check_int(cress_read(ends[0], bytes, 8), 1);
	check_int(cress_close(ends[1]), 0);

	check_int(cress_read(ends[0], bytes, 8), 0);
	check_int(cress_close(ends[0]), 0);
}

static void both_directions_wait_side_by_side(void)
{
	struct call reader = {.make = make_read, .size = 4};
	struct call writer = {.make = make_write, .size = 4};

	own_pair(ends);
	fill(ends[0]);
	reader.fd = ends[0];
	writer.fd = ends[0];
	call_begin(&reader);
	call_begin(&writer);
	drain_input(ends[1]);
	check_call(&writer, 4, 0);
	check(call_is_parked(&reader));
	put(ends[1], "done");

	check_call(&reader, 4, 0);
	drop_own(ends);
}

static void numbers_that_are_not_open_are_refused(void)
{
	static const int numbers[] = {-1, INT_MIN, 1234, 1 << 20, INT_MAX};
	char byte = 'a';

	for (size_t i = 0; i < COUNT(numbers); i++) {
		int fd = numbers[i];

		check_refuses((int)cress_read(fd, &byte, 1), EBADF);
		check_refuses((int)cress_write(fd, &byte, 1), EBADF);
		check_refuses((int)cress_recv(fd, &byte, 1, 0), EBADF);
		check_refuses((int)cress_send(fd, &byte, 1, 0), EBADF);
		check_refuses((int)cress_write_all(fd, &byte, 1), EBADF);
		check_refuses((int)cress_read_full(fd, &byte, 1), EBADF);
		check_refuses(cress_accept4(fd, NULL, NULL, 0), EBADF);
		check_refuses(cress_wait_fd(fd, 1), EBADF);
		check_refuses(cress_shutdown(fd, SHUT_RD), EBADF);
		check_refuses(cress_fd_adopt(fd), EBADF);
		check_refuses(cress_fd_abandon(fd), EBADF);
		check_refuses(cress_close(fd), EBADF);
	}
}

static void the_wrong_end_is_refused(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char byte = 'a';

	check_int(cress_pipe2(ends, 0), 0);
	check_refuses((int)cress_read(ends[1], &byte, 1), EBADF);
	check_refuses((int)cress_write(ends[0], &byte, 1), EBADF);
	check_refuses((int)cress_recv(ends[0], &byte, 1, 0), ENOTSOCK);
	check_refuses((int)cress_send(ends[1], &byte, 1, 0), ENOTSOCK);
	check_refuses(cress_accept4(ends[0], NULL, NULL, 0), ENOTSOCK);
	check_refuses(cress_connect(ends[0], (struct sockaddr *)&address,
				    sizeof(address)),
		      ENOTSOCK);
	check_refuses(cress_shutdown(ends[0], SHUT_RD), ENOTSOCK);

	drop_own(ends);
}

static void *read_one(void *fd)
{
	char byte = 0;
	ssize_t n = cress_read(as_number(fd), &byte, 1);

	return n == 1 ? as_value(byte) : cress_fail(n == 0 ? EPIPE : errno);
}

static void a_raw_coroutine_reads_as_well(void)
{
	cress_t *raw = cress_new(read_one, NULL);
	struct call writer = {.make = make_write, .size = 1, .bytes = "x"};

	own_pair(ends);
	writer.fd = ends[1];
	writer.coroutine = NULL;
	put(ends[1], "y");
	check_int(as_number(cress_switch(raw, as_value(ends[0]))), 'y');
	check(cress_is_dead(raw));
	cress_release(raw);

	call_begin(&writer);
	check_call(&writer, 1, 0);
	drop_own(ends);
}

static void errno_is_kept_by_a_success(void)
{
	char byte;

	own_pair(ends);
	errno = ELOOP;
	check_int(cress_write(ends[1], "x", 1), 1);
	check_int(cress_read(ends[0], &byte, 1), 1);

	check_int(errno, ELOOP);
	drop_own(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_read_waits_for_bytes),
		on_io(a_read_takes_what_is_there_without_parking),
		on_io(the_end_of_input_reads_as_nothing_again_and_again),
		on_io(the_end_of_input_wakes_a_reader),
		on_io(to_move_nothing_never_parks),
		on_io(vectors_scatter_and_gather),
		on_io(vectors_wait_as_well),
		on_io(bad_vectors_are_refused),
		on_io(a_write_waits_for_room_and_may_write_less),
		on_io(a_short_read_does_not_hide_what_comes_next),
		on_io(both_directions_wait_side_by_side),
		on_io(numbers_that_are_not_open_are_refused),
		on_io(the_wrong_end_is_refused),
		on_io(a_raw_coroutine_reads_as_well),
		on_io(errno_is_kept_by_a_success),
	};

	return suite_run(tests);
}
