/* SPDX-License-Identifier: MIT */
/*
 * Sleeping and the clock: round robin at zero, never too short, in the order
 * of time, without drift, and on a clock that setting the time does not move.
 * The program answers the library's questions for the wall clock itself, so
 * that it can be set here without touching the machine's.
 */
#include "loop/support.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "support/environment.h"

#define TIMERS 100000
#define TIMERS_FOR_TSAN 7000
#define PERIODS 100000

static double wall_step;

/* Ask the kernel; the wall clock alone is moved by wall_step. */
int clock_gettime(clockid_t id, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	*now = (struct timespec){0}; /* a sanitizer does not know the other */
	if (real(id, now) != 0)
		return -1;
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		now->tv_sec += (time_t)wall_step;
	return 0;
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec fine;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &fine);
	now->tv_sec = fine.tv_sec;
	now->tv_usec = fine.tv_nsec / 1000;
	return 0;
}

static double monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void *three_turns(void *word)
{
	for (int i = 0; i < 3; i++) {
		note("%s", (const char *)word);
		check_int(cress_sleep(0), 0);
	}
	return NULL;
}

/* V64 */
static void sleep_zero_goes_behind_all_that_are_ready(void)
{
	cress_go(three_turns, "a");
	cress_go(three_turns, "b");
	cress_t *c = cress_spawn(three_turns, "c");

	check_int(cress_join(c, NULL), 0);

	check_noted("a b c a b c a b c");
}

static void *yield_below_zero(void *word)
{
	static const double times[] = {-1, -0.0, -INFINITY, -1e-300};

	for (int i = 0; i < 4; i++) {
		note("%s", (const char *)word);
		check_int(cress_sleep(times[i]), 0);
	}
	return NULL;
}

/* V64, D5 */
static void a_negative_sleep_counts_as_zero(void)
{
	double start = cress_now();

	cress_go(yield_below_zero, "a");
	cress_t *c = cress_spawn(yield_below_zero, "b");
	check_int(cress_join(c, NULL), 0);

	check_noted("a b a b a b a b");
	check(cress_now() - start < 1);
}

/* V64 */
static void a_yield_alone_returns_at_once(void)
{
	for (int i = 0; i < 1000; i++)
		check_int(cress_yield(), 0);
	for (int i = 0; i < 1000; i++)
		check_int(cress_sleep(0), 0);
}

/* V64 */
static void sleep_lasts_at_least_as_long_as_asked(void)
{
	static const double times[] = {1e-9, 1e-6, 0.0001, 0.001, 0.0033};

	for (int i = 0; i < 5; i++) {
		double start;

		/* A clock that was read before this would be stale. */
		spin(0.002);
		start = cress_now();
		check_int(cress_sleep(times[i]), 0);
		check(cress_now() - start >= times[i]);
	}
}

/* V64 */
static void a_sleep_of_no_number_is_refused(void)
{
	cress_go(note_word, "other");
	check_refuses(cress_sleep(NAN), EINVAL);
	check_refuses(cress_sleep(-NAN), EINVAL);

	check_nothing_noted();
	check_int(cress_sleep(0.001), 0);
}

/* V64 */
static void an_endless_sleep_waits_for_a_kill(void)
{
	cress_t *c = cress_spawn(park_for_ever, NULL);

	check_int(cress_sleep(1e9), 0);
	check_refuses(cress_try_wait(c, NULL), EAGAIN);
	check_int(cress_kill(c, ENOANO), 0);

	check_int(cress_join(c, NULL), ENOANO);
}

/* V64 */
static void a_sleep_beyond_all_time_does_not_end(void)
{
	static const double times[] = {1e30, 1e300, 1.7e308};
	cress_t *sleepers[3];

	for (int i = 0; i < 3; i++)
		sleepers[i] =
			cress_spawn_after(times[i], give_back, NULL, NULL);
	check_int(cress_sleep(1e6), 0);

	for (int i = 0; i < 3; i++) {
		check_refuses(cress_try_wait(sleepers[i], NULL), EAGAIN);
		check_int(cress_kill(sleepers[i], CRESS_EXIT), 0);
		check_int(cress_join(sleepers[i], NULL), 0);
	}
}

static int woken, out_of_order;
static double last_woken;

static void *wake_in_order(void *milliseconds)
{
	double when = cress_now() + as_number(milliseconds) / 1000.0;

	cress_sleep(as_number(milliseconds) / 1000.0);
	out_of_order += when < last_woken || cress_now() < when;
	last_woken = when;
	woken++;
	return NULL;
}

static double spawned_at;

static void *start_in_order(void *milliseconds)
{
	double when = spawned_at + as_number(milliseconds) / 1000.0;

	out_of_order += when < last_woken || cress_now() < when;
	last_woken = when;
	woken++;
	return NULL;
}

