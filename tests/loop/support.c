/* SPDX-License-Identifier: MIT */
/*
 * Runners and checks of the scheduler's suites, and the log that they keep.
 * Everything here may be called in any coroutine of the test's own thread.
 */
#include "loop/support.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "loop/virtual.h"
#include "support/environment.h"

#include <cress/runtime.h>
#include <cress/simulate.h>

#define SEEDS 16
#define MANY_SEEDS 500
#define ALL_SEEDS 10000
/* What every body returns, so that a lost result is noticed. */
#define DONE 77

static char log_buffer[1 << 18];
static size_t log_length;
static int log_count;
static uint64_t drawn;

int check_int_at(intmax_t got, intmax_t want, const char *what,
		 const char *file, int line)
{
	if (suite_check(got == want, what, file, line))
		return 1;
	fprintf(stderr, "\tit is %jd, not %jd\n", got, want);
	return 0;
}

void check_refuses_at(int result, int error, const char *what, const char *file,
		      int line)
{
	int seen = errno;

	if (!suite_check(result == -1 && seen == error, what, file, line))
		fprintf(stderr, "\tit gave %d, errno %d, not -1, errno %d\n",
			result, seen, error);
}

void check_noted_at(const char *file, int line, const char *format, ...)
{
	const char *text = noted();
	char want[4096];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(want, sizeof(want), format, arguments);
	va_end(arguments);
	if (!suite_check(strcmp(text, want) == 0, "the notes", file, line))
		fprintf(stderr, "\tthey are \"%s\"\n\tnot      \"%s\"\n", text,
			want);
}

static void keep_line(int level, const char *line, void *context)
{
	size_t room = sizeof(log_buffer) - log_length;

	(void)level;
	(void)context;
	check(strchr(line, '\n') == NULL);
	log_count++;
	if (strlen(line) + 2 < room)
		log_length += (size_t)snprintf(log_buffer + log_length, room,
					       "%s\n", line);
}

int log_lines(void)
{
	return log_count;
}

int log_lines_with(const char *word)
{
	const char *line = log_buffer;
	int n = 0;

	while (*line != '\0') {
		const char *end = strchr(line, '\n');
		const char *hit = strstr(line, word);

		n += hit != NULL && hit < end;
		line = end + 1;
	}
	return n;
}

const char *log_text(void)
{
	return log_buffer;
}

void log_clear(void)
{
	log_buffer[log_length = 0] = '\0';
	log_count = 0;
}

static int call_body(void *scenario)
{
	((struct scenario *)scenario)->body();
	return DONE;
}

enum driver { NO_DRIVER, VIRTUAL, LIBEV };

static void print_line(const char *line, void *context)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

static int call_simulated(void *scenario)
{
	int failures = suite_failures();

	noted();
	log_clear();
	drawn = cress_simulate_draw(UINT32_MAX);
	call_body(scenario);
	return suite_failures() != failures;
}

static void run_once(struct scenario *scenario, enum driver driver,
		     unsigned seed)
{
	static const char *const names[] = {"no", "virtual", "libev"};
	int failures = suite_failures();
	int result;

	noted();
	log_clear();
	drawn = seed;
	cress_set_log(keep_line, NULL);
	if (driver == LIBEV)
		result = cress_run(call_body, scenario);
	else if (driver == VIRTUAL)
		result = cress_run_virtual(call_body, scenario, seed);
	else
		result = call_body(scenario);
	cress_set_log(NULL, NULL);
	check_int(result, DONE);
	if (suite_failures() != failures)
		fail_msg("failed with the %s driver, seed %u", names[driver],
			 seed);
}

void run_on_virtual(void **state)
{
	run_once(*state, VIRTUAL, 0);
}

void run_on_libev(void **state)
{
	run_once(*state, LIBEV, 0);
}

void run_on_both(void **state)
{
	run_on_virtual(state);
	run_on_libev(state);
}

static void simulate(struct scenario *scenario, uint32_t seeds, uint32_t flags)
{
	const char *wanted = getenv("CRESS_SEEDS");
	cress_simulation_t how = {
		.first_seed = 1,
		.seeds = wanted == NULL ? seeds : (uint32_t)atoi(wanted),
		.flags = CRESS_SIMULATE_LEAKS | flags,
		.print = print_line,
	};

	cress_set_log(keep_line, NULL);
	check_int(cress_simulate(call_simulated, scenario, &how), 0);
	cress_set_log(NULL, NULL);
}

void run_on_seeds(void **state)
{
	run_on_libev(state);
	run_on_virtual_seeds(state);
}

void run_on_virtual_seeds(void **state)
{
	run_on_virtual(state);
	simulate(*state, SEEDS,
		 CRESS_SIMULATE_DEADLOCKS | CRESS_SIMULATE_TWICE);
}

void run_on_many_seeds(void **state)
{
	uint32_t seeds = environment_is_full() ? ALL_SEEDS : MANY_SEEDS;

	run_on_virtual(state);
	simulate(*state, environment_reduced() != NULL ? SEEDS : seeds,
		 CRESS_SIMULATE_DEADLOCKS);
}

static void simulate_faults(void **state, uint32_t faults)
{
	simulate(*state, environment_is_full() ? MANY_SEEDS : SEEDS,
		 CRESS_SIMULATE_TWICE | faults);
}

void run_with_throws(void **state)
{
	simulate_faults(state,
			CRESS_SIMULATE_THROW | CRESS_SIMULATE_DEADLINE);
}

void run_with_kills(void **state)
{
	run_with_throws(state);
	simulate_faults(state, CRESS_SIMULATE_KILL);
}

void run_bare(void **state)
{
	run_once(*state, NO_DRIVER, 0);
}

unsigned any_below(unsigned bound)
{
	drawn = drawn * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(drawn >> 33) % bound;
}

void let_all_run(void)
{
	for (int i = 0; i < 4; i++)
		cress_sleep(0.001);
}

void *note_word(void *word)
{
	note("%s", (const char *)word);
	return word;
}

void *fail_with(void *error)
{
	return cress_fail(as_number(error));
}

void *give_back(void *value)
{
	return value;
}

void *park_for_ever(void *unused)
{
	(void)unused;
	cress_sleep(INFINITY);
	return cress_fail(errno);
}

void *until_killed(void *value)
{
	cress_sleep(INFINITY);
	return value;
}

void *nap(void *milliseconds)
{
	if (cress_sleep(as_number(milliseconds) / 1000.0) != 0)
		return cress_fail(errno);
	return milliseconds;
}

void spin(double seconds)
{
	struct timespec start, now;
	double spent;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
		spent = (double)(now.tv_sec - start.tv_sec) +
			(double)(now.tv_nsec - start.tv_nsec) * 1e-9;
	} while (spent < seconds);
}

int open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int n = 0;

	if (folder == NULL)
		return -1;
	while (readdir(folder) != NULL)
		n++;
	closedir(folder);
	return n;
}
