/* SPDX-License-Identifier: MIT */
/*
 * Sockets that are no streams: UDP, Unix datagrams, packets in sequence. They
 * keep the bounds of messages, an empty message is no end of input, and a
 * short one does not mean that the queue is empty.
 */
#include "io/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

/* A UDP socket of our own, bound to a free port of the loopback. */
static int udp(struct sockaddr_in *address)
{
	socklen_t size = sizeof(*address);
	int fd = cress_socket(AF_INET, SOCK_DGRAM, 0);

	memset(address, 0, sizeof(*address));
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check_int(bind(fd, (struct sockaddr *)address, size), 0);
	check_int(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

static ssize_t receive_from(struct call *call)
{
	struct sockaddr_in *from = call->extra;
	socklen_t size = sizeof(*from);
	ssize_t n = cress_recvfrom(call->fd, call->bytes, call->size,
				   call->flags, call->extra, &size);

	call->other = (int)size;
	return n;
}

static void a_datagram_comes_with_its_sender(void)
{
	struct sockaddr_in here, there, from = {0};
	struct call call = {.make = receive_from, .size = 8, .extra = &from};
	int sender = udp(&there);

	call.fd = udp(&here);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_sendto(sender, "abc", 3, 0, (struct sockaddr *)&here,
			       sizeof(here)),
		  3);

	check_call(&call, 3, 0);
	check_int(call.other, sizeof(from));
	check_int(from.sin_port, there.sin_port);
	check_int(cress_close(sender), 0);
	check_int(cress_close(call.fd), 0);
}

static void a_message_tells_its_sender_and_that_it_was_cut(void)
{
	struct sockaddr_in here, there, from = {0};
	int in = udp(&here), out = udp(&there);
	char bytes[2];
	struct iovec part = {bytes, 2};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	check_int(cress_sendto(out, "abc", 3, 0, (struct sockaddr *)&here,
			       sizeof(here)),
		  3);
	check_int(cress_recvmsg(in, &msg, 0), 2);

	check(msg.msg_flags & MSG_TRUNC);
	check_int(msg.msg_namelen, sizeof(from));
	check_int(from.sin_port, there.sin_port);
	check_int(cress_close(in), 0);
	check_int(cress_close(out), 0);
}

static void each_receive_takes_one_datagram(void)
{
	struct sockaddr_in here, there;
	int in = udp(&here), out = udp(&there);
	char bytes[8];

	check_int(cress_connect(out, (struct sockaddr *)&here, sizeof(here)),
		  0);
	for (int i = 0; i < 5; i++)
		check_int(cress_send(out, "abcdef", (size_t)i, 0), i);
	for (int i = 0; i < 5; i++)
		check_int(cress_recv(in, bytes, 8, 0), i);

	check_refuses((int)cress_recv(in, bytes, 8, MSG_DONTWAIT), EAGAIN);
	check_int(cress_close(in), 0);
	check_int(cress_close(out), 0);
}

static void an_empty_datagram_wakes_a_reader(void)
{
	struct call call = {.make = make_read, .size = 8};
	char bytes[8];

	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_send(ends[1], "", 0, 0), 0);
	check_call(&call, 0, 0);
	check_int(cress_write(ends[1], "more", 4), 4);

	check_int(cress_read(ends[0], bytes, 8), 4);
	drop_own(ends);
}

static void the_length_that_was_cut_off_can_be_asked_for(void)
{
	char bytes[8];

	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	check_int(cress_send(ends[1], "abcdefgh", 8, 0), 8);
	check_int(cress_recv(ends[0], bytes, 2, MSG_TRUNC | MSG_PEEK), 8);
	check_int(cress_recv(ends[0], bytes, 2, MSG_TRUNC), 8);

	check_refuses((int)cress_recv(ends[0], bytes, 2, MSG_DONTWAIT), EAGAIN);
	drop_own(ends);
}

static void waitall_does_not_join_datagrams(void)
{
	char bytes[8];

	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	check_int(cress_send(ends[1], "abc", 3, 0), 3);
	check_int(cress_send(ends[1], "de", 2, 0), 2);
	check_int(cress_recv(ends[0], bytes, 8, MSG_WAITALL), 3);

	check_int(cress_recv(ends[0], bytes, 8, MSG_WAITALL), 2);
	drop_own(ends);
}

