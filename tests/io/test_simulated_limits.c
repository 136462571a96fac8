/* SPDX-License-Identifier: MIT */
/*
 * Where a simulation ends: real descriptors stay outside, its own numbers mean
 * nothing to the kernel, and what nobody in it can ever do is a deadlock.
 */
#include "io/simulation.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cress/io.h>
#include <cress/net.h>
#include <cress/offload.h>

static int ends[2];

static void a_real_descriptor_is_not_supported(void)
{
	struct pollfd one = {.fd = 0, .events = POLLIN};
	char name[CRESS_ADDRESS_MAX], byte;
	int real[2];

	check_int(socketpair(AF_UNIX, SOCK_STREAM, 0, real), 0);
	check_refuses((int)cress_read(real[0], &byte, 1), ENOTSUP);
	check_refuses((int)cress_write(real[0], &byte, 1), ENOTSUP);
	check_refuses((int)cress_recv(real[0], &byte, 1, 0), ENOTSUP);
	check_refuses((int)cress_recv(real[0], &byte, 1, MSG_DONTWAIT),
		      ENOTSUP);
	check_refuses((int)cress_send(real[0], &byte, 1, 0), ENOTSUP);
	check_refuses(cress_accept4(real[0], NULL, NULL, 0), ENOTSUP);
	check_refuses(cress_poll(&one, 1, 0), ENOTSUP);
	check_refuses(cress_wait_fd(real[0], POLLIN), ENOTSUP);
	check_refuses(cress_shutdown(real[0], SHUT_WR), ENOTSUP);
	check_refuses(cress_fd_adopt(real[0]), ENOTSUP);
	check_refuses(cress_fd_abandon(real[0]), ENOTSUP);
	check_refuses(cress_local_address(real[0], name, sizeof name),
		      ENOTSUP);
	check_refuses(cress_close(real[0]), ENOTSUP);
	check_refuses((int)cress_read(-1, &byte, 1), EBADF);
	check_refuses(cress_close(-1), EBADF);
	check_int(close(real[0]), 0);
	check_int(close(real[1]), 0);
}

static void *never(void *arg)
{
	check(0);
	return arg;
}

static void neither_is_a_worker_nor_a_file(void)
{
	int file = open("/dev/null", O_RDONLY);
	off_t offset = 0;

	check_refuses(cress_offload(never, NULL, NULL), ENOTSUP);
	connect_both(ends);
	check_refuses((int)cress_sendfile(ends[0], file, &offset, 1), ENOTSUP);
	check_refuses((int)cress_sendfile(ends[0], ends[1], &offset, 1),
		      EINVAL);
	drop(ends);
	check_int(close(file), 0);
}

static void its_numbers_mean_nothing_to_the_kernel(void)
{
	char byte;

	check_int(cress_pipe2(ends, 0), 0);
	check(ends[0] >= CRESS_VIRTUAL_FD && ends[1] > ends[0]);
	check_refuses((int)read(ends[0], &byte, 1), EBADF);
	check_refuses(fcntl(ends[0], F_GETFD), EBADF);
	check_refuses(close(ends[0]), EBADF);
	drop(ends);
	check_int(cress_pipe2(ends, 0), 0);
	/* The lowest that is free, as POSIX has it. */
	check_int(ends[0], CRESS_VIRTUAL_FD);
	drop(ends);
}

/* D12 */
static void to_wait_for_what_nobody_can_do_is_a_deadlock(void)
{
	struct pollfd one;
	char byte;

	connect_both(ends);
	check_refuses((int)cress_read(ends[0], &byte, 1), EDEADLK);
	check_int(log_lines_with("deadlock"), 1);
	one = (struct pollfd){.fd = ends[1], .events = POLLIN};
	check_refuses(cress_poll(&one, 1, -1), EDEADLK);
	check_refuses(cress_poll(NULL, 0, -1), EDEADLK);
	check_int(cress_poll(&one, 1, 5), 0);
	drop(ends);
	check_int((int)hub_outside(), 0);
}

static void *dial(void *address)
{
	int fd = cress_dial("tcp", address);

	return as_value(fd < 0 ? -errno : fd);
}

static void a_call_that_nobody_accepts_times_out(void)
{
	char address[CRESS_ADDRESS_MAX];
	cress_t *callers[3];
	void *fds[3];
	int listener;

	listener = cress_listen("tcp", "10.1.2.3:0", 1);
	check_int(cress_local_address(listener, address, sizeof address), 0);
	for (int i = 0; i < 3; i++)
		callers[i] = cress_spawn(dial, address);
	for (int i = 0; i < 3; i++)
		check_int(cress_join(callers[i], &fds[i]), 0);
	/* Two fit into the backlog, as Linux counts; one is refused last. */
	check(as_number(fds[0]) >= 0 || as_number(fds[0]) == -ETIMEDOUT);
	check(cress_now() >= 63);
	check_int((as_number(fds[0]) == -ETIMEDOUT) +
			  (as_number(fds[1]) == -ETIMEDOUT) +
			  (as_number(fds[2]) == -ETIMEDOUT),
		  1);
	check_int(cress_close(listener), 0);
	for (int i = 0; i < 3; i++)
		if (as_number(fds[i]) >= 0) {
			char byte;

			check_refuses((int)cress_read(as_number(fds[i]), &byte,
						      1),
				      ECONNRESET);
			check_int(cress_close(as_number(fds[i])), 0);
		}
}

