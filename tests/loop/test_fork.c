/* SPDX-License-Identifier: MIT */
/*
 * fork() with a hub: what runs on in the child shares no event with the
 * parent, waits for nobody who is not there, and does the parent no harm.
 */
#include "loop/embed_support.h"

#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/environment.h"

#include <cress/embed.h>
#include <cress/io.h>
#include <cress/offload.h>

/* Longer than any test waits, if it waits in vain. */
#define PATIENCE 20

/* What a child ends with if it has no complaint. */
#define WELL 42

/* In the child: nothing of the parent's may be run at its end. */
static void end_child(int failures_before)
{
	fflush(NULL);
	_exit(suite_failures() == failures_before ? WELL : 1);
}

/* Returns in the parent only; the child runs `fn(arg)` and ends. */
static pid_t in_child(void (*fn)(void *arg), void *arg)
{
	int failures = suite_failures();
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		alarm(PATIENCE);
		fn(arg);
		end_child(failures);
	}
	check(child > 0);
	return child;
}

static void check_ended_well(pid_t child)
{
	int status = 0;

	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status));
	check_int(WEXITSTATUS(status), WELL);
}

static void *read_and_note(void *fd)
{
	char data[8] = "";
	ssize_t got = cress_read(as_number(fd), data, 7);

	if (got < 0)
		note("%d", errno);
	else
		note("%s", data);
	return NULL;
}

