/* SPDX-License-Identifier: MIT */
/*
 * Numbers that the program closes by close(2) past the library, in each of the
 * three kinds of loop: the loop must live, and if the library can see it before
 * the kernel is told of the number, who waits learns of it.
 */
#include "loop/embed_support.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/environment.h"

#include <cress/embed.h>
#include <cress/io.h>

static struct ev_loop *loop;
static int ends[2], spare[2];
static cress_t *reader;

static int in_own_loop(void *prepare)
{
	(*(void (**)(void))prepare)();
	do
		check_int(cress_sleep(0.001), 0);
	while (cress_hub_waiters(NULL) != 0);
	return 0;
}

static void in_attached_loop(void)
{
	ev_run(loop, 0);
	leave_loop(loop);
}

static void in_foreign_loop(void)
{
	while (cress_hub_waiters(NULL) != 0 || cress_hub_timeout() == 0) {
		struct pollfd event = {cress_hub_fd(), POLLIN, 0};
		double seconds = cress_hub_timeout();

		poll(&event, 1, seconds > 1 ? 1000 : (int)(seconds * 1000));
		if (cress_hub_run_once() < 0)
			break;
	}
	check_int(cress_hub_detach(), 0);
}

/* Let what `prepare` spawns run to its end in each kind of loop. */
static void in_each_loop(void (*prepare)(void), const char *wanted)
{
	alarm(20);
	check_int(cress_run(in_own_loop, &prepare), 0);
	check_noted("%s", wanted);
	check(cress_hub_fd() >= 0);
	prepare();
	in_foreign_loop();
	check_noted("%s", wanted);
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
	prepare();
	in_attached_loop();
	check_noted("%s", wanted);
	alarm(0);
}

static void *read_and_note(void *fd)
{
	char data[8] = "";

	if (cress_read(as_number(fd), data, 7) >= 0)
		note("%s", data);
	else
		note("%s", errno == EBADF ? "EBADF" : strerror(errno));
	return NULL;
}

static void *await_room(void *fd)
{
	int events = cress_wait_fd(as_number(fd), POLLOUT);

	note("%s", events < 0 && errno == EBADF ? "EBADF" : "writable");
	return NULL;
}

static void fill(int fd)
{
	static const char block[4096];

	while (send(fd, block, sizeof block, MSG_DONTWAIT) > 0)
		;
}

static void *close_unseen(void *fd)
{
	check_int(close(as_number(fd)), 0);
	return NULL;
}

static void close_under_readers_and_a_writer(void)
{
	make_pair(ends);
	fill(ends[0]);
	cress_go(read_and_note, as_value(ends[0]));
	cress_go(read_and_note, as_value(ends[0]));
	cress_go(await_room, as_value(ends[0]));
	cress_go(close_unseen, as_value(ends[0]));
	cress_go(close_unseen, as_value(ends[1]));
}

/* R35 */
static void a_number_closed_before_the_poll_fails_its_waiters(void)
{
	in_each_loop(close_under_readers_and_a_writer, "EBADF EBADF EBADF");
}

static void close_an_adopted_one(void)
{
	make_pair(ends);
	check_int(cress_fd_adopt(ends[0]), 0);
	cress_go(read_and_note, as_value(ends[0]));
	cress_go(close_unseen, as_value(ends[0]));
	cress_go(close_unseen, as_value(ends[1]));
}

/* The headers forbid it; but a wrong program is easier to mend if it lives. */
static void an_adopted_one_closed_before_the_poll_fails_its_waiters(void)
{
	in_each_loop(close_an_adopted_one, "EBADF");
}

static void close_all(void)
{
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(spare[i]);
	}
}

static void *put_another_over_it(void *fd)
{
	make_pair(spare);
	check_int(dup2(spare[0], as_number(fd)), as_number(fd));
	check_int(send(spare[1], "new", 3, 0), 3);
	check_int(cress_join(reader, NULL), 0);
	close_all();
	return NULL;
}

static void replace_before_the_poll(void)
{
	make_pair(ends);
	reader = cress_spawn(read_and_note, as_value(ends[0]));
	cress_go(put_another_over_it, as_value(ends[0]));
}

/* R36 */
static void a_number_that_gets_another_file_before_the_poll_wakes(void)
{
	in_each_loop(replace_before_the_poll, "new");
}

static void *replace_and_wait_again(void *fd)
{
	cress_t *second;

	check_int(cress_sleep(0.002), 0);
	make_pair(spare);
	check_int(dup2(spare[0], as_number(fd)), as_number(fd));
	second = cress_spawn(read_and_note, fd);
	cress_yield();
	check_int(send(spare[1], "one", 3, 0), 3);
	check_int(cress_join(reader, NULL), 0);
	check_int(send(spare[1], "two", 3, 0), 3);
	check_int(cress_join(second, NULL), 0);
	close_all();
	return NULL;
}

static void replace_after_the_poll(void)
{
	make_pair(ends);
	reader = cress_spawn(read_and_note, as_value(ends[0]));
	cress_go(replace_and_wait_again, as_value(ends[0]));
}

/* D10: the first would sleep for ever, but the second knows the new file */
static void each_new_waiter_makes_the_loop_look_at_the_number_anew(void)
{
	in_each_loop(replace_after_the_poll, "one two");
}

static cress_scope_t room;

static void *wait_for_room(void *fd)
{
	cress_scope_open(&room, INFINITY);
	check_refuses(cress_wait_fd(as_number(fd), POLLOUT), ECANCELED);
	cress_scope_close(&room);
	return NULL;
}

static void *close_after_the_poll(void *unused)
{
	cress_sleep(0.001);
	close(ends[0]);
	close(ends[1]);
	check_int(cress_scope_cancel(&room), 0);
	return unused;
}

static void stop_one_direction(void)
{
	make_pair(ends);
	fill(ends[0]);
	cress_go(read_and_note, as_value(ends[0]));
	cress_go(wait_for_room, as_value(ends[0]));
	cress_go(close_after_the_poll, NULL);
}

/* R35: the kernel is told of the direction that is left */
static void to_stop_one_direction_of_a_closed_number_is_safe(void)
{
	in_each_loop(stop_one_direction, "EBADF");
}

static void *sleep_in_child(void *unused)
{
	cress_go(read_and_note, as_value(ends[0]));
	check_int(cress_sleep(0.002), 0);
	close(ends[0]);
	if (fork() == 0) {
		alarm(20);
		/* Its waiter goes on first, though nothing else happens. */
		for (int i = 0; i < 9 && cress_hub_waiters(NULL) > 0; i++)
			cress_sleep(0.001);
		_exit(cress_hub_waiters(NULL) == 0 ? 42 : 1);
	}
	return unused;
}

/* R35: where libev makes itself a new epoll, and tells it of all */
static void a_number_closed_long_ago_does_no_harm_after_a_fork(void)
{
	int status = 0;

	if (environment_is_tsan()) {
		environment_say("no child", "the tool takes a fork wrong");
		return;
	}
	make_pair(ends);
	sleep_in_child(NULL);
	check(wait(&status) > 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	check_int(close(ends[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(a_number_closed_before_the_poll_fails_its_waiters),
		bare(an_adopted_one_closed_before_the_poll_fails_its_waiters),
		bare(a_number_that_gets_another_file_before_the_poll_wakes),
		bare(each_new_waiter_makes_the_loop_look_at_the_number_anew),
		bare(to_stop_one_direction_of_a_closed_number_is_safe),
		on_libev(a_number_closed_long_ago_does_no_harm_after_a_fork),
	};

	return suite_run(tests);
}
