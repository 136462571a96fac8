/* SPDX-License-Identifier: MIT */
/*
 * The crawler: visits every page of a web site with a number of coroutines and
 * reports the broken links.
 *
 *	crawler -c 64 http://localhost:8080/
 *
 * Here is only what belongs to the process: its signals, its libraries, its
 * status. crawl.c is the place to read on.
 */
#include "crawl.h"
#include "options.h"

#include <cress/hub.h>

#include <curl/curl.h>
#include <libxml/parser.h>

#include <signal.h>
#include <stdio.h>

static int body(void *options)
{
	return crawl_run(options);
}

/* Before any thread starts: threads inherit what is blocked. */
static void prepare_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct options options;
	int status = options_read(&options, argc, argv);

	if (status >= 0)
		return status;
	prepare_signals();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fputs("crawler: libcurl cannot start\n", stderr);
		return STATUS_USAGE;
	}
	xmlInitParser();
	status = cress_run(body, &options);
	if (status < 0) {
		perror("crawler");
		status = STATUS_USAGE;
	}
	xmlCleanupParser();
	curl_global_cleanup();
	return status;
}
