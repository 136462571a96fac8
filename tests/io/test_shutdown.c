/* SPDX-License-Identifier: MIT */
/*
 * shutdown ends one direction, and wakes who waits in that direction, on this
 * side and on the other.
 */
#include "io/support.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];
static struct call reader, writer;

/* One parked in each direction of ends[0], own or foreign. */
static void park_both(int foreign)
{
	(foreign ? foreign_pair : own_pair)(ends);
	fill(ends[0]);
	reader = (struct call){.make = make_read, .fd = ends[0], .size = 4};
	writer = (struct call){.make = make_write, .fd = ends[0], .size = 4};
	call_begin(&reader);
	call_begin(&writer);
	check(call_is_parked(&reader) && call_is_parked(&writer));
}

/* V75 */
static void shutdown_of_reading_wakes_the_reader_only(void)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		park_both(foreign);
		check_int(cress_shutdown(ends[0], SHUT_RD), 0);
		check_call(&reader, 0, 0);
		settle();
		check(call_is_parked(&writer));
		drain_input(ends[1]);

		check_call(&writer, 4, 0);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

/* V75, R42 */
static void shutdown_of_writing_wakes_the_writer_only(void)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		park_both(foreign);
		check_int(cress_shutdown(ends[0], SHUT_WR), 0);
		check_call(&writer, -1, EPIPE);
		settle();
		check(call_is_parked(&reader));
		put(ends[1], "last");

		check_call(&reader, 4, 0);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

/* V75 */
static void shutdown_of_both_wakes_both(void)
{
	park_both(0);
	check_int(cress_shutdown(ends[0], SHUT_RDWR), 0);
	check_call(&reader, 0, 0);
	check_call(&writer, -1, EPIPE);
	drop_own(ends);

	park_both(1);
	check_int(cress_shutdown(ends[0], SHUT_RDWR), 0);
	check_call(&reader, 0, 0);
	check_call(&writer, -1, EPIPE);
	drop_foreign(ends);
}

/* V75, D6: at once, whatever the kernel reports later */
static void who_is_woken_by_a_shutdown_is_past_being_killed(void)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		park_both(foreign);
		check_int(cress_shutdown(ends[0], SHUT_RD), 0);
		check_int(cress_kill(reader.coroutine, EPROTO), 0);
		check_call(&reader, 0, 0);
		check_int(cress_shutdown(ends[0], SHUT_WR), 0);
		check_int(cress_kill(writer.coroutine, EPROTO), 0);

		check_call(&writer, -1, EPIPE);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

/* V75, D9 */
static void shutdown_wakes_all_readers_and_all_who_poll(void)
{
	struct call readers[4], polls[2];

	own_pair(ends);
	for (int i = 0; i < 4; i++) {
		readers[i] = (struct call){
			.make = make_read, .fd = ends[0], .size = 1};
		call_begin(&readers[i]);
	}
	for (int i = 0; i < 2; i++) {
		polls[i] = (struct call){.make = make_wait_in, .fd = ends[0]};
		call_begin(&polls[i]);
	}
	check_int(cress_shutdown(ends[0], SHUT_RD), 0);

	for (int i = 0; i < 4; i++)
		check_call(&readers[i], 0, 0);
	for (int i = 0; i < 2; i++)
		check_call(&polls[i], POLLIN, 0);
	drop_own(ends);
}

/* V75 */
static void the_other_side_wakes_as_well(void)
{
	struct call full = {.make = make_read_full, .size = 8};

	own_pair(ends);
	full.fd = ends[1];
	call_begin(&full);
	put(ends[0], "abc");
	check_int(cress_shutdown(ends[0], SHUT_WR), 0);

	check_call(&full, 3, 0);
	check_int(cress_write(ends[1], "back", 4), 4);
	check_int(cress_read(ends[0], full.bytes, 8), 4);
	drop_own(ends);
}

/* V75 */
static void shutdown_of_a_listener_wakes_all_who_accept(void)
{
	struct sockaddr_storage address;
	socklen_t size;
	struct call calls[3];
	int fd = tcp_listener(&address, &size, 8);

	check_int(cress_fd_adopt(fd), 0);
	for (int i = 0; i < 3; i++) {
		calls[i] = (struct call){.make = make_accept, .fd = fd};
		call_begin(&calls[i]);
	}
	check_int(cress_shutdown(fd, SHUT_RD), 0);

	for (int i = 0; i < 3; i++)
		check_call(&calls[i], -1, EINVAL);
	check_int(cress_close(fd), 0);
}

static void a_bad_shutdown_is_refused_and_wakes_nobody(void)
{
	park_both(0);
	check_refuses(cress_shutdown(ends[0], 7), EINVAL);
	settle();
	check(call_is_parked(&reader) && call_is_parked(&writer));
	check_int(cress_close(ends[0]), 0);
	check_call(&reader, -1, EBADF);
	check_call(&writer, -1, EBADF);
	check_refuses(cress_shutdown(ends[0], SHUT_RD), EBADF);

	check_int(cress_close(ends[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(shutdown_of_reading_wakes_the_reader_only),
		on_io(shutdown_of_writing_wakes_the_writer_only),
		on_io(shutdown_of_both_wakes_both),
		on_io(who_is_woken_by_a_shutdown_is_past_being_killed),
		on_io(shutdown_wakes_all_readers_and_all_who_poll),
		on_io(the_other_side_wakes_as_well),
		on_io(shutdown_of_a_listener_wakes_all_who_accept),
		on_io(a_bad_shutdown_is_refused_and_wakes_nobody),
	};

	return suite_run(tests);
}
