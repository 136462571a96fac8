/* SPDX-License-Identifier: MIT */
/*
 * From the links of a page, as they stand there, to those of the frontier:
 * resolved against the page or its <base>, and sifted by all that keeps links
 * out. A page with very many of them lets others go in between.
 */
#include "follow.h"
#include "url.h"

#include <cress/hub.h>

#include <errno.h>
#include <stdlib.h>

/* So many links are resolved before the others have their turn. */
#define LINKS_IN_A_ROW 64

int crawl_may_visit(const struct crawl *crawl, const char *url)
{
	return crawl->options->any_host || hosts_have(&crawl->hosts, url);
}

/* The base that the links of a page are relative to: the first <base>. */
static struct url_base *base_of(const struct link *page,
				const struct links *links)
{
	struct url_base *own = url_base(page->url);
	const struct link_found *found = NULL;
	char *url;

	if (own == NULL)
		return NULL;
	while ((found = links_next(links, found)) != NULL) {
		if (found->use != LINK_BASE)
			continue;
		if (url_resolve(own, found->href, &url) != URL_GOOD)
			break;
		struct url_base *base = url_base(url);
		free(url);
		if (base == NULL)
			break;
		url_base_free(own);
		return base;
	}
	return own;
}

/* Add one link of a page, if it is one to visit. */
static int add_link(struct crawl *crawl, const struct link *page,
		    struct url_base *base, const struct link_found *found)
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
	if (!crawl_may_visit(crawl, url))
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

int crawl_follow(struct crawl *crawl, const struct link *page,
		 const struct links *links)
{
	const struct link_found *found = NULL;
	struct url_base *base = base_of(page, links);
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
	url_base_free(base);
	return failed;
}
