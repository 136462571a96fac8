/* SPDX-License-Identifier: MIT */
/*
 * Signals in the middle of everything: a handler may not switch, but it may
 * look, and wherever it interrupts, the stack must be one that can be walked.
 */
#include "support/child.h"
#include "support/environment.h"
#include "support/suite.h"

#include <execinfo.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include <cress/coroutine.h>

#define DEPTH 20

/* A storm of this many signals; by CRESS_FULL=1, of a minute. */
#define SIGNALS 2000
#define SECONDS 60

static cress_t *main_one;
static cress_t *ring[3];
static volatile sig_atomic_t signals;
static volatile sig_atomic_t strangers;

static void look_around(int number)
{
	cress_t *current = cress_current();
	void *frames[DEPTH];

	(void)number;
	signals++;
	if (current != main_one && current != ring[0] && current != ring[1] &&
	    current != ring[2])
		strangers++;
	if (!cress_is_active(current) || cress_name(current) == NULL)
		strangers++;
	if (backtrace(frames, DEPTH) < 1)
		strangers++;
}

static void *pass_on(void *arg)
{
	int me = as_number(arg);

	for (;;) {
		cress_t *next = me < 2 ? ring[me + 1] : main_one;
		void *got = cress_switch(next, as_value(me + 1));

		if (cress_error() != 0)
			return cress_fail(cress_error());
		check(as_number(got) == me);
	}
}

/* Each coroutine is started with its place, and parks at the next one. */
static void start_ring(void)
{
	main_one = cress_current();
	for (int i = 0; i < 3; i++)
		ring[i] = cress_new(pass_on, NULL);
	assert_gives(cress_switch(ring[0], as_value(0)), as_value(3));
}

static void storm(int on)
{
	struct itimerval timer = {{0, on ? 50 : 0}, {0, on ? 50 : 0}};

	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static int is_over(time_t start)
{
	if (environment_is_full())
		return time(NULL) > start + SECONDS;
	return signals >= SIGNALS || time(NULL) > start + 5;
}

static void take_backtrace(int number)
{
	void *frames[DEPTH];

	(void)number;
	signals++;
	backtrace(frames, DEPTH);
}

static int work(int n)
{
	return n < 2 ? n : work(n - 1) + work(n - 2);
}

/* Without a coroutine far and wide. */
static void take_some_in_a_handler(void *unused)
{
	struct sigaction action = {.sa_handler = take_backtrace};
	void *frames[1];

	(void)unused;
	backtrace(frames, 1);
	sigaction(SIGALRM, &action, NULL);
	storm(1);
	while (signals < 500)
		__asm__ volatile("" : : "r"(work(12)));
	storm(0);
}

/* Some of the frames that qemu writes make the unwinder abort. */
static int handlers_may_look(void)
{
	static struct child child;

	if (!environment_is_qemu())
		return 1;
	child_run(&child, take_some_in_a_handler, NULL);
	return child.status == 0;
}

/* G48, R7 */
static void a_handler_that_looks_may_interrupt_anything(void **state)
{
	(void)state;
	struct sigaction action = {.sa_handler = look_around};
	time_t start = time(NULL);
	void *frames[1];

	if (!handlers_may_look()) {
		environment_say("not tried",
				"no backtrace passes qemu's signal frames");
		return;
	}
	/* The first call loads a library, which no handler may do. */
	assert_true(backtrace(frames, 1) > 0);
	start_ring();
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	storm(1);
	while (!is_over(start))
		for (int i = 0; i < 1000; i++)
			check(as_number(cress_switch(ring[0], NULL)) == 3);
	storm(0);
	/* The last one may still be on its way. */
	signal(SIGALRM, SIG_IGN);

	assert_true(signals > 0);
	assert_int_equal(strangers, 0);
	for (int i = 0; i < 3; i++)
		cress_release(ring[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_handler_that_looks_may_interrupt_anything),
	};

	return suite_run(tests);
}
