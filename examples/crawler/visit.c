/* SPDX-License-Identifier: MIT */
/*
 * One visit: from a link that was taken to its verdict and the links in it.
 *
 * The links of a page are added before the page is settled: as long as one is
 * taken the crawl is not over.
 */
#include "crawl.h"
#include "links.h"
#include "retry.h"
#include "url.h"

#include <cress/hub.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* So many links are resolved before the others have their turn. */
#define LINKS_IN_A_ROW 64

/* A piece of a page has come: to the parser with it. */
static int feed(void *context, const char *charset, const char *piece,
		size_t size)
{
	return links_feed(context, charset, piece, size) ? -1 : 0;
}

/* Is the URL on a host that the crawl may visit? */
static int may_visit(const struct crawl *crawl, const char *url)
{
	if (crawl->options->any_host)
		return 1;
	for (size_t i = 0; i < crawl->host_count; i++)
		if (url_same_host(crawl->hosts[i], url))
			return 1;
	return 0;
}

/* The handle that the links of a page are relative to: the first <base>. */
static CURLU *base_of(const struct link *page, const struct links *links)
{
	CURLU *own = url_base(page->url);
	const struct link_found *found = NULL;
	char *url;

	if (own == NULL)
		return NULL;
	while ((found = links_next(links, found)) != NULL) {
		if (found->use != LINK_BASE)
			continue;
		if (url_resolve(own, found->href, &url) != URL_GOOD)
			break;
		CURLU *base = url_base(url);
		free(url);
		if (base == NULL)
			break;
		curl_url_cleanup(own);
		return base;
	}
	return own;
}

/* Add one link of a page, if it is one to visit. */
static int add_link(struct crawl *crawl, const struct link *page, CURLU *base,
		    const struct link_found *found)
{
	int follow = found->use != LINK_RESOURCE;
	int failed = 0;
	char *url;

	if (!follow && !crawl->options->resources)
		return 0;
	switch (url_resolve(base, found->href, &url)) {
	case URL_GOOD:
		break;
	case URL_FOREIGN:
		return 0;
	case URL_UNREADABLE:
		crawl->report.unreadable++;
		return 0;
	default:
		errno = ENOMEM;
		return -1;
	}
	if (!may_visit(crawl, url))
		crawl->report.elsewhere++;
	else if (!filter_passes(&crawl->filter, url))
		crawl->report.filtered++;
	else
		failed = frontier_add(&crawl->frontier, url, page,
				      page->depth + 1, follow);
	free(url);
	return failed;
}

/* Does the page ask not to follow the link, and is that obeyed? */
static int is_unwanted(const struct crawl *crawl, const struct links *links,
		       const struct link_found *found)
{
	if (!crawl->settings->nofollow)
		return 0;
	return found->use == LINK_NOFOLLOW ||
	       (found->use == LINK_PAGE && links->nofollow);
}

/* Add all links of a page. Returns 0, or -1 with errno. */
static int add_links(struct crawl *crawl, const struct link *page,
		     struct links *links)
{
	const struct link_found *found = NULL;
	CURLU *base = base_of(page, links);
	size_t count = 0;
	int failed = 0;

	if (base == NULL) {
		errno = ENOMEM;
		return -1;
	}
	while (!failed && (found = links_next(links, found)) != NULL) {
		if (is_unwanted(crawl, links, found))
			crawl->report.nofollow++;
		else if (found->use != LINK_BASE)
			failed = add_link(crawl, page, base, found);
		if (!failed && ++count % LINKS_IN_A_ROW == 0)
			failed = cress_yield();
	}
	curl_url_cleanup(base);
	return failed;
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
	CURLU *base = url_base(link->url);
	char *url = NULL;

	if (base == NULL || url_resolve(base, location, &url) != URL_GOOD) {
		broken(crawl, link, "redirected to what is no web address");
		goto out;
	}
	/* The user named a host that has moved: go with it. */
	if (link->mentions == NULL && link->depth == 0)
		crawl_allow_host(crawl, url);
	if (!may_visit(crawl, url)) {
		crawl->report.elsewhere++;
		frontier_fine(&crawl->frontier, link);
		goto out;
	}
	frontier_redirected(&crawl->frontier, link, url,
			    (unsigned)crawl->settings->redirect_max_times);
	crawl->report.errors += link->state != LINK_REDIRECTED;
out:
	curl_url_cleanup(base);
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
	if (links_finish(links) == 0 && add_links(crawl, link, links) == 0)
		frontier_fine(&crawl->frontier, link);
	else if (errno == ENOMEM)
		unread(crawl, link, "out of memory");
	else
		return -1;
	return 0;
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
	if (wait < 0)
		return 0;
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
	request.on_page = feed;
	request.context = links;
	return fetch(crawl->fetcher, &request, answer);
}

int crawl_visit(struct crawl *crawl, struct link *link)
{
	struct links links = {.parser = NULL};
	struct fetch_answer answer;

	if (is_refused(crawl, link))
		return 0;
	int failed = ask(crawl, link, &links, &answer);
	if (!failed && !try_later(crawl, link, &answer)) {
		report_request(&crawl->report, &answer);
		failed = settle(crawl, link, &answer, &links);
	} else if (failed && errno == ENOMEM) {
		unread(crawl, link, "out of memory");
		failed = 0;
	}
	fetch_free(&answer);
	links_free(&links);
	return failed;
}
