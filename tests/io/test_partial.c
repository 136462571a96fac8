/* SPDX-License-Identifier: MIT */
/*
 * write_all and read_full: many steps that look like one. Wherever the kernel
 * cuts, the stream is the same; whatever moved before a failure is counted.
 */
#include "io/support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

#define LONG 64
#define BIG (1 << 20)

static int ends[2];
static unsigned char sent[BIG];
static unsigned char got[BIG];

static void make_pattern(void)
{
	for (size_t i = 0; i < BIG; i++)
		sent[i] = (unsigned char)(i * 7 + i / 251);
	memset(got, 0, sizeof(got));
}

static ssize_t write_all_sent(struct call *call)
{
	return cress_write_all(call->fd, sent, call->size);
}

static ssize_t read_full_got(struct call *call)
{
	return cress_read_full(call->fd, got, call->size);
}

/* R41 */
static void reads_cut_at_any_byte_give_the_same_stream(void)
{
	make_pattern();
	own_pair(ends);
	for (size_t cut = 1; cut < LONG; cut++) {
		struct call call = {.make = read_full_got, .size = LONG};

		call.fd = ends[0];
		check_int(write(ends[1], sent, cut), (ssize_t)cut);
		call_begin(&call);
		check(call_is_parked(&call));
		check_int(write(ends[1], sent + cut, LONG - cut),
			  (ssize_t)(LONG - cut));
		check_call(&call, LONG, 0);
		check(memcmp(sent, got, LONG) == 0);
	}
	drop_own(ends);
}

/* R41: a pipe of one page takes exactly what is over a page of a long write */
static void writes_cut_at_any_byte_give_the_same_stream(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	make_pattern();
	check_int(cress_pipe2(ends, 0), 0);
	check(fcntl(ends[1], F_SETPIPE_SZ, (int)page) >= 0);
	for (size_t cut = 1; cut < LONG; cut++) {
		struct call call = {.make = write_all_sent};

		call.size = page + cut;
		call.fd = ends[1];
		put(ends[1], "!");
		call_begin(&call);
		check(call_is_parked(&call));
		check_int(cress_read_full(ends[0], got, 1), 1);
		check_int(got[0], '!');
		check_int(cress_read_full(ends[0], got, call.size),
			  (ssize_t)call.size);
		check_call(&call, (ssize_t)call.size, 0);
		check(memcmp(sent, got, call.size) == 0);
	}
	drop_own(ends);
}

/* R41: small buffers, and pieces of every size from 1 */
static void a_long_stream_arrives_whole(void)
{
	struct call call = {.make = write_all_sent, .size = BIG};
	int small = 4096;
	size_t at = 0, piece = 1;

	make_pattern();
	own_pair(ends);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	call.fd = ends[1];
	call_begin(&call);
	while (at < BIG) {
		ssize_t n = cress_read(ends[0], got + at,
				       piece < BIG - at ? piece : BIG - at);

		if (!check(n > 0))
			break;
		at += (size_t)n;
		piece = piece % 1997 + 1;
	}

	check_call(&call, BIG, 0);
	check(memcmp(sent, got, BIG) == 0);
	drop_own(ends);
}

/* R41, D10 */
static void a_long_stream_arrives_whole_over_foreign_ends(void)
{
	struct call call = {.make = write_all_sent, .size = BIG};

	make_pattern();
	foreign_pair(ends);
	call.fd = ends[1];
	call_begin(&call);
	check_int(cress_read_full(ends[0], got, BIG), BIG);

	check_call(&call, BIG, 0);
	check(memcmp(sent, got, BIG) == 0);
	check(!has_flag(ends[0], O_NONBLOCK) && !has_flag(ends[1], O_NONBLOCK));
	drop_foreign(ends);
}

/* D7 */
static void a_write_all_that_fails_midway_tells_how_much_went(void)
{
	struct call call = {.make = write_all_sent, .size = BIG};

	own_pair(ends);
	call.fd = ends[1];
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_close(ends[0]), 0);
	cress_join(call.coroutine, NULL);

	check(call.result > 0 && call.result < BIG);
	check(call.error == EPIPE || call.error == ECONNRESET);
	check_int(cress_close(ends[1]), 0);
}

