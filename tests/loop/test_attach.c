/* SPDX-License-Identifier: MIT */
/*
 * The hub in a loop of libev that the program runs: coroutines run from
 * ev_run(), which returns when neither side has anything left; and what main,
 * whose stack runs the loop, may do and may not.
 */
#include "loop/embed_support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/virtual.h"

#include <cress/embed.h>
#include <cress/io.h>
#include <cress/offload.h>

static struct ev_loop *loop;

static void attach(void)
{
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
}

static void *sleep_and_note(void *milliseconds)
{
	double start = cress_now();

	check_int(cress_sleep(as_number(milliseconds) / 1000.0), 0);
	check(cress_now() - start >= as_number(milliseconds) / 1000.0);
	note("c%d", as_number(milliseconds));
	return NULL;
}

static char theirs[32];

static void note_timer(struct ev_loop *unused, ev_timer *timer, int events)
{
	(void)unused;
	(void)events;
	strcat(theirs, timer->data);
}

/* D12 */
static void ev_run_runs_the_coroutines_and_returns_after_the_last(void)
{
	attach();
	cress_t *c = cress_spawn(give_back, as_value(5));
	void *value = NULL;

	cress_go(note_word, "one");
	check_nothing_noted();
	check_int(ev_run(loop, 0), 0);

	check_noted("one");
	check_int(cress_join(c, &value), 0);
	check_int(as_number(value), 5);
	leave_loop(loop);
}

/* How the two orders mix is a matter of how late the machine is. */
static void timers_of_both_sides_fire_in_their_order(void)
{
	ev_timer timers[2];

	theirs[0] = '\0';
	attach();
	for (int i = 0; i < 2; i++) {
		ev_timer_init(&timers[i], note_timer, i ? 0.012 : 0.004, 0);
		timers[i].data = i ? " t12" : " t4";
		ev_timer_start(loop, &timers[i]);
	}
	cress_go(sleep_and_note, as_value(1));
	cress_go(sleep_and_note, as_value(8));
	cress_go(sleep_and_note, as_value(16));
	check_int(ev_run(loop, 0), 0);

	check_noted("c1 c8 c16");
	check(strcmp(theirs, " t4 t12") == 0);
	leave_loop(loop);
}

static void *sleep_in_scope(void *unused)
{
	cress_scope_t scope;

	cress_scope_open(&scope, 0.003);
	cress_release(cress_spawn_after(0.006, note_word, "after", NULL));
	check_refuses(cress_sleep(INFINITY), ETIMEDOUT);
	check_int(cress_scope_close(&scope), ETIMEDOUT);
	note("deadline");
	return unused;
}

static void a_deadline_comes_and_a_nearer_one_before_it(void)
{
	attach();
	cress_go(sleep_in_scope, NULL);
	check_int(ev_run(loop, 0), 0);

	check_noted("deadline after");
	leave_loop(loop);
}

static void *read_and_note(void *fd)
{
	char data[8] = "";

	check(cress_read(as_number(fd), data, 7) >= 0);
	note("%s", data);
	return NULL;
}

/* D12 */
static void ev_run_stays_for_who_waits_for_a_descriptor_only(void)
{
	int pair[2];

	attach();
	make_pair(pair);
	check_int(cress_fd_adopt(pair[0]), 0);
	cress_go(read_and_note, as_value(pair[0]));
	cress_t *stuck = cress_spawn(until_killed, NULL);
	check(ev_run(loop, EVRUN_NOWAIT) != 0);
	check(send(pair[1], "word", 4, 0) == 4);
	check_int(ev_run(loop, 0), 0);

	/* Its watcher is started still; nobody waits. */
	check_noted("word");
	check_int(cress_hub_waiters(NULL), 1);
	cress_close(pair[0]);
	close(pair[1]);
	cress_release(stuck);
	leave_loop(loop);
}

static void any_of_libevs_backends_will_do(void)
{
	unsigned all = ev_supported_backends();
	char data[4];
	int pair[2];

	for (unsigned one = 1; one <= EVBACKEND_EPOLL; one <<= 1) {
		loop = ev_loop_new((all & one) | EVFLAG_NOENV);
		if (loop == NULL || !(all & one))
			continue;
		check_int(cress_hub_attach(loop), 0);
		make_pair(pair);
		cress_go(echo_in_coroutine, as_value(pair[0]));
		cress_go(sleep_and_note, as_value(2));
		check(send(pair[1], "abc", 3, 0) == 3);
		check(shutdown(pair[1], SHUT_WR) == 0);
		check_int(ev_run(loop, 0), 0);
		check(recv(pair[1], data, 4, 0) == 3);
		check_noted("c2");
		close(pair[1]);
		leave_loop(loop);
	}
}

