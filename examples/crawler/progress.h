/* SPDX-License-Identifier: MIT */
/*
 * The live progress of a crawl on standard output: one line that is rewritten
 * on a terminal, a plain line every second otherwise.
 */
#ifndef CRAWLER_PROGRESS_H
#define CRAWLER_PROGRESS_H

#include "frontier.h"
#include "report.h"

struct progress {
	const struct report *report;
	const struct frontier *frontier;
	int is_terminal;
};

/* An entry function: show progress until killed. `arg`: struct progress. */
void *progress_show(void *arg);

#endif
