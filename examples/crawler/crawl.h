/* SPDX-License-Identifier: MIT */
/*
 * A crawl: the frontier, the fetcher and the report together, and the workers
 * that carry links from one to the other.
 */
#ifndef CRAWLER_CRAWL_H
#define CRAWLER_CRAWL_H

#include "fetch.h"
#include "filter.h"
#include "frontier.h"
#include "hosts.h"
#include "options.h"
#include "report.h"

#include <cress/group.h>

struct crawl {
	const struct options *options;
	const struct settings *settings;	/* those of the options */
	struct filter filter;
	struct frontier frontier;
	struct journal journal;
	struct report report;
	struct fetcher *fetcher;
	struct hosts hosts;	/* that may be visited */
	cress_group_t workers;
	int interrupted;
};

/*
 * Crawl as the options say, print the summary, and return the status to exit
 * with. SIGINT and SIGTERM must be blocked. Parks.
 */
int crawl_run(const struct options *options);

/*
 * Visit the link: fetch it, settle it, and add the links in it. Parks. Returns
 * 0, or -1 if the caller was killed meanwhile: the link is not settled then.
 */
int crawl_visit(struct crawl *crawl, struct link *link);

#endif