static void room_in_the_backlog_is_found_later(void)
{
	char address[CRESS_ADDRESS_MAX];
	cress_t *callers[6];
	void *fd;
	int listener;

	listener = cress_listen("tcp", "127.0.0.1:0", 1);
	check_int(cress_local_address(listener, address, sizeof address), 0);
	for (int i = 0; i < 6; i++)
		callers[i] = cress_spawn(dial, address);
	check_int(cress_sleep(2), 0);
	for (int i = 0; i < 6; i++) {
		int accepted = cress_accept4(listener, NULL, NULL, 0);

		check(accepted >= 0);
		check_int(cress_close(accepted), 0);
	}
	for (int i = 0; i < 6; i++) {
		check_int(cress_join(callers[i], &fd), 0);
		check(as_number(fd) >= 0);
		check_int(cress_close(as_number(fd)), 0);
	}
	check_int(cress_close(listener), 0);
}

static void who_gives_up_calling_leaves_nothing(void)
{
	char address[CRESS_ADDRESS_MAX];
	int listener = listen_somewhere(address);
	cress_scope_t limit;

	net()->delay = 1;
	net()->steady = 1;
	cress_scope_open(&limit, 0.5);
	check_refuses(cress_dial("tcp", address), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	cress_scope_open(&limit, 1.5);
	check_refuses(cress_dial("tcp", address), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	/* The second was answered: it can be accepted, and has ended. */
	ends[0] = cress_accept4(listener, NULL, NULL, 0);
	check_int(cress_read(ends[0], address, 1), 0);
	check_int(cress_close(ends[0]), 0);
	check_int(cress_close(listener), 0);
}

static void steady_ways_take_what_they_are_to_take(void)
{
	double start;
	char byte;

	connect_both(ends);
	net()->delay = 0.25;
	net()->steady = 1;
	start = cress_now();
	check_int(cress_write(ends[0], "x", 1), 1);
	check_int(cress_read(ends[1], &byte, 1), 1);
	check(cress_now() - start >= 0.25 && cress_now() - start < 0.2501);
	drop(ends);
}

static void leave_three_open(void)
{
	char address[CRESS_ADDRESS_MAX];

	connect_both(ends);
	net()->steady = 1;
	check_int(cress_write(ends[0], "x", 1), 1);
	listen_somewhere(address);
	/* On its way when all ends. */
	cress_go(dial, address);
	check_int(cress_yield(), 0);
}

static void what_is_left_open_is_counted_and_freed(void)
{
	struct cress_virtual virtual = {.now = 0};

	for (unsigned seed = 0; seed < 20; seed++) {
		memset(&virtual, 0, sizeof virtual);
		simulate(&virtual, seed, leave_three_open);
		check_int((int)virtual.net.open, 3);
	}
}

static void talk_for_a_while(void)
{
	char byte;

	connect_both(ends);
	for (int i = 0; i < 500; i++) {
		check_int(cress_write_all(ends[0], "x", 1), 1);
		check_int(cress_read_full(ends[1], &byte, 1), 1);
	}
	drop(ends);
}

static int stop;

static int talk_to_the_kernel(void *arg)
{
	int real[2];
	char byte;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, real), 0);
		check(real[0] < CRESS_VIRTUAL_FD);
		check_int(cress_write(real[0], "x", 1), 1);
		check_int(cress_read(real[1], &byte, 1), 1);
		drop(real);
	}
	return 0;
}

static void *run_thread(void *arg)
{
	check_int(cress_run(talk_to_the_kernel, arg), 0);
	return NULL;
}

static void another_thread_has_the_kernel_meanwhile(void)
{
	struct cress_virtual virtual;
	pthread_t thread;

	stop = 0;
	check_int(pthread_create(&thread, NULL, run_thread, NULL), 0);
	for (unsigned seed = 0; seed < 20; seed++) {
		memset(&virtual, 0, sizeof virtual);
		simulate(&virtual, seed, talk_for_a_while);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(a_real_descriptor_is_not_supported),
		on_virtual(neither_is_a_worker_nor_a_file),
		on_virtual(its_numbers_mean_nothing_to_the_kernel),
		on_virtual(to_wait_for_what_nobody_can_do_is_a_deadlock),
		on_virtual(a_call_that_nobody_accepts_times_out),
		on_virtual(room_in_the_backlog_is_found_later),
		on_virtual(who_gives_up_calling_leaves_nothing),
		on_virtual(steady_ways_take_what_they_are_to_take),
		bare(what_is_left_open_is_counted_and_freed),
		bare(another_thread_has_the_kernel_meanwhile),
	};

	return suite_run(tests);
}
