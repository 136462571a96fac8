/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of politeness; who goes when is the schedule's part.
 *
 * A delay that is randomised lies between half of it and one and a half times
 * it, evenly, so that its mean is what was asked for.
 */
#include "pace.h"

#include <stdlib.h>
#include <string.h>

struct pace *pace_new(const struct settings *settings, const char *name)
{
	size_t size = strlen(name) + 1;
	struct pace *pace = calloc(1, sizeof *pace + size);

	if (pace == NULL)
		return NULL;
	memcpy(pace->name, name, size);
	pace->item.key = pace->name;
	pace->limit = settings->concurrent_requests_per_ip;
	if (pace->limit == 0)
		pace->limit = settings->concurrent_requests_per_domain;
	pace->delay = pace->least = settings->download_delay;
	if (settings->autothrottle_enabled)
		pace_slow(pace, settings->autothrottle_start_delay);
	pace->least = settings->download_delay;
	return pace;
}

int pace_has_room(const struct pace *pace)
{
	return pace->limit == 0 || pace->active < pace->limit;
}

void pace_begin(struct pace *pace, const struct settings *settings, double now)
{
	double delay = pace->delay;

	if (delay <= 0)
		return;
	if (settings->randomize_download_delay)
		delay *= 0.5 + drand48();
	pace->next = now + delay;
}

/*
 * Scrapy's rules: the delay goes half of the way to the latency divided by the
 * concurrency that is wanted, at once if that is more; and errors, which come
 * quickly, never make it less.
 */
void pace_adjust(struct pace *pace, const struct settings *settings,
		 double latency, long status)
{
	double target = latency / settings->autothrottle_target_concurrency;
	double delay = (pace->delay + target) / 2;

	if (!settings->autothrottle_enabled)
		return;
	if (delay < target)
		delay = target;
	if (delay > settings->autothrottle_max_delay)
		delay = settings->autothrottle_max_delay;
	if (delay < pace->least)
		delay = pace->least;
	if (status == 200 || delay > pace->delay)
		pace->delay = delay;
}

void pace_slow(struct pace *pace, double delay)
{
	if (pace->least < delay)
		pace->least = delay;
	if (pace->delay < delay)
		pace->delay = delay;
}

void pace_pause(struct pace *pace, double until)
{
	if (pace->next < until)
		pace->next = until;
}
