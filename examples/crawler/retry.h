/* SPDX-License-Identifier: MIT */
/*
 * What is tried again, and when.
 */
#ifndef CRAWLER_RETRY_H
#define CRAWLER_RETRY_H

#include "fetch.h"
#include "settings.h"

/*
 * How many seconds to wait before the request that got this answer is made
 * again, after `tries` that were made again already; negative: it is not.
 */
double retry_wait(const struct settings *settings,
		  const struct fetch_answer *answer, unsigned tries);

/* The back-off alone. */
double retry_backoff(const struct settings *settings, unsigned tries);

#endif
