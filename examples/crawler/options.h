/* SPDX-License-Identifier: MIT */
/*
 * The command line of the crawler.
 */
#ifndef CRAWLER_OPTIONS_H
#define CRAWLER_OPTIONS_H

#include "settings.h"

#include <stddef.h>

/* What the user wants. */
struct options {
	struct settings settings;
	unsigned depth;		/* UINT_MAX: no limit */
	size_t pages;		/* 0: no limit */
	int any_host;		/* follow links to other hosts */
	int resources;		/* check images and the like */
	int fetch_only;		/* look for no links in the pages */
	const char *input;	/* a file of start URLs, or NULL */
	const char *list;	/* a file for the pages, or NULL */
	const char *output;	/* a file for lines of JSON, or NULL */
	const char *broken;	/* a file for the broken links, or NULL */
	char **urls;		/* where to start; NULL at the end */
};

/* The statuses that the crawler exits with. */
enum exit_status {
	STATUS_FINE = 0,
	STATUS_BROKEN = 1,	/* there are broken links */
	STATUS_USAGE = 2,	/* or it could not start */
	STATUS_INTERRUPTED = 130
};

/*
 * Read the command line. Returns -1 if there is something to do, otherwise the
 * status to exit with: the usage or what is wrong has been said.
 */
int options_read(struct options *options, int argc, char **argv);

#endif