/* R44, V10 */
static void a_hundred_thousand_timers_end_in_order(void)
{
	int timers = environment_is_tsan() ? TIMERS_FOR_TSAN : TIMERS;
	uint32_t random = 12345;
	int failures = 0;

	woken = out_of_order = 0;
	last_woken = 0;
	spawned_at = cress_now();
	for (int i = 0; i < timers; i++) {
		cress_t *c;

		random = random * 1664525 + 1013904223;
		c = cress_spawn_after((double)(random >> 8) / 1000.0,
				      start_in_order, as_value(random >> 8),
				      NULL);
		failures += c == NULL;
		cress_release(c);
	}
	check_int(cress_sleep(1 << 24), 0);

	check_int(failures, 0);
	check_int(woken, timers);
	check_int(out_of_order, 0);
}

static void *count_kills(void *milliseconds)
{
	woken += cress_sleep(as_number(milliseconds) / 1000.0) == -1;
	return NULL;
}

/* R44, R25 */
static void timers_taken_out_leave_the_rest_in_order(void)
{
	static cress_t *victims[2000];
	uint32_t random = 99;

	woken = out_of_order = 0;
	last_woken = 0;
	for (int i = 0; i < 2000; i++) {
		random = random * 1664525 + 1013904223;
		victims[i] = cress_spawn(count_kills, as_value(random >> 8));
		cress_go(wake_in_order, as_value(random >> 9));
	}
	cress_sleep(0.001);
	for (int i = 0; i < 2000; i++)
		cress_kill(victims[(i * 7) % 2000], ECANCELED);
	check_int(cress_sleep(1 << 24), 0);

	check_int(woken, 4000);
	check_int(out_of_order, 0);
	for (int i = 0; i < 2000; i++)
		check_int(cress_join(victims[i], NULL), 0);
}

/* R44 */
static void a_hundred_thousand_periods_do_not_drift(void)
{
	const double period = 0.001;
	double start = cress_now();
	int failures = 0;

	for (int i = 0; i < PERIODS; i++)
		failures += cress_sleep(period) != 0;

	check_int(failures, 0);
	check(fabs(cress_now() - start - PERIODS * period) < period);
}

/* R44 */
static void periods_by_absolute_time_do_not_drift(void)
{
	const double period = 0.0001;
	double start = monotonic();
	double next = cress_now();

	for (int i = 0; i < 100; i++) {
		next += period;
		cress_sleep(next - cress_now());
		check(cress_now() >= next);
	}

	check(monotonic() - start >= 100 * period);
}

static void *step_the_wall_clock(void *seconds)
{
	cress_sleep(0.001);
	wall_step += as_number(seconds);
	return NULL;
}

static void sleep_through_a_step(int seconds)
{
	double start = monotonic(), first;
	cress_scope_t limit;

	cress_scope_open(&limit, 3000);
	cress_go(step_the_wall_clock, as_value(seconds));
	check_int(cress_sleep(0.004), 0);
	first = monotonic();
	check(first - start >= 0.004 && first - start < 1800);
	check_int(cress_sleep(0.003), 0);
	check(monotonic() - first >= 0.003 && monotonic() - first < 1800);
	check_int(cress_scope_close(&limit), 0);
}

/* R44 */
static void steps_of_the_wall_clock_move_no_sleep(void)
{
	sleep_through_a_step(3600);
	sleep_through_a_step(-3600);
	sleep_through_a_step(-3600);
	wall_step = 0;

	check(cress_now() <= monotonic() + 1e9);
	check_int(cress_sleep(0.001), 0);
}

/* V64, R44 */
static void the_clock_never_goes_back(void)
{
	double last = cress_now();

	for (int i = 0; i < 1000; i++) {
		double now = cress_now();

		check(now >= last);
		last = now;
		wall_step = i % 2 ? 1000 : -1000;
	}
	wall_step = 0;
	cress_sleep(0.001);

	check(cress_now() > last);
}

/* V64 */
static void without_a_hub_the_clock_is_the_monotonic_one(void)
{
	double before = monotonic();
	double now = cress_now();

	check(now >= before - 1e-6);
	check(now <= monotonic() + 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(without_a_hub_the_clock_is_the_monotonic_one),
		in_order(sleep_zero_goes_behind_all_that_are_ready),
		in_order(a_negative_sleep_counts_as_zero),
		in_any_order(a_yield_alone_returns_at_once),
		in_any_order(sleep_lasts_at_least_as_long_as_asked),
		in_any_order(a_sleep_of_no_number_is_refused),
		on_virtual(an_endless_sleep_waits_for_a_kill),
		on_virtual(a_sleep_beyond_all_time_does_not_end),
		on_virtual(a_hundred_thousand_timers_end_in_order),
		on_virtual(timers_taken_out_leave_the_rest_in_order),
		on_virtual(a_hundred_thousand_periods_do_not_drift),
		on_libev(periods_by_absolute_time_do_not_drift),
		on_libev(steps_of_the_wall_clock_move_no_sleep),
		in_order(the_clock_never_goes_back),
	};

	return suite_run(tests);
}
