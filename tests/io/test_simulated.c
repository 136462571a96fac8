/* SPDX-License-Identifier: MIT */
/*
 * Simulated sockets are sockets: what a test here says holds for the kernel's
 * on libev, and for simulated ones under every seed.
 */
#include "io/simulation.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>
#include <cress/net.h>

static int ends[2];

static void what_is_sent_arrives_and_then_the_end(void)
{
	char bytes[16] = {0};

	connect_both(ends);
	check_int(cress_write_all(ends[0], "hello", 5), 5);
	check_int(cress_close(ends[0]), 0);
	check_int(cress_read_full(ends[1], bytes, sizeof bytes), 5);
	check(memcmp(bytes, "hello", 5) == 0);
	check_int(errno, 0);
	check_int(cress_read(ends[1], bytes, 1), 0);
	check_int(cress_close(ends[1]), 0);
}

static void *answer_in_capitals(void *arg)
{
	int fd = as_number(arg);
	char byte;

	while (cress_read(fd, &byte, 1) == 1) {
		byte = (char)(byte - 'a' + 'A');
		check_int(cress_write_all(fd, &byte, 1), 1);
	}
	check_int(cress_shutdown(fd, SHUT_WR), 0);
	return NULL;
}

static void one_direction_ends_and_the_other_goes_on(void)
{
	char bytes[16];
	cress_t *other;

	connect_both(ends);
	other = cress_spawn(answer_in_capitals, as_value(ends[1]));
	check_int(cress_write_all(ends[0], "half", 4), 4);
	check_int(cress_shutdown(ends[0], SHUT_WR), 0);
	check_int(cress_read_full(ends[0], bytes, sizeof bytes), 4);
	check(memcmp(bytes, "HALF", 4) == 0);
	check_refuses((int)cress_write(ends[0], "x", 1), EPIPE);
	check_int(cress_join(other, NULL), 0);
	drop(ends);
}

static void *read_one(void *arg)
{
	char byte;
	ssize_t n = cress_read(as_number(arg), &byte, 1);

	return as_value(n < 0 ? -errno : n);
}

/* V75 */
static void shutdown_for_reading_wakes_who_reads(void)
{
	cress_t *reader;
	void *result = NULL;

	connect_both(ends);
	reader = cress_spawn(read_one, as_value(ends[0]));
	check_int(cress_sleep(0.001), 0);
	check_int(cress_shutdown(ends[0], SHUT_RD), 0);
	check_int(cress_join(reader, &result), 0);
	check_int(as_number(result), 0);
	drop(ends);
}

static void who_closes_with_bytes_unread_resets(void)
{
	char byte;

	connect_both(ends);
	check_int(cress_write_all(ends[0], "abc", 3), 3);
	check_int(cress_read(ends[1], &byte, 1), 1);
	check_int(cress_close(ends[1]), 0);
	check_refuses((int)cress_read(ends[0], &byte, 1), ECONNRESET);
	check_int(cress_read(ends[0], &byte, 1), 0);
	check_refuses((int)cress_write(ends[0], "x", 1), EPIPE);
	check_int(cress_close(ends[0]), 0);
}

/* R42 */
static void writing_to_one_who_is_gone_fails_without_a_signal(void)
{
	char byte;
	int tries;

	connect_both(ends);
	check_int(cress_close(ends[1]), 0);
	check_int(cress_read(ends[0], &byte, 1), 0);
	for (tries = 0; tries < 100; tries++) {
		if (cress_write(ends[0], "x", 1) < 0)
			break;
		check_int(cress_sleep(is_simulated() ? 0.1 : 0.001), 0);
	}
	check_int(errno, EPIPE);
	check(tries > 0 && tries < 100);
	check_int(cress_close(ends[0]), 0);

	check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	check_int(cress_close(ends[1]), 0);
	check_refuses((int)cress_write(ends[0], "x", 1), EPIPE);
	check_int(cress_close(ends[0]), 0);
}

static void nobody_listens(void)
{
	char address[CRESS_ADDRESS_MAX];
	int listener = listen_somewhere(address);

	check_refuses(cress_listen("tcp", address, 0), EADDRINUSE);
	check_int(cress_close(listener), 0);
	check_refuses(cress_dial("tcp", address), ECONNREFUSED);
	check_refuses(cress_dial("unix", "@nobody.listens.here"),
		      ECONNREFUSED);
	check_refuses(cress_dial("unix", "/nobody/listens/here"), ENOENT);
	check_refuses(cress_dial("tcp", "no.such.host.invalid:80"), ENOENT);
	listener = cress_listen("tcp", address, 0);
	check(listener >= 0);
	check_int(cress_close(listener), 0);
}