static void echo_once(void)
{
	char data[8] = "";
	int pair[2];

	check_int(cress_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cress_t *c = cress_spawn(echo_in_coroutine, as_value(pair[0]));
	for (int i = 0; i < 5; i++) {
		check_int((int)cress_send(pair[1], "echo", 4, 0), 4);
		check_int((int)cress_recv(pair[1], data, 8, 0), 4);
		check_int(cress_sleep(0.0005), 0);
	}
	cress_close(pair[1]);
	check_int(cress_join(c, NULL), 0);
}

static void run_the_program(void *unused)
{
	(void)unused;
	execl("/bin/sh", "sh", "-c", "exit 42", (char *)NULL);
}

static void leave_at_once(void *unused)
{
	(void)unused;
}

static void *fork_and_wait(void *exec)
{
	cress_t *other = cress_spawn(nap, as_value(1));

	check_ended_well(in_child(exec != NULL ? run_the_program
					       : leave_at_once, NULL));
	check_int(cress_join(other, NULL), 0);
	return NULL;
}

/* R33 */
static void a_child_may_exec_or_exit_from_a_coroutine(void)
{
	cress_t *a = cress_spawn(fork_and_wait, "exec");
	cress_t *b = cress_spawn(fork_and_wait, NULL);

	check_int(cress_join(a, NULL), 0);
	check_int(cress_join(b, NULL), 0);
	echo_once();
}

struct shared {
	cress_t *reader;
	int fd;
};

/* A change to the parent's epoll: its entry would be for writing only. */
static void wait_for_the_other_direction(void *arg)
{
	static char much[4096];
	struct shared *shared = arg;
	struct pollfd event = {.fd = shared->fd, .events = POLLOUT};

	check_int(cress_kill(shared->reader, 0), 0);
	check_int(cress_join(shared->reader, NULL), 0);
	check_noted("%d", ECANCELED);
	while (cress_send(shared->fd, much, sizeof much, MSG_DONTWAIT) > 0)
		continue;
	check_int(cress_poll(&event, 1, 3), 0);
	echo_once();
}

/* What is lost never comes: then this fails, and does not hang. */
static void join_in_time(cress_t *c)
{
	cress_scope_t scope;

	check_int(cress_scope_open(&scope, 3), 0);
	check_int(cress_join(c, NULL), 0);
	check_int(cress_scope_close(&scope), 0);
}

/* R33, V77 */
static void a_child_takes_no_event_from_its_parent(void)
{
	int pair[2];

	for (int adopt = 0; adopt < 2; adopt++) {
		make_pair(pair);
		if (adopt)
			check_int(cress_fd_adopt(pair[0]), 0);
		struct shared shared = {
			.reader = cress_spawn(read_and_note,
					      as_value(pair[0])),
			.fd = pair[0],
		};
		check_int(cress_sleep(0.001), 0);
		check_ended_well(in_child(wait_for_the_other_direction,
					  &shared));
		check(send(pair[1], "mine", 4, 0) == 4);
		join_in_time(shared.reader);
		check_noted("mine");
		cress_close(pair[0]);
		close(pair[1]);
	}
}

static int ticks;

static void *tick(void *unused)
{
	for (int i = 0; i < 5; i++) {
		check_int(cress_sleep(0.001), 0);
		ticks++;
	}
	return unused;
}

static void wait_for_the_ticker(void *c)
{
	check_int(cress_join(c, NULL), 0);
	check_int(ticks, 5);
	echo_once();
}

/* V77 */
static void coroutines_of_the_parent_go_on_in_the_child(void)
{
	cress_t *c = cress_spawn(tick, NULL);

	ticks = 0;
	check_int(cress_sleep(0.0025), 0);
	check(ticks < 5);
	check_ended_well(in_child(wait_for_the_ticker, c));
	check_int(cress_join(c, NULL), 0);
	check_int(ticks, 5);
}

static sem_t may_end;
static sem_t has_begun;

static void *block(void *value)
{
	sem_post(&has_begun);
	while (sem_wait(&may_end) != 0)
		continue;
	return value;
}

static void *offload_and_note(void *long_one)
{
	cress_fn *fn = long_one != NULL ? block : give_back;
	void *value = NULL;
	int result = cress_offload(fn, as_value(6), &value);

	note("%d", result == 0 ? as_number(value) : -errno);
	return NULL;
}

static void look_for_workers(void *waiting)
{
	cress_t *c;

	check_int(cress_join(waiting, NULL), 0);
	check_noted("%d %d", -ESRCH, -ESRCH);
	for (int i = 0; i < 8; i++) {
		c = cress_spawn(offload_and_note, NULL);
		check_int(cress_join(c, NULL), 0);
		check_noted("6");
	}
}

/* One runs, and one waits for the only worker. */
static void workers_are_made_anew_and_who_waited_is_told(void)
{
	sem_init(&may_end, 0, 0);
	sem_init(&has_begun, 0, 0);
	check_int(cress_offload_limit(1), 0);
	cress_go(offload_and_note, "long");
	cress_t *second = cress_spawn(offload_and_note, NULL);
	check_int(cress_sleep(0.0005), 0);
	while (sem_wait(&has_begun) != 0)
		continue;

	check_ended_well(in_child(look_for_workers, second));
	check_nothing_noted();
	sem_post(&may_end);
	check_int(cress_join(second, NULL), 0);
	check_noted("6 6");
	check_int(cress_offload_limit(4), 0);
}

static void *fork_in_a_worker(void *unused)
{
	pid_t child;

	(void)unused;
	fflush(NULL);
	child = fork();
	return as_value(child);
}

/* The child has that one thread, which ends, and the process with it. */
static void a_worker_that_forks_and_returns_in_the_child_ends_it(void)
{
	int status = -1;
	void *child = NULL;

	check_int(cress_offload(fork_in_a_worker, NULL, &child), 0);
	check(as_number(child) > 0);
	check(waitpid(as_number(child), &status, 0) == as_number(child));
	check(WIFEXITED(status));
	check_int(WEXITSTATUS(status), 0);
	check_int(cress_offload(give_back, NULL, NULL), 0);
}

static struct ev_loop *loop;

static void run_the_loop(void *word)
{
	int pair[2];
	char data[4];

	make_pair(pair);
	cress_go(echo_in_coroutine, as_value(pair[0]));
	check(send(pair[1], word, 4, 0) == 4);
	check(shutdown(pair[1], SHUT_WR) == 0);
	check_int(ev_run(loop, 0), 0);
	check(recv(pair[1], data, 4, 0) == 4);
	check(memcmp(data, word, 4) == 0);
	close(pair[1]);
}

/* V77 */
static void an_attached_loop_serves_both_processes(void)
{
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
	run_the_loop("one.");
	pid_t child = in_child(run_the_loop, "two.");
	run_the_loop("mine");
	check_ended_well(child);
	leave_loop(loop);
}

/* As a foreign loop that has a descriptor to poll, and no time. */
static void run_by_descriptor(void *fd)
{
	struct pollfd event = {.fd = cress_hub_fd(), .events = POLLIN};
	int pair[2];

	check_int(event.fd, as_number(fd));
	make_pair(pair);
	cress_go(read_and_note, as_value(pair[0]));
	while (cress_hub_timeout() == 0)
		check(cress_hub_run_once() >= 0);
	check_int(poll(&event, 1, 0), 0);
	check(send(pair[1], "word", 4, 0) == 4);
	check_int(poll(&event, 1, PATIENCE * 1000), 1);
	while (cress_hub_run_once() > 0)
		continue;
	check_noted("word");
	close(pair[0]);
	close(pair[1]);
}

/* V77 */
static void a_foreign_loop_finds_the_hub_in_both_processes(void)
{
	int fd = cress_hub_fd();

	run_by_descriptor(as_value(fd));
	pid_t child = in_child(run_by_descriptor, as_value(fd));
	check_ended_well(child);
	run_by_descriptor(as_value(fd));
	check_int(cress_hub_detach(), 0);
}

static void make_another_hub(void *unused)
{
	check_int(cress_hub_detach(), 0);
	check(cress_hub_fd() >= 0);
	check_int(cress_hub_detach(), 0);
	(void)unused;
}

static void a_hub_can_end_in_the_child(void)
{
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
	cress_go(park_for_ever, NULL);
	ev_run(loop, EVRUN_NOWAIT);
	check_ended_well(in_child(make_another_hub, NULL));
	check_int(cress_hub_waiters(NULL), 1);
	leave_loop(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_libev(a_child_may_exec_or_exit_from_a_coroutine),
		on_libev(a_child_takes_no_event_from_its_parent),
		on_libev(coroutines_of_the_parent_go_on_in_the_child),
		on_libev(workers_are_made_anew_and_who_waited_is_told),
		on_libev(a_worker_that_forks_and_returns_in_the_child_ends_it),
		bare(an_attached_loop_serves_both_processes),
		bare(a_foreign_loop_finds_the_hub_in_both_processes),
		bare(a_hub_can_end_in_the_child),
	};

	if (environment_is_tsan()) {
		environment_say("not run", "the tool takes a fork wrong");
		return 77;
	}
	return suite_run(tests);
}
