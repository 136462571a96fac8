/* SPDX-License-Identifier: MIT */
/*
 * Signals and I/O: SIGPIPE with its default action ends nobody, no call says
 * EINTR, and a storm of signals loses no byte, no wake-up and no time-out.
 */
#include "io/support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cress/io.h>
#include <cress/net.h>
#include <cress/offload.h>

static int ends[2];
static volatile sig_atomic_t struck;

static void strike(int signal)
{
	(void)signal;
	struck++;
}

/* Every half millisecond, without SA_RESTART. */
static void begin_storm(void)
{
	struct sigaction action = {.sa_handler = strike};
	struct itimerval often = {{0, 500}, {0, 500}};

	struck = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void end_storm(void)
{
	struct itimerval never = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &never, NULL);
	/* To ignore it takes back the one that may be under way. */
	signal(SIGALRM, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	check(struck > 0);
}

/* Go on with the loop until so many more signals have come. */
static void await_some(int count)
{
	int before = struck;

	while (struck < before + count)
		if (!check(cress_sleep(0.0003) == 0))
			return;
}

static void break_pair(int foreign, int kind)
{
	if (kind == 0)
		(foreign ? foreign_pair : own_pair)(ends);
	else
		check_int(foreign ? pipe(ends) : cress_pipe2(ends, 0), 0);
	check_int(cress_close(ends[0]), 0);
}

static void check_broken(int is_socket)
{
	struct iovec part = {"x", 1};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	int file = file_with("x");

	check_refuses((int)cress_write(ends[1], "x", 1), EPIPE);
	check_refuses((int)cress_writev(ends[1], &part, 1), EPIPE);
	check_refuses((int)cress_write_all(ends[1], "x", 1), EPIPE);
	check_refuses((int)cress_sendfile(ends[1], file, NULL, 1), EPIPE);
	if (is_socket) {
		check_refuses((int)cress_send(ends[1], "x", 1, 0), EPIPE);
		check_refuses((int)cress_sendto(ends[1], "x", 1, 0, NULL, 0),
			      EPIPE);
		check_refuses((int)cress_sendmsg(ends[1], &msg, 0), EPIPE);
	}
	close(file);
}

/* R42 */
static void a_broken_pipe_is_an_error_and_no_signal(void)
{
	struct sigaction action;
	sigset_t waiting;

	signal(SIGPIPE, SIG_DFL);
	for (int i = 0; i < 4; i++) {
		break_pair(i & 1, i >> 1);
		check_broken(i < 2);
		check_int(cress_close(ends[1]), 0);
	}

	sigaction(SIGPIPE, NULL, &action);
	check(action.sa_handler == SIG_DFL);
	sigpending(&waiting);
	check(!sigismember(&waiting, SIGPIPE));
}

/* R42: what the program itself had pending or blocked stays as it was */
static void the_programs_own_signal_mask_is_kept(void)
{
	sigset_t set, old, now;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	raise(SIGPIPE);
	break_pair(0, 1);
	check_refuses((int)cress_write(ends[1], "x", 1), EPIPE);
	check_int(cress_close(ends[1]), 0);
	sigpending(&now);
	check(sigismember(&now, SIGPIPE));
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	check(sigismember(&now, SIGPIPE));

	signal(SIGPIPE, SIG_IGN);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* R42 */
static void a_handler_of_the_programs_own_is_not_called(void)
{
	struct sigaction action = {.sa_handler = strike};

	struck = 0;
	sigaction(SIGPIPE, &action, NULL);
	for (int kind = 0; kind < 2; kind++) {
		break_pair(0, kind);
		check_refuses((int)cress_write(ends[1], "x", 1), EPIPE);
		check_int(cress_close(ends[1]), 0);
	}

	check_int(struck, 0);
	signal(SIGPIPE, SIG_DFL);
}

/* R42 */
static void parked_calls_survive_a_storm_of_signals(void)
{
	struct call in = {.make = make_read, .size = 4};
	struct call out = {.make = make_write, .size = 4};
	struct call ready = {.make = make_wait_in};

	own_pair(ends);
	fill(ends[0]);
	begin_storm();
	in.fd = out.fd = ready.fd = ends[0];
	call_begin(&in);
	call_begin(&out);
	call_begin(&ready);
	await_some(10);
	check(call_is_parked(&in) && call_is_parked(&out));
	check(call_is_parked(&ready));
	put(ends[1], "abcd");
	drain_input(ends[1]);

	check_call(&in, 4, 0);
	check_call(&out, 4, 0);
	check_call(&ready, POLLIN, 0);
	end_storm();
	drop_own(ends);
}

static char sent[1 << 18], got[1 << 18];

static ssize_t write_all_sent(struct call *call)
{
	return cress_write_all(call->fd, sent, sizeof(sent));
}

/* R42, R41 */
static void a_stream_survives_a_storm_of_signals(void)
{
	struct call call = {.make = write_all_sent};

	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (char)(i * 31 + i / 4093);
	begin_storm();
	for (int kind = 0; kind < 4 || struck < 5; kind++) {
		if (kind & 1)
			foreign_pair(ends);
		else
			check_int(pipe(ends), 0);
		call.fd = ends[1];
		call_begin(&call);
		check_int(cress_read_full(ends[0], got, sizeof(got)),
			  sizeof(got));
		check_call(&call, sizeof(sent), 0);
		check(memcmp(sent, got, sizeof(got)) == 0);
		drop_foreign(ends);
	}
	end_storm();
}

/* R42 */
static void connections_survive_a_storm_of_signals(void)
{
	char here[CRESS_ADDRESS_MAX], byte;
	int server = cress_listen("tcp", "127.0.0.1:0", 0);

	check_int(cress_local_address(server, here, sizeof(here)), 0);
	begin_storm();
	for (int i = 0; i < 100 || (i < 20000 && struck < 5); i++) {
		ends[0] = cress_dial("tcp", here);
		ends[1] = cress_accept4(server, NULL, NULL, 0);
		check_int(cress_write(ends[0], "x", 1), 1);
		check_int(cress_read(ends[1], &byte, 1), 1);
		drop_own(ends);
	}
	end_storm();

	check_int(cress_close(server), 0);
}

static void *run_plainly(void *arg)
{
	struct call *call = arg;

	call->result = call->make(call);
	call->error = errno;
	return NULL;
}

static pthread_t stormy_thread;
static int stormy;

static void *send_signals(void *unused)
{
	while (__atomic_load_n(&stormy, __ATOMIC_RELAXED)) {
		pthread_kill(stormy_thread, SIGUSR1);
		sched_yield();
	}
	return unused;
}

static ssize_t poll_for_a_byte(struct call *call)
{
	struct pollfd fds[1] = {{call->fd, POLLIN, 0}};
	int n = cress_poll(fds, 1, -1);

	return n == 1 ? cress_read(call->fd, call->bytes, 1) : n;
}

/* R42: polls and reads, own and foreign, while signals come all the time */
static void no_call_says_eintr_in_the_densest_storm(void)
{
	struct sigaction action = {.sa_handler = strike};
	pthread_t sender;

	sigaction(SIGUSR1, &action, NULL);
	struck = 0;
	stormy = 1;
	stormy_thread = pthread_self();
	pthread_create(&sender, NULL, send_signals, NULL);
	/* A machine that is busy lets the sender begin late. */
	for (int i = 0; i < 1000 || (struck == 0 && i < 1000000); i++) {
		struct call call = {.make = poll_for_a_byte};

		if (i & 1)
			own_pair(ends);
		else
			check_int(pipe(ends), 0);
		call.fd = ends[0];
		call.coroutine = cress_spawn(run_plainly, &call);
		cress_yield();
		put(ends[1], "x");
		check_call(&call, 1, 0);
		check_int(cress_close(ends[0]) | cress_close(ends[1]), 0);
	}
	__atomic_store_n(&stormy, 0, __ATOMIC_RELAXED);
	pthread_join(sender, NULL);
	check(struck > 0);
}

static void *sleep_and_count(void *unused)
{
	/* Workers take no signals, so nothing cuts this short. */
	return as_value(usleep(3000) == 0 && unused == NULL);
}

/* R42 */
static void time_outs_and_workers_survive_a_storm_of_signals(void)
{
	struct pollfd fds[1];
	void *value = NULL;
	double start = cress_now();

	own_pair(ends);
	fds[0] = (struct pollfd){ends[0], POLLIN, 0};
	begin_storm();
	check_int(cress_poll(fds, 1, 5), 0);
	check(cress_now() - start >= 0.005);
	check_int(cress_sleep(0.005), 0);
	check(cress_now() - start >= 0.010);
	check_int(cress_offload(sleep_and_count, NULL, &value), 0);
	end_storm();

	check_int(as_number(value), 1);
	drop_own(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_broken_pipe_is_an_error_and_no_signal),
		on_io(the_programs_own_signal_mask_is_kept),
		on_io(a_handler_of_the_programs_own_is_not_called),
		on_io(parked_calls_survive_a_storm_of_signals),
		on_io(a_stream_survives_a_storm_of_signals),
		on_io(no_call_says_eintr_in_the_densest_storm),
		on_io(connections_survive_a_storm_of_signals),
		on_io(time_outs_and_workers_survive_a_storm_of_signals),
	};

	return suite_run(tests);
}