static void both_ends_know_their_addresses(void)
{
	char names[4][CRESS_ADDRESS_MAX];

	connect_both(ends);
	for (int i = 0; i < 2; i++) {
		check_int(cress_local_address(ends[i], names[i],
					      sizeof names[i]),
			  0);
		check_int(cress_peer_address(ends[i], names[2 + i],
					     sizeof names[i]),
			  0);
	}
	check(strcmp(names[0], names[3]) == 0);
	check(strcmp(names[1], names[2]) == 0);
	check(strncmp(names[1], "127.0.0.1:", 10) == 0);
	check(strcmp(names[0], names[1]) != 0);
	drop(ends);
}

static void *accept_one(void *arg)
{
	int fd = cress_accept4(as_number(arg), NULL, NULL, 0);

	return as_value(fd < 0 ? -errno : fd);
}

static void unix_sockets_have_names_too(void)
{
	char address[CRESS_ADDRESS_MAX], name[CRESS_ADDRESS_MAX], byte;
	cress_t *acceptor;
	void *accepted;
	int listener;

	snprintf(address, sizeof address, "@cress.test.%d", (int)getpid());
	listener = cress_listen("unix", address, 1);
	check(listener >= 0);
	acceptor = cress_spawn(accept_one, as_value(listener));
	ends[0] = cress_dial("unix", address);
	check_int(cress_join(acceptor, &accepted), 0);
	ends[1] = as_number(accepted);
	check(ends[0] >= 0 && ends[1] >= 0);
	check_int(cress_peer_address(ends[0], name, sizeof name), 0);
	check(strcmp(name, address) == 0);
	check_int(cress_send(ends[0], "y", 1, MSG_DONTWAIT), 1);
	check_int(cress_recv(ends[1], &byte, 1, MSG_DONTWAIT), 1);
	drop(ends);
	check_int(cress_close(listener), 0);
}

static void a_unix_listener_that_is_full_makes_the_next_one_wait(void)
{
	char address[CRESS_ADDRESS_MAX];
	int fds[3], listener, accepted[3];
	cress_t *acceptor;
	void *fd;

	snprintf(address, sizeof address, "@cress.full.%d", (int)getpid());
	listener = cress_listen("unix", address, 1);
	fds[0] = cress_dial("unix", address);
	fds[1] = cress_dial("unix", address);
	acceptor = cress_spawn_after(0.003, accept_one,
				     as_value(listener), NULL);
	fds[2] = cress_dial("unix", address);
	check(fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0);
	check_int(cress_join(acceptor, &fd), 0);
	accepted[0] = as_number(fd);
	for (int i = 1; i < 3; i++)
		accepted[i] = cress_accept4(listener, NULL, NULL, 0);
	for (int i = 0; i < 3; i++) {
		check_int(cress_close(accepted[i]), 0);
		check_int(cress_close(fds[i]), 0);
	}
	check_int(cress_close(listener), 0);
}

/* V69, R35 */
static void close_wakes_whoever_is_parked(void)
{
	char address[CRESS_ADDRESS_MAX];
	cress_t *reader, *acceptor;
	void *result = NULL;
	int listener = listen_somewhere(address);

	connect_both(ends);
	reader = cress_spawn(read_one, as_value(ends[0]));
	acceptor = cress_spawn(accept_one, as_value(listener));
	check_int(cress_sleep(0.001), 0);
	check_int(cress_close(ends[0]), 0);
	check_int(cress_close(listener), 0);
	check_int(cress_join(reader, &result), 0);
	check_int(as_number(result), -EBADF);
	check_int(cress_join(acceptor, &result), 0);
	check_int(as_number(result), -EBADF);
	check_refuses(cress_close(ends[0]), EBADF);
	check_refuses((int)cress_read(listener, address, 1), EBADF);
	check_int(cress_close(ends[1]), 0);
}

/* More than any buffer of a kernel holds. */
#define A_LOT (1 << 24)

static void *fill_up(void *arg)
{
	static char bytes[1 << 16];
	int fd = as_number(arg);
	size_t done = 0;
	ssize_t n;

	while (done < A_LOT) {
		n = cress_write(fd, bytes, sizeof bytes);
		if (n < 0)
			return as_value(-errno);
		done += (size_t)n;
	}
	return as_value(done);
}

