/* SPDX-License-Identifier: MIT */
/*
 * cress_run(): the body runs in main; afterwards whatever was spawned is killed
 * and waited for, whatever state main itself is in.
 */
#include "wait/run.h"

#include <errno.h>

#include "loop/virtual.h"
#include "loop/virtual_driver.h"
#include "wait/wait.h"

#include <cress/hub.h>

static const struct cress_wait_kind end_of_all = {
	.what = "the end of all coroutines",
	.unlink = cress_unlink_from_list,
};

static void kill_all(struct cress_hub *hub)
{
	cress_t *c = NULL;

	while ((c = cress_next_of_thread(hub->thread, c)) != NULL)
		if (c->kind & CRESS_KIND_SPAWNED && c->state != CRESS_DEAD)
			cress_kill(c, ECANCELED);
}

/*
 * Not a parking call that a cancelled main would fail in: only a deadlock ends
 * it early, when what is left can never run again.
 */
static void drain(struct cress_hub *hub)
{
	while (hub->live != 0) {
		struct cress_waiter waiter = {.kind = &end_of_all,
					      .object = &hub->drained};

		kill_all(hub);
		cress_waiter_append(&hub->drained, &waiter);
		if (cress_park(hub, &waiter) != 0 && errno == EDEADLK)
			return;
	}
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
	drain(hub);
	cress_hub_free(hub);
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
