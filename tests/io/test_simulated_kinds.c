/* SPDX-License-Identifier: MIT */
/*
 * The less usual: names and families, descriptors that were given back, calls
 * at the wrong time. All of it is as the kernel has it, unless it says so.
 */
#include "io/simulation.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "io/syscalls.h"

#include <cress/io.h>
#include <cress/net.h>

static int ends[2];
static char address[CRESS_ADDRESS_MAX];

static void *dial(void *where)
{
	int fd = cress_dial("tcp", where);

	return as_value(fd < 0 ? -errno : fd);
}

/* Listen at one address, dial another with the same port. */
static void meet(const char *here, const char *host)
{
	int listener = cress_listen("tcp", here, 0);
	char there[CRESS_ADDRESS_MAX];
	cress_t *caller;
	void *fd;

	check(listener >= 0);
	check_int(cress_local_address(listener, address, sizeof address), 0);
	snprintf(there, sizeof there, "%s%s", host, strrchr(address, ':'));
	caller = cress_spawn(dial, there);
	ends[0] = cress_accept4(listener, NULL, NULL, 0);
	check_int(cress_join(caller, &fd), 0);
	ends[1] = as_number(fd);
	if (!check_int(ends[1] >= 0, 1))
		fprintf(stderr, "\t%s from %s\n", there, address);
	check_int(cress_close(listener), 0);
	drop(ends);
}

static void a_listener_is_found_by_any_of_its_addresses(void)
{
	meet("127.0.0.1:0", "127.0.0.1");
	meet("127.0.0.1:0", "localhost");
	meet("0.0.0.0:0", "127.0.0.1");
	meet("0.0.0.0:0", "0.0.0.0");
	meet("[::1]:0", "[::1]");
	meet("[::]:0", "[::1]");
	meet("[::]:0", "[::]");
}

static void a_simulation_knows_no_name_but_localhost(void)
{
	meet("localhost:0", "localhost");
	meet(":0", "");
	check_refuses(cress_dial("tcp", "example.org:80"), ENOENT);
	check_refuses(cress_dial("tcp", "localhost:http"), ENOENT);
}

static void two_listeners_at_a_port_need_two_addresses(void)
{
	char again[CRESS_ADDRESS_MAX];
	int first = cress_listen("tcp", "127.0.0.1:0", 0), second;

	check_int(cress_local_address(first, address, sizeof address), 0);
	snprintf(again, sizeof again, "0.0.0.0%s", strrchr(address, ':'));
	check_refuses(cress_listen("tcp", again, 0), EADDRINUSE);
	snprintf(again, sizeof again, "127.0.0.2%s", strrchr(address, ':'));
	second = cress_listen("tcp", again, 0);
	check(second >= 0);
	check_int(cress_close(first), 0);
	check_int(cress_close(second), 0);
}

static void a_pipe_that_was_given_back_works_too(void)
{
	struct iovec parts[2];
	char bytes[8];

	check_int(cress_pipe2(ends, 0), 0);
	check_int(cress_fd_abandon(ends[0]), 0);
	check_int(cress_fd_abandon(ends[1]), 0);
	parts[0] = (struct iovec){"ab", 2};
	parts[1] = (struct iovec){"cd", 2};
	check_int(cress_writev(ends[1], parts, 2), 4);
	parts[0] = (struct iovec){bytes, 3};
	check_int(cress_readv(ends[0], parts, 1), 3);
	check(memcmp(bytes, "abc", 3) == 0);
	check_int(cress_fd_adopt(ends[0]), 0);
	check_int(cress_fd_adopt(ends[1]), 0);
	check_int(cress_readv(ends[0], parts, 1), 1);
	parts[0].iov_len = 0;
	check_int(cress_readv(ends[0], parts, 1), 0);
	drop(ends);
}

