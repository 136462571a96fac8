/* SPDX-License-Identifier: MIT */
/*
 * cress_run(): the body runs in main; afterwards whatever was spawned is killed
 * and waited for, whatever state main itself is in.
 */
#include "wait/run.h"

#include <errno.h>

#include "core/log.h"
#include "loop/virtual.h"
#include "loop/virtual_driver.h"
#include "wait/wait.h"

#include <cress/hub.h>

static void unlink_end(struct cress_waiter *waiter)
{
	cress_t *c = waiter->object;

	cress_waiter_remove(&c->joiners, waiter);
}

static const struct cress_wait_kind end_of_rest = {
	.what = "the end of all coroutines",
	.unlink = unlink_end,
};

/* Has the hub anything to do with it? Main and the hub apart. */
static int is_of_hub(const cress_t *c)
{
	if (c->kind & CRESS_KIND_HUB || c->state == CRESS_DEAD)
		return 0;
	return c->kind & CRESS_KIND_SPAWNED || c->state == CRESS_PARKED ||
	       c->state == CRESS_QUEUED;
}

static int kill_rest(struct cress_hub *hub)
{
	cress_t *c = NULL;
	int left = 0;

	while ((c = cress_next_of_thread(hub->thread, c)) != NULL)
		if (is_of_hub(c)) {
			left = 1;
			cress_kill(c, ECANCELED);
		}
	return left;
}

/*
 * Not cress_wait(), which would fail in a main that is cancelled itself: only
 * a deadlock ends this, when what is left can never run again.
 */
static int wait_for(struct cress_hub *hub, cress_t *c)
{
	struct cress_waiter waiter = {.kind = &end_of_rest, .object = c};
	int error = 0;

	cress_waiter_append(&c->joiners, &waiter);
	if (cress_park(hub, &waiter) != 0)
		error = errno;
	return error == EDEADLK ? -1 : 0;
}

/* Is there anything left? The last links are called on the way. */
static int has_rest(struct cress_hub *hub)
{
	int left = kill_rest(hub);

	if (left || hub->due == NULL)
		return left;
	hub->slice = 0;
	hub->picks = 0;
	cress_hub_push(hub, hub->thread->current, NULL);
	cress_hub_switch(hub, hub->thread->current);
	return 1;
}

/* Until a pass finds nothing: one that ends may spawn another. */
static void drain(struct cress_hub *hub)
{
	cress_t *c, *previous;

	hub->draining = 1;
	while (has_rest(hub)) {
		previous = NULL;
		while ((c = cress_next_of_thread(hub->thread, previous))) {
			int stuck;

			cress_retain(c);
			cress_release(previous);
			previous = c;
			stuck = is_of_hub(c) && wait_for(hub, c) != 0;
			if (stuck && c->state == CRESS_PARKED)
				cress_fatal("the hub cannot end: \"%s\" "
					    "waits for ever in a shield",
					    cress_label(c));
			if (stuck) {
				cress_release(c);
				return;
			}
		}
		cress_release(previous);
	}
}

void cress_hub_end(struct cress_hub *hub)
{
	cress_t *main = &hub->thread->main;

	drain(hub);
	cress_hub_free(hub);
	/* A kill of main reaches no further than this. */
	main->kill_error = 0;
	main->kill_seen = 0;
	main->pending_throw = 0;
	main->cancelled = 0;
}

int cress_run_on(const struct cress_driver *driver, void *loop,
		 int (*body)(void *arg), void *arg)
{
	struct cress_thread *thread = cress_thread_get();
	struct cress_hub *hub;
	int result;

	if (thread == NULL)
		return -1;
	if (body == NULL) {
		errno = EINVAL;
		return -1;
	}
	hub = thread->hub;
	if (thread->current != &thread->main || (hub && hub->explicit)) {
		errno = EBUSY;
		return -1;
	}
	if (hub == NULL)
		hub = cress_hub_open(driver, loop);
	if (hub == NULL)
		return -1;
	hub->explicit = 1;
	result = body(arg);
	if (thread->main.scope != NULL)
		cress_fatal("the body of cress_run() ended with a scope open");
	cress_hub_end(hub);
	return result;
}

int cress_run(int (*body)(void *arg), void *arg)
{
	return cress_run_on(&cress_driver_libev, NULL, body, arg);
}

int cress_run_virtual(int (*body)(void *arg), void *arg, uint64_t seed)
{
	struct cress_virtual virtual = {.random = seed};

	if (cress_thread_self != NULL && cress_thread_self->hub != NULL) {
		errno = EBUSY;
		return -1;
	}
	return cress_run_on(&cress_driver_virtual, &virtual, body, arg);
}
