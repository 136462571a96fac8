/* SPDX-License-Identifier: MIT */
/*
 * The receive and send calls on streams, and what their flags mean here:
 * MSG_DONTWAIT is the one way to ask for EAGAIN, MSG_WAITALL is many steps.
 */
#include "io/support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

static int ends[2];

/* V71 */
static void dontwait_asks_for_a_refusal(void)
{
	char byte = 'a';

	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		check_refuses((int)cress_recv(ends[0], &byte, 1, MSG_DONTWAIT),
			      EAGAIN);
		fill(ends[1]);
		check_refuses((int)cress_send(ends[1], &byte, 1, MSG_DONTWAIT),
			      EAGAIN);
		check_int(hub_waits(), 0);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

static void dontwait_sees_at_once_what_came_after_a_short_receive(void)
{
	char bytes[8];

	own_pair(ends);
	put(ends[1], "ab");
	check_int(cress_recv(ends[0], bytes, 8, 0), 2);
	put(ends[1], "cd");

	check_int(cress_recv(ends[0], bytes, 8, MSG_DONTWAIT), 2);
	check(memcmp(bytes, "cd", 2) == 0);
	drop_own(ends);
}

static void a_receive_waits_and_a_send_waits(void)
{
	struct call in = {.make = make_recv, .size = 8};
	struct call out = {.make = make_send, .size = 3, .bytes = "xyz"};

	own_pair(ends);
	in.fd = ends[0];
	call_begin(&in);
	check(call_is_parked(&in));
	check_int(cress_send(ends[1], "abc", 3, 0), 3);
	check_call(&in, 3, 0);
	fill(ends[1]);
	out.fd = ends[1];
	call_begin(&out);
	check(call_is_parked(&out));
	drain_input(ends[0]);

	check_call(&out, 3, 0);
	check_int(pending(ends[0]), 3);
	drop_own(ends);
}

static void a_peek_leaves_the_bytes(void)
{
	struct call call = {.make = make_recv, .size = 8, .flags = MSG_PEEK};
	char bytes[8];

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	put(ends[1], "abc");
	check_call(&call, 3, 0);
	check_int(pending(ends[0]), 3);

	check_int(cress_recv(ends[0], bytes, 8, MSG_PEEK), 3);
	check_int(cress_recv(ends[0], bytes, 8, 0), 3);
	check(memcmp(bytes, "abc", 3) == 0);
	drop_own(ends);
}

/* D7 */
static void waitall_waits_for_all(void)
{
	struct call call = {.make = make_recv, .size = 6, .flags = MSG_WAITALL};

	own_pair(ends);
	call.fd = ends[0];
	put(ends[1], "ab");
	call_begin(&call);
	put(ends[1], "cd");
	settle();
	check(call_is_parked(&call));
	put(ends[1], "efgh");

	check_call(&call, 6, 0);
	check(memcmp(call.bytes, "abcdef", 6) == 0);
	check_int(pending(ends[0]), 2);
	drop_own(ends);
}

/* D7 */
static void waitall_that_is_cancelled_returns_what_it_has(void)
{
	struct call call = {.make = make_recv, .size = 6, .limit = 2e-3};
	struct call none = {.make = make_recv, .size = 6, .limit = 1e-3};

	own_pair(ends);
	call.fd = none.fd = ends[0];
	call.flags = none.flags = MSG_WAITALL;
	put(ends[1], "ab");
	call_begin(&call);
	cress_join(call.coroutine, NULL);
	check_int(call.result, 2);
	check_int(call.error, ETIMEDOUT);
	call_begin(&none);

	check_call(&none, -1, ETIMEDOUT);
	drop_own(ends);
}

static void waitall_ends_with_the_input(void)
{
	struct call call = {.make = make_recv, .size = 6, .flags = MSG_WAITALL};

	own_pair(ends);
	call.fd = ends[0];
	put(ends[1], "abc");
	call_begin(&call);
	check_int(cress_shutdown(ends[1], SHUT_WR), 0);

	check_call(&call, 3, 0);
	check_int(cress_recv(ends[0], call.bytes, 6, MSG_WAITALL), 0);
	drop_own(ends);
}

static void waitall_with_dontwait_takes_what_is_there(void)
{
	char bytes[8];

	own_pair(ends);
	check_refuses(
		(int)cress_recv(ends[0], bytes, 8, MSG_WAITALL | MSG_DONTWAIT),
		EAGAIN);
	put(ends[1], "abc");

	check_int(cress_recv(ends[0], bytes, 8, MSG_WAITALL | MSG_DONTWAIT), 3);
	drop_own(ends);
}

static void waitall_with_a_peek_shows_no_byte_twice(void)
{
	struct call call = {.make = make_recv, .size = 4};

	own_pair(ends);
	call.fd = ends[0];
	call.flags = MSG_WAITALL | MSG_PEEK;
	put(ends[1], "ab");
	call_begin(&call);
	put(ends[1], "cd");
	cress_join(call.coroutine, NULL);

	check(call.result >= 2 && call.result <= 4);
	check(memcmp(call.bytes, "abcd", (size_t)call.result) == 0);
	check_int(pending(ends[0]), 4);
	drop_own(ends);
}

static ssize_t recvmsg_all(struct call *call)
{
	struct iovec parts[] = {
		{call->bytes, 3}, {NULL, 0}, {call->bytes + 3, 5}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 3};

	return cress_recvmsg(call->fd, &msg, call->flags);
}

/* D7 */
static void waitall_holds_for_messages_of_parts(void)
{
	struct call call = {.make = recvmsg_all, .flags = MSG_WAITALL};

	own_pair(ends);
	call.fd = ends[0];
	for (const char *p = "abcdefgh"; *p != '\0'; p++) {
		if (p[0] == 'a')
			call_begin(&call);
		check_int(write(ends[1], p, 1), 1);
		settle();
	}

	check_call(&call, 8, 0);
	check(memcmp(call.bytes, "abcdefgh", 8) == 0);
	drop_own(ends);
}

static ssize_t receive_descriptor(struct call *call)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = {call->bytes, sizeof(call->bytes)};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *head;
	ssize_t n;

	msg.msg_control = control.bytes;
	msg.msg_controllen = sizeof(control.bytes);
	n = cress_recvmsg(call->fd, &msg, MSG_CMSG_CLOEXEC);
	head = CMSG_FIRSTHDR(&msg);
	call->other = -1;
	if (n >= 0 && head != NULL && head->cmsg_type == SCM_RIGHTS)
		memcpy(&call->other, CMSG_DATA(head), sizeof(int));
	return n;
}

