/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request by libcurl, from the URL to an answer in plain words.
 *
 * The time limit is a cress scope around the parked transfer. The size limit
 * counts what libcurl hands over, which is the decompressed body; nothing of
 * a body is kept here, so the memory of a fetch does not depend on its size.
 * A body that is not HTML is read only as far as it is cheaper than a new
 * connection.
 */
#include "fetch.h"
#include "charset.h"
#include "multi.h"
#include "site.h"

#include <cress/hub.h>
#include <cress/scope.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How much of a body that nobody wants is read to keep the connection. */
#define DRAIN_BYTES (64 * 1024)

/* Why the body was not read to its end. */
enum stop {
	STOP_NOT,
	STOP_TOO_LARGE,
	STOP_NOT_WANTED,	/* it is no page, or enough of it */
	STOP_BY_CALLER
};

/* An easy handle with what it is doing. */
struct slot {
	struct slot *next;
	CURL *easy;
	struct fetcher *fetcher;
	const struct fetch_request *request;
	struct fetch_answer *answer;
	enum stop stop;
	int began;
	int to_caller;
	struct curl_slist *told;	/* addresses, for libcurl */
	char charset[40];
	char message[CURL_ERROR_SIZE];
};

struct fetcher {
	struct multi *multi;
	struct fetch_limits limits;
	struct slot *idle;	/* handles are kept: to make one is dear */
};

/* The limit is one for pages: who takes any type says when it is enough. */
static int is_too_large(const struct slot *slot, uint64_t bytes)
{
	return slot->to_caller && !slot->request->any_type &&
	       bytes > slot->fetcher->limits.bytes;
}

/* Look at the header: is there HTML to come? */
static void begin(struct slot *slot)
{
	struct fetch_answer *answer = slot->answer;
	curl_off_t announced = 0;
	const char *type = NULL;

	if (slot->began)
		return;
	slot->began = 1;
	slot->charset[0] = '\0';
	curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_getinfo(slot->easy, CURLINFO_CONTENT_TYPE, &type);
	if (type != NULL) {
		answer->is_html =
			strncasecmp(type, "text/html", 9) == 0 ||
			strncasecmp(type, "application/xhtml+xml", 21) == 0;
		charset_of_type(type, slot->charset,
				sizeof slot->charset);
	}
	slot->to_caller = (answer->is_html || slot->request->any_type) &&
			  answer->status / 100 == 2 &&
			  slot->request->on_page != NULL;
	/* What is announced as too large need not be waited for. */
	curl_easy_getinfo(slot->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
			  &announced);
	if (announced > 0 && is_too_large(slot, (uint64_t)announced))
		slot->stop = STOP_TOO_LARGE;
}

/* A piece of the body has come. Any return but `size` ends the transfer. */
static size_t on_body(char *piece, size_t one, size_t size, void *context)
{
	struct slot *slot = context;
	const struct fetch_request *request = slot->request;

	(void)one;
	begin(slot);
	slot->answer->bytes += size;
	if (!slot->to_caller && slot->answer->bytes > DRAIN_BYTES)
		slot->stop = STOP_NOT_WANTED;
	if (is_too_large(slot, slot->answer->bytes))
		slot->stop = STOP_TOO_LARGE;
	if (slot->stop != STOP_NOT)
		return 0;
	if (!slot->to_caller)
		return size;
	int said = request->on_page(request->context, slot->charset, piece,
				    size);
	if (said != 0)
		slot->stop = said > 0 ? STOP_NOT_WANTED : STOP_BY_CALLER;
	return slot->stop == STOP_NOT ? size : 0;
}

/* Take an idle handle, or make one; its options hold for all requests. */
static struct slot *slot_take(struct fetcher *fetcher)
{
	struct slot *slot = fetcher->idle;

	if (slot != NULL) {
		fetcher->idle = slot->next;
		return slot;
	}
	slot = calloc(1, sizeof *slot);
	if (slot == NULL)
		return NULL;
	slot->fetcher = fetcher;
	slot->easy = multi_easy_new();
	if (slot->easy == NULL) {
		free(slot);
		return NULL;
	}
	CURL *easy = slot->easy;
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->message);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, fetcher->limits.user_agent);
	return slot;
}

static void slot_give(struct slot *slot)
{
	slot->next = slot->fetcher->idle;
	slot->fetcher->idle = slot;
}

static void say_too_slow(struct fetch_answer *answer, double limit)
{
	if (answer->bytes == 0)
		snprintf(answer->failure, sizeof answer->failure,
			 "no answer within %g s", limit);
	else
		snprintf(answer->failure, sizeof answer->failure,
			 "not finished within %g s, after %" PRIu64 " bytes",
			 limit, answer->bytes);
}

