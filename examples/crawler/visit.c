/* SPDX-License-Identifier: MIT */
/*
 * One visit: from a link that was taken to its verdict.
 *
 * The links of a page are added before the page is settled: as long as one is
 * taken the crawl is not over.
 */
#include "crawl.h"
#include "breaker.h"
#include "feed.h"
#include "follow.h"
#include "retry.h"
#include "url.h"

#include <cress/hub.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A piece of a page has come: to the parser with it. */
static int feed(void *context, const char *charset, const char *piece,
		size_t size)
{
	return links_feed(context, charset, piece, size) ? -1 : 0;
}

/* Only to be fetched: what is in it does not matter. */
static int skip(void *context, const char *charset, const char *piece,
		size_t size)
{
	(void)context;
	(void)charset;
	(void)piece;
	(void)size;
	return 0;
}

/* The two ways to fail; both count as errors in the live line. */
static void broken(struct crawl *crawl, struct link *link, const char *reason)
{
	crawl->report.errors++;
	frontier_failed(&crawl->frontier, link, LINK_BROKEN, reason);
}

static void unread(struct crawl *crawl, struct link *link, const char *reason)
{
	crawl->report.errors++;
	frontier_failed(&crawl->frontier, link, LINK_UNREAD, reason);
}

/* The link leads elsewhere: that is the one to visit. */
static void redirected(struct crawl *crawl, struct link *link,
		       const char *location)
{
	struct url_base *base = url_base(link->url);
	char *url = NULL;

	if (base == NULL || url_resolve(base, location, &url) != URL_GOOD) {
		broken(crawl, link, "redirected to what is no web address");
		goto out;
	}
	/* The user named a host that has moved: go with it. */
	if (link->mentions == NULL && link->depth == 0)
		hosts_add(&crawl->hosts, url);
	if (!crawl_may_visit(crawl, url)) {
		crawl->report.elsewhere++;
		frontier_fine(&crawl->frontier, link);
		goto out;
	}
	frontier_redirected(&crawl->frontier, link, url,
			    (unsigned)crawl->settings->redirect_max_times);
	crawl->report.errors += link->state != LINK_REDIRECTED;
out:
	url_base_free(base);
	free(url);
}

/* Give the verdict on the answer. Returns -1 only if the caller was killed. */
static int settle(struct crawl *crawl, struct link *link,
		  const struct fetch_answer *answer, struct links *links)
{
	char reason[40];

	if (answer->failure[0] != '\0') {
		if (answer->gave_up)
			unread(crawl, link, answer->failure);
		else
			broken(crawl, link, answer->failure);
		return 0;
	}
	if (answer->location != NULL) {
		redirected(crawl, link, answer->location);
		return 0;
	}
	if (answer->status / 100 != 2) {
		snprintf(reason, sizeof reason, "HTTP status %ld",
			 answer->status);
		broken(crawl, link, reason);
		return 0;
	}
	if (!link->followed || !answer->is_html) {
		frontier_fine(&crawl->frontier, link);
		return 0;
	}
	/* Listed first: what follows may park, and be interrupted. */
	report_page(&crawl->report, link);
	link->is_page = 1;
	if (crawl->options->fetch_only ||
	    (links_finish(links) == 0 && crawl_follow(crawl, link, links) == 0))
		frontier_fine(&crawl->frontier, link);
	else if (errno == ENOMEM)
		unread(crawl, link, "out of memory");
	else
		return -1;
	return 0;
}

/* What the answer says of the site and its pace. */
static void learn(struct crawl *crawl, struct link *link,
		  const struct fetch_answer *answer)
{
	if (answer->status == 0)
		return;
	breaker_closes(link->site);
	pace_adjust(link->pace, crawl->settings, answer->latency,
		    answer->status);
}

/* It may do better later. Returns 0 if it is not to be tried again. */
static int try_later(struct crawl *crawl, struct link *link,
		     const struct fetch_answer *answer)
{
	double wait = retry_wait(crawl->settings, answer, link->tries);
	double now = cress_now();

	/* The whole host is left alone for as long as it asks for that. */
	if (answer->retry_after > 0 &&
	    answer->retry_after <= crawl->settings->retry_after_max)
		pace_pause(link->pace, now + answer->retry_after);
	/* One on trial says that the site is still away, no more. */
	int is_trial = answer->status == 0 && link->site->stage == SITE_TRIAL;

	if (answer->status == 0 && (wait < 0 || is_trial))
		breaker_counts(&crawl->frontier.schedule, link->site,
			       answer->failure);
	if (wait < 0 && !is_trial)
		return 0;
	if (is_trial)
		wait = 0;
	else
		link->tries++;
	crawl->report.retries++;
	frontier_put_back(&crawl->frontier, link, now + wait);
	return 1;
}

/* Is it not to be asked for at all? Then it is settled. */
static int is_refused(struct crawl *crawl, struct link *link)
{
	const struct site *site = link->site;

	if (site->stage == SITE_GONE) {
		crawl->report.classes[0]++;
		broken(crawl, link,
		       site->reason != NULL ? site->reason : "out of memory");
		return 1;
	}
	if (site_allows(site, link->url))
		return 0;
	frontier_failed(&crawl->frontier, link, LINK_FORBIDDEN,
			"forbidden by robots.txt");
	return 1;
}

/* Ask whether it is there; a server that knows no HEAD is asked with GET. */
static int check(struct crawl *crawl, struct fetch_request *request,
		 struct fetch_answer *answer)
{
	request->check_only = 1;
	if (fetch(crawl->fetcher, request, answer))
		return -1;
	if (answer->status != 405 && answer->status != 501)
		return 0;
	fetch_free(answer);
	request->check_only = 0;
	return fetch(crawl->fetcher, request, answer);
}

/* Send the request, or the two of them. Returns as fetch(). */
static int ask(struct crawl *crawl, struct link *link, struct links *links,
	       struct fetch_answer *answer)
{
	struct fetch_request request = {.url = link->url, .site = link->site};

	if (!link->followed)
		return check(crawl, &request, answer);
	request.on_page = crawl->options->fetch_only ? skip : feed;
	request.context = links;
	return fetch(crawl->fetcher, &request, answer);
}

int crawl_visit(struct crawl *crawl, struct link *link)
{
	struct links links = {.parser = NULL};
	struct fetch_answer answer;

	if (is_refused(crawl, link)) {
		answer = (struct fetch_answer){.status = 0};
		feed_link(crawl->report.feed, link, &answer);
		return 0;
	}
	int failed = ask(crawl, link, &links, &answer);
	if (!failed)
		learn(crawl, link, &answer);
	if (!failed && !try_later(crawl, link, &answer)) {
		report_request(&crawl->report, &answer);
		failed = settle(crawl, link, &answer, &links);
		if (!failed)
			feed_link(crawl->report.feed, link, &answer);
	} else if (failed && errno == ENOMEM) {
		unread(crawl, link, "out of memory");
		failed = 0;
	}
	fetch_free(&answer);
	links_free(&links);
	return failed;
}
