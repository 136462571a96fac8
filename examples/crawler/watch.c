/* SPDX-License-Identifier: MIT */
/*
 * Watchers out of coroutines. One outlives its descriptor: it waits for the
 * next one of that number, so that a request on a connection that is kept
 * alive starts no coroutine.
 *
 * Invariant: whenever no watcher runs, each is parked for exactly the events
 * that were asked for last, or on its way there. A change cancels the scope
 * that it waits in, and `version` tells an answer to an old question from one
 * to the present one.
 */
#include "watch.h"

#include <cress/hub.h>
#include <cress/io.h>
#include <cress/scope.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct watch {
	struct watch_table *table;
	cress_t *coroutine;
	cress_scope_t wait;	/* open while `waiting` */
	int fd;
	int events;		/* POLLIN, POLLOUT, or 0: nothing */
	unsigned version;	/* counts the changes of `events` */
	int waiting;
};

/* Park until the descriptor is ready, or the question has changed. */
static int wait_once(struct watch *watch)
{
	int ready;

	if (cress_scope_open(&watch->wait, INFINITY))
		return -1;
	watch->waiting = 1;
	if (watch->events != 0)
		ready = cress_wait_fd(watch->fd, watch->events);
	else
		ready = cress_sleep(INFINITY);
	watch->waiting = 0;
	cress_scope_close(&watch->wait);
	return ready;
}

/* The life of a watcher: wait, check that it is still asked, tell. */
static void *watch_descriptor(void *arg)
{
	struct watch *watch = arg;
	struct watch_table *table = watch->table;

	for (;;) {
		unsigned version = watch->version;
		int ready = wait_once(watch);

		if (watch->version != version)
			continue;
		if (ready < 0 && errno == ECANCELED)
			return NULL;
		if (ready < 0) {
			/* To ask the same again would fail the same way. */
			watch->events = 0;
			ready = POLLERR;
		}
		table->on_ready(table->context, watch->fd, ready);
	}
}

static struct watch *watch_new(struct watch_table *table, int fd)
{
	cress_attr_t attr = {.name = "watcher"};
	struct watch *watch = calloc(1, sizeof *watch);

	if (watch == NULL)
		return NULL;
	watch->table = table;
	watch->fd = fd;
	watch->coroutine = cress_spawn_with(watch_descriptor, watch, &attr);
	if (watch->coroutine != NULL)
		return watch;
	free(watch);
	return NULL;
}

/* Descriptors are small numbers: the table is as long as the largest. */
static int make_room(struct watch_table *table, size_t index)
{
	size_t capacity = 2 * index + 16;
	struct watch **watches;

	if (index < table->capacity)
		return 0;
	watches = reallocarray(table->watches, capacity, sizeof *watches);
	if (watches == NULL)
		return -1;
	for (size_t i = table->capacity; i < capacity; i++)
		watches[i] = NULL;
	table->watches = watches;
	table->capacity = capacity;
	return 0;
}

int watch_set(struct watch_table *table, int fd, int events)
{
	size_t index = (size_t)fd;
	struct watch *watch;

	if (make_room(table, index))
		return -1;
	watch = table->watches[index];
	if (watch == NULL)
		watch = table->watches[index] = watch_new(table, fd);
	if (watch == NULL)
		return -1;
	watch->events = events;
	watch->version++;
	if (watch->waiting)
		cress_scope_cancel(&watch->wait);
	return 0;
}

void watch_end(struct watch_table *table)
{
	for (size_t i = 0; i < table->capacity; i++) {
		struct watch *watch = table->watches[i];

		if (watch == NULL)
			continue;
		cress_kill(watch->coroutine, CRESS_EXIT);
		cress_join(watch->coroutine, NULL);
		free(watch);
	}
	free(table->watches);
	table->watches = NULL;
	table->capacity = 0;
}
