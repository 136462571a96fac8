/* SPDX-License-Identifier: MIT */
/*
 * The hub in a foreign loop, for which poll() stands here: one descriptor that
 * is readable when there is something to do, and never when there is not; one
 * time to sleep; one call that does not block.
 */
#include "loop/embed_support.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support/memory.h"

#include <cress/embed.h>
#include <cress/io.h>
#include <cress/offload.h>

/* Longer than any test waits, if it waits in vain. */
#define PATIENCE 20

static int hub_fd;

/* Sleep as a foreign loop would; returns whether the descriptor is readable. */
static int host_sleep(void)
{
	struct pollfd event = {.fd = hub_fd, .events = POLLIN};
	double seconds = cress_hub_timeout();
	struct timespec time;

	if (seconds > PATIENCE)
		seconds = PATIENCE;
	time.tv_sec = (time_t)seconds;
	time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
	return ppoll(&event, 1, &time, NULL);
}

static int is_readable(void)
{
	struct pollfd event = {.fd = hub_fd, .events = POLLIN};

	return poll(&event, 1, 0);
}

/* Until nobody waits for what comes from outside, or for a time. */
static void host_run(void)
{
	size_t outside;

	for (;;) {
		cress_hub_waiters(&outside);
		if (outside == 0 && isinf(cress_hub_timeout()))
			return;
		host_sleep();
		check(cress_hub_run_once() >= 0);
	}
}

/* Until nothing is ready. */
static void settle(void)
{
	while (cress_hub_timeout() == 0)
		check(cress_hub_run_once() >= 0);
}

static void begin(void)
{
	hub_fd = cress_hub_fd();
	check(hub_fd >= 0);
}

static void *sleep_and_note(void *milliseconds)
{
	double start = cress_now();

	check_int(cress_sleep(as_number(milliseconds) / 1000.0), 0);
	check(cress_now() - start >= as_number(milliseconds) / 1000.0);
	note("%d", as_number(milliseconds));
	return NULL;
}

static void sleepers_wake_in_their_order(void)
{
	begin();
	for (int i = 2; i <= 6; i += 2)
		cress_go(sleep_and_note, as_value(i));
	check(cress_hub_timeout() == 0);
	host_run();

	check_noted("2 4 6");
	check(isinf(cress_hub_timeout()));
	check_int(cress_hub_detach(), 0);
}

static void *read_and_note(void *fd)
{
	char data[8] = "";

	check(cress_read(as_number(fd), data, 7) >= 0);
	note("%s", data);
	return NULL;
}

/*
 * What libev has not told the kernel would not wake the host: neither what a
 * turn starts on a foreign descriptor nor on one that is adopted.
 */
static void what_a_turn_waits_for_wakes_the_host(void)
{
	int pair[2];

	begin();
	make_pair(pair);
	for (int i = 0; i < 6; i++) {
		if (i == 3)
			check_int(cress_fd_adopt(pair[0]), 0);
		cress_go(read_and_note, as_value(pair[0]));
		settle();
		check(isinf(cress_hub_timeout()));
		check_int(is_readable(), 0);
		check(send(pair[1], "word", 4, 0) == 4);
		check_int(host_sleep(), 1);
		check(cress_hub_run_once() >= 0);
		settle();
		check_noted("word");
	}

	check_int(is_readable(), 0);
	cress_close(pair[0]);
	close(pair[1]);
	check_int(cress_hub_detach(), 0);
}

/* A watcher that has no waiter is stopped, and the kernel is told. */
static void what_nobody_waits_for_does_not_keep_it_readable(void)
{
	int pair[2];

	begin();
	make_pair(pair);
	check_int(cress_fd_adopt(pair[0]), 0);
	cress_go(read_and_note, as_value(pair[0]));
	settle();
	check(send(pair[1], "one", 3, 0) == 3);
	settle();
	check_int(host_sleep(), 1);
	check_int(cress_hub_run_once(), 0);
	check(send(pair[1], "two", 3, 0) == 3);
	for (int i = 0; i < 3 && is_readable(); i++) {
		check_int(cress_hub_run_once(), 0);
		settle();
	}
	check_int(is_readable(), 0);

	cress_go(read_and_note, as_value(pair[0]));
	host_run();
	check_noted("one two");
	cress_close(pair[0]);
	close(pair[1]);
	check_int(cress_hub_detach(), 0);
}

