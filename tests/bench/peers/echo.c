/* SPDX-License-Identifier: MIT */
/*
 * See echo.h. One buffer serves all connections, because an answer is sent
 * before the next message is read. A send that does not fit is waited out:
 * with one small message in flight it always fits.
 */
#define _GNU_SOURCE
#include "echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static char buffer[16384];

int echo_listen(const char *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 4096) < 0) {
		perror("listen");
		exit(1);
	}
	printf("listening on 127.0.0.1:%s\n", port);
	fflush(stdout);
	return fd;
}

int echo_accept(int listener)
{
	int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);

	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static int send_all(int fd, const char *data, size_t size)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};

	while (size > 0) {
		ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return 0;
		if (n < 0)
			poll(&writable, 1, -1);
		else
			data += n, size -= (size_t)n;
	}
	return 1;
}

int echo_turn(int fd)
{
	ssize_t n;

	do {
		n = recv(fd, buffer, sizeof(buffer), 0);
		if (n < 0)
			return errno == EAGAIN;
		if (n == 0 || !send_all(fd, buffer, (size_t)n))
			return 0;
	} while (n == sizeof(buffer));
	return 1;
}
