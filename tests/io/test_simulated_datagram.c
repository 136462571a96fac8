/* SPDX-License-Identifier: MIT */
/*
 * Datagrams, as the kernel has them and in a simulation: each arrives whole or
 * not at all, and says who sent it.
 */
#include "io/simulation.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/syscalls.h"

#include <cress/io.h>
#include <cress/net.h>

static char address[CRESS_ADDRESS_MAX];

static int receiver(void)
{
	int fd = cress_listen("udp", "127.0.0.1:0", 0);

	check(fd >= 0);
	check_int(cress_local_address(fd, address, sizeof address), 0);
	return fd;
}

static void a_datagram_keeps_its_bounds(void)
{
	int to = receiver(), from = cress_dial("udp", address);
	struct pollfd pollfd = {.fd = to, .events = POLLIN};
	char bytes[8];

	check_refuses((int)cress_recv(to, bytes, 8, MSG_DONTWAIT), EAGAIN);
	check_int(cress_send(from, "hello", 5, 0), 5);
	check_int(cress_poll(&pollfd, 1, -1), 1);
	check_int(cress_recv(to, bytes, 8, MSG_PEEK), 5);
	check_int(cress_recv(to, bytes, 2, MSG_TRUNC), 5);
	check(memcmp(bytes, "he", 2) == 0);
	check_int(cress_send(from, "", 0, 0), 0);
	check_int(cress_recv(to, bytes, 8, 0), 0);
	check_int(cress_write(from, "again", 5), 5);
	check_int(cress_read(to, bytes, 8), 5);
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void who_receives_can_answer(void)
{
	int to = receiver(), from = cress_socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in name, sender;
	socklen_t size = sizeof name;
	char bytes[8];

	check_int(cress_syscalls_here()->getsockname(
			  to, (struct sockaddr *)&name, &size),
		  0);
	check_int(cress_sendto(from, "ping", 4, 0, (struct sockaddr *)&name,
			       size),
		  4);
	size = sizeof sender;
	check_int(cress_recvfrom(to, bytes, 8, 0, (struct sockaddr *)&sender,
				 &size),
		  4);
	check_int(size, sizeof sender);
	sender.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check_int(cress_sendto(to, "pong", 4, 0, (struct sockaddr *)&sender,
			       size),
		  4);
	check_int(cress_recv(from, bytes, 8, 0), 4);
	check(memcmp(bytes, "pong", 4) == 0);
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void a_message_says_that_it_was_cut(void)
{
	int to = receiver(), from = cress_dial("udp", address);
	struct iovec parts[2] = {{(char[]){'a', 'b'}, 2}, {"cd", 2}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	struct sockaddr_storage sender;
	char bytes[4] = {0};

	check_int(cress_sendmsg(from, &message, 0), 4);
	parts[0] = (struct iovec){bytes, 1};
	parts[1] = (struct iovec){bytes + 1, 2};
	message.msg_name = &sender;
	message.msg_namelen = sizeof sender;
	check_int(cress_recvmsg(to, &message, 0), 3);
	check_int(message.msg_flags & MSG_TRUNC, MSG_TRUNC);
	check_int(message.msg_namelen, sizeof(struct sockaddr_in));
	check(memcmp(bytes, "abc", 3) == 0);
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void who_is_connected_hears_nobody_else(void)
{
	int a = receiver(), b, stranger;
	char bytes[8], name[CRESS_ADDRESS_MAX];

	b = cress_dial("udp", address);
	check_int(cress_local_address(b, name, sizeof name), 0);
	stranger = cress_dial("udp", name);
	check_int(cress_send(stranger, "x", 1, 0), 1);
	check_int(cress_send(b, "y", 1, 0), 1);
	check_int(cress_recv(a, bytes, 8, 0), 1);
	check_refuses((int)cress_recv(b, bytes, 8, MSG_DONTWAIT), EAGAIN);
	check_int(cress_close(a), 0);
	check_int(cress_close(b), 0);
	check_int(cress_close(stranger), 0);
}

static void unix_datagrams_arrive_at_once_and_in_order(void)
{
	int ends[2], to, from;
	char bytes[8];

	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	check_int(cress_send(ends[0], "one", 3, 0), 3);
	check_int(cress_send(ends[0], "four", 4, 0), 4);
	check_int(cress_recv(ends[1], bytes, 8, MSG_DONTWAIT), 3);
	check_int(cress_recv(ends[1], bytes, 8, MSG_DONTWAIT), 4);
	drop(ends);

	snprintf(address, sizeof address, "@cress.gram.%d", (int)getpid());
	check_refuses(cress_dial("unixgram", address), ECONNREFUSED);
	to = cress_listen("unixgram", address, 0);
	from = cress_dial("unixgram", address);
	check(to >= 0 && from >= 0);
	check_int(cress_send(from, "x", 1, 0), 1);
	check_int(cress_recv(to, bytes, 8, MSG_DONTWAIT), 1);
	check_int(cress_close(to), 0);
	check_refuses((int)cress_send(from, "x", 1, 0), ECONNREFUSED);
	check_int(cress_close(from), 0);
}

static void what_is_no_datagram_is_refused(void)
{
	static char much[70000];
	int to = receiver(), from = cress_socket(AF_INET, SOCK_DGRAM, 0);

	check_refuses((int)cress_send(from, "x", 1, 0), EDESTADDRREQ);
	check_int(cress_close(from), 0);
	from = cress_dial("udp", address);
	check_refuses((int)cress_send(from, much, sizeof much, 0), EMSGSIZE);
	check_refuses(cress_syscalls_here()->listen(from, 1), EOPNOTSUPP);
	check_refuses(cress_accept4(from, NULL, NULL, 0), EOPNOTSUPP);
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void so_many_are_lost_as_are_to_be(void)
{
	int to = receiver(), from = cress_dial("udp", address), got = 0;
	char byte;

	net()->loss = 0.5;
	for (int i = 0; i < 200; i++)
		check_int(cress_send(from, "x", 1, 0), 1);
	check_int(cress_sleep(1), 0);
	while (cress_recv(to, &byte, 1, MSG_DONTWAIT) == 1)
		got++;
	/* Seed 0 loses none. */
	check(got == 200 || (got > 60 && got < 140));
	/* And what nobody takes is lost as well. */
	net()->loss = 0;
	for (int i = 0; i < 1000; i++)
		check_int(cress_send(from, "x", 1, 0), 1);
	check_int(cress_sleep(1), 0);
	for (got = 0; cress_recv(to, &byte, 1, MSG_DONTWAIT) == 1;)
		got++;
	check(got > 0 && got < 1000);
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void many_seeds_lose_some(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 10; seed++) {
		struct cress_virtual virtual = {.now = 0};

		simulate(&virtual, seed, so_many_are_lost_as_are_to_be);
		check_int((int)virtual.net.open, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(a_datagram_keeps_its_bounds),
		in_any_order(who_receives_can_answer),
		in_any_order(a_message_says_that_it_was_cut),
		in_any_order(who_is_connected_hears_nobody_else),
		in_any_order(unix_datagrams_arrive_at_once_and_in_order),
		in_any_order(what_is_no_datagram_is_refused),
		test(many_seeds_lose_some),
	};

	return suite_run(tests);
}
