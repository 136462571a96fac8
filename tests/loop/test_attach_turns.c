/* SPDX-License-Identifier: MIT */
/*
 * The hub in the program's own loop, under load and in odd places: neither
 * side starves the other, and main may switch raw while others wait.
 */
#include "loop/embed_support.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/environment.h"

#include <cress/embed.h>
#include <cress/io.h>

static struct ev_loop *loop;

static void attach(void)
{
	loop = make_loop();
	check_int(cress_hub_attach(loop), 0);
}

static int rounds;

static void *yield_until_enough(void *enough)
{
	while (rounds < as_number(enough))
		check_int(cress_yield(), 0);
	return NULL;
}

static void count_round(struct ev_loop *unused, ev_timer *timer, int events)
{
	(void)events;
	if (++rounds == as_number(timer->data))
		ev_timer_stop(unused, timer);
}

static void spinners_do_not_starve_the_programs_watchers(void)
{
	ev_timer timer;

	rounds = 0;
	attach();
	for (int i = 0; i < 100; i++)
		cress_go(yield_until_enough, as_value(5));
	ev_timer_init(&timer, count_round, 0.0005, 0.0005);
	timer.data = as_value(5);
	ev_timer_start(loop, &timer);
	check_int(ev_run(loop, 0), 0);

	check_int(rounds, 5);
	leave_loop(loop);
}

static int always;

static void on_always(struct ev_loop *unused, ev_io *io, int events)
{
	(void)unused;
	(void)io;
	(void)events;
	always++;
}

static void *sleep_often(void *io)
{
	for (int i = 0; i < 5; i++)
		check_int(cress_sleep(0.0002), 0);
	check(always > 0);
	ev_io_stop(loop, io);
	return NULL;
}

/* Whatever their priority is. */
static void ready_watchers_of_the_program_do_not_starve_the_hub(void)
{
	int pair[2];
	ev_io io;

	make_pair(pair);
	check(send(pair[1], "x", 1, 0) == 1);
	for (int priority = EV_MINPRI; priority <= EV_MAXPRI; priority++) {
		always = 0;
		attach();
		ev_io_init(&io, on_always, pair[0], EV_READ);
		ev_set_priority(&io, priority);
		ev_io_start(loop, &io);
		cress_go(sleep_often, &io);
		check_int(ev_run(loop, 0), 0);
		leave_loop(loop);
	}
	close(pair[0]);
	close(pair[1]);
}

static void never(struct ev_loop *unused, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	suite_check(0, "the loop slept", __FILE__, __LINE__);
	ev_break(unused, EVBREAK_ALL);
}

static void *end_the_round(void *timer)
{
	for (int i = 0; i < 5000; i++)
		check_int(cress_yield(), 0);
	ev_timer_stop(loop, timer);
	return NULL;
}

static void the_loop_does_not_sleep_while_one_is_ready(void)
{
	ev_timer timer;

	attach();
	ev_timer_init(&timer, never, 30, 0);
	ev_timer_start(loop, &timer);
	for (int i = 0; i < 3; i++)
		cress_go(end_the_round, &timer);
	check_int(ev_run(loop, 0), 0);

	leave_loop(loop);
}

static void *answer(void *value)
{
	while (cress_error() == 0)
		value = cress_switch(cress_parent(cress_current()), value);
	return value;
}

/* What parks until it is opened. */
static int gate[2];

static void wait_at_gate(void)
{
	char byte;

	check_int((int)cress_read(gate[0], &byte, 1), 1);
}

static void open_gate(void)
{
	check(send(gate[1], "x", 1, 0) == 1);
}

static void close_gate(void)
{
	close(gate[0]);
	close(gate[1]);
}

static void *park_and_answer(void *value)
{
	wait_at_gate();
	note("woken");
	return value;
}

/* D12 */
static void main_may_switch_raw_but_not_to_one_that_parks(void)
{
	attach();
	make_pair(gate);
	cress_t *raw = cress_new(answer, NULL);
	cress_t *sleeper = cress_new(park_and_answer, NULL);

	check_int(as_number(cress_switch(raw, as_value(3))), 3);
	check_int(as_number(cress_switch(raw, as_value(4))), 4);
	check(cress_switch(sleeper, as_value(5)) == NULL);
	check_int(errno, EDEADLK);
	check_int(cress_error(), EDEADLK);
	check_nothing_noted();
	open_gate();
	check_int(ev_run(loop, 0), 0);
	check_noted("woken");
	check(cress_is_dead(sleeper));
	check_int(as_number(cress_switch(raw, as_value(6))), 6);

	cress_release(raw);
	cress_release(sleeper);
	close_gate();
	leave_loop(loop);
}

static void *switch_to_main(void *main)
{
	check(cress_switch(main, "wrong") == NULL);
	check_int(errno, EBUSY);
	check(cress_throw(main, EIDRM) == NULL);
	check_int(cress_error(), 0);
	note("refused");
	return NULL;
}

