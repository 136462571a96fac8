/* SPDX-License-Identifier: MIT */
/*
 * An echo server on bare epoll, edge-triggered: the least that a server in one
 * thread can do, and the measure of the noise when it is run twice.
 */
#include "echo.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BATCH 1024

static int watch(int queue, int fd, unsigned events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	return epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event);
}

int main(int argc, char **argv)
{
	static struct epoll_event events[BATCH];

	if (argc != 2)
		return 2;
	int listener = echo_listen(argv[1]);
	int queue = epoll_create1(0);
	if (watch(queue, listener, EPOLLIN) < 0) {
		perror("epoll");
		return 1;
	}
	for (;;) {
		int n = epoll_wait(queue, events, BATCH, -1);
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			if (fd != listener) {
				if (!echo_turn(fd))
					close(fd);
				continue;
			}
			while ((fd = echo_accept(listener)) >= 0)
				watch(queue, fd, EPOLLIN | EPOLLET);
		}
	}
}
