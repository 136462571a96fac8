/* SPDX-License-Identifier: MIT */
/*
 * While a site is on trial its links go one by one (see schedule.c), so each
 * failure then is that of a trial, but for those that were under way before.
 */
#include "breaker.h"

#include <cress/hub.h>

#include <stdio.h>

void breaker_closes(struct site *site)
{
	site->failures = 0;
	site->trials = 0;
	if (site->stage == SITE_TRIAL)
		site->stage = SITE_OPEN;
}

/* Leave the site alone, or give it up. */
static void open_circuit(struct schedule *schedule, struct site *site,
			 const char *reason)
{
	const struct settings *settings = schedule->settings;
	double wait = settings->circuit_breaker_delay *
		      (double)((uint64_t)1 << (site->trials & 31));
	char why[400];

	if (site->trials == settings->circuit_breaker_trials) {
		snprintf(why, sizeof why, "the site gives no answer: %s",
			 reason);
		site_give_up(site, why);
		printf("%s: given up: %s\n", site->origin, reason);
		return;
	}
	site->trials++;
	site->stage = SITE_TRIAL;
	printf("%s: no answer (%s), left alone for %g s\n", site->origin,
	       reason, wait);
	schedule_hold(schedule, site, cress_now() + wait);
}

void breaker_counts(struct schedule *schedule, struct site *site,
		    const char *reason)
{
	size_t limit = schedule->settings->circuit_breaker_failures;

	if (limit == 0 || site->stage == SITE_GONE ||
	    site->is_held == HELD_FOR_A_TIME)
		return;
	site->failures++;
	if (site->stage == SITE_TRIAL || site->failures >= limit)
		open_circuit(schedule, site, reason);
}
