/* SPDX-License-Identifier: MIT */
/*
 * Dial and listen: every network by every way to write an address, and what a
 * connection made that way is like.
 */
#include "io/support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>
#include <cress/net.h>

/* A name that nobody else uses, of this kind: "/..." or "@...". */
static const char *unused_name(const char *kind)
{
	static char name[100];
	static int count;

	snprintf(name, sizeof(name), "%scress-net-%d-%d",
		 *kind == '@' ? "@" : "/tmp/", (int)getpid(), count++);
	return name;
}

/* The port of an address string, with its colon. */
static const char *port_of(const char *address)
{
	return strrchr(address, ':');
}

/* Is this integer option of the socket set? */
static int has_option(int fd, int level, int option)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, level, option, &value, &size) == 0 && value;
}

/* Bytes go both ways between the two. */
static void check_talk(int a, int b)
{
	char bytes[4];

	check_int(cress_write(a, "ping", 4), 4);
	check_int(cress_read(b, bytes, 4), 4);
	check_int(cress_write(b, "po", 2), 2);
	check_int(cress_read(a, bytes, 4), 2);
	check(memcmp(bytes, "po", 2) == 0);
}

/* Listen at one address, dial another that has the same port. */
static void tcp_between(const char *listen_at, const char *dial_host)
{
	struct call call = {.make = make_accept};
	char here[CRESS_ADDRESS_MAX], there[CRESS_ADDRESS_MAX * 2];
	int fd;

	call.fd = cress_listen("tcp", listen_at, 0);
	check_int(cress_local_address(call.fd, here, sizeof(here)), 0);
	snprintf(there, sizeof(there), "%s%s", dial_host, port_of(here));
	call_begin(&call);
	fd = cress_dial("tcp", there);
	cress_join(call.coroutine, NULL);
	if (check(fd >= 0 && call.result >= 0)) {
		check_talk(fd, (int)call.result);
		check(is_made_well(fd) && is_made_well(call.fd));
		check(has_option(fd, IPPROTO_TCP, TCP_NODELAY));
		check(has_option((int)call.result, IPPROTO_TCP, TCP_NODELAY));
		check(has_option(call.fd, SOL_SOCKET, SO_REUSEADDR));
		check_int(cress_close((int)call.result), 0);
		check_int(cress_close(fd), 0);
	}
	check_int(cress_close(call.fd), 0);
}

/* D10, D16 */
static void tcp_by_number_and_by_name(void)
{
	tcp_between("127.0.0.1:0", "127.0.0.1");
	tcp_between("localhost:0", "localhost");
	tcp_between(":0", "127.0.0.1");
	tcp_between("0.0.0.0:0", "localhost");
}

static int has_v6(void)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6,
				       .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	int has = fd >= 0 &&
		  bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

/* D16 */
static void tcp_by_v6(void)
{
	if (!has_v6()) {
		printf("[  NOTE    ] no IPv6 here\n");
		return;
	}
	tcp_between("[::1]:0", "[::1]");
	tcp_between("[::]:0", "[::1]");
}

/* D10, D16 */
static void unix_streams_by_path_and_by_abstract_name(void)
{
	static const char *const kinds[] = {"/", "@"};

	for (int i = 0; i < 2; i++) {
		const char *name = unused_name(kinds[i]);
		char text[CRESS_ADDRESS_MAX];
		int server = cress_listen("unix", name, 0);
		int fd = cress_dial("unix", name);
		int made = cress_accept4(server, NULL, NULL, 0);

		check(is_made_well(server) && is_made_well(fd));
		check_talk(fd, made);
		check_int(cress_local_address(server, text, sizeof(text)), 0);
		check(strcmp(text, name) == 0);
		check_int(cress_peer_address(fd, text, sizeof(text)), 0);
		check(strcmp(text, name) == 0);
		check_int(cress_close(fd) | cress_close(made), 0);
		check_int(cress_close(server), 0);
		if (*name == '/')
			check_int(unlink(name), 0);
	}
}

