/* SPDX-License-Identifier: MIT */
/*
 * A number that is closed and means another file at once: the waiters of the
 * old one get EBADF and nothing of the new one, and the new one wakes, of
 * whatever kind it is. And the same a hundred thousand times in any order.
 */
#include "io/support.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "support/environment.h"

#include <cress/io.h>

static int ends[2];

/* V69, R35 */
static void the_waiter_of_the_old_file_takes_nothing_of_the_new(void)
{
	struct call call = {.make = make_read, .size = 4};
	int fresh[2];

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check_int(cress_close(ends[0]), 0);
	own_pair(fresh);
	check_int(fresh[0], ends[0]);
	put(fresh[1], "new!");

	check_call(&call, -1, EBADF);
	check_int(pending(fresh[0]), 4);
	check_int(cress_close(ends[1]), 0);
	drop_own(fresh);
}

static int signals[2][2];

static void *close_and_reuse(void *unused)
{
	check_int(cress_wait_fd(signals[0][0], POLLIN), POLLIN);
	check_int(cress_close(ends[0]), 0);
	check_int(dup2(signals[1][0], ends[0]), ends[0]);
	return unused;
}

/*
 * Reader and closer are woken by one poll; the number changes its meaning
 * between the reader's wake-up and its read.
 */
static void race_a_woken_reader(int closer_first)
{
	struct call call = {.make = make_read, .size = 4};
	cress_t *closer;

	own_pair(ends);
	own_pair(signals[0]);
	own_pair(signals[1]);
	put(signals[1][1], "new!");
	call.fd = ends[0];
	call_begin(&call);
	closer = cress_spawn(close_and_reuse, NULL);
	settle();
	put(closer_first ? signals[0][1] : ends[1], "old!");
	put(closer_first ? ends[1] : signals[0][1], "old!");
	check_int(cress_join(closer, NULL), 0);
	cress_join(call.coroutine, NULL);

	if (call.result == -1)
		check_int(call.error, EBADF);
	else
		check(call.result == 4 && memcmp(call.bytes, "old!", 4) == 0);
	check_int(pending(signals[1][0]), 4);
	check_int(cress_close(ends[0]) | cress_close(ends[1]), 0);
	drop_own(signals[0]);
	drop_own(signals[1]);
}

/* V69, R35 */
static void a_woken_reader_takes_nothing_of_the_new_file_either(void)
{
	race_a_woken_reader(0);
	race_a_woken_reader(1);
}

static int make_pipe(void)
{
	int pipes[2];

	check_int(cress_pipe2(pipes, 0), 0);
	put(pipes[1], "new!");
	check_int(cress_close(pipes[1]), 0);
	return pipes[0];
}

static int make_foreign_pipe(void)
{
	int pipes[2];

	check_int(pipe(pipes), 0);
	put(pipes[1], "new!");
	close(pipes[1]);
	return pipes[0];
}

static int make_file(void)
{
	return file_with("new!");
}

static int make_datagrams(void)
{
	int pair[2];

	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	put(pair[1], "new!");
	check_int(cress_close(pair[1]), 0);
	return pair[0];
}

static int make_foreign_socket(void)
{
	int pair[2];

	foreign_pair(pair);
	put(pair[1], "new!");
	close(pair[1]);
	return pair[0];
}

static int (*const kinds[])(void) = {make_pipe, make_foreign_pipe, make_file,
				     make_datagrams, make_foreign_socket};

/* V69, R35, R43: nothing that was known of a drained stream holds any more */
static void the_number_may_mean_another_kind_of_file(void)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct call call = {.make = make_read, .size = 4};
		char bytes[8];
		int fd;

		own_pair(ends);
		put(ends[1], "ab");
		check_int(cress_read(ends[0], bytes, 8), 2);
		call.fd = ends[0];
		call_begin(&call);
		check_int(cress_close(ends[0]), 0);
		fd = kinds[i]();
		check_int(fd, ends[0]);
		check_int(cress_read(fd, bytes, 8), 4);
		check(memcmp(bytes, "new!", 4) == 0);
		check_call(&call, -1, EBADF);
		check_int(cress_close(fd), 0);
		check_int(cress_close(ends[1]), 0);
	}
}

