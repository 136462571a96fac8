/* SPDX-License-Identifier: MIT */
/*
 * The hub as a guest, as the program sees it: when it begins and ends, and
 * what a foreign loop asks. How turns work, loop/host.c says.
 *
 * A guest's hub is made here and nowhere else, and ends here or with its
 * thread. Main is current in each call that makes or ends it.
 */
#include <cress/embed.h>

#include <errno.h>
#include <math.h>

#include "loop/host.h"
#include "wait/report.h"
#include "wait/run.h"
#include "wait/wait.h"

#include <cress/runtime.h>

static int fail(int error)
{
	errno = error;
	return -1;
}

/* 0 if the thread may get a guest's hub, or -1 with errno. */
static int check_free(void)
{
	struct cress_thread *thread = cress_thread_get();

	if (thread == NULL)
		return -1;
	if (thread->hub != NULL || thread->current != &thread->main)
		return fail(EBUSY);
	return 0;
}

int cress_hub_attach(struct ev_loop *loop)
{
	struct cress_hub *hub;

	if (loop == NULL)
		return fail(EINVAL);
	if (check_free() != 0)
		return -1;
	hub = cress_hub_open(&cress_driver_libev, loop);
	if (hub == NULL)
		return -1;
	cress_host_begin(hub, CRESS_HOST_LIBEV);
	return 0;
}

/* The guest of a foreign loop, made at the first call. */
static struct cress_hub *foreign_guest(void)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_hub *hub = thread == NULL ? NULL : thread->hub;

	if (hub != NULL && hub->hosted == CRESS_HOST_FOREIGN &&
	    thread->current == &thread->main)
		return hub;
	if (check_free() != 0)
		return NULL;
	hub = cress_hub_open(&cress_driver_libev, NULL);
	if (hub == NULL)
		return NULL;
	/* Before there are other watchers, whose events it might meet. */
	if (hub->driver->descriptor(hub) < 0 && errno != ENOTSUP) {
		int saved = errno;

		cress_hub_free(hub);
		errno = saved;
		return NULL;
	}
	cress_host_begin(hub, CRESS_HOST_FOREIGN);
	return hub;
}

int cress_hub_fd(void)
{
	struct cress_hub *hub = foreign_guest();

	return hub == NULL ? -1 : hub->driver->descriptor(hub);
}

int cress_hub_run_once(void)
{
	struct cress_hub *hub = foreign_guest();

	if (hub == NULL)
		return -1;
	cress_host_turn(hub);
	return cress_host_is_due(hub);
}

double cress_hub_timeout(void)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_hub *hub = thread == NULL ? NULL : thread->hub;
	double seconds;

	if (hub == NULL)
		return INFINITY;
	if (cress_host_is_due(hub) ||
	    (hub->hosted == CRESS_HOST_FOREIGN && hub->unsettled))
		return 0;
	seconds = cress_timers_next(&hub->timers) - hub->driver->now(hub);
	return seconds < 0 ? 0 : seconds;
}

int cress_hub_detach(void)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_hub *hub = thread == NULL ? NULL : thread->hub;

	if (hub == NULL || !hub->hosted)
		return fail(EINVAL);
	if (thread->current != &thread->main || thread->main.scope != NULL)
		return fail(EBUSY);
	if (hub->driver->leave(hub) != 0)
		return -1;
	cress_host_end(hub);
	cress_hub_end(hub);
	return 0;
}

size_t cress_hub_waiters(size_t *outside)
{
	struct cress_thread *thread = cress_thread_self;
	cress_t *c = NULL;
	size_t count = 0;

	if (outside != NULL)
		*outside = thread == NULL || thread->hub == NULL
				   ? 0
				   : thread->hub->outside;
	if (thread == NULL)
		return 0;
	while ((c = cress_next_waiter(thread, c)) != NULL)
		count++;
	return count;
}

size_t cress_hub_report(void)
{
	struct cress_thread *thread = cress_thread_self;

	if (thread == NULL)
		return 0;
	return cress_report_waiters(thread, CRESS_LOG_WARNING);
}
