/* SPDX-License-Identifier: MIT */
/*
 * The notebook, the checks and the clean-up of suite.h.
 *
 * The notebook has two pages, so that the text that noted() returned stays
 * valid while the next one is written; a mutex orders writers of different
 * threads. Counters are atomic for the same reason.
 */
#include "suite.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cress/stack.h>
#include <cress/trace.h>

#define PAGE 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char pages[2][PAGE];
static int page;

static int checks;
static int failures;

static struct {
	cress_t *current;
	size_t in_use;
} before;

void note(const char *format, ...)
{
	va_list arguments;

	pthread_mutex_lock(&lock);
	size_t used = strlen(pages[page]);
	if (used > 0 && used < PAGE - 1)
		pages[page][used++] = ' ';

	va_start(arguments, format);
	vsnprintf(pages[page] + used, PAGE - used, format, arguments);
	va_end(arguments);
	pthread_mutex_unlock(&lock);
}

const char *noted(void)
{
	pthread_mutex_lock(&lock);
	const char *text = pages[page];

	page = !page;
	pages[page][0] = '\0';
	pthread_mutex_unlock(&lock);
	return text;
}

int suite_check(int holds, const char *condition, const char *file, int line)
{
	__atomic_add_fetch(&checks, 1, __ATOMIC_RELAXED);
	if (holds)
		return 1;

	__atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
	/* One write, so that lines of different threads do not mix. */
	fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
	return 0;
}

int suite_failures(void)
{
	return __atomic_load_n(&failures, __ATOMIC_RELAXED);
}

struct job {
	void (*fn)(void *arg);
	void *arg;
};

static void *run_job(void *arg)
{
	struct job *job = arg;

	job->fn(job->arg);
	return NULL;
}

void on_thread(void (*fn)(void *arg), void *arg)
{
	struct job job = {fn, arg};
	pthread_t thread;

	if (!check(pthread_create(&thread, NULL, run_job, &job) == 0))
		return;
	check(pthread_join(thread, NULL) == 0);
}

static size_t stacks_in_use(void)
{
	cress_stack_stats_t stats;

	cress_stack_stats(&stats);
	return stats.in_use;
}

int suite_begin(void **state)
{
	(void)state;
	noted();
	__atomic_store_n(&failures, 0, __ATOMIC_RELAXED);
	before.current = cress_current();
	before.in_use = stacks_in_use();
	return 0;
}

int suite_end(void **state)
{
	(void)state;
	check(cress_current() == before.current);
	check(stacks_in_use() == before.in_use);
	check(cress_get_trace(NULL) == NULL);
	return suite_failures() == 0 ? 0 : -1;
}

int suite_report(void **state)
{
	(void)state;
	printf("%d checks ran\n", __atomic_load_n(&checks, __ATOMIC_RELAXED));
	return 0;
}