static void a_full_queue_of_datagrams_parks_the_sender(void)
{
	struct call call = {.make = make_send, .size = 1, .bytes = "z"};
	int sent = 0;
	char byte;

	check_int(cress_socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	while (send(ends[1], "a", 1, MSG_DONTWAIT) == 1)
		sent++;
	call.fd = ends[1];
	call_begin(&call);
	check(call_is_parked(&call));
	for (int i = 0; i < sent; i++)
		check_int(cress_read(ends[0], &byte, 1), 1);

	check_call(&call, 1, 0);
	check_int(cress_read(ends[0], &byte, 1), 1);
	check_int(byte, 'z');
	drop_own(ends);
}

static ssize_t send_to_name(struct call *call)
{
	return cress_sendto(call->fd, call->bytes, call->size, 0, call->extra,
			    sizeof(struct sockaddr_un));
}

/* For one that is not connected the kernel calls a full queue writable. */
static void a_sender_without_a_connection_gets_through_at_last(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct call call = {.make = send_to_name, .size = 1, .extra = &name};
	int in = cress_socket(AF_UNIX, SOCK_DGRAM, 0), sent = 0;
	char byte;

	snprintf(name.sun_path + 1, 90, "cress-io-%d", (int)getpid());
	check_int(bind(in, (struct sockaddr *)&name, sizeof(name)), 0);
	call.fd = cress_socket(AF_UNIX, SOCK_DGRAM, 0);
	while (sendto(call.fd, "a", 1, MSG_DONTWAIT, (struct sockaddr *)&name,
		      sizeof(name)) == 1)
		sent++;
	call_begin(&call);
	check(call_is_parked(&call));
	for (int i = 0; i <= sent; i++)
		check_int(cress_read(in, &byte, 1), 1);

	check_call(&call, 1, 0);
	check_int(cress_close(in), 0);
	check_int(cress_close(call.fd), 0);
}

static void packets_in_sequence_keep_their_bounds_and_end(void)
{
	struct call call = {.make = make_recv, .size = 8};
	char bytes[8];

	check_int(cress_socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	check_int(cress_write(ends[1], "abc", 3), 3);
	check_int(cress_write(ends[1], "de", 2), 2);
	check_int(cress_read(ends[0], bytes, 8), 3);
	check_int(cress_read(ends[0], bytes, 8), 2);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_close(ends[1]), 0);

	check_call(&call, 0, 0);
	check_int(cress_close(ends[0]), 0);
}

static void a_refusal_of_the_other_side_is_told(void)
{
	struct sockaddr_in here, there;
	struct call call = {.make = make_recv, .size = 8};
	int in = udp(&here);

	call.fd = udp(&there);
	check_int(
		cress_connect(call.fd, (struct sockaddr *)&here, sizeof(here)),
		0);
	check_int(cress_close(in), 0);
	call_begin(&call);
	check_int(cress_send(call.fd, "a", 1, 0), 1);

	check_call(&call, -1, ECONNREFUSED);
	check_int(cress_close(call.fd), 0);
}

static void what_is_too_long_for_a_datagram_is_refused(void)
{
	static char block[100000];
	struct sockaddr_in here;
	int fd = udp(&here);

	check_refuses((int)cress_sendto(fd, block, sizeof(block), 0,
					(struct sockaddr *)&here, sizeof(here)),
		      EMSGSIZE);

	check_int(cress_close(fd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_datagram_comes_with_its_sender),
		on_io(a_message_tells_its_sender_and_that_it_was_cut),
		on_io(each_receive_takes_one_datagram),
		on_io(an_empty_datagram_wakes_a_reader),
		on_io(the_length_that_was_cut_off_can_be_asked_for),
		on_io(waitall_does_not_join_datagrams),
		on_io(a_full_queue_of_datagrams_parks_the_sender),
		on_io(a_sender_without_a_connection_gets_through_at_last),
		on_io(packets_in_sequence_keep_their_bounds_and_end),
		on_io(a_refusal_of_the_other_side_is_told),
		on_io(what_is_too_long_for_a_datagram_is_refused),
	};

	return suite_run(tests);
}
