/* SPDX-License-Identifier: MIT */
/*
 * Address strings: which are none, and how addresses of the kernel are written
 * down so that they can be dialled again.
 */
#include "io/support.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>
#include <cress/net.h>

/* D16 */
static void what_cannot_be_read_is_refused(void)
{
	static const char *const bad[] = {
		"",         "localhost", "127.0.0.1",   "127.0.0.1:",
		":",        "[::1]",     "[::1]:",      "[::1",
		"[::1]80",  "::1:80",    "[]:80x",      "localhost:65536",
		"[::1]]:1", "1:2:3",     "localhost:-1", "127.0.0.1: 1",
		"[::1]:+1", "127.0.0.1:-4294967295"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		errno = 0;
		if (!check_int(cress_dial("tcp", bad[i]), -1) ||
		    !check_int(errno, EINVAL))
			fprintf(stderr, "\tdial tcp \"%s\"\n", bad[i]);
	}
	check_refuses(cress_dial("udp", "nonsense"), EINVAL);
	check_refuses(cress_listen("tcp", "nonsense", 0), EINVAL);
	check_refuses(cress_listen("udp", "", 0), EINVAL);
}

/* D16 */
static void unix_names_that_cannot_be_are_refused(void)
{
	char longest[400];

	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	check_refuses(cress_dial("unix", longest), EINVAL);
	check_refuses(cress_listen("unix", longest, 0), EINVAL);
	longest[0] = '@';
	check_refuses(cress_listen("unix", longest, 0), EINVAL);
	check_refuses(cress_dial("unix", ""), EINVAL);
	check_refuses(cress_dial("unixgram", "relative"), EINVAL);

	check_refuses(cress_dial("unix", "localhost:80"), EINVAL);
}

/* D16 */
static void the_longest_unix_name_fits(void)
{
	struct sockaddr_un limit;
	char name[sizeof(limit.sun_path) + 1], text[CRESS_ADDRESS_MAX];
	int fd, n = snprintf(name, sizeof(name), "@cress-%d-", (int)getpid());

	memset(name + n, 'a', sizeof(name) - (size_t)n);
	name[sizeof(limit.sun_path)] = '\0';
	fd = cress_listen("unix", name, 0);
	check(fd >= 0);
	check_int(cress_local_address(fd, text, sizeof(text)), 0);

	check(strcmp(text, name) == 0);
	check_int(cress_close(fd), 0);
}

static void other_networks_are_refused(void)
{
	check_refuses(cress_dial("sctp", "localhost:80"), EPROTONOSUPPORT);
	check_refuses(cress_dial("", "localhost:80"), EPROTONOSUPPORT);
	check_refuses(cress_dial("TCP", "localhost:80"), EPROTONOSUPPORT);
	check_refuses(cress_listen("unixpacket", "/tmp/x", 0), EPROTONOSUPPORT);
}

/* D16 */
static void null_pointers_are_refused(void)
{
	check_refuses(cress_dial("tcp", NULL), EINVAL);
	check(cress_dial(NULL, "localhost:80") == -1);
	check(errno == EINVAL || errno == EPROTONOSUPPORT);
	check_refuses(cress_listen("unix", NULL, 0), EINVAL);
}

/* D16 */
static void a_buffer_that_is_too_small_is_refused(void)
{
	char text[CRESS_ADDRESS_MAX], exact[CRESS_ADDRESS_MAX];
	int fd = cress_listen("tcp", "127.0.0.1:0", 0);

	check_int(cress_local_address(fd, text, sizeof(text)), 0);
	memset(exact, '#', sizeof(exact));
	check_int(cress_local_address(fd, exact, strlen(text) + 1), 0);
	check(strcmp(exact, text) == 0);
	check_int(exact[strlen(text) + 1], '#');
	check_refuses(cress_local_address(fd, exact, strlen(text)), ENOSPC);
	check_refuses(cress_local_address(fd, exact, 0), ENOSPC);

	check_int(cress_close(fd), 0);
}

/* D16 */
static void addresses_that_are_none_are_told(void)
{
	char text[CRESS_ADDRESS_MAX];
	int fds[2], fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	check_refuses(cress_peer_address(fd, text, sizeof(text)), ENOTCONN);
	check_int(cress_local_address(fd, text, sizeof(text)), 0);
	check(strcmp(text, "0.0.0.0:0") == 0);
	check_int(cress_close(fd), 0);
	check_refuses(cress_local_address(fd, text, sizeof(text)), EBADF);
	check_refuses(cress_peer_address(-1, text, sizeof(text)), EBADF);
	check_int(cress_pipe2(fds, 0), 0);
	check_refuses(cress_local_address(fds[0], text, sizeof(text)),
		      ENOTSOCK);
	drop_own(fds);

	own_pair(fds);
	check_int(cress_local_address(fds[0], text, sizeof(text)), 0);
	drop_own(fds);
}

/* D16 */
static void v6_addresses_are_written_with_brackets(void)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6,
				       .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	char text[CRESS_ADDRESS_MAX];
	int fd = cress_socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		printf("[  NOTE    ] no IPv6 here\n");
	} else {
		check_int(cress_local_address(fd, text, sizeof(text)), 0);
		check(strncmp(text, "[::1]:", 6) == 0);
	}
	if (fd >= 0)
		check_int(cress_close(fd), 0);
}

static void a_port_may_have_a_name(void)
{
	/* Nobody listens at discard here; the name must be understood. */
	int fd = cress_dial("udp", "127.0.0.1:domain");
	int error = errno;
	char text[CRESS_ADDRESS_MAX];

	if (fd < 0 && getservbyname("domain", "udp") == NULL) {
		check_int(error, EINVAL);
		printf("[  NOTE    ] no service names here\n");
		return;
	}
	check_int(cress_peer_address(fd, text, sizeof(text)), 0);
	check(strcmp(text, "127.0.0.1:53") == 0);

	check_int(cress_close(fd), 0);
}

static void a_service_without_a_name_is_not_known(void)
{
	check(cress_dial("tcp", "127.0.0.1:no-such-service-at-all") == -1);
	check(errno == EINVAL || errno == ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(what_cannot_be_read_is_refused),
		on_io(unix_names_that_cannot_be_are_refused),
		on_io(the_longest_unix_name_fits),
		on_io(other_networks_are_refused),
		on_io(null_pointers_are_refused),
		on_io(a_buffer_that_is_too_small_is_refused),
		on_io(addresses_that_are_none_are_told),
		on_io(v6_addresses_are_written_with_brackets),
		on_io(a_port_may_have_a_name),
		on_io(a_service_without_a_name_is_not_known),
	};

	return suite_run(tests);
}