static void *die_later(void *error)
{
	wait_at_gate();
	return cress_fail(as_number(error));
}

static void nobody_resumes_main_in_the_middle_of_its_loop(void)
{
	attach();
	make_pair(gate);
	cress_t *child = cress_new(die_later, NULL);

	check(cress_switch(child, as_value(EXDEV)) == NULL);
	check_int(cress_error(), EDEADLK);
	cress_go(switch_to_main, cress_current());
	open_gate();
	check_int(ev_run(loop, 0), 0);

	check_noted("refused");
	close_gate();
	check_int(cress_join(child, NULL), EXDEV);
	check_int(log_lines_with("came to main"), 2);
	leave_loop(loop);
}

static void throw_in_callback(struct ev_loop *unused, ev_timer *timer,
			      int events)
{
	(void)unused;
	(void)events;
	check(cress_throw(timer->data, ENOTTY) == NULL);
	check_int(cress_error(), 0);
	note("thrown");
}

static void *note_the_error(void *unused)
{
	check_int(cress_sleep(INFINITY), -1);
	note("%d", errno);
	return unused;
}

static void a_throw_from_a_callback_arrives_without_a_park(void)
{
	ev_timer timer;

	attach();
	cress_t *c = cress_spawn(note_the_error, NULL);
	ev_timer_init(&timer, throw_in_callback, 0.001, 0);
	timer.data = c;
	ev_timer_start(loop, &timer);
	check_int(ev_run(loop, 0), 0);

	check_noted("thrown %d", ENOTTY);
	check_int(cress_join(c, NULL), 0);
	leave_loop(loop);
}

static void *report_and_end(void *unused)
{
	size_t outside = 0;

	check_int(cress_hub_waiters(&outside), 2);
	check_int(outside, 1);
	check_int(cress_hub_report(), 2);
	return unused;
}

/* D12 */
static void who_waits_is_told_and_nobody_is_in_deadlock(void)
{
	cress_attr_t attr = {.name = "adelheid"};
	int pair[2];

	attach();
	make_pair(pair);
	check_int(cress_hub_waiters(NULL), 0);
	cress_t *c = cress_spawn_with(until_killed, NULL, &attr);
	cress_go(echo_in_coroutine, as_value(pair[0]));
	ev_run(loop, EVRUN_NOWAIT);
	check_int(log_lines(), 0);
	cress_go(report_and_end, NULL);
	ev_run(loop, EVRUN_NOWAIT);

	check_int(log_lines(), 2);
	check_int(log_lines_with("adelheid"), 1);
	check_int(log_lines_with("readable"), 1);
	cress_release(c);
	close(pair[1]);
	leave_loop(loop);
}

/* How many sockets of each side, four descriptors for each. */
static int crowd(void)
{
	struct rlimit limit;
	int many = environment_reduced() != NULL ? 200 : 1000;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < 4 * (rlim_t)many + 64) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < 4 * (rlim_t)many + 64)
		many = 200;
	return many;
}

static int answers;

static void on_answer(struct ev_loop *unused, ev_io *io, int events)
{
	char data[8];
	int *turns = &((int *)io->data)[io->fd];

	(void)events;
	check(recv(io->fd, data, sizeof data, 0) == 4);
	answers++;
	if (--*turns != 0) {
		check(send(io->fd, "ping", 4, 0) == 4);
		return;
	}
	ev_io_stop(unused, io);
	close(io->fd);
}

static void thousands_echo_on_both_sides_at_once(void)
{
	int many = crowd(), turns = 10, pair[2];
	ev_io *ios = calloc(2 * (size_t)many, sizeof *ios);
	int *left = calloc(4 * (size_t)many + 64, sizeof *left);

	answers = 0;
	attach();
	for (int i = 0; i < 2 * many && check(ios != NULL); i++) {
		make_pair(pair);
		if (i % 2)
			cress_go(echo_in_coroutine, as_value(pair[0]));
		else
			echo_by_callback(loop, pair[0]);
		left[pair[1]] = turns;
		ev_io_init(&ios[i], on_answer, pair[1], EV_READ);
		ios[i].data = left;
		ev_io_start(loop, &ios[i]);
		check(send(pair[1], "ping", 4, 0) == 4);
	}
	check_int(ev_run(loop, 0), 0);

	check_int(answers, 2 * many * turns);
	check_int(cress_hub_waiters(NULL), 0);
	leave_loop(loop);
	free(ios);
	free(left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(spinners_do_not_starve_the_programs_watchers),
		bare(ready_watchers_of_the_program_do_not_starve_the_hub),
		bare(the_loop_does_not_sleep_while_one_is_ready),
		bare(main_may_switch_raw_but_not_to_one_that_parks),
		bare(nobody_resumes_main_in_the_middle_of_its_loop),
		bare(a_throw_from_a_callback_arrives_without_a_park),
		bare(who_waits_is_told_and_nobody_is_in_deadlock),
		bare(thousands_echo_on_both_sides_at_once),
	};

	return suite_run(tests);
}
