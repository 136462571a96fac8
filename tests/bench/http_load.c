/* SPDX-License-Identifier: MIT */
/*
 * The load on an HTTP server: `http_load http CONNECTIONS PORT PID`, under the
 * driver's protocol (see harness.h). Every connection stays, and has one
 * request in flight. A slice asks on all of them, and on each again when it is
 * answered, until enough answers have come; the figure is the server's
 * processor time for each, in microseconds, without the first answers, and
 * while all connections are in flight.
 *
 * All servers answer with as many bytes, head and body; one that does not is
 * not measured. The first answer of a connection is looked at closely, of the
 * others only the status and the size.
 *
 * The generator polls without sleeping, so that waking it costs the server the
 * same every time.
 */
#define _GNU_SOURCE /* memmem */
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

#define REQUEST "GET /file.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n" \
		"User-Agent: http_load\r\nAccept: */*\r\n\r\n"
#define STATUS "HTTP/1.1 200 OK\r\n"
#define HEAD_SIZE 320
#define ANSWER_SIZE (HEAD_SIZE + 1024)
#define BATCH 512
#define MEASURED 20000
#define WARMING 5000
#define SECONDS 60
#define PATIENCE 5

static int connections, port;
static clockid_t server_clock;

struct connection {
	int fd;
	int got; /* bytes of the answer in flight */
};

static struct connection *all;
static int queue;

static void die(const char *what)
{
	fprintf(stderr, "http_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double clock_seconds(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		die("the server is gone");
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A server that is just starting may refuse for a while. */
static int dial(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	double give_up = clock_seconds(CLOCK_MONOTONIC) + PATIENCE;
	int on = 1;

	for (;;) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0)
			die("socket");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (connect(fd, (struct sockaddr *)&address,
			    sizeof(address)) == 0)
			return fd;
		if (errno != ECONNREFUSED ||
		    clock_seconds(CLOCK_MONOTONIC) > give_up)
			die("connect");
		close(fd);
		usleep(10000);
	}
}

static void ask(struct connection *c)
{
	ssize_t size = sizeof(REQUEST) - 1;

	c->got = 0;
	if (send(c->fd, REQUEST, (size_t)size, MSG_NOSIGNAL) != size)
		die("send");
}

/* Look at the first answer: is its head as long as everybody's? */
static void check(const struct connection *c)
{
	char text[ANSWER_SIZE];
	const char *end = NULL;

	while (end == NULL) {
		ssize_t n = recv(c->fd, text, sizeof(text), MSG_PEEK);
		if (n <= 0)
			die("recv");
		end = memmem(text, (size_t)n, "\r\n\r\n", 4);
		if (end == NULL && n == sizeof(text))
			break;
	}
	int size = end != NULL ? (int)(end + 4 - text) : 0;
	if (size == HEAD_SIZE)
		return;
	fprintf(stderr, "http_load: a head of %d bytes, not %d\n", size,
		HEAD_SIZE);
	exit(1);
}

/* Take what has come, and return whether the answer is complete. */
static int answered(struct connection *c, char *text, int flags)
{
	ssize_t n = recv(c->fd, text + c->got, (size_t)(ANSWER_SIZE - c->got),
			 flags);

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n == 0)
		errno = ECONNRESET;
	if (n <= 0)
		die("recv");
	if (c->got == 0 && (n < (ssize_t)strlen(STATUS) ||
			    memcmp(text, STATUS, strlen(STATUS)) != 0)) {
		errno = EBADMSG;
		die("answer");
	}
	c->got += (int)n;
	return c->got == ANSWER_SIZE;
}

/* Open all, a few at a time: what a server has to accept must fit a backlog. */
static void open_all(void)
{
	static char text[ANSWER_SIZE];

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
		for (int k = i; k < end; k++) {
			check(all + k);
			while (!answered(all + k, text, 0))
				;
		}
	}
}

/* All are in flight until the last measured answer; the rest just drains. */
static double serve(void)
{
	static struct epoll_event events[BATCH];
	static char text[ANSWER_SIZE];
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
			if (!answered(c, text, MSG_DONTWAIT))
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

int main(int argc, char **argv)
{
	if (argc != 5 || strcmp(argv[1], "http") != 0)
		return bench_unknown(argv);
	connections = atoi(argv[2]);
	port = atoi(argv[3]);
	if (clock_getcpuclockid(atoi(argv[4]), &server_clock) != 0)
		die("no such server");
	all = calloc((size_t)connections, sizeof(*all));
	queue = epoll_create1(0);
	if (all == NULL || queue < 0)
		die("setup");
	open_all();
	return bench_figures(serve);
}