static void send_descriptor(int over, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct iovec part = {"fd", 2};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *head = &control.align;

	msg.msg_control = control.bytes;
	msg.msg_controllen = sizeof(control.bytes);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	check_int(cress_sendmsg(over, &msg, 0), 2);
}

static void descriptors_travel_in_messages_that_were_waited_for(void)
{
	struct call call = {.make = receive_descriptor};
	int file = file_with("hello");
	char bytes[8];

	own_pair(ends);
	call.fd = ends[0];
	call_begin(&call);
	check(call_is_parked(&call));
	send_descriptor(ends[1], file);
	close(file);

	check_call(&call, 2, 0);
	check_int(cress_read(call.other, bytes, 8), 5);
	check(fcntl(call.other, F_GETFD) & FD_CLOEXEC);
	check_int(cress_close(call.other), 0);
	drop_own(ends);
}

/* The queue of errors is asked, never waited for. */
static void an_empty_queue_of_errors_is_told_at_once(void)
{
	struct call call = {.make = make_recv, .size = 8};

	call.flags = MSG_ERRQUEUE;
	call.limit = 0.005;
	call.fd = cress_socket(AF_INET, SOCK_DGRAM, 0);
	call_begin(&call);

	check_call(&call, -1, EAGAIN);
	check_int(cress_close(call.fd), 0);
}

/* R42 */
static void errors_come_through_and_no_signal_with_them(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/"};
	char byte = 'a';

	own_pair(ends);
	check_refuses((int)cress_sendto(ends[0], &byte, 1, 0,
					(struct sockaddr *)&address,
					sizeof(address)),
		      EISCONN);
	check_int(cress_close(ends[0]), 0);
	check_refuses((int)cress_send(ends[1], &byte, 1, 0), EPIPE);
	check_refuses((int)cress_write(ends[1], &byte, 1), EPIPE);

	check_int(cress_close(ends[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(dontwait_asks_for_a_refusal),
		on_io(dontwait_sees_at_once_what_came_after_a_short_receive),
		on_io(a_receive_waits_and_a_send_waits),
		on_io(a_peek_leaves_the_bytes),
		on_io(waitall_waits_for_all),
		on_io(waitall_that_is_cancelled_returns_what_it_has),
		on_io(waitall_ends_with_the_input),
		on_io(waitall_with_dontwait_takes_what_is_there),
		on_io(waitall_with_a_peek_shows_no_byte_twice),
		on_io(waitall_holds_for_messages_of_parts),
		on_io(descriptors_travel_in_messages_that_were_waited_for),
		on_io(an_empty_queue_of_errors_is_told_at_once),
		on_io(errors_come_through_and_no_signal_with_them),
	};

	return suite_run(tests);
}
