/* SPDX-License-Identifier: MIT */
/* Dialling and listening: the first address that works is taken. */
#include <cress/net.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "io/syscalls.h"
#include "net/address.h"

#include <cress/io.h>
#include <cress/scope.h>

/* Make a socket of one address ready for use. 0, or -1 with errno. */
typedef int setup(int fd, const struct addrinfo *address, int argument);

static int set_up_dial(int fd, const struct addrinfo *address, int argument)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	int one = 1;

	(void)argument;
	if (address->ai_family != AF_UNIX &&
	    address->ai_socktype == SOCK_STREAM)
		calls->setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
				  sizeof one);
	return cress_connect(fd, address->ai_addr, address->ai_addrlen);
}

static int set_up_listen(int fd, const struct addrinfo *address, int backlog)
{
	int stream = address->ai_socktype == SOCK_STREAM;
	const struct cress_syscalls *calls = cress_syscalls_here();
	int one = 1;

	if (stream && address->ai_family != AF_UNIX) {
		calls->setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
				  sizeof one);
		/* Connections inherit it, which saves a call for each. */
		calls->setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
				  sizeof one);
	}
	if (calls->bind(fd, address->ai_addr, address->ai_addrlen) != 0)
		return -1;
	return stream ? calls->listen(fd, backlog) : 0;
}

/* May another address help? Not if the caller is to stop. */
static int is_final(int error)
{
	return cress_scope_error() != 0 || error == EDEADLK;
}

static int open_first(const struct addrinfo *list, setup *set_up, int argument)
{
	const struct addrinfo *address;

	for (address = list; address != NULL; address = address->ai_next) {
		int fd = cress_socket(address->ai_family, address->ai_socktype,
				      address->ai_protocol);
		int saved;

		if (fd < 0)
			continue;
		if (set_up(fd, address, argument) == 0)
			return fd;
		saved = errno;
		cress_close(fd);
		errno = saved;
		if (is_final(saved))
			return -1;
	}
	return -1;
}

static int open_address(const char *network, const char *address, int passive,
			setup *set_up, int argument)
{
	struct addrinfo *list = cress_address_find(network, address, passive);
	int fd, saved;

	if (list == NULL)
		return -1;
	fd = open_first(list, set_up, argument);
	saved = errno;
	cress_address_free(list);
	errno = saved;
	return fd;
}

int cress_dial(const char *network, const char *address)
{
	return open_address(network, address, 0, set_up_dial, 0);
}

int cress_listen(const char *network, const char *address, int backlog)
{
	return open_address(network, address, 1, set_up_listen,
			    backlog == 0 ? SOMAXCONN : backlog);
}
