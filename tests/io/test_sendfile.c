/* SPDX-License-Identifier: MIT */
/*
 * cress_sendfile(): as sendfile(2) with the waiting of a write. What it sends
 * and what it does to offset and position must agree, wherever it was cut.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cress/io.h>

#define BIG (1 << 20)

static int ends[2];
static unsigned char sent[BIG], got[BIG];

/* A file of BIG bytes with a pattern. */
static int big_file(void)
{
	int fd = memfd_create("big", MFD_CLOEXEC);

	for (size_t i = 0; i < BIG; i++)
		sent[i] = (unsigned char)(i * 13 + i / 509);
	check_int(write(fd, sent, BIG), BIG);
	check_int(lseek(fd, 0, SEEK_SET), 0);
	memset(got, 0, sizeof(got));
	return fd;
}

/* Send all of `in`; flags: through an offset of our own. */
static ssize_t send_all(struct call *call)
{
	off_t offset = 0;
	ssize_t sum = 0, n;

	do {
		n = cress_sendfile(call->fd, call->other,
				   call->flags ? &offset : NULL,
				   BIG - (size_t)sum);
		if (n < 0)
			return n;
		sum += n;
		check(!call->flags || offset == sum);
	} while (n > 0);
	return sum;
}

static void send_big(int foreign, int by_offset)
{
	struct call call = {.make = send_all, .flags = by_offset};
	int small = 8192;

	call.other = big_file();
	(foreign ? foreign_pair : own_pair)(ends);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	call.fd = ends[1];
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_read_full(ends[0], got, BIG), BIG);
	check_call(&call, BIG, 0);

	check(memcmp(sent, got, BIG) == 0);
	check_int(lseek(call.other, 0, SEEK_CUR), by_offset ? 0 : BIG);
	close(call.other);
	(foreign ? drop_foreign : drop_own)(ends);
}

/* R41 */
static void a_file_arrives_whole(void)
{
	send_big(0, 0);
	send_big(0, 1);
}

/* R41, D10 */
static void a_file_arrives_whole_over_a_blocking_socket(void)
{
	send_big(1, 0);
	send_big(1, 1);
}

/* R41 */
static void a_file_arrives_whole_through_a_pipe(void)
{
	struct call call = {.make = send_all, .flags = 1};

	for (int foreign = 0; foreign < 2; foreign++) {
		call.other = big_file();
		check_int(foreign ? pipe(ends) : cress_pipe2(ends, 0), 0);
		call.fd = ends[1];
		call_begin(&call);
		check(call_is_parked(&call));
		check_int(cress_read_full(ends[0], got, BIG), BIG);
		check_call(&call, BIG, 0);
		check(memcmp(sent, got, BIG) == 0);
		check(has_flag(ends[1], O_NONBLOCK) == !foreign);
		close(call.other);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

static void an_offset_is_moved_and_the_position_is_not(void)
{
	int file = file_with("hello world");
	off_t offset = 6;
	char bytes[8];

	own_pair(ends);
	check_int(cress_sendfile(ends[1], file, &offset, 3), 3);
	check_int(offset, 9);
	check_int(lseek(file, 0, SEEK_CUR), 0);
	check_int(cress_sendfile(ends[1], file, NULL, 2), 2);
	check_int(lseek(file, 0, SEEK_CUR), 2);

	check_int(cress_read(ends[0], bytes, 8), 5);
	check(memcmp(bytes, "worhe", 5) == 0);
	close(file);
	drop_own(ends);
}

static void the_end_of_the_file_is_nothing(void)
{
	int file = file_with("abc");
	off_t offset = 2;

	own_pair(ends);
	check_int(cress_sendfile(ends[1], file, &offset, 100), 1);
	check_int(offset, 3);
	check_int(cress_sendfile(ends[1], file, &offset, 100), 0);
	offset = 1000;
	check_int(cress_sendfile(ends[1], file, &offset, 100), 0);
	check_int(cress_sendfile(ends[1], file, NULL, 0), 0);

	check_int(pending(ends[0]), 1);
	close(file);
	drop_own(ends);
}

static void bad_arguments_are_refused(void)
{
	int file = file_with("abc"), others[2];
	off_t before = -1;

	own_pair(ends);
	own_pair(others);
	check_refuses((int)cress_sendfile(ends[1], 1234, NULL, 1), EBADF);
	check_refuses((int)cress_sendfile(1234, file, NULL, 1), EBADF);
	check_refuses((int)cress_sendfile(-1, file, NULL, 1), EBADF);
	check_refuses((int)cress_sendfile(ends[1], file, &before, 1), EINVAL);
	check_refuses((int)cress_sendfile(ends[1], others[0], NULL, 1), EINVAL);

	check_int(lseek(file, 0, SEEK_CUR), 0);
	close(file);
	drop_own(ends);
	drop_own(others);
}

/* D7, R25 */
static void a_cancelled_one_has_moved_nothing(void)
{
	struct call call = {.make = send_all, .limit = 2e-3};

	call.other = file_with("abc");
	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		fill(ends[1]);
		call.fd = ends[1];
		call_begin(&call);
		check_call(&call, -1, ETIMEDOUT);
		check_int(lseek(call.other, 0, SEEK_CUR), 0);
		(foreign ? drop_foreign : drop_own)(ends);
	}
	close(call.other);
}

/* V69, R42 */
static void a_closed_target_is_told(void)
{
	struct call call = {.make = send_all};

	call.other = file_with("abc");
	own_pair(ends);
	fill(ends[1]);
	call.fd = ends[1];
	call_begin(&call);
	check_int(cress_close(ends[1]), 0);
	check_call(&call, -1, EBADF);
	check_int(cress_close(ends[0]), 0);

	own_pair(ends);
	check_int(cress_close(ends[0]), 0);
	check_refuses((int)cress_sendfile(ends[1], call.other, NULL, 3), EPIPE);
	check_int(cress_close(ends[1]), 0);
	close(call.other);
}

/* R42: the second part meets the reset that answers the first one */
static void a_target_that_closes_on_the_way_raises_nothing(void)
{
	struct sockaddr_storage address;
	socklen_t size;
	int in = big_file();
	int listener = tcp_listener(&address, &size, 1);
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	signal(SIGPIPE, SIG_DFL);
	check_int(cress_connect(fd, (struct sockaddr *)&address, size), 0);
	close(accept(listener, NULL, NULL));
	ssize_t n = cress_sendfile(fd, in, NULL, BIG);

	check(n < BIG);
	check_refuses((int)cress_sendfile(fd, in, NULL, BIG), EPIPE);
	check_int(cress_close(fd), 0);
	close(listener);
	close(in);
}

/* R43 */
static void a_file_is_copied_to_a_file(void)
{
	int from = file_with("hello"), to = file_with("");
	char bytes[8];

	check_int(cress_sendfile(to, from, NULL, 100), 5);
	check_int(lseek(to, 0, SEEK_SET), 0);
	check_int(cress_read(to, bytes, 8), 5);

	check(memcmp(bytes, "hello", 5) == 0);
	close(from);
	close(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_file_arrives_whole),
		on_io(a_file_arrives_whole_over_a_blocking_socket),
		on_io(a_file_arrives_whole_through_a_pipe),
		on_io(an_offset_is_moved_and_the_position_is_not),
		on_io(the_end_of_the_file_is_nothing),
		on_io(bad_arguments_are_refused),
		on_io(a_cancelled_one_has_moved_nothing),
		on_io(a_closed_target_is_told),
		on_io(a_target_that_closes_on_the_way_raises_nothing),
		on_io(a_file_is_copied_to_a_file),
	};

	return suite_run(tests);
}
