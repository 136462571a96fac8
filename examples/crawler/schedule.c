/* SPDX-License-Identifier: MIT */
/*
 * The schedule.
 *
 * Invariant: a site is in the queue of its pace if and only if it has links
 * and is not held; a pace is in the ready list if it has sites, room and its
 * time has come, and has its alarm set if only the time is missing. Each of
 * these changes ends in refresh(), which restores that for one pace.
 */
#include "schedule.h"
#include "frontier.h"

#include <cress/hub.h>

#include <stdlib.h>
#include <string.h>

static void on_pace_time(void *context, struct alarm *alarm);

/* May it begin a request? Then it is listed, and somebody is told. */
static void refresh(struct schedule *schedule, struct pace *pace)
{
	if (pace->is_ready || pace->waits || pace->first == NULL ||
	    !pace_has_room(pace))
		return;
	if (pace->next > 0 && pace->next > cress_now()) {
		pace->waits = 1;
		alarm_set(&schedule->alarms, &pace->alarm, pace->next,
			  on_pace_time);
		return;
	}
	pace->is_ready = 1;
	pace->next_ready = NULL;
	if (schedule->last != NULL)
		schedule->last->next_ready = pace;
	else
		schedule->first = pace;
	schedule->last = pace;
	event_wake(&schedule->changed);
}

#define OWNER(alarm_, type) \
	((type *)(void *)((char *)(alarm_)-offsetof(type, alarm)))

static void on_pace_time(void *context, struct alarm *alarm)
{
	struct pace *pace = OWNER(alarm, struct pace);

	pace->waits = 0;
	refresh(context, pace);
}

/* A site that has links and is not held waits at its pace. */
static void queue_site(struct schedule *schedule, struct site *site)
{
	struct pace *pace = site->pace;

	if (site->is_queued || site->is_held || site->first == NULL)
		return;
	site->is_queued = 1;
	site->next = NULL;
	if (pace->last != NULL)
		pace->last->next = site;
	else
		pace->first = site;
	pace->last = site;
	refresh(schedule, pace);
}

static struct pace *find_pace(struct schedule *schedule, const char *name)
{
	struct set_item *item = set_find(&schedule->paces, name);

	if (item != NULL)
		return (struct pace *)item;
	struct pace *pace = pace_new(schedule->settings, name);
	if (pace == NULL || set_add(&schedule->paces, &pace->item)) {
		free(pace);
		return NULL;
	}
	return pace;
}

struct site *schedule_site(struct schedule *schedule, const char *url)
{
	size_t length = site_origin_length(url);
	char *origin = strndup(url, length);
	char host[256];

	if (origin == NULL)
		return NULL;
	struct set_item *item = set_find(&schedule->sites, origin);
	free(origin);
	if (item != NULL)
		return (struct site *)item;
	struct site *site = site_new(url);
	if (site == NULL)
		return NULL;
	site_host(site, host, sizeof host);
	site->pace = find_pace(schedule, host);
	if (site->pace != NULL && set_add(&schedule->sites, &site->item) == 0)
		return site;
	site_free(site);
	return NULL;
}

void schedule_put(struct schedule *schedule, struct link *link, int ahead)
{
	struct site *site = link->site;

	link->next_queued = ahead ? site->first : NULL;
	if (site->first == NULL)
		site->first = site->last = link;
	else if (ahead)
		site->first = link;
	else
		site->last = site->last->next_queued = link;
	schedule->waiting++;
	queue_site(schedule, site);
}

static void on_link_time(void *context, struct alarm *alarm)
{
	struct schedule *schedule = context;

	schedule->waiting--;
	schedule_put(schedule, OWNER(alarm, struct link), 0);
}

void schedule_put_at(struct schedule *schedule, struct link *link, double when)
{
	schedule->waiting++;
	alarm_set(&schedule->alarms, &link->alarm, when, on_link_time);
}

/* While a site is got ready, or on trial, its links go one by one. */
static int goes_alone(const struct site *site)
{
	return site->stage == SITE_NEW || site->stage == SITE_UNASKED ||
	       site->stage == SITE_TRIAL;
}

/* The first site of a pace leaves its queue, and the pace the ready list. */
static struct site *take_site(struct schedule *schedule)
{
	struct pace *pace = schedule->first;
	struct site *site = pace->first;

	schedule->first = pace->next_ready;
	if (schedule->first == NULL)
		schedule->last = NULL;
	pace->is_ready = 0;
	pace->first = site->next;
	if (pace->first == NULL)
		pace->last = NULL;
	site->is_queued = 0;
	return site;
}

/* Take the first site in turn whose links need not wait. */
static struct site *take_free_site(struct schedule *schedule)
{
	while (schedule->first != NULL) {
		struct site *site = take_site(schedule);

		if (!site->is_held && site->first != NULL)
			return site;
		refresh(schedule, site->pace);
	}
	return NULL;
}

struct link *schedule_take(struct schedule *schedule)
{
	struct site *site = take_free_site(schedule);

	if (site == NULL)
		return NULL;
	struct pace *pace = site->pace;
	struct link *link = site->first;

	site->first = link->next_queued;
	if (site->first == NULL)
		site->last = NULL;
	schedule->waiting--;
	pace->active++;
	link->pace = pace;
	/* To look up a name, or to give up, is no request. */
	if (site->stage != SITE_NEW && site->stage != SITE_GONE)
		pace_begin(pace, schedule->settings, cress_now());
	site->is_held = goes_alone(site) ? HELD_BY_A_LINK : HELD_NOT;
	queue_site(schedule, site);
	refresh(schedule, pace);
	return link;
}

void schedule_release(struct schedule *schedule, struct link *link)
{
	struct site *site = link->site;

	link->pace->active--;
	/* One that is held for a time has its alarm set instead. */
	if (site->is_held == HELD_BY_A_LINK) {
		site->is_held = HELD_NOT;
		queue_site(schedule, site);
	}
	refresh(schedule, link->pace);
	link->pace = NULL;
}

static void on_site_time(void *context, struct alarm *alarm)
{
	struct site *site = OWNER(alarm, struct site);

	site->is_held = HELD_NOT;
	queue_site(context, site);
}

void schedule_hold(struct schedule *schedule, struct site *site, double when)
{
	if (site->is_held == HELD_FOR_A_TIME)
		return;
	site->is_held = HELD_FOR_A_TIME;
	alarm_set(&schedule->alarms, &site->alarm, when, on_site_time);
}

int schedule_by_address(struct schedule *schedule, struct site *site)
{
	struct pace *pace = find_pace(schedule, site->address);

	if (pace != NULL)
		site->pace = pace;
	return pace == NULL ? -1 : 0;
}

void schedule_free(struct schedule *schedule)
{
	for (size_t i = 0; i < schedule->sites.size; i++)
		if (schedule->sites.slots[i] != NULL)
			site_free((struct site *)schedule->sites.slots[i]);
	for (size_t i = 0; i < schedule->paces.size; i++)
		free(schedule->paces.slots[i]);
	set_free(&schedule->sites);
	set_free(&schedule->paces);
}
