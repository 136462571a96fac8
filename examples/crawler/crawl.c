/* SPDX-License-Identifier: MIT */
/*
 * A crawl from the start URLs to the summary.
 *
 * The workers are a group that is joined; a group around it holds the one
 * coroutine that shows the progress and the one that waits for Ctrl-C. Ctrl-C
 * kills the workers, and everything ends the same way as without it.
 */
#include "crawl.h"
#include "feed.h"
#include "job.h"
#include "prepare.h"
#include "progress.h"
#include "start.h"

#include <cress/group.h>
#include <cress/hub.h>
#include <cress/io.h>

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* A worker: takes one link after another until there are no more. */
static void *work(void *arg)
{
	struct crawl *crawl = arg;
	struct link *link;

	while ((link = frontier_take(&crawl->frontier)) != NULL) {
		enum site_stage stage = link->site->stage;

		if (stage == SITE_NEW || stage == SITE_UNASKED ?
			    crawl_prepare(crawl, link) :
			    crawl_visit(crawl, link))
			return NULL;
		/* What is not written down yet is still in flight. */
		if (journal_sync(crawl->frontier.journal))
			return NULL;
	}
	return NULL;
}

/* Wait for the first SIGINT or SIGTERM; the second has its usual effect. */
static void *await_interrupt(void *arg)
{
	struct crawl *crawl = arg;
	struct signalfd_siginfo info;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	int fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return cress_fail(errno);
	if (cress_read(fd, &info, sizeof info) == sizeof info) {
		pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
		/* A worker that is fetching gives its transfer up. */
		crawl->interrupted = 1;
		cress_group_kill(&crawl->workers, CRESS_EXIT);
	}
	cress_close(fd);
	return NULL;
}

/* Spawn them. Returns 0, or -1: there is not even one. */
static int start_workers(struct crawl *crawl)
{
	cress_attr_t attr = {.name = "worker"};
	size_t count = crawl->settings->concurrent_requests;

	for (size_t i = 0; i < count; i++) {
		cress_t *worker = cress_group_spawn_with(&crawl->workers, work,
							 crawl, &attr);

		/* Fewer will do, but none will not. */
		if (worker == NULL)
			return i == 0 ? -1 : 0;
		cress_release(worker);
	}
	return 0;
}

/* Let the workers work until there is nothing left to do, or Ctrl-C. */
static int work_all(struct crawl *crawl)
{
	struct progress progress = {
		.report = &crawl->report,
		.frontier = &crawl->frontier,
		.is_terminal = isatty(STDOUT_FILENO),
	};
	cress_group_t watchers;

	if (cress_group_open(&watchers, INFINITY, CRESS_GROUP_FORGET)) {
		perror("crawler");
		return -1;
	}
	int failed = cress_group_open(&crawl->workers, INFINITY,
				      CRESS_GROUP_FORGET);
	if (!failed) {
		failed = start_workers(crawl);
		cress_group_go(&watchers, await_interrupt, crawl);
		cress_group_go(&watchers, progress_show, &progress);
		cress_group_join(&crawl->workers);
		cress_group_close(&crawl->workers);
	}
	if (failed)
		perror("crawler");
	/* These two would go on for ever: to close their group ends them. */
	cress_group_close(&watchers);
	if (progress.is_terminal)
		fputs("\r\033[K", stdout);
	return failed;
}

/* Write the file for the broken links, if the user wants one. */
static int write_broken(const struct crawl *crawl)
{
	const char *path = crawl->options->broken;

	if (path == NULL)
		return 0;
	FILE *file = fopen(path, "w");
	if (file != NULL) {
		report_broken(&crawl->frontier, file);
		if (fclose(file) == 0)
			return 0;
	}
	fprintf(stderr, "crawler: %s: %s\n", path, strerror(errno));
	return -1;
}

/* Say what came of it; the result is the exit status. */
static int finish(struct crawl *crawl)
{
	size_t count = report_summary(&crawl->report, &crawl->frontier,
				      crawl->interrupted);

	if (write_broken(crawl))
		return STATUS_USAGE;
	if (crawl->interrupted)
		return STATUS_INTERRUPTED;
	return count > 0 ? STATUS_BROKEN : STATUS_FINE;
}

/* The files of the user's: the list, and the job. */
static int open_files(struct crawl *crawl)
{
	const char *list = crawl->options->list;

	if (list != NULL) {
		crawl->report.list = fopen(list, "w");
		if (crawl->report.list == NULL) {
			fprintf(stderr, "crawler: %s: %s\n", list,
				strerror(errno));
			return -1;
		}
	}
	if (crawl->options->output != NULL) {
		crawl->report.feed = feed_open(crawl->options->output,
					       crawl->settings->jobdir != NULL);
		if (crawl->report.feed == NULL)
			return -1;
	}
	return job_open(crawl);
}

/* Make everything that can fail for a reason that the user must know. */
static int prepare(struct crawl *crawl)
{
	const struct options *options = crawl->options;
	struct fetch_limits limits = {
		.seconds = crawl->settings->download_timeout,
		.bytes = crawl->settings->download_maxsize > 0 ?
				 crawl->settings->download_maxsize :
				 UINT64_MAX,
		.concurrency = (unsigned)crawl->settings->concurrent_requests,
		.user_agent = crawl->settings->user_agent,
	};

	frontier_init(&crawl->frontier, crawl->settings, options->pages,
		      options->depth);
	if (filter_init(&crawl->filter, crawl->settings) || open_files(crawl))
		return -1;
	if (start_urls(crawl))
		return -1;
	crawl->fetcher = fetcher_new(&limits);
	if (crawl->fetcher != NULL &&
	    alarms_start(&crawl->frontier.schedule.alarms) == 0)
		return 0;
	perror("crawler");
	return -1;
}

/* End what prepare() has begun, as far as it came. */
static int clean_up(struct crawl *crawl)
{
	int failed = job_close(crawl);

	alarms_end(&crawl->frontier.schedule.alarms);
	/* The connections are closed while there is still a hub to do it. */
	fetcher_free(crawl->fetcher);
	if (crawl->report.list != NULL && fclose(crawl->report.list) != 0) {
		perror("crawler");
		failed = -1;
	}
	if (crawl->report.feed != NULL && fclose(crawl->report.feed) != 0) {
		perror("crawler");
		failed = -1;
	}
	report_free(&crawl->report);
	frontier_free(&crawl->frontier);
	filter_free(&crawl->filter);
	hosts_free(&crawl->hosts);
	return failed;
}

int crawl_run(const struct options *options)
{
	struct crawl crawl = {
		.options = options,
		.settings = &options->settings,
		.report = {.start = cress_now()},
	};
	int status = STATUS_USAGE;

	if (prepare(&crawl) == 0 && work_all(&crawl) == 0)
		status = finish(&crawl);
	return clean_up(&crawl) ? STATUS_USAGE : status;
}
