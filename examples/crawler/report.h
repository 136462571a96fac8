/* SPDX-License-Identifier: MIT */
/*
 * The report: what the crawl has counted so far, the live progress from it,
 * and the summary at the end.
 */
#ifndef CRAWLER_REPORT_H
#define CRAWLER_REPORT_H

#include "fetch.h"
#include "frontier.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Counts. All zero, but for `start`, is the beginning of a crawl. */
struct report {
	double start;		/* on the clock of cress_now() */
	size_t pages;		/* HTML pages that were read whole */
	size_t requests;	/* but for those two */
	size_t retries;		/* requests that were made again */
	size_t robots;		/* requests for a robots.txt */
	size_t errors;		/* links that failed */
	uint64_t bytes;
	size_t classes[6];	/* by status / 100; 0: no answer, or not asked
				   because its site gives none */
	size_t elsewhere;	/* links to other hosts, not followed */
	size_t filtered;	/* links that a pattern keeps out */
	size_t nofollow;	/* links that pages want not to be followed */
	size_t unreadable;	/* links that are no URL */
	float *latencies;	/* seconds, of each request */
	size_t latency_count;
	size_t capacity;
	FILE *list;		/* gets the URL of every page, or NULL */
	FILE *feed;		/* gets a line of JSON for each link, or NULL */
};

/* Count a request. */
void report_request(struct report *report, const struct fetch_answer *answer);

/* Count a page, and list it. */
void report_page(struct report *report, const struct link *link);

/* Write every broken link: the reason, the link, the page, in a line. */
void report_broken(const struct frontier *frontier, FILE *file);

/*
 * Print the summary on standard output. Returns how many links are broken; one
 * on many pages is one.
 */
size_t report_summary(struct report *report, const struct frontier *frontier,
		      int interrupted);

void report_free(struct report *report);

#endif
