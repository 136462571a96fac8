/* SPDX-License-Identifier: MIT */
/*
 * The load on an echo server: `echo_load echo|idle CONNECTIONS PORT PID`, under
 * the driver's protocol (see harness.h). Every connection has one message of 64
 * bytes in flight, never two. A slice of "echo" asks on all of them, and on
 * each again when it is answered, until enough answers have come; the figure is
 * the server's processor time for each, in microseconds, without the first
 * answers, and while all connections are in flight. A slice of "idle" opens the
 * connections, has each answered once, and tells what memory the server has
 * grown by for each.
 *
 * The generator polls without sleeping, so that waking it costs the server the
 * same every time.
 */
#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE 64
#define BATCH 512
#define MEASURED 20000
#define WARMING 5000
#define SECONDS 60

static int connections, port, server;
static clockid_t server_clock;
static char message[SIZE];

struct connection {
	int fd;
	int got; /* bytes of the answer in flight */
};

static struct connection *all;
static int queue;

static void die(const char *what)
{
	fprintf(stderr, "echo_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double clock_seconds(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		die("the server is gone");
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int dial(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("connect");
	return fd;
}

static void ask(struct connection *c)
{
	c->got = 0;
	if (send(c->fd, message, SIZE, MSG_NOSIGNAL) != SIZE)
		die("send");
}

/* Take what has come, and return whether the answer is complete and right. */
static int answered(struct connection *c, int flags)
{
	char buffer[SIZE];
	size_t room = (size_t)(SIZE - c->got);
	ssize_t n = recv(c->fd, buffer, room, flags);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n == 0)
		errno = ECONNRESET;
	if (n <= 0)
		die("recv");
	if (memcmp(buffer, message + c->got, (size_t)n) != 0) {
		errno = EBADMSG;
		die("answer");
	}
	c->got += (int)n;
	return c->got == SIZE;
}

/* Open all, a few at a time: what a server has to accept must fit a backlog. */
static void open_all(void)
{
	for (int i = 0; i < connections; i += 64) {
		int end = i + 64 < connections ? i + 64 : connections;
		for (int k = i; k < end; k++) {
			struct epoll_event event = {.events = EPOLLIN | EPOLLET,
						    .data.ptr = all + k};
			all[k].fd = dial();
			if (epoll_ctl(queue, EPOLL_CTL_ADD, all[k].fd, &event))
				die("epoll_ctl");
			ask(all + k);
		}
		for (int k = i; k < end; k++)
			while (!answered(all + k, 0))
				;
	}
}

/* All are in flight until the last measured answer; the rest just drains. */
static double echo(void)
{
	static struct epoll_event events[BATCH];
	long done = 0, asked = 0;
	long warming = WARMING > connections ? WARMING : connections;
	long enough = warming + MEASURED;
	double before = 0, after = 0;
	double give_up = clock_seconds(CLOCK_MONOTONIC) + SECONDS;

	for (; asked < connections; asked++)
		ask(all + asked);
	while (done < asked) {
		int n = epoll_wait(queue, events, BATCH, 0);
		if (n <= 0 && clock_seconds(CLOCK_MONOTONIC) > give_up)
			errno = ETIMEDOUT, die("slice");
		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;
			if (!answered(c, MSG_DONTWAIT))
				continue;
			if (++done == warming)
				before = clock_seconds(server_clock);
			if (done == enough)
				after = clock_seconds(server_clock);
			if (done < enough)
				ask(c), asked++;
		}
	}
	return (after - before) / MEASURED * 1e6;
}

static double idle(void)
{
	double before = bench_resident(server);

	open_all();
	return (bench_resident(server) - before) / connections;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return bench_unknown(argv);
	connections = atoi(argv[2]);
	port = atoi(argv[3]);
	server = atoi(argv[4]);
	if (clock_getcpuclockid(server, &server_clock) != 0)
		die("no such server");
	memset(message, 'm', SIZE);
	message[SIZE - 1] = '\n';
	all = calloc((size_t)connections, sizeof(*all));
	queue = epoll_create1(0);
	if (all == NULL || queue < 0)
		die("setup");
	if (strcmp(argv[1], "idle") == 0)
		return bench_figures(idle);
	open_all();
	return bench_figures(echo);
}
