/* SPDX-License-Identifier: MIT */
/*
 * Publish and subscribe: every subscriber has a channel with some room, and
 * gets what is published while it listens. One that is too slow misses what it
 * has no room for; it holds up nobody, because the publisher never waits.
 *
 * A subscriber listens to two channels at once, the news and the bell, by a
 * select; a closed channel ends its evening.
 */
#include <math.h>
#include <stdio.h>
#include <cress.h>

#define ROOM 3

struct subscriber {
	const char *name;
	double pace;		/* seconds that it takes to read a page */
	cress_channel_t news, bell;
	int missed;
	struct subscriber *next;
};

static struct subscriber *subscribers;

static void *listen_in(void *arg)
{
	struct subscriber *me = arg;
	int page, read = 0;
	cress_channel_case_t cases[] = {
		{.channel = &me->news, .item = &page,
		 .operation = CRESS_CHANNEL_RECEIVE},
		{.channel = &me->bell, .operation = CRESS_CHANNEL_RECEIVE},
	};

	for (;;) {
		int chosen = cress_channel_select(cases, 2, INFINITY);

		if (chosen < 0 || cases[chosen].error != 0)
			break;
		if (chosen == 1) {
			printf("%s hears the bell\n", me->name);
			continue;
		}
		read++;
		cress_sleep(me->pace);
	}
	printf("%s has read %d and missed %d\n", me->name, read, me->missed);
	return NULL;
}

/* The bell is of no size and has no room: it is a mere signal. */
static cress_t *subscribe(struct subscriber *who)
{
	cress_channel_init(&who->news, sizeof(int), ROOM);
	cress_channel_init(&who->bell, 0, 0);
	who->next = subscribers;
	subscribers = who;
	return cress_spawn(listen_in, who);
}

/* Nobody listens any more. */
static void unsubscribe(struct subscriber *who)
{
	cress_channel_fini(&who->news);
	cress_channel_fini(&who->bell);
}

static void publish(int page)
{
	struct subscriber *who;

	for (who = subscribers; who != NULL; who = who->next)
		if (cress_channel_try_send(&who->news, &page) != 0)
			who->missed++;
}

static int body(void *arg)
{
	struct subscriber ann = {.name = "ann", .pace = 0};
	struct subscriber bob = {.name = "bob", .pace = 10};
	cress_t *a = subscribe(&ann), *b = subscribe(&bob);

	(void)arg;
	for (int page = 1; page <= 8; page++) {
		publish(page);
		cress_sleep(0.005);
	}
	cress_channel_send(&ann.bell, NULL);
	cress_channel_close(&ann.news);
	cress_join(a, NULL);

	/* Asleep over its first page; what it had room for is left unread. */
	cress_kill(b, 0);
	cress_join(b, NULL);
	printf("bob leaves %d unread\n", (int)cress_channel_size(&bob.news));
	unsubscribe(&ann);
	unsubscribe(&bob);
	return 0;
}

int main(void)
{
	return cress_run(body, NULL);
}