/* D16 */
static void datagrams_by_udp_and_by_unix(void)
{
	static const char *const networks[] = {"udp", "unixgram"};

	for (int i = 0; i < 2; i++) {
		char here[CRESS_ADDRESS_MAX], bytes[8];
		const char *at = i ? unused_name("@") : "127.0.0.1:0";
		int server = cress_listen(networks[i], at, 0);
		int fd;

		check_int(cress_local_address(server, here, sizeof(here)), 0);
		fd = cress_dial(networks[i], here);
		check(is_made_well(server) && is_made_well(fd));
		check_int(cress_send(fd, "abc", 3, 0), 3);
		check_int(cress_send(fd, "de", 2, 0), 2);
		check_int(cress_recv(server, bytes, 8, 0), 3);
		check_int(cress_recv(server, bytes, 8, 0), 2);
		check_int(cress_close(fd), 0);
		check_int(cress_close(server), 0);
	}
}

/* D16 */
static void the_two_ends_name_each_other(void)
{
	char a[CRESS_ADDRESS_MAX], b[CRESS_ADDRESS_MAX];
	int server = cress_listen("tcp", "127.0.0.1:0", 0), fd, made;

	check_int(cress_local_address(server, a, sizeof(a)), 0);
	fd = cress_dial("tcp", a);
	made = cress_accept4(server, NULL, NULL, 0);
	check_int(cress_peer_address(fd, b, sizeof(b)), 0);
	check(strcmp(a, b) == 0);
	check_int(cress_local_address(fd, a, sizeof(a)), 0);
	check_int(cress_peer_address(made, b, sizeof(b)), 0);

	check(strcmp(a, b) == 0);
	check(strncmp(a, "127.0.0.1:", 10) == 0);
	check_int(cress_close(fd) | cress_close(made), 0);
	check_int(cress_close(server), 0);
}

static void nobody_there_is_told(void)
{
	char here[CRESS_ADDRESS_MAX];
	int fd = cress_listen("tcp", "127.0.0.1:0", 0);

	check_int(cress_local_address(fd, here, sizeof(here)), 0);
	check_int(cress_close(fd), 0);
	check_refuses(cress_dial("tcp", here), ECONNREFUSED);
	check_refuses(cress_dial("unix", "/nowhere/at/all"), ENOENT);

	check_refuses(cress_dial("unix", unused_name("@")), ECONNREFUSED);
}

static void a_place_that_is_taken_is_told(void)
{
	char here[CRESS_ADDRESS_MAX];
	int fd = cress_listen("tcp", "127.0.0.1:0", 0);
	const char *name = unused_name("@");
	int other = cress_listen("unix", name, 0);

	check_int(cress_local_address(fd, here, sizeof(here)), 0);
	check_refuses(cress_listen("tcp", here, 0), EADDRINUSE);
	check_refuses(cress_listen("unix", name, 0), EADDRINUSE);

	check_int(cress_close(fd), 0);
	check_int(cress_close(other), 0);
}

static ssize_t dial_there(struct call *call)
{
	return cress_dial("tcp", call->extra);
}

/* D5, R25 */
static void a_dial_without_an_answer_can_be_cancelled(void)
{
	char here[CRESS_ADDRESS_MAX];
	struct call calls[6];
	struct sockaddr_storage address;
	socklen_t size;
	int server = tcp_listener(&address, &size, 0), failed = 0;
	int descriptors = open_descriptors();

	check_int(cress_local_address(server, here, sizeof(here)), 0);
	for (int i = 0; i < 6; i++) {
		calls[i] = (struct call){
			.make = dial_there, .extra = here, .limit = 0.004};
		call_begin(&calls[i]);
	}
	for (int i = 0; i < 6; i++) {
		cress_join(calls[i].coroutine, NULL);
		failed += calls[i].result == -1;
		check(calls[i].result >= 0 || calls[i].error == ETIMEDOUT);
		if (calls[i].result >= 0)
			check_int(cress_close((int)calls[i].result), 0);
	}

	check(failed > 0);
	check_int(open_descriptors(), descriptors);
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(tcp_by_number_and_by_name),
		on_io(tcp_by_v6),
		on_io(unix_streams_by_path_and_by_abstract_name),
		on_io(datagrams_by_udp_and_by_unix),
		on_io(the_two_ends_name_each_other),
		on_io(nobody_there_is_told),
		on_io(a_place_that_is_taken_is_told),
		on_io(a_dial_without_an_answer_can_be_cancelled),
	};

	return suite_run(tests);
}
