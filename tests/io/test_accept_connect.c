/* SPDX-License-Identifier: MIT */
/*
 * Making connections: who accepts, who connects, what happens when there is
 * nobody, no answer or no descriptor left.
 */
#include "io/support.h"
#include "support/environment.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/syscalls.h"

#include <cress/io.h>

static struct sockaddr_storage address;
static socklen_t address_size;

/* A listener of our own at `address`. */
static int listener(int backlog)
{
	int fd = tcp_listener(&address, &address_size, backlog);

	check_int(cress_fd_adopt(fd), 0);
	return fd;
}

static ssize_t connect_there(struct call *call)
{
	return cress_connect(call->fd, (struct sockaddr *)&address,
			     address_size);
}

/* A foreign socket that connects without waiting for it. */
static int client(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	connect(fd, (struct sockaddr *)&address, address_size);
	return fd;
}

/* D10 */
static void an_accepted_descriptor_is_made_well_and_adopted(void)
{
	struct call call = {.make = make_accept};
	int fd;

	call.fd = listener(8);
	call_begin(&call);
	check(call_is_parked(&call));
	fd = client();
	cress_join(call.coroutine, NULL);

	check(call.result >= 0 && is_made_well((int)call.result));
	check_int(cress_fd_abandon((int)call.result), 0);
	check(!has_flag(call.fd, O_APPEND) && has_flag(call.fd, O_NONBLOCK));
	check_int(close((int)call.result), 0);
	check_int(close(fd), 0);
	check_int(cress_close(call.fd), 0);
}

static void accept_tells_who_came_and_refuses_bad_flags(void)
{
	struct sockaddr_in from = {0}, local = {0};
	socklen_t size = sizeof(from), local_size = sizeof(local);
	int server = listener(8), fd, made;

	fd = client();
	check_refuses(cress_accept4(server, NULL, NULL, 0xffff), EINVAL);
	made = cress_accept4(server, (struct sockaddr *)&from, &size,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
	check(made >= 0);
	check_int(getsockname(fd, (struct sockaddr *)&local, &local_size), 0);

	check_int(size, sizeof(from));
	check_int(from.sin_port, local.sin_port);
	check_int(cress_close(made), 0);
	check_int(close(fd), 0);
	check_int(cress_close(server), 0);
}

static ssize_t accept_and_note(struct call *call)
{
	int fd = cress_accept4(call->fd, NULL, NULL, 0);

	note("%d", call->other);
	return fd >= 0 ? cress_close(fd) : -1;
}

/* D9, R37 */
static void many_acceptors_are_served_in_order(void)
{
	struct call calls[6];
	int server = listener(8), clients[6];

	for (int i = 0; i < 6; i++) {
		calls[i] = (struct call){
			.make = accept_and_note, .fd = server, .other = i};
		call_begin(&calls[i]);
	}
	for (int i = 0; i < 3; i++)
		clients[i] = client();
	settle();
	for (int i = 3; i < 6; i++)
		clients[i] = client();
	for (int i = 0; i < 6; i++)
		check_call(&calls[i], 0, 0);

	check_noted("0 1 2 3 4 5");
	for (int i = 0; i < 6; i++)
		close(clients[i]);
	check_int(cress_close(server), 0);
}

static void a_connection_is_made(void)
{
	struct call call = {.make = make_accept};
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	call.fd = listener(8);
	call_begin(&call);
	check_int(cress_connect(fd, (struct sockaddr *)&address, address_size),
		  0);
	cress_join(call.coroutine, NULL);
	check_int(cress_write((int)call.result, "hi", 2), 2);

	check_int(cress_read(fd, call.bytes, 8), 2);
	check_refuses(
		cress_connect(fd, (struct sockaddr *)&address, address_size),
		EISCONN);
	check_int(cress_close(fd), 0);
	check_int(cress_close((int)call.result), 0);
	check_int(cress_close(call.fd), 0);
}

static void a_connection_may_be_refused(void)
{
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	check_int(cress_close(listener(8)), 0);
	check_refuses(
		cress_connect(fd, (struct sockaddr *)&address, address_size),
		ECONNREFUSED);

	check_int(cress_close(fd), 0);
}

/* Connections that fill a backlog of 0, so that nobody answers any more. */
static void crowd(int clients[4])
{
	for (int i = 0; i < 4; i++)
		clients[i] = client();
	settle();
}

/* D5, R25 */
static void a_connect_without_an_answer_can_be_cancelled(void)
{
	struct call call = {.make = connect_there, .limit = 2e-3};
	struct call killed = {.make = connect_there};
	int server = listener(0), clients[4];

	crowd(clients);
	call.fd = cress_socket(AF_INET, SOCK_STREAM, 0);
	killed.fd = cress_socket(AF_INET, SOCK_STREAM, 0);
	call_begin(&killed);
	call_begin(&call);
	check(call_is_parked(&killed));
	check_call(&call, -1, ETIMEDOUT);
	check_int(cress_kill(killed.coroutine, EPIPE), 0);

	check_call(&killed, -1, EPIPE);
	check_int(cress_close(call.fd), 0);
	check_int(cress_close(killed.fd), 0);
	for (int i = 0; i < 4; i++)
		close(clients[i]);
	check_int(cress_close(server), 0);
}

/* V69 */
static void a_connect_whose_descriptor_is_closed_fails(void)
{
	struct call call = {.make = connect_there};
	int server = listener(0), clients[4];

	crowd(clients);
	call.fd = cress_socket(AF_INET, SOCK_STREAM, 0);
	call_begin(&call);
	check_int(cress_close(call.fd), 0);

	check_call(&call, -1, EBADF);
	for (int i = 0; i < 4; i++)
		close(clients[i]);
	check_int(cress_close(server), 0);
}

static void a_connect_that_is_shut_down_fails(void)
{
	struct call call = {.make = connect_there};
	int server = listener(0), clients[4];

	crowd(clients);
	call.fd = cress_socket(AF_INET, SOCK_STREAM, 0);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_shutdown(call.fd, SHUT_RDWR), 0);
	cress_join(call.coroutine, NULL);

	check_int(call.result, -1);
	check_int(cress_close(call.fd), 0);
	for (int i = 0; i < 4; i++)
		close(clients[i]);
	check_int(cress_close(server), 0);
}