static void *yield_for_ever(void *unused)
{
	while (cress_yield() == 0)
		continue;
	return unused;
}

static void a_turn_ends_though_somebody_is_always_ready(void)
{
	begin();
	cress_t *c = cress_spawn(yield_for_ever, NULL);

	for (int i = 0; i < 5; i++) {
		check_int(cress_hub_run_once(), 1);
		check(cress_hub_timeout() == 0);
	}
	cress_kill(c, 0);
	check_int(cress_hub_run_once(), 0);
	check(cress_is_dead(c));
	check(isinf(cress_hub_timeout()));
	check_int(cress_hub_run_once(), 0);

	cress_release(c);
	check_int(cress_hub_detach(), 0);
}

static void *offload_and_note(void *value)
{
	void *result = NULL;

	check_int(cress_offload(give_back, value, &result), 0);
	note("%d", as_number(result));
	return NULL;
}

static void a_worker_wakes_the_host_from_its_sleep(void)
{
	begin();
	for (int i = 0; i < 100; i++) {
		cress_go(offload_and_note, as_value(i));
		host_run();
		check_noted("%d", i);
	}

	check_int(is_readable(), 0);
	check_int(cress_hub_detach(), 0);
}

/*
 * libev makes itself a new epoll when it meets an event of a file that has
 * been closed under its number but lives on under another.
 */
static void the_descriptor_survives_a_change_of_libevs(void)
{
	int pair[2], other[2], copy;

	begin();
	make_pair(pair);
	make_pair(other);
	check_int(cress_fd_adopt(pair[0]), 0);
	cress_go(read_and_note, as_value(pair[0]));
	settle();
	check(send(pair[1], "a", 1, 0) == 1);
	host_run();
	copy = dup(pair[0]);
	cress_close(pair[0]);
	check(send(pair[1], "b", 1, 0) == 1);
	for (int i = 0; i < 3; i++)
		check_int(cress_hub_run_once(), 0);

	cress_go(read_and_note, as_value(other[0]));
	settle();
	check_int(is_readable(), 0);
	check(send(other[1], "c", 1, 0) == 1);
	check_int(host_sleep(), 1);
	host_run();
	check_noted("a c");
	check_int(cress_hub_fd(), hub_fd);
	check_int(cress_hub_detach(), 0);
	close(copy);
	close(pair[1]);
	close(other[0]);
	close(other[1]);
}

static void *read_then_answer(void *fd)
{
	char data[4] = "";

	check_int(cress_sleep(1e-9), 0);
	check_int((int)cress_read(as_number(fd), data, 4), 1);
	return as_value(data[0]);
}

/* A switch of main waits for what comes within a turn, and no longer. */
static void a_raw_switch_lasts_a_turn_at_most(void)
{
	int pair[2];

	begin();
	make_pair(pair);
	for (int there = 0; there < 2; there++) {
		cress_t *raw = cress_new(read_then_answer, NULL);

		if (there)
			check(send(pair[1], "b", 1, 0) == 1);
		void *value = cress_switch(raw, as_value(pair[0]));
		check_int(cress_error(), there ? 0 : EDEADLK);
		check_int(as_number(value), there ? 'b' : 0);
		if (!there)
			check(send(pair[1], "a", 1, 0) == 1);
		host_run();
		check(cress_is_dead(raw));
		cress_release(raw);
	}

	close(pair[0]);
	close(pair[1]);
	check_int(cress_hub_detach(), 0);
}