/* Put into words how a transfer ended that libcurl saw to its end. */
static void judge(struct slot *slot, CURLcode code)
{
	struct fetch_answer *answer = slot->answer;
	uint64_t limit = slot->fetcher->limits.bytes;
	char *location = NULL;
	curl_off_t wait = 0, latency = 0;

	/* An answer without a body has not begun yet. */
	if (code == CURLE_OK)
		begin(slot);
	answer->gave_up = slot->stop == STOP_TOO_LARGE ||
			  slot->stop == STOP_BY_CALLER;
	if (slot->stop == STOP_TOO_LARGE)
		snprintf(answer->failure, sizeof answer->failure,
			 "larger than the limit of %" PRIu64 " bytes", limit);
	else if (slot->stop == STOP_BY_CALLER)
		snprintf(answer->failure, sizeof answer->failure,
			 "out of memory");
	else if (code != CURLE_OK && slot->stop != STOP_NOT_WANTED)
		snprintf(answer->failure, sizeof answer->failure, "%s",
			 slot->message[0] != '\0' ? slot->message :
						    curl_easy_strerror(code));
	curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &wait);
	curl_easy_getinfo(slot->easy, CURLINFO_STARTTRANSFER_TIME_T, &latency);
	answer->retry_after = (double)wait;
	answer->latency = (double)latency / 1e6;
	curl_easy_getinfo(slot->easy, CURLINFO_REDIRECT_URL, &location);
	if (location != NULL)
		answer->location = strdup(location);
}

/* Run the transfer within the time limit. Returns as fetch() does. */
static int perform(struct slot *slot)
{
	struct fetcher *fetcher = slot->fetcher;
	struct fetch_answer *answer = slot->answer;
	cress_scope_t limit;
	CURLcode code;

	if (cress_scope_open(&limit, fetcher->limits.seconds))
		return -1;
	int failed = multi_perform(fetcher->multi, slot->easy, &code);
	int error = errno;
	int too_slow = cress_scope_close(&limit) == ETIMEDOUT;
	if (!failed)
		judge(slot, code);
	else if (too_slow)
		say_too_slow(answer, fetcher->limits.seconds);
	errno = error;
	return failed && !too_slow ? -1 : 0;
}

/* What is known of a site's addresses is told libcurl once; it keeps that. */
static void tell_addresses(struct slot *slot, struct site *site)
{
	if (site == NULL || site->told[0] == '\0')
		return;
	slot->told = curl_slist_append(NULL, site->told);
	curl_easy_setopt(slot->easy, CURLOPT_RESOLVE, slot->told);
	if (slot->told != NULL)
		site->told[0] = '\0';
}

static void forget_addresses(struct slot *slot)
{
	if (slot->told == NULL)
		return;
	curl_easy_setopt(slot->easy, CURLOPT_RESOLVE, NULL);
	curl_slist_free_all(slot->told);
	slot->told = NULL;
}

int fetch(struct fetcher *fetcher, const struct fetch_request *request,
	  struct fetch_answer *answer)
{
	struct slot *slot = slot_take(fetcher);

	*answer = (struct fetch_answer){.status = 0};
	if (slot == NULL)
		return -1;
	slot->request = request;
	slot->answer = answer;
	slot->stop = STOP_NOT;
	slot->began = slot->to_caller = 0;
	slot->message[0] = '\0';
	curl_easy_setopt(slot->easy, CURLOPT_URL, request->url);
	/* This also ends the HEAD of an earlier request. */
	curl_easy_setopt(slot->easy, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(slot->easy, CURLOPT_NOBODY,
			 request->check_only ? 1L : 0L);

	tell_addresses(slot, request->site);
	double start = cress_now();
	int failed = perform(slot);
	answer->seconds = cress_now() - start;
	forget_addresses(slot);
	slot_give(slot);
	return failed;
}

void fetch_free(struct fetch_answer *answer)
{
	free(answer->location);
	answer->location = NULL;
}

struct fetcher *fetcher_new(const struct fetch_limits *limits)
{
	struct fetcher *fetcher = calloc(1, sizeof *fetcher);

	if (fetcher == NULL)
		return NULL;
	fetcher->limits = *limits;
	fetcher->multi = multi_new((long)limits->concurrency);
	if (fetcher->multi != NULL)
		return fetcher;
	free(fetcher);
	return NULL;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (fetcher == NULL)
		return;
	while (fetcher->idle != NULL) {
		struct slot *slot = fetcher->idle;

		fetcher->idle = slot->next;
		curl_easy_cleanup(slot->easy);
		free(slot);
	}
	multi_free(fetcher->multi);
	free(fetcher);
}
