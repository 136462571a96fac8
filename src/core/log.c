/* SPDX-License-Identifier: MIT */
/*
 * The log hook. A line is built on the caller's stack, which may be a small
 * coroutine's: it is cut at 512 bytes, and nothing is allocated.
 */
#include "core/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/thread.h"

#include <cress/runtime.h>

#define LINE_SIZE 512

static void to_stderr(int level, const char *line, void *context)
{
	(void)level;
	(void)context;
	fprintf(stderr, "cress: %s\n", line);
}

static cress_log_fn *log_fn = to_stderr;
static void *log_context;

void cress_set_log(cress_log_fn *fn, void *context)
{
	log_fn = fn == NULL ? to_stderr : fn;
	log_context = context;
}

void cress_log(int level, const char *format, ...)
{
	struct cress_thread *thread = cress_thread_self;
	char line[LINE_SIZE];
	int saved = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (log_fn == to_stderr && thread != NULL && thread->keep_line != NULL)
		thread->keep_line(thread->simulator, line);
	else
		log_fn(level, line, log_context);
	errno = saved;
}

void cress_fatal(const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	fprintf(stderr, "cress: %s\n", line);
	abort();
}