static void a_pipe_takes_what_is_small_whole_or_not_at_all(void)
{
	static char page[4096];
	struct pollfd pollfd;
	int taken = 0;

	check_int(cress_pipe2(ends, 0), 0);
	pollfd = (struct pollfd){.fd = ends[1], .events = POLLOUT};
	while (cress_poll(&pollfd, 1, 0) == 1) {
		check_int(cress_write(ends[1], page, sizeof page),
			  sizeof page);
		taken++;
	}
	check_int(taken, 16);
	check_int(cress_read(ends[0], page, 100), 100);
	check_int(cress_poll(&pollfd, 1, 0), 0);
	check_int(cress_read(ends[0], page, sizeof page - 100),
		  sizeof page - 100);
	check_int(cress_poll(&pollfd, 1, 0), 1);
	drop(ends);
}

static void the_other_end_of_a_pipe_is_missed_by_poll(void)
{
	struct pollfd pollfd;

	check_int(cress_pipe2(ends, 0), 0);
	check_int(cress_close(ends[0]), 0);
	pollfd = (struct pollfd){.fd = ends[1], .events = 0};
	check_int(cress_poll(&pollfd, 1, -1), 1);
	check_int(pollfd.revents, POLLERR);
	check_int(cress_close(ends[1]), 0);

	check_int(cress_pipe2(ends, 0), 0);
	check_int(cress_close(ends[1]), 0);
	pollfd = (struct pollfd){.fd = ends[0], .events = POLLIN};
	check_int(cress_poll(&pollfd, 1, -1), 1);
	check_int(pollfd.revents & POLLHUP, POLLHUP);
	check_int(cress_close(ends[0]), 0);
}

static void a_socket_that_is_not_connected_says_so(void)
{
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);
	int near = cress_socket(AF_UNIX, SOCK_STREAM, 0);
	char byte;

	check_refuses((int)cress_recv(fd, &byte, 1, 0), ENOTCONN);
	check_refuses((int)cress_send(fd, "x", 1, 0), EPIPE);
	check_refuses((int)cress_recv(near, &byte, 1, 0), EINVAL);
	check_refuses((int)cress_send(near, "x", 1, 0), ENOTCONN);
	check_refuses(cress_shutdown(fd, SHUT_WR), ENOTCONN);
	check_refuses(cress_peer_address(fd, address, sizeof address),
		      ENOTCONN);
	check_refuses(cress_accept4(fd, NULL, NULL, 0), EINVAL);
	check(cress_wait_fd(fd, POLLIN) > 0);
	check_int(cress_close(near), 0);
	check_int(cress_close(fd), 0);
}

static void calls_that_make_no_sense_are_refused(void)
{
	struct sockaddr_un path = {.sun_family = AF_UNIX};
	struct sockaddr *name = (struct sockaddr *)&path;
	const struct cress_syscalls *calls = cress_syscalls_here();
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	check_refuses(cress_socket(AF_UNIX, SOCK_RDM, 0), ESOCKTNOSUPPORT);
	check_refuses(cress_socket(AF_MAX, SOCK_STREAM, 0), EAFNOSUPPORT);
	check_refuses(cress_socketpair(AF_INET, SOCK_STREAM, 0, ends),
		      EOPNOTSUPP);
	check_refuses(cress_pipe2(ends, O_APPEND), EINVAL);
	check_refuses(calls->bind(fd, name, 1), EINVAL);
	check_refuses(calls->bind(fd, name, sizeof path), EAFNOSUPPORT);
	check_int(calls->listen(fd, 1), 0);
	check_int(calls->listen(fd, -1), 0);
	check_int(cress_local_address(fd, address, sizeof address), 0);
	check(strncmp(address, "0.0.0.0:", 8) == 0);
	check_int(cress_shutdown(fd, SHUT_RD), 0);
	check_refuses(cress_accept4(fd, NULL, NULL, 0), EINVAL);
	check_int(cress_close(fd), 0);
	connect_both(ends);
	check_refuses(calls->listen(ends[0], 1), EINVAL);
	check_refuses(cress_shutdown(ends[0], 7), EINVAL);
	drop(ends);
}

static int option_of(int fd, int option)
{
	int value = -1;
	socklen_t size = sizeof value;

	check_int(cress_syscalls_here()->getsockopt(fd, SOL_SOCKET, option,
						    &value, &size),
		  0);
	return value;
}