static void *swallow(void *arg)
{
	static char bytes[1 << 16];
	size_t done = 0;
	ssize_t n;

	while ((n = cress_read(as_number(arg), bytes, sizeof bytes)) > 0)
		done += (size_t)n;
	return as_value(done);
}

static void who_writes_waits_for_room(void)
{
	cress_t *writer, *reader;
	void *sent = NULL, *got = NULL;

	connect_both(ends);
	net()->whole = 1;
	writer = cress_spawn(fill_up, as_value(ends[0]));
	check_int(cress_sleep(0.002), 0);
	check(!cress_is_dead(writer));
	reader = cress_spawn(swallow, as_value(ends[1]));
	check_int(cress_join(writer, &sent), 0);
	check_int(cress_close(ends[0]), 0);
	check_int(cress_join(reader, &got), 0);
	check(as_number(sent) >= A_LOT);
	check_int(as_number(got), as_number(sent));
	check_int(cress_close(ends[1]), 0);
}

static void pipes_have_a_way_in_and_a_way_out(void)
{
	char bytes[8];

	check_int(cress_pipe2(ends, 0), 0);
	check_refuses((int)cress_recv(ends[0], bytes, 1, 0), ENOTSOCK);
	check_refuses((int)cress_write(ends[0], "x", 1), EBADF);
	check_refuses((int)cress_read(ends[1], bytes, 1), EBADF);
	check_int(cress_write(ends[1], "through", 7), 7);
	check_int(cress_read(ends[0], bytes, sizeof bytes), 7);
	check_int(cress_close(ends[1]), 0);
	check_int(cress_read(ends[0], bytes, sizeof bytes), 0);
	check_int(cress_close(ends[0]), 0);
	check_int(cress_pipe2(ends, 0), 0);
	check_int(cress_close(ends[0]), 0);
	check_refuses((int)cress_write(ends[1], "x", 1), EPIPE);
	check_int(cress_close(ends[1]), 0);
}

/* V74 */
static void poll_tells_what_is_ready(void)
{
	struct pollfd fds[3];

	check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fds[0] = (struct pollfd){.fd = ends[0], .events = POLLIN | POLLOUT};
	fds[1] = (struct pollfd){.fd = ends[1], .events = POLLIN};
	fds[2] = (struct pollfd){.fd = -1, .events = POLLIN};
	check_int(cress_poll(fds, 3, 0), 1);
	check_int(fds[0].revents, POLLOUT);
	check_int(cress_poll(fds + 1, 1, 2), 0);
	check_int(cress_write(ends[0], "x", 1), 1);
	check_int(cress_poll(fds + 1, 2, -1), 1);
	check_int(fds[1].revents, POLLIN);
	check_int(cress_wait_fd(ends[1], POLLIN), POLLIN);
	check_int(cress_close(ends[0]), 0);
	check_int(cress_poll(fds, 2, -1), 2);
	check_int(fds[0].revents, POLLNVAL);
	check_int(fds[1].revents & POLLIN, POLLIN);
	check_int(cress_close(ends[1]), 0);
}

static void a_descriptor_may_be_given_back(void)
{
	char bytes[4];

	check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	check_int(cress_fd_abandon(ends[0]), 0);
	check_refuses(cress_fd_abandon(ends[0]), EINVAL);
	check_int(cress_write_all(ends[0], "abc", 3), 3);
	check_int(cress_recv(ends[1], bytes, 3, MSG_PEEK | MSG_DONTWAIT) > 0,
		  1);
	check_int(cress_recv(ends[1], bytes, 3, MSG_WAITALL), 3);
	check_int(cress_fd_adopt(ends[0]), 0);
	check_refuses((int)cress_recv(ends[0], bytes, 1, MSG_DONTWAIT),
		      EAGAIN);
	drop(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(what_is_sent_arrives_and_then_the_end),
		in_any_order(one_direction_ends_and_the_other_goes_on),
		in_any_order(shutdown_for_reading_wakes_who_reads),
		in_any_order(who_closes_with_bytes_unread_resets),
		in_any_order(writing_to_one_who_is_gone_fails_without_a_signal),
		in_any_order(nobody_listens),
		in_any_order(both_ends_know_their_addresses),
		in_any_order(unix_sockets_have_names_too),
		in_any_order(
			a_unix_listener_that_is_full_makes_the_next_one_wait),
		in_any_order(close_wakes_whoever_is_parked),
		in_any_order(who_writes_waits_for_room),
		in_any_order(pipes_have_a_way_in_and_a_way_out),
		in_any_order(poll_tells_what_is_ready),
		in_any_order(a_descriptor_may_be_given_back),
	};

	return suite_run(tests);
}
