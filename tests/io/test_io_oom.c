/* SPDX-License-Identifier: MIT */
/*
 * I/O when memory runs out: each call is made with its first request refused,
 * then its second, and so on until none was. A call that fails says ENOMEM, has
 * taken nothing and left no descriptor, and works when it is tried again.
 *
 * Each attempt has a thread and a hub of its own, because a hub keeps what it
 * once got. When the thread has ended everything is given back.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/memory.h"

#include <cress/io.h>
#include <cress/net.h>
#include <cress/offload.h>

#define MANY 40

/* One call with all that belongs to it; returns what the call did. */
static int ends[2];

static int do_read(void)
{
	char byte;

	return (int)cress_read(ends[0], &byte, 1);
}

static int do_write(void)
{
	return (int)cress_write_all(ends[0], "a", 1);
}

static int do_adopt(void)
{
	return cress_fd_adopt(ends[0]) == 0 ? cress_fd_abandon(ends[0]) : -1;
}

static int do_socket(void)
{
	int fd = cress_socket(AF_INET, SOCK_STREAM, 0);

	return fd >= 0 ? cress_close(fd) : -1;
}

static int do_socketpair(void)
{
	int pair[2];

	if (cress_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return -1;
	return cress_close(pair[0]) | cress_close(pair[1]);
}

static int do_far_pipe(void)
{
	int pipes[2], result;

	/* The two ends lie in different parts of any table. */
	if (fcntl(ends[0], F_DUPFD_CLOEXEC, 3000) < 0)
		return -1;
	result = cress_wait_fd(3000, POLLOUT);
	close(3000);
	if (result != POLLOUT || cress_pipe2(pipes, 0) != 0)
		return -1;
	return cress_close(pipes[0]) | cress_close(pipes[1]);
}

static int do_wait(void)
{
	return cress_wait_fd(ends[0], POLLIN) == POLLIN ? 0 : -1;
}

static int do_poll(void)
{
	struct pollfd fds[40];

	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = (struct pollfd){ends[1], POLLIN, 0};
	/* Nothing comes: it parks, with more members than a few. */
	return cress_poll(fds, COUNT(fds), 1);
}

static void *give_back_later(void *value)
{
	return value;
}

static int do_offload(void)
{
	void *value = NULL;

	if (cress_offload(give_back_later, as_value(9), &value) != 0)
		return -1;
	return as_number(value) == 9 ? 0 : -2;
}

static int do_look_up(void)
{
	struct addrinfo *list = NULL;
	int code = cress_getaddrinfo("127.0.0.1", "80", NULL, &list);

	if (code == 0)
		freeaddrinfo(list);
	else if (code == EAI_MEMORY)
		errno = ENOMEM;
	return code == 0 ? 0 : -1;
}

static int do_listen(void)
{
	int fd = cress_listen("tcp", "127.0.0.1:0", 0);

	return fd >= 0 ? cress_close(fd) : -1;
}

static int do_listen_unix(void)
{
	int fd = cress_listen("unix", "@cress-oom", 0);

	return fd >= 0 ? cress_close(fd) : -1;
}

static int do_dial_and_accept(void)
{
	char here[CRESS_ADDRESS_MAX];
	int fd, made = -1;

	cress_local_address(ends[0], here, sizeof(here));
	fd = cress_dial("tcp", here);
	if (fd >= 0)
		made = cress_accept4(ends[0], NULL, NULL, 0);
	if (fd >= 0)
		close(fd);
	if (made >= 0)
		close(made);
	return fd >= 0 && made >= 0 ? 0 : -1;
}

static void ready_pair(void)
{
	check_int(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	put(ends[1], "abc");
}

static void listener(void)
{
	struct sockaddr_storage address;
	socklen_t size;

	ends[0] = tcp_listener(&address, &size, 8);
	ends[1] = dup(ends[0]);
}

static const struct {
	const char *name;
	void (*arrange)(void);
	int (*act)(void);
} acts[] = {
	{"read", ready_pair, do_read},
	{"write_all", ready_pair, do_write},
	{"fd_adopt", ready_pair, do_adopt},
	{"socket", ready_pair, do_socket},
	{"socketpair", ready_pair, do_socketpair},
	{"pipe2", ready_pair, do_far_pipe},
	{"wait_fd", ready_pair, do_wait},
	{"poll", ready_pair, do_poll},
	{"offload", ready_pair, do_offload},
	{"getaddrinfo", ready_pair, do_look_up},
	{"listen", ready_pair, do_listen},
	{"listen unix", ready_pair, do_listen_unix},
	{"dial, accept4", listener, do_dial_and_accept},
};

struct attempt {
	size_t act;
	size_t n;
	int failed;
};

static int act_without_memory(void *arg)
{
	struct attempt *attempt = arg;
	int result, error;

	memory_fail(attempt->n);
	result = acts[attempt->act].act();
	error = errno;
	attempt->failed = memory_has_failed();
	memory_fail(0);
	if (result == -1 && !check_int(error, ENOMEM))
		note("%s %zu", acts[attempt->act].name, attempt->n);
	check(result != -1 || attempt->failed);
	if (result == -1)
		check(acts[attempt->act].act() >= 0);
	return 3;
}

static void attempt_in_thread(void *arg)
{
	check_int(cress_run(act_without_memory, arg), 3);
}

static void refuse_each(size_t act)
{
	struct attempt attempt = {.act = act};
	int descriptors = open_descriptors();
	size_t blocks, mappings;

	do {
		attempt.n++;
		acts[act].arrange();
		blocks = memory_blocks();
		mappings = memory_mappings();
		on_thread(attempt_in_thread, &attempt);
		close(ends[0]);
		close(ends[1]);
		if (!check_int((intmax_t)memory_blocks(), (intmax_t)blocks) ||
		    !check_int((intmax_t)memory_mappings(),
			       (intmax_t)mappings) ||
		    !check_int(open_descriptors(), descriptors))
			note("%s %zu", acts[act].name, attempt.n);
	} while (attempt.failed && attempt.n < MANY);
	check(attempt.n < MANY);
}

/* R25, D7 */
static void every_call_survives_a_lack_of_memory(void **state)
{
	const char *notes;

	(void)state;
	for (size_t act = 0; act < COUNT(acts); act++) {
		refuse_each(act);
		notes = noted();
		if (*notes != '\0')
			fprintf(stderr, "\t%s\n", notes);
	}
}

static int use_many_calls(void *unused)
{
	int pair[2];
	char byte;

	(void)unused;
	for (int i = 0; i < 300; i++) {
		check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		check_int(cress_write_all(pair[0], "a", 1), 1);
		check_int(cress_read(pair[1], &byte, 1), 1);
		do_poll();
		check_int(cress_close(pair[0]) | cress_close(pair[1]), 0);
		if (i % 50 == 0)
			check_int(do_offload(), 0);
	}
	return 4;
}

static void run_many_calls(void *unused)
{
	check_int(cress_run(use_many_calls, unused), 4);
}

/* R25 */
static void a_thread_gives_back_all_that_io_took(void **state)
{
	size_t blocks, mappings;

	(void)state;
	ready_pair();
	on_thread(run_many_calls, NULL);
	blocks = memory_blocks();
	mappings = memory_mappings();
	on_thread(run_many_calls, NULL);

	check_int((intmax_t)memory_blocks(), (intmax_t)blocks);
	check_int((intmax_t)memory_mappings(), (intmax_t)mappings);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_call_survives_a_lack_of_memory),
		test(a_thread_gives_back_all_that_io_took),
	};

	memory_install();
	cress_current();
	return suite_run(tests);
}
