/* SPDX-License-Identifier: MIT */
/*
 * How the stay in the program's own loop ends: by a detach, with the loop, with
 * the thread, or before it has begun. Nothing of the library's stays there.
 */
#include "loop/embed_support.h"

#include <sys/socket.h>
#include <unistd.h>

#include "support/memory.h"

#include <cress/embed.h>

static struct ev_loop *loop;

static void attach(void)
{
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
}

static void *clean_up_slowly(void *unused)
{
	cress_scope_t shield;

	check_int(cress_sleep(INFINITY), -1);
	cress_scope_open(&shield, INFINITY);
	cress_scope_shield(&shield);
	check_int(cress_sleep(0.003), 0);
	cress_scope_close(&shield);
	note("clean");
	return unused;
}

static void note_call(struct ev_loop *unused, ev_timer *timer, int events)
{
	(void)unused;
	(void)timer;
	(void)events;
	note("called");
}

static void detach_waits_for_all_in_a_loop_of_its_own(void)
{
	ev_timer timer;
	int pair[2];
	char byte;

	attach();
	make_pair(pair);
	cress_go(clean_up_slowly, NULL);
	cress_go(echo_in_coroutine, as_value(pair[0]));
	cress_release(cress_spawn_after(1000, note_word, "late", NULL));
	ev_run(loop, EVRUN_NOWAIT);
	ev_timer_init(&timer, note_call, 0.001, 0);
	ev_timer_start(loop, &timer);
	check_int(cress_hub_detach(), 0);
	check_noted("clean");
	check(recv(pair[1], &byte, 1, 0) == 0);
	check_int(ev_run(loop, 0), 0);
	check_noted("called");

	close(pair[1]);
	check_clean(loop);
	ev_loop_destroy(loop);
}

static void detach_in_callback(struct ev_loop *unused, ev_timer *timer,
			       int events)
{
	(void)unused;
	(void)timer;
	(void)events;
	check_int(cress_hub_detach(), 0);
	note("detached");
}

static void detach_in_a_callback_and_attach_again(void)
{
	ev_timer timer;

	loop = make_loop();
	for (int i = 0; i < 3; i++) {
		check_int(cress_hub_attach(loop), 0);
		cress_go(clean_up_slowly, NULL);
		cress_go(park_for_ever, NULL);
		ev_run(loop, EVRUN_NOWAIT);
		ev_timer_init(&timer, detach_in_callback, 0.001, 0);
		ev_timer_start(loop, &timer);
		check_int(ev_run(loop, 0), 0);
		check_noted("clean detached");
		check_clean(loop);
	}
	ev_loop_destroy(loop);
}

static void a_loop_destroyed_first_does_no_harm(void)
{
	int pair[2];

	attach();
	make_pair(pair);
	cress_go(echo_in_coroutine, as_value(pair[0]));
	cress_go(clean_up_slowly, NULL);
	ev_run(loop, EVRUN_NOWAIT);
	ev_loop_destroy(loop);
	check_int(cress_go(note_word, "never"), 0);
	check_int(cress_hub_waiters(NULL), 2);
	check_int(cress_hub_detach(), 0);

	check_noted("clean");
	close(pair[1]);
}

static void attach_and_end(void *fds)
{
	int *pair = fds;

	check_int(cress_hub_attach(loop), 0);
	cress_go(echo_in_coroutine, as_value(pair[0]));
	cress_go(park_for_ever, NULL);
	ev_run(loop, EVRUN_NOWAIT);
}

static void a_thread_that_ends_leaves_the_loop(void)
{
	int pair[2];

	make_pair(pair);
	loop = make_loop();
	on_thread(attach_and_end, pair);
	check_clean(loop);

	ev_loop_destroy(loop);
	close(pair[0]);
	close(pair[1]);
}

static void try_to_attach(void *result)
{
	*(int *)result = cress_hub_attach(loop);
	if (*(int *)result != 0)
		check_int(errno, ENOMEM);
	memory_fail(0);
	if (*(int *)result == 0)
		check_int(cress_hub_detach(), 0);
}

static void fail_to_attach(void *nth)
{
	int result = -1;

	memory_fail((size_t)as_number(nth));
	try_to_attach(&result);
	note("%d", result);
}

static void an_attach_without_memory_leaves_the_loop_alone(void)
{
	int n = 0;

	loop = make_loop();
	do {
		on_thread(fail_to_attach, as_value(++n));
		check_clean(loop);
	} while (noted()[0] == '-' && n < 100);
	check(n > 3 && n < 100);
	ev_loop_destroy(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(detach_waits_for_all_in_a_loop_of_its_own),
		bare(detach_in_a_callback_and_attach_again),
		bare(a_loop_destroyed_first_does_no_harm),
		bare(a_thread_that_ends_leaves_the_loop),
		bare(an_attach_without_memory_leaves_the_loop_alone),
	};

	memory_install();
	return suite_run(tests);
}
