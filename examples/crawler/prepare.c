/* SPDX-License-Identifier: MIT */
/*
 * A site is got ready by the worker that takes its first link. Meanwhile the
 * schedule holds its other links, so each step is done once.
 *
 * RFC 9309: a robots.txt that is not there (4xx) allows everything; one that
 * cannot be had (5xx) forbids everything. A site that gives no answer at all is
 * given up: its pages would not come either.
 */
#include "prepare.h"
#include "retry.h"
#include "url.h"

#include <cress/hub.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many redirects of a robots.txt are followed. */
#define ROBOTS_REDIRECTS 5

/* The text of a robots.txt, as far as it is read. */
struct text {
	char *bytes;
	size_t size;
};

/* For fetch(): keep a piece; 1 when it is enough. */
static int keep(void *context, const char *charset, const char *piece,
		size_t size)
{
	struct text *text = context;
	size_t room = ROBOTS_BYTES - text->size;
	size_t taken = size < room ? size : room;
	char *bytes = realloc(text->bytes, text->size + taken + 1);

	(void)charset;
	if (bytes == NULL)
		return -1;
	memcpy(bytes + text->size, piece, taken);
	text->bytes = bytes;
	text->size += taken;
	return size >= room;
}

/* Try the step again later, or say for good that it failed. */
static void fail(struct crawl *crawl, struct site *site, double wait,
		 const char *reason)
{
	if (wait < 0) {
		site_give_up(site, reason);
		return;
	}
	site->tries++;
	crawl->report.retries++;
	schedule_hold(&crawl->frontier.schedule, site, cress_now() + wait);
}

static int resolve(struct crawl *crawl, struct site *site)
{
	const struct settings *settings = crawl->settings;
	char reason[200];
	int error = site_resolve(site);

	if (error == SITE_KILLED)
		return -1;
	if (error != 0) {
		int may_pass = error == EAI_AGAIN && settings->retry_enabled &&
			       site->tries < settings->retry_times;

		snprintf(reason, sizeof reason,
			 "the host cannot be looked up: %s",
			 gai_strerror(error));
		fail(crawl, site,
		     may_pass ? retry_backoff(settings, site->tries) : -1,
		     reason);
		return 0;
	}
	site->tries = 0;
	site->stage = settings->robotstxt_obey ? SITE_UNASKED : SITE_OPEN;
	if (settings->concurrent_requests_per_ip > 0 &&
	    site->address[0] != '\0' &&
	    schedule_by_address(&crawl->frontier.schedule, site))
		site_give_up(site, "out of memory");
	return 0;
}

/* Fetch the file, wherever it is redirected to. Returns as fetch(). */
static int fetch_robots(struct crawl *crawl, struct site *site,
			struct text *text, struct fetch_answer *answer)
{
	struct fetch_request request = {
		.site = site, .any_type = 1, .on_page = keep, .context = text};
	char *url = NULL;
	int failed, hops = 0;

	*answer = (struct fetch_answer){.status = 0};
	if (asprintf(&url, "%s/robots.txt", site->origin) < 0)
		return -1;
	for (;;) {
		text->size = 0;
		request.url = url;
		failed = fetch(crawl->fetcher, &request, answer);
		crawl->report.robots++;
		if (failed || answer->location == NULL ||
		    hops++ == ROBOTS_REDIRECTS)
			break;
		free(url);
		url = answer->location;
		answer->location = NULL;
		request.site = NULL;
		fetch_free(answer);
	}
	free(url);
	return failed;
}

/* The file is there: what does it say? */
static void obey(struct crawl *crawl, struct site *site,
		 const struct text *text)
{
	const struct settings *settings = crawl->settings;
	const char *agent = settings->robotstxt_user_agent;

	site->robots = robots_parse(text->size > 0 ? text->bytes : "",
				    text->size,
				    agent != NULL ? agent :
						    settings->user_agent);
	if (site->robots == NULL) {
		site_give_up(site, "out of memory");
		return;
	}
	site->stage = SITE_OPEN;
	pace_slow(site->pace, site->robots->delay);
}

/* Nothing of the site may be visited. */
static void forbid(struct site *site, const struct fetch_answer *answer)
{
	printf("%s/robots.txt: HTTP status %ld, so nothing there is visited\n",
	       site->origin, answer->status);
	site->is_forbidden = 1;
	site->stage = SITE_OPEN;
}

static void judge(struct crawl *crawl, struct site *site,
		  const struct text *text, const struct fetch_answer *answer)
{
	double wait = retry_wait(crawl->settings, answer, site->tries);
	char reason[300];

	if (answer->status / 100 == 2 && answer->failure[0] == '\0') {
		obey(crawl, site, text);
	} else if (answer->failure[0] != '\0' || wait >= 0) {
		snprintf(reason, sizeof reason, "%s", answer->failure);
		fail(crawl, site, wait, reason);
	} else if (answer->status >= 500) {
		forbid(site, answer);
	} else {
		site->stage = SITE_OPEN;
	}
}

static int ask(struct crawl *crawl, struct site *site)
{
	struct text text = {.bytes = NULL};
	struct fetch_answer answer;
	int failed = fetch_robots(crawl, site, &text, &answer);

	if (!failed)
		judge(crawl, site, &text, &answer);
	else if (errno == ENOMEM)
		site_give_up(site, "out of memory");
	failed = failed && errno != ENOMEM;
	fetch_free(&answer);
	free(text.bytes);
	return failed ? -1 : 0;
}

int crawl_prepare(struct crawl *crawl, struct link *link)
{
	struct site *site = link->site;
	int failed = site->stage == SITE_NEW ? resolve(crawl, site) :
					       ask(crawl, site);

	if (!failed)
		frontier_put_back(&crawl->frontier, link, 0);
	return failed;
}