/* D6: whatever the number says, a kill ends the call */
static void a_kill_ends_an_accept_with_any_error(void)
{
	static const int errors[] = {ECONNABORTED, EINTR, EAGAIN, EINPROGRESS};
	struct call call = {.make = make_accept};

	call.fd = listener(8);
	for (size_t i = 0; i < COUNT(errors); i++) {
		call_begin(&call);
		check_int(cress_kill(call.coroutine, errors[i]), 0);
		check_call(&call, -1, errors[i]);
	}

	check_int(cress_close(call.fd), 0);
}

/* A Unix listener of our own at `address` whose queue `*first` fills. */
static int full_unix_listener(int *first)
{
	struct sockaddr_un *name = (struct sockaddr_un *)&address;
	int server = cress_socket(AF_UNIX, SOCK_STREAM, 0);

	memset(&address, 0, sizeof(address));
	name->sun_family = AF_UNIX;
	snprintf(name->sun_path + 1, 90, "cress-full-%d", (int)getpid());
	address_size = sizeof(*name);
	check_int(bind(server, (struct sockaddr *)name, address_size), 0);
	check_int(listen(server, 0), 0);
	*first = cress_socket(AF_UNIX, SOCK_STREAM, 0);
	check_int(connect(*first, (struct sockaddr *)name, address_size), 0);
	return server;
}

/* The kernel says EAGAIN there, and calls the socket writable all the same. */
static void a_full_unix_backlog_parks_the_one_who_connects(void)
{
	int first, server = full_unix_listener(&first), accepted[2];
	struct call call = {.make = connect_there};

	call.fd = cress_socket(AF_UNIX, SOCK_STREAM, 0);
	call_begin(&call);
	check(call_is_parked(&call));
	accepted[0] = cress_accept4(server, NULL, NULL, 0);

	check_call(&call, 0, 0);
	accepted[1] = cress_accept4(server, NULL, NULL, 0);
	drop_own(accepted);
	check_int(cress_close(call.fd) | cress_close(first), 0);
	check_int(cress_close(server), 0);
}

static int attempts;

static int count_attempts(int fd, const struct sockaddr *name, socklen_t size)
{
	attempts++;
	return connect(fd, name, size);
}