/* D7 */
static void a_write_all_that_is_cancelled_tells_how_much_went(void)
{
	struct call call = {.make = write_all_sent, .size = BIG, .limit = 2e-3};
	ssize_t there = 0;

	make_pattern();
	own_pair(ends);
	call.fd = ends[1];
	call_begin(&call);
	cress_join(call.coroutine, NULL);
	check(call.result > 0 && call.result < BIG);
	check_int(call.error, ETIMEDOUT);
	check_int(cress_close(ends[1]), 0);
	there = cress_read_full(ends[0], got, BIG);

	check_int(there, call.result);
	check(memcmp(sent, got, (size_t)there) == 0);
	check_int(cress_close(ends[0]), 0);
}

/* D7, V69 */
static void a_write_all_that_is_closed_midway_tells_how_much_went(void)
{
	struct call call = {.make = write_all_sent, .size = BIG};

	own_pair(ends);
	call.fd = ends[1];
	call_begin(&call);
	check_int(cress_close(ends[1]), 0);
	cress_join(call.coroutine, NULL);

	check(call.result > 0 && call.result < BIG);
	check_int(call.error, EBADF);
	check_int(pending(ends[0]) > 0, 1);
	check_int(cress_close(ends[0]), 0);
}

/* D7 */
static void a_write_all_that_moved_nothing_fails(void)
{
	struct call full = {.make = write_all_sent, .size = 9, .limit = 1e-3};

	own_pair(ends);
	fill(ends[1]);
	full.fd = ends[1];
	call_begin(&full);
	check_call(&full, -1, ETIMEDOUT);
	check_int(cress_close(ends[0]), 0);

	check_refuses((int)cress_write_all(ends[1], "x", 1), EPIPE);
	check_int(cress_close(ends[1]), 0);
}

/* D7 */
static void a_read_full_to_the_end_of_input_says_no_error(void)
{
	own_pair(ends);
	put(ends[1], "abc");
	check_int(cress_close(ends[1]), 0);
	errno = ELOOP;
	check_int(cress_read_full(ends[0], got, 8), 3);
	check_int(errno, 0);
	check(memcmp(got, "abc", 3) == 0);

	errno = ELOOP;
	check_int(cress_read_full(ends[0], got, 8), 0);
	check_int(errno, 0);
	check_int(cress_close(ends[0]), 0);
}

/* D7 */
static void a_read_full_that_is_cancelled_tells_how_much_came(void)
{
	struct call call = {.make = read_full_got, .size = 8, .limit = 2e-3};

	own_pair(ends);
	put(ends[1], "abc");
	call.fd = ends[0];
	call_begin(&call);
	cress_join(call.coroutine, NULL);

	check_int(call.result, 3);
	check_int(call.error, ETIMEDOUT);
	check(memcmp(got, "abc", 3) == 0);
	drop_own(ends);
}

/* D7 */
static void a_read_full_that_got_nothing_fails(void)
{
	struct call call = {.make = read_full_got, .size = 8, .limit = 1e-3};

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);

	check_call(&call, -1, ETIMEDOUT);
	drop_own(ends);
}

/* D7, V69 */
static void a_read_full_that_is_closed_midway_tells_how_much_came(void)
{
	struct call call = {.make = read_full_got, .size = 8};

	own_pair(ends);
	put(ends[1], "abcd");
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_close(ends[0]), 0);
	cress_join(call.coroutine, NULL);

	check_int(call.result, 4);
	check_int(call.error, EBADF);
	check_int(cress_close(ends[1]), 0);
}

static void all_of_nothing_is_nothing(void)
{
	own_pair(ends);
	check_int(cress_write_all(ends[1], "", 0), 0);
	check_int(cress_read_full(ends[0], got, 0), 0);

	check_int(pending(ends[0]), 0);
	drop_own(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(reads_cut_at_any_byte_give_the_same_stream),
		on_io(writes_cut_at_any_byte_give_the_same_stream),
		on_io(a_long_stream_arrives_whole),
		on_io(a_long_stream_arrives_whole_over_foreign_ends),
		on_io(a_write_all_that_fails_midway_tells_how_much_went),
		on_io(a_write_all_that_is_cancelled_tells_how_much_went),
		on_io(a_write_all_that_is_closed_midway_tells_how_much_went),
		on_io(a_write_all_that_moved_nothing_fails),
		on_io(a_read_full_to_the_end_of_input_says_no_error),
		on_io(a_read_full_that_is_cancelled_tells_how_much_came),
		on_io(a_read_full_that_got_nothing_fails),
		on_io(a_read_full_that_is_closed_midway_tells_how_much_came),
		on_io(all_of_nothing_is_nothing),
	};

	return suite_run(tests);
}
