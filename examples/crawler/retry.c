/* SPDX-License-Identifier: MIT */
/*
 * The back-off doubles from one try to the next and is spread by a quarter to
 * both sides, so that what failed together does not come back together. A
 * server that says Retry-After is not asked before; one that wants more time
 * than is waited for is not asked again.
 */
#include "retry.h"

#include <stdlib.h>

double retry_backoff(const struct settings *settings, unsigned tries)
{
	unsigned doublings = tries < 10 ? tries : 10;
	double spread = 0.75 + 0.5 * drand48();

	return settings->retry_backoff * (double)(1u << doublings) * spread;
}

double retry_wait(const struct settings *settings,
		  const struct fetch_answer *answer, unsigned tries)
{
	int failed = answer->failure[0] != '\0';

	if (!settings->retry_enabled || tries >= settings->retry_times ||
	    answer->gave_up)
		return -1;
	if (!failed && !settings_retries(settings, answer->status))
		return -1;
	if (answer->retry_after > settings->retry_after_max)
		return -1;
	double wait = retry_backoff(settings, tries);
	return wait < answer->retry_after ? answer->retry_after : wait;
}
