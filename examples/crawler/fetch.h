/* SPDX-License-Identifier: MIT */
/*
 * Fetch one page: an HTTP request that parks its caller until the answer is
 * there, with limits on its time and size. Redirects are reported, not
 * followed.
 */
#ifndef CRAWLER_FETCH_H
#define CRAWLER_FETCH_H

#include <stddef.h>
#include <stdint.h>

/* How fetches are made. */
struct fetch_limits {
	double seconds;		/* for a whole request */
	uint64_t bytes;		/* of one body, after decompression */
	unsigned concurrency;	/* requests at the same time */
	const char *user_agent;
};

struct site;

/* What is to be fetched, and what to do with it. */
struct fetch_request {
	const char *url;
	struct site *site;	/* that it is on, or NULL */
	int check_only;		/* ask whether it is there: no body */
	int any_type;		/* hand over the body whatever type and size */
	/*
	 * Called with each piece of the body if it is HTML and the answer is
	 * a success; must not park; 1 is enough, -1 gives up.
	 */
	int (*on_page)(void *context, const char *charset, const char *piece,
		       size_t size);
	void *context;
};

/* What came of it. */
struct fetch_answer {
	long status;		/* of HTTP; 0: none came */
	int is_html;
	int gave_up;		/* failed by a limit or memory of ours */
	uint64_t bytes;		/* of the body */
	double seconds;
	double latency;		/* until its first byte came */
	double retry_after;	/* seconds to stay away, or 0 */
	char *location;		/* of a redirect, absolute; or NULL */
	char failure[256];	/* in plain words; "": the request succeeded */
};

struct fetcher;

/* Make a fetcher, or return NULL with errno. */
struct fetcher *fetcher_new(const struct fetch_limits *limits);

/* Free it. No fetch may be under way. NULL is allowed. */
void fetcher_free(struct fetcher *fetcher);

/*
 * Fetch. Parks. Returns 0 with `*answer` filled in, whatever the server did;
 * give it to fetch_free(). Or -1 with errno: ECANCELED the caller was killed,
 * ENOMEM.
 */
int fetch(struct fetcher *fetcher, const struct fetch_request *request,
	  struct fetch_answer *answer);

void fetch_free(struct fetch_answer *answer);

#endif
