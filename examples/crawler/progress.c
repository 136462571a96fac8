/* SPDX-License-Identifier: MIT */
/*
 * The live progress line. It is written with cress_write_all(), which parks:
 * a terminal that is stopped, or a slow pipe, does not stop the crawl. The
 * speed shown is that of the time since the last line.
 */
#include "progress.h"

#include <cress/hub.h>
#include <cress/io.h>

#include <stdio.h>
#include <unistd.h>

/* Back to the first column, and clear the line. */
#define REWIND "\r\033[K"

static int write_line(const struct progress *progress, double speed)
{
	const struct report *report = progress->report;
	char line[160];

	int length = snprintf(
		line, sizeof line,
		"%s%zu pages, %.0f pages/s, %zu errors, %zu queued%s",
		progress->is_terminal ? REWIND : "", report->pages, speed,
		report->errors, progress->frontier->queued,
		progress->is_terminal ? "" : "\n");
	ssize_t written = cress_write_all(STDOUT_FILENO, line, (size_t)length);
	return written == length ? 0 : -1;
}

void *progress_show(void *arg)
{
	const struct progress *progress = arg;
	double interval = progress->is_terminal ? 0.2 : 1.0;
	double then = cress_now();
	size_t before = 0;

	while (cress_sleep(interval) == 0) {
		double now = cress_now();
		size_t pages = progress->report->pages;

		/* Whoever read the lines may have gone: crawl on without. */
		if (write_line(progress,
			       (double)(pages - before) / (now - then)))
			return NULL;
		then = now;
		before = pages;
	}
	return NULL;
}