static void a_descriptor_tells_what_it_is(void)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	int listener = listen_somewhere(address);
	struct stat status;

	check_int(option_of(listener, SO_TYPE), SOCK_STREAM);
	check_int(option_of(listener, SO_DOMAIN), AF_INET);
	check_int(option_of(listener, SO_ACCEPTCONN), 1);
	check_int(option_of(listener, SO_ERROR), 0);
	check_int(calls->fstat(listener, &status), 0);
	check(S_ISSOCK(status.st_mode));
	check_int(calls->fcntl(listener, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
	check_int(calls->fcntl(listener, F_GETFD, 0), FD_CLOEXEC);
	check_int(calls->fcntl(listener, F_SETFD, FD_CLOEXEC), 0);
	check_refuses(calls->fcntl(listener, -1, 0), EINVAL);
	check_int(cress_close(listener), 0);
	check_int(cress_pipe2(ends, 0), 0);
	check_int(calls->fstat(ends[0], &status), 0);
	check(S_ISFIFO(status.st_mode));
	drop(ends);
}

static void what_cannot_be_sent_along_is_refused(void)
{
	struct iovec part = {"x", 1};
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof control};

	connect_both(ends);
	check_refuses((int)cress_sendmsg(ends[0], &message, 0), ENOTSUP);
	check_refuses((int)cress_sendmsg(ends[0], NULL, 0), EFAULT);
	check_refuses((int)cress_recvmsg(ends[0], NULL, 0), EFAULT);
	check_refuses((int)cress_send(ends[0], "x", 1, MSG_OOB), EOPNOTSUPP);
	check_refuses((int)cress_recv(ends[0], control, 1, MSG_OOB), EINVAL);
	check_refuses((int)cress_recv(ends[0], control, 1, MSG_ERRQUEUE),
		      EAGAIN);
	drop(ends);
}

struct attempt {
	int fd;
	struct sockaddr_in name;
};

static void *connect_there(void *arg)
{
	struct attempt *attempt = arg;
	int result = cress_connect(attempt->fd,
				   (struct sockaddr *)&attempt->name,
				   sizeof attempt->name);

	return as_value(result == 0 ? 0 : -errno);
}

static void a_socket_calls_once(void)
{
	int listener = listen_somewhere(address);
	const struct cress_syscalls *calls = cress_syscalls_here();
	struct attempt attempt = {
		.fd = cress_socket(AF_INET, SOCK_STREAM, 0)};
	socklen_t size = sizeof attempt.name;
	struct sockaddr *name = (struct sockaddr *)&attempt.name;
	cress_t *first;
	void *result;

	net()->steady = 1;
	check_int(calls->getsockname(listener, name, &size), 0);
	first = cress_spawn(connect_there, &attempt);
	check_int(cress_yield(), 0);
	check_refuses(calls->connect(attempt.fd, name, size), EALREADY);
	check_refuses((int)calls->send(attempt.fd, "x", 1, 0), EAGAIN);
	check_refuses((int)calls->recv(attempt.fd, &size, 1, 0), EAGAIN);
	check_int(cress_join(first, &result), 0);
	check_int(as_number(result), 0);
	check_refuses(cress_connect(attempt.fd, name, size), EISCONN);
	check_int(cress_close(attempt.fd), 0);
	check_int(cress_close(listener), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_any_order(a_listener_is_found_by_any_of_its_addresses),
		on_virtual(a_simulation_knows_no_name_but_localhost),
		in_any_order(two_listeners_at_a_port_need_two_addresses),
		in_any_order(a_pipe_that_was_given_back_works_too),
		in_any_order(a_pipe_takes_what_is_small_whole_or_not_at_all),
		in_any_order(the_other_end_of_a_pipe_is_missed_by_poll),
		in_any_order(a_socket_that_is_not_connected_says_so),
		in_any_order(calls_that_make_no_sense_are_refused),
		in_any_order(a_descriptor_tells_what_it_is),
		on_virtual(what_cannot_be_sent_along_is_refused),
		on_virtual(a_socket_calls_once),
	};

	return suite_run(tests);
}