static void *run_refused(void *unused)
{
	check_refuses(cress_hub_fd(), EBUSY);
	check_refuses(cress_hub_run_once(), EBUSY);
	check_refuses(cress_hub_detach(), EBUSY);
	return unused;
}

static void misuse_is_refused(void)
{
	check(isinf(cress_hub_timeout()));
	check_int(cress_hub_waiters(NULL), 0);
	check_int(cress_hub_report(), 0);
	check_int(cress_hub_run_once(), 0);
	check_refuses(cress_hub_attach((struct ev_loop *)&hub_fd), EBUSY);
	check_refuses(cress_sleep(0.001), EDEADLK);
	cress_go(run_refused, NULL);
	check_int(cress_hub_run_once(), 0);
	check_int(cress_hub_detach(), 0);

	check_refuses(cress_hub_detach(), EINVAL);
}

static void no_descriptor_is_lost_by_making_and_ending(void)
{
	int before = open_descriptors();

	for (int i = 0; i < 100; i++) {
		begin();
		check_int(cress_hub_fd(), hub_fd);
		cress_go(park_for_ever, NULL);
		settle();
		check_int(cress_hub_detach(), 0);
	}

	check_int(open_descriptors(), before);
}

/* Leave room for so many descriptors. */
static void limit_descriptors(int more, struct rlimit *old)
{
	struct rlimit limit;
	int next = dup(0);

	close(next);
	getrlimit(RLIMIT_NOFILE, old);
	limit = *old;
	limit.rlim_cur = (rlim_t)(next + more);
	check_int(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Without a descriptor of its own libev takes poll(), which has none. */
static void without_an_epoll_it_still_runs_when_called(void)
{
	struct rlimit old;
	int result;

	limit_descriptors(0, &old);
	result = cress_hub_fd();
	check_refuses(result, ENOTSUP);
	setrlimit(RLIMIT_NOFILE, &old);
	check_refuses(cress_hub_fd(), ENOTSUP);
	cress_go(note_word, "runs");
	check_int(cress_hub_run_once(), 0);

	check_noted("runs");
	check_int(cress_hub_detach(), 0);
}

static void without_descriptors_there_is_no_hub(void)
{
	int before = open_descriptors();
	struct rlimit old;

	for (int more = 1; more < 3; more++) {
		int result;

		limit_descriptors(more, &old);
		result = cress_hub_fd();
		check_refuses(result, EMFILE);
		setrlimit(RLIMIT_NOFILE, &old);
		check_refuses(cress_hub_detach(), EINVAL);
		check_int(open_descriptors(), before);
	}
}

static void fail_to_begin(void *nth)
{
	int result;

	memory_fail((size_t)as_number(nth));
	result = cress_hub_run_once();
	if (result != 0)
		check_int(errno, ENOMEM);
	memory_fail(0);
	check_int(cress_hub_detach(), result);
	note("%d", result);
}

static void without_memory_there_is_no_hub(void)
{
	int before = open_descriptors();
	int n = 0;

	do {
		on_thread(fail_to_begin, as_value(++n));
		check_int(open_descriptors(), before);
	} while (noted()[0] == '-' && n < 100);
	check(n > 3 && n < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(sleepers_wake_in_their_order),
		bare(what_a_turn_waits_for_wakes_the_host),
		bare(what_nobody_waits_for_does_not_keep_it_readable),
		bare(a_turn_ends_though_somebody_is_always_ready),
		bare(a_worker_wakes_the_host_from_its_sleep),
		bare(the_descriptor_survives_a_change_of_libevs),
		bare(a_raw_switch_lasts_a_turn_at_most),
		bare(misuse_is_refused),
		bare(no_descriptor_is_lost_by_making_and_ending),
		bare(without_an_epoll_it_still_runs_when_called),
		bare(without_descriptors_there_is_no_hub),
		bare(without_memory_there_is_no_hub),
	};

	memory_install();
	return suite_run(tests);
}
