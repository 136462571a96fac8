/* SPDX-License-Identifier: MIT */
/*
 * An echo server as callbacks need it: each function does what can be done at
 * once, and returns. A client that does not read what it is sent is dropped:
 * to keep the rest for later takes a buffer and a state for each connection,
 * which is what coroutines save.
 */
#define _GNU_SOURCE	/* accept4() */
#include "callbacks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coroutines.h"

static int clients;

int callbacks_listen(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
		perror("listen");
		return -1;
	}
	printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

int callbacks_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	clients += fd >= 0;
	return fd;
}

int callbacks_echo(int fd)
{
	char data[4096];
	ssize_t got = recv(fd, data, sizeof data, 0);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (got == 0)
		return -1;
	return send(fd, data, (size_t)got, MSG_NOSIGNAL) == got ? 0 : -1;
}

void callbacks_remind(int fd)
{
	send(fd, EMBED_REMINDER, sizeof EMBED_REMINDER - 1, MSG_NOSIGNAL);
}

int callbacks_clients(void)
{
	return clients;
}
