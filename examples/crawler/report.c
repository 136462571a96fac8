/* SPDX-License-Identifier: MIT */
/*
 * The counts of a crawl and its summary.
 *
 * The latencies are kept one by one, four bytes each, so that the percentiles
 * are exact. Should there be no memory for them, the others still stand.
 */
#include "report.h"

#include <cress/hub.h>

#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Of the pages that a broken link is on, the summary names so many. */
#define PAGES_NAMED 5

void report_request(struct report *report, const struct fetch_answer *answer)
{
	long class = answer->status / 100;

	if (class < 0 || class > 5)
		class = 0;
	report->classes[class]++;
	report->bytes += answer->bytes;
	report->requests++;
	if (report->latency_count == report->capacity) {
		size_t capacity = 2 * report->capacity + 1024;
		float *latencies = reallocarray(report->latencies, capacity,
						sizeof *latencies);

		if (latencies == NULL)
			return;
		report->latencies = latencies;
		report->capacity = capacity;
	}
	report->latencies[report->latency_count++] = (float)answer->seconds;
}

void report_page(struct report *report, const struct link *link)
{
	report->pages++;
	if (report->list != NULL)
		fprintf(report->list, "%s\n", link->url);
}

void report_broken(const struct frontier *frontier, FILE *file)
{
	for (struct link *l = frontier->first; l != NULL; l = l->next) {
		const char *why = frontier_reason(l, LINK_BROKEN);

		if (why == NULL)
			continue;
		/* What the user named is on no page. */
		if (l->mentions == NULL)
			fprintf(file, "%s\t%s\t\n", why, l->url);
		for (struct mention *m = l->mentions; m != NULL; m = m->next)
			fprintf(file, "%s\t%s\t%s\n", why, l->url,
				m->page->url);
	}
}

/* For qsort(): in ascending order. */
static int compare(const void *a, const void *b)
{
	float left = *(const float *)a;
	float right = *(const float *)b;

	return (left > right) - (left < right);
}

/* The smallest latency that `percent` of all do not exceed, in ms. */
static double percentile(const struct report *report, unsigned percent)
{
	size_t rank = (report->latency_count * percent + 99) / 100;

	return 1e3 * (double)report->latencies[rank == 0 ? 0 : rank - 1];
}

static void print_count(const char *what, size_t count)
{
	if (count > 0)
		printf("%s: %zu\n", what, count);
}

/* The first lines of the summary; sorts the latencies. */
static void print_counts(struct report *report)
{
	double seconds = cress_now() - report->start;
	const size_t *classes = report->classes;

	printf("%zu pages in %.2f s, %.0f pages/s; %zu requests, "
	       "%.1f MB\n",
	       report->pages, seconds, (double)report->pages / seconds,
	       report->requests + report->retries + report->robots,
	       (double)report->bytes / 1e6);
	printf("status: %zu 2xx, %zu 3xx, %zu 4xx, %zu 5xx, "
	       "%zu without an answer\n",
	       classes[2], classes[3], classes[4], classes[5],
	       classes[0] + classes[1]);
	if (report->latency_count > 0) {
		qsort(report->latencies, report->latency_count,
		      sizeof *report->latencies, compare);
		printf("latency: p50 %.1f ms, p99 %.1f ms\n",
		       percentile(report, 50), percentile(report, 99));
	}
	print_count("made again after a failure", report->retries);
	print_count("links to other hosts, not followed", report->elsewhere);
	print_count("links that the patterns keep out", report->filtered);
	print_count("links with nofollow", report->nofollow);
	print_count("links that are no URL", report->unreadable);
}

/* Of those that robots.txt forbids the number will do. */
static void print_forbidden(const struct frontier *frontier)
{
	size_t count = 0;

	for (struct link *l = frontier->first; l != NULL; l = l->next)
		count += l->state == LINK_FORBIDDEN;
	print_count("not visited, as robots.txt forbids it", count);
}

/* What the crawler itself took at most. */
static void print_memory(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		printf("memory: at most %.1f MB\n",
		       (double)usage.ru_maxrss / 1e3);
}

/* Print a link that failed, why, and where it is. */
static void print_link(const struct link *link, const char *why)
{
	size_t count = 0;

	printf("  %s\n    %s\n", link->url, why);
	if (link->target != NULL)
		printf("    redirected to %s\n", link->target->url);
	for (struct mention *m = link->mentions; m != NULL; m = m->next)
		/* All of them are in the file that --broken names. */
		if (count++ < PAGES_NAMED)
			printf("    on %s\n", m->page->url);
	if (count > PAGES_NAMED)
		printf("    and on %zu more pages\n", count - PAGES_NAMED);
}

/* Print the links in a state. Returns how many there are. */
static size_t print_failed(const struct frontier *frontier,
			   enum link_state state, const char *title)
{
	size_t count = 0;

	for (struct link *l = frontier->first; l != NULL; l = l->next)
		count += frontier_reason(l, state) != NULL;
	if (count > 0 || state == LINK_BROKEN)
		printf("%s: %zu\n", title, count);
	for (struct link *l = frontier->first; l != NULL; l = l->next)
		if (frontier_reason(l, state) != NULL)
			print_link(l, frontier_reason(l, state));
	return count;
}

size_t report_summary(struct report *report, const struct frontier *frontier,
		      int interrupted)
{
	if (interrupted)
		printf("interrupted, with %zu links not visited\n",
		       frontier->queued + frontier->taken);
	else if (frontier->queued > 0)
		printf("page limit reached, with %zu links not visited\n",
		       frontier->queued);
	print_counts(report);
	print_memory();
	print_forbidden(frontier);
	print_failed(frontier, LINK_UNREAD, "pages not read to their end");
	return print_failed(frontier, LINK_BROKEN, "broken links");
}

void report_free(struct report *report)
{
	free(report->latencies);
	report->latencies = NULL;
}
