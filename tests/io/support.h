/* SPDX-License-Identifier: MIT */
/*
 * What the suites of I/O share: a runner that sees what a test leaves behind,
 * calls that run in a coroutine of their own, and descriptors to play with.
 *
 * Each test runs as the main coroutine of a hub on libev, within a deadline
 * that only a broken test or library meets. When it is over, descriptors,
 * timers and waits must be as many as before.
 */
#ifndef TESTS_IO_SUPPORT_H
#define TESTS_IO_SUPPORT_H

#include "loop/support.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* Run as a test of I/O. */
void run_io(void **state);
#define on_io(function) SCENARIO(run_io, function)

/* How many waits of this hub something outside can end, and its timers. */
size_t hub_waits(void);
size_t hub_timers(void);

/* Does the loop watch this number in any direction? */
int is_watched(int fd);

/*
 * A call that a coroutine makes. `make` returns what the call returned, and
 * leaves its errno.
 */
struct call {
	ssize_t (*make)(struct call *call);
	int fd;
	int other;
	int flags;
	size_t size;
	double limit; /* seconds; 0: none */
	void *extra;
	char bytes[64];
	ssize_t result;
	int error;
	cress_t *coroutine;
};

/* Start it and let it park. */
void call_begin(struct call *call);

/* Is it still under way? */
int call_is_parked(const struct call *call);

/* Wait for its end and check its result, and its errno if that is -1. */
#define check_call(call, result, error) \
	check_call_at((call), (result), (error), __FILE__, __LINE__)
void check_call_at(struct call *call, ssize_t result, int error,
		   const char *file, int line);

/* Calls for `make`: with fd, bytes, size and flags. */
ssize_t make_read(struct call *call);
ssize_t make_write(struct call *call);
ssize_t make_recv(struct call *call);
ssize_t make_send(struct call *call);
ssize_t make_accept(struct call *call);
ssize_t make_wait_in(struct call *call);
ssize_t make_wait_out(struct call *call);
ssize_t make_read_full(struct call *call);

/* Let all others run until they park, and the loop poll. */
void settle(void);

/* Two ends of a Unix stream socket, adopted or foreign; the latter block. */
void own_pair(int ends[2]);
void foreign_pair(int ends[2]);

/* Both ends with cress_close(), or with close(). */
void drop_own(int ends[2]);
void drop_foreign(int ends[2]);

/* Fill what `fd` writes to until it takes no more; returns how much went. */
size_t fill(int fd);

/* Throw away what can be read from `fd` now; returns how much that was. */
size_t drain_input(int fd);

/* How many bytes wait to be read. */
int pending(int fd);

/* Put a text into `fd` past the library; it must fit. */
void put(int fd, const char *text);

/* Does `fd` have this flag of F_GETFL? */
int has_flag(int fd, int flag);

/* Does `fd` have FD_CLOEXEC and O_NONBLOCK? */
int is_made_well(int fd);

/* A foreign TCP listener on a free port of the loopback; its address. */
int tcp_listener(struct sockaddr_storage *address, socklen_t *size,
		 int backlog);

/* A file without a name with these bytes in it. */
int file_with(const char *text);

#endif