/* What it waits for poll() calls ready all the time. */
static void it_looks_for_room_now_and_then_only(void)
{
	int (*real)(int, const struct sockaddr *, socklen_t) =
		cress_syscalls.connect;
	int first, server = full_unix_listener(&first), accepted[2];
	struct call call = {.make = connect_there};

	attempts = 0;
	cress_syscalls.connect = count_attempts;
	call.fd = cress_socket(AF_UNIX, SOCK_STREAM, 0);
	call_begin(&call);
	check_int(cress_sleep(0.01), 0);
	check(call_is_parked(&call));
	check(attempts > 0 && attempts <= 20);
	accepted[0] = cress_accept4(server, NULL, NULL, 0);
	check_call(&call, 0, 0);
	cress_syscalls.connect = real;

	accepted[1] = cress_accept4(server, NULL, NULL, 0);
	drop_own(accepted);
	check_int(cress_close(call.fd) | cress_close(first), 0);
	check_int(cress_close(server), 0);
}

/* V69, R35: it waits for the descriptor, however that is done */
static void a_close_ends_the_wait_for_a_full_unix_backlog(void)
{
	int first, server = full_unix_listener(&first), accepted, fresh;
	struct call call = {.make = connect_there};

	call.fd = cress_socket(AF_UNIX, SOCK_STREAM, 0);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_close(call.fd), 0);
	fresh = cress_socket(AF_UNIX, SOCK_STREAM, 0);
	check_int(fresh, call.fd);
	accepted = cress_accept4(server, NULL, NULL, 0);
	check_call(&call, -1, EBADF);

	check_int(cress_close(accepted) | cress_close(first), 0);
	check_int(cress_close(fresh), 0);
	check_int(cress_close(server), 0);
}

/* Allow no descriptor more than there are; returns the old limit. */
static struct rlimit no_more_descriptors(void)
{
	struct rlimit old, now;
	int next = dup(0);

	close(next);
	getrlimit(RLIMIT_NOFILE, &old);
	now = old;
	now.rlim_cur = (rlim_t)next;
	setrlimit(RLIMIT_NOFILE, &now);
	return old;
}

/* D7 */
static void no_descriptor_left_is_told_and_loses_no_connection(void)
{
	struct call calls[2];
	int server = listener(8), clients[2];
	struct rlimit old;

	/* It keeps the limit itself, by closing what the kernel accepted. */
	if (environment_is_valgrind()) {
		print_message("[  NOTE    ] valgrind loses it: not run\n");
		close(server);
		return;
	}
	for (int i = 0; i < 2; i++) {
		calls[i] = (struct call){.make = make_accept, .fd = server};
		call_begin(&calls[i]);
	}
	clients[0] = client();
	clients[1] = client();
	old = no_more_descriptors();
	check_call(&calls[0], -1, EMFILE);
	check_call(&calls[1], -1, EMFILE);
	check_refuses(cress_accept4(server, NULL, NULL, 0), EMFILE);
	check_refuses(cress_socket(AF_INET, SOCK_STREAM, 0), EMFILE);
	setrlimit(RLIMIT_NOFILE, &old);

	for (int i = 0; i < 2; i++) {
		check_int(cress_close(cress_accept4(server, NULL, NULL, 0)), 0);
		check_int(close(clients[i]), 0);
	}
	check_int(cress_close(server), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(an_accepted_descriptor_is_made_well_and_adopted),
		on_io(accept_tells_who_came_and_refuses_bad_flags),
		on_io(many_acceptors_are_served_in_order),
		on_io(a_connection_is_made),
		on_io(a_connection_may_be_refused),
		on_io(a_connect_without_an_answer_can_be_cancelled),
		on_io(a_connect_whose_descriptor_is_closed_fails),
		on_io(a_connect_that_is_shut_down_fails),
		on_io(a_kill_ends_an_accept_with_any_error),
		on_io(a_full_unix_backlog_parks_the_one_who_connects),
		on_io(it_looks_for_room_now_and_then_only),
		on_io(a_close_ends_the_wait_for_a_full_unix_backlog),
		on_io(no_descriptor_left_is_told_and_loses_no_connection),
	};

	return suite_run(tests);
}