static void the_time_to_sleep_is_known_here_too(void)
{
	int pair[2];

	attach();
	make_pair(pair);
	check(isinf(cress_hub_timeout()));
	cress_t *c = cress_spawn(echo_in_coroutine, as_value(pair[0]));
	check(cress_hub_timeout() == 0);
	ev_run(loop, EVRUN_NOWAIT);
	check(isinf(cress_hub_timeout()));
	cress_release(cress_spawn_after(10, give_back, NULL, NULL));
	check(cress_hub_timeout() > 9 && cress_hub_timeout() <= 10);

	cress_release(c);
	close(pair[1]);
	leave_loop(loop);
}

static void stop_loop(struct ev_loop *running, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(running, EVBREAK_ALL);
}

static void what_is_parked_when_the_loop_stops_goes_on_in_the_next(void)
{
	int pair[2], late[2];
	ev_timer timer;

	attach();
	make_pair(pair);
	make_pair(late);
	cress_go(echo_in_coroutine, as_value(pair[0]));
	cress_go(read_and_note, as_value(late[0]));
	for (int i = 0; i < 3; i++) {
		char data[4] = "";

		ev_timer_init(&timer, stop_loop, 0.001, 0);
		ev_timer_start(loop, &timer);
		check(send(pair[1], "abc", 3, 0) == 3);
		ev_run(loop, 0);
		check(recv(pair[1], data, 3, 0) == 3);
		check(strcmp(data, "abc") == 0);
	}
	check_nothing_noted();
	close(pair[1]);
	check(send(late[1], "late", 4, 0) == 4);
	check_int(ev_run(loop, 0), 0);

	check_noted("late");
	close(late[0]);
	close(late[1]);
	leave_loop(loop);
}

static void *spawn_another(void *word)
{
	note("%s", (char *)word);
	cress_go(note_word, "child");
	return NULL;
}

static void spawn_in_callback(struct ev_loop *unused, ev_timer *timer,
			      int events)
{
	(void)unused;
	(void)events;
	check_int(cress_go(spawn_another, timer->data), 0);
}

static void what_the_last_callback_spawns_still_runs(void)
{
	ev_timer timer;

	attach();
	ev_timer_init(&timer, spawn_in_callback, 0.001, 0);
	timer.data = "parent";
	ev_timer_start(loop, &timer);
	check_int(ev_run(loop, 0), 0);

	check_noted("parent child");
	leave_loop(loop);
}

static void *wait_for_value(void *c)
{
	int result = cress_wait(c, NULL);

	note("%d", result);
	return NULL;
}

static void kill_in_callback(struct ev_loop *unused, ev_timer *timer,
			     int events)
{
	(void)unused;
	(void)events;
	check_int(cress_kill(timer->data, EIDRM), 0);
}

static void a_callback_may_kill_the_last_one(void)
{
	ev_timer timer;

	attach();
	cress_t *c = cress_spawn(park_for_ever, NULL);
	cress_go(wait_for_value, c);
	ev_timer_init(&timer, kill_in_callback, 0.001, 0);
	timer.data = c;
	ev_timer_start(loop, &timer);
	check_int(ev_run(loop, 0), 0);

	check_noted("%d", EIDRM);
	check_int(cress_join(c, NULL), EIDRM);
	leave_loop(loop);
}

/* D12 */
static void main_that_runs_the_loop_must_not_park(void)
{
	char data[4];
	int pair[2];

	attach();
	cress_t *c = cress_spawn(until_killed, NULL);
	make_pair(pair);
	check_refuses(cress_sleep(0.001), EDEADLK);
	check_refuses(cress_sleep(0), EDEADLK);
	check_refuses(cress_yield(), EDEADLK);
	check_refuses(cress_wait(c, NULL), EDEADLK);
	check_refuses((int)cress_read(pair[0], data, 4), EDEADLK);
	check_refuses(cress_offload(give_back, NULL, NULL), EDEADLK);
	check_refuses((int)cress_recv(pair[0], data, 4, MSG_DONTWAIT), EAGAIN);
	check_int((int)cress_send(pair[1], "abc", 3, MSG_DONTWAIT), 3);
	check_int((int)cress_recv(pair[0], data, 4, MSG_DONTWAIT), 3);
	check_refuses(cress_try_wait(c, NULL), EAGAIN);
	ev_run(loop, 0);
	check_int(cress_hub_waiters(NULL), 1);

	cress_kill(c, 0);
	ev_run(loop, 0);
	check_int(cress_join(c, NULL), 0);
	close(pair[0]);
	close(pair[1]);
	leave_loop(loop);
}

