/* SPDX-License-Identifier: MIT */
/*
 * libcurl on the hub: curl_easy_perform() that parks.
 *
 * Any number of coroutines may perform transfers at the same time; libcurl's
 * multi interface runs them all in the one thread and shares its connections
 * among them. No callback of a transfer may park.
 */
#ifndef CRAWLER_MULTI_H
#define CRAWLER_MULTI_H

#include <curl/curl.h>

/* libcurl's multi handle with the coroutines that drive it. */
struct multi;

/*
 * Make one. It keeps at most `connections` idle connections. Returns NULL with
 * errno if it cannot.
 */
struct multi *multi_new(long connections);

/* Close the connections, end the coroutines and free all. NULL is allowed. */
void multi_free(struct multi *multi);

/* Make an easy handle whose sockets belong to cress, or NULL with errno. */
CURL *multi_easy_new(void);

/*
 * Perform the transfer of `easy` and store in `*result` how it ended. Parks.
 *
 * Returns 0, or -1 with errno if the caller was killed or its time is up: the
 * transfer is given up then and its connection closed.
 */
int multi_perform(struct multi *multi, CURL *easy, CURLcode *result);

#endif