/* V69, R35 */
static void a_file_and_then_a_socket_of_the_same_number_wake(void)
{
	struct call call = {.make = make_read, .size = 4};
	char bytes[4];
	int fd = file_with("file");

	check_int(cress_fd_adopt(fd), 0);
	check_int(cress_read(fd, bytes, 4), 4);
	check_int(cress_wait_fd(fd, POLLIN), POLLIN);
	check_int(cress_close(fd), 0);
	own_pair(ends);
	check_int(ends[0], fd);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "sock");

	check_call(&call, 4, 0);
	drop_own(ends);
}

static ssize_t read_to_the_end(struct call *call)
{
	ssize_t n;

	while ((n = cress_read(call->fd, call->bytes, call->size)) > 0)
		if (!check(call->bytes[0] == (char)call->other))
			break;
	return n;
}

static unsigned random_number(void)
{
	static unsigned x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* One life of a number, with a reader that may read its own bytes only. */
static void live_once(int round)
{
	struct call call = {.make = read_to_the_end, .size = 4};
	char own[2] = {(char)(round % 100 + 1), 0};
	unsigned way = random_number();

	own_pair(ends);
	call.fd = ends[0];
	call.other = own[0];
	if (way & 1)
		put(ends[1], own);
	call_begin(&call);
	if (way & 2)
		put(ends[1], own);
	if (way & 4)
		settle();
	if (way & 8)
		check_int(cress_close(ends[1]), 0);
	check_int(cress_close(ends[0]), 0);
	if (!(way & 8))
		check_int(cress_close(ends[1]), 0);
	cress_join(call.coroutine, NULL);
	if (call.result != 0)
		check_int(call.error, EBADF);
}

/* R35 */
static void numbers_are_reused_again_and_again(void)
{
	int count = environment_reduced() != NULL ? 100 : 400;
	int before = open_descriptors();

	if (environment_is_full())
		count = 3000;
	for (int i = 0; i < count && suite_failures() == 0; i++)
		live_once(i);

	check_int(open_descriptors(), before);
	check_int((intmax_t)hub_waits(), 0);
}

#define TABLE 16

static struct {
	int ends[2];
	char mark;
} table[TABLE];

static int churning;

/* Reads whatever pair it finds in the table; what it gets bears its mark. */
static void *read_any(void *unused)
{
	while (churning) {
		size_t i = random_number() % TABLE;
		char mark = table[i].mark, bytes[4];
		int fd = table[i].ends[0];
		ssize_t n = cress_read(fd, bytes, sizeof(bytes));

		if (n < 0)
			check_int(errno, EBADF);
		for (ssize_t k = 0; k < n; k++)
			check_int(bytes[k], mark);
		cress_yield();
	}
	return unused;
}

/* R35 */
static void many_readers_see_only_what_they_began_with(void)
{
	int count = environment_is_full() ? 100000 : 2000;
	cress_t *readers[TABLE * 2];

	churning = 1;
	for (size_t i = 0; i < TABLE; i++) {
		own_pair(table[i].ends);
		table[i].mark = (char)i;
	}
	for (size_t i = 0; i < COUNT(readers); i++)
		readers[i] = cress_spawn(read_any, NULL);
	for (int k = 0; k < count && suite_failures() == 0; k++) {
		size_t i = random_number() % TABLE;

		if (random_number() % 3 != 0) {
			check_int(write(table[i].ends[1], &table[i].mark, 1),
				  1);
		} else {
			drop_own(table[i].ends);
			table[i].mark = (char)(k % 100);
			own_pair(table[i].ends);
		}
		if (random_number() % 2)
			cress_yield();
	}
	churning = 0;
	for (size_t i = 0; i < TABLE; i++)
		drop_own(table[i].ends);
	for (size_t i = 0; i < COUNT(readers); i++)
		check_int(cress_join(readers[i], NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(the_waiter_of_the_old_file_takes_nothing_of_the_new),
		on_io(a_woken_reader_takes_nothing_of_the_new_file_either),
		on_io(the_number_may_mean_another_kind_of_file),
		on_io(a_file_and_then_a_socket_of_the_same_number_wake),
		on_io(numbers_are_reused_again_and_again),
		on_io(many_readers_see_only_what_they_began_with),
	};

	return suite_run(tests);
}