static int body_that_sleeps(void *unused)
{
	(void)unused;
	check_int(cress_sleep(0.0001), 0);
	return 4;
}

/* D12 */
static void a_scope_of_main_does_not_make_it_park(void)
{
	cress_scope_t scope;

	attach();
	check_int(cress_scope_open(&scope, 10), 0);
	check_refuses(cress_sleep(0.001), EDEADLK);
	check_int(cress_scope_cancel(&scope), 0);
	check_refuses(cress_sleep(0.001), EDEADLK);
	check_refuses(cress_hub_detach(), EBUSY);
	check_int(cress_scope_close(&scope), 0);
	check_refuses(cress_sleep(0.001), EDEADLK);

	leave_loop(loop);
	check_int(cress_run(body_that_sleeps, NULL), 4);
}

static void *offload_and_note(void *value)
{
	void *result = NULL;

	check_int(cress_offload(give_back, value, &result), 0);
	note("%d", as_number(result));
	return NULL;
}

static void a_worker_wakes_the_loop(void)
{
	attach();
	for (int i = 0; i < 20; i++) {
		cress_go(offload_and_note, as_value(i));
		check_int(ev_run(loop, 0), 0);
		check_noted("%d", i);
	}

	leave_loop(loop);
}

static void *run_refused(void *unused)
{
	check_refuses(cress_hub_attach(loop), EBUSY);
	check_refuses(cress_hub_detach(), EBUSY);
	check_refuses(cress_hub_fd(), EBUSY);
	check_refuses(cress_hub_run_once(), EBUSY);
	return unused;
}

static int body_that_attaches(void *unused)
{
	check_refuses(cress_hub_attach(loop), EBUSY);
	check_refuses(cress_hub_detach(), EINVAL);
	check_refuses(cress_hub_fd(), EBUSY);
	check_refuses(cress_hub_run_once(), EBUSY);
	(void)unused;
	return 3;
}

static int not_called(void *unused)
{
	(void)unused;
	return suite_check(0, "reached", __FILE__, __LINE__);
}

static void misuse_is_refused(void)
{
	check_refuses(cress_hub_attach(NULL), EINVAL);
	check_refuses(cress_hub_detach(), EINVAL);
	attach();
	check_refuses(cress_hub_attach(loop), EBUSY);
	check_refuses(cress_run(not_called, NULL), EBUSY);
	check_refuses(cress_run_virtual(not_called, NULL, 0), EBUSY);
	check_refuses(cress_hub_fd(), EBUSY);
	check_refuses(cress_hub_run_once(), EBUSY);
	cress_go(run_refused, NULL);
	check_int(ev_run(loop, 0), 0);
	leave_loop(loop);

	check_refuses(cress_hub_detach(), EINVAL);
	loop = make_loop();
	check_int(cress_sleep(0.0001), 0);
	check_refuses(cress_hub_attach(loop), EBUSY);
	check_int(cress_run(body_that_attaches, NULL), 3);
	check_clean(loop);
	ev_loop_destroy(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(ev_run_runs_the_coroutines_and_returns_after_the_last),
		bare(timers_of_both_sides_fire_in_their_order),
		bare(a_deadline_comes_and_a_nearer_one_before_it),
		bare(ev_run_stays_for_who_waits_for_a_descriptor_only),
		bare(any_of_libevs_backends_will_do),
		bare(the_time_to_sleep_is_known_here_too),
		bare(what_is_parked_when_the_loop_stops_goes_on_in_the_next),
		bare(what_the_last_callback_spawns_still_runs),
		bare(a_callback_may_kill_the_last_one),
		bare(main_that_runs_the_loop_must_not_park),
		bare(a_scope_of_main_does_not_make_it_park),
		bare(a_worker_wakes_the_loop),
		bare(misuse_is_refused),
	};

	return suite_run(tests);
}
