/* SPDX-License-Identifier: MIT */
/*
 * Links: a waiter without a coroutine, in the list of those who wait for an
 * end. When that has come, it goes to the hub's list of calls if it is raw;
 * a plain one has had its coroutine from the beginning, so that to start it
 * cannot fail. In that one's own list of joiners the link then lies until it
 * has run, or is known never to run: so it is freed in any case.
 */
#include "cress/link.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "wait/spawn.h"
#include "wait/wait.h"

#include <cress/coroutine.h>

#define KNOWN_FLAGS (CRESS_LINK_RAW | CRESS_LINK_VALUE | CRESS_LINK_ERROR)

struct link {
	struct cress_due due;
	struct cress_waiter waiter;
	cress_t *target;	/* a reference */
	cress_t *runner;	/* a reference until it is queued; or NULL */
	cress_link_fn *fn;
	void *arg;
	unsigned flags;
};

static int fail(int error)
{
	errno = error;
	return -1;
}

/* Where switches are allowed: the last drop of `target` may make one. */
static void free_link(struct link *link)
{
	cress_t *target = link->target;

	cress_free(link);
	cress_drop(target);
}

/* The thread ends: nothing is run any more, only counted. */
static void forget(struct link *link)
{
	link->target->references--;
	cress_free(link);
}

static void free_due(struct cress_due *due, struct cress_hub *hub)
{
	struct link *link = (struct link *)due;

	if (hub != NULL)
		free_link(link);
	else
		forget(link);
}

static void call_raw(struct cress_due *due, struct cress_hub *hub)
{
	struct link *link = (struct link *)due;
	cress_t *self = link->target->thread->current;
	void *result = NULL;

	if (hub != NULL)
		result = link->fn(link->target, link->arg);
	/* What cress_fail() returns is always the same. */
	if (result != NULL && result == cress_fail(self->fail_error))
		cress_log(CRESS_LOG_ERROR,
			  "a link to coroutine \"%s\" (%p) failed with error "
			  "%d: %s", cress_label(link->target),
			  (void *)link->target, self->fail_error,
			  strerror(self->fail_error));
	free_due(due, hub);
}

static void *call_plain(void *arg)
{
	struct link *link = arg;

	return link->fn(link->target, link->arg);
}

/* The runner has ended, whether it ran or not; the hub does the rest. */
static void runner_ended(struct cress_waiter *waiter)
{
	struct link *link = waiter->object;
	struct cress_hub *hub = link->target->thread->hub;

	link->due.run = free_due;
	cress_hub_add_due(hub, &link->due);
}

/* The thread ends. */
static void forget_runner(struct cress_waiter *waiter)
{
	forget(waiter->object);
}

static const struct cress_wait_kind end_of_runner = {
	.what = "the end of a link",
	.unlink = forget_runner,
	.ended = runner_ended,
};

/* Made in the time of another hub, maybe. */
static void start_runner(struct cress_hub *hub, struct link *link)
{
	cress_t *runner = link->runner;
	cress_t *old = runner->parent;

	if (unlikely(old != hub->coroutine)) {
		hub->coroutine->references++;
		runner->parent = hub->coroutine;
		cress_drop(old);
	}
	link->runner = NULL;
	link->waiter.kind = &end_of_runner;
	cress_waiter_append(&runner->joiners, &link->waiter);
	cress_spawn_queue(hub, runner);
	cress_drop(runner);
}

/* The target is dead: call it, now that it is not inside cress_link(). */
static void fire(struct cress_hub *hub, struct link *link)
{
	unsigned which = link->target->error == 0 ? CRESS_LINK_VALUE
						  : CRESS_LINK_ERROR;
	unsigned asked = link->flags & (CRESS_LINK_VALUE | CRESS_LINK_ERROR);
	int wanted = asked == 0 || asked & which;

	if (hub == NULL || !wanted) {
		cress_release(link->runner);
		link->target->references--;
		cress_free(link);
	} else if (link->runner != NULL) {
		start_runner(hub, link);
	} else {
		cress_hub_add_due(hub, &link->due);
	}
}

static void target_ended(struct cress_waiter *waiter)
{
	struct link *link = waiter->object;

	fire(link->target->thread->hub, link);
}

/* The thread ends. */
static void forget_target(struct cress_waiter *waiter)
{
	struct link *link = waiter->object;

	if (link->runner != NULL)
		link->runner->references--;
	forget(link);
}

static const struct cress_wait_kind end_of_target = {
	.what = "the end of a coroutine",
	.unlink = forget_target,
	.ended = target_ended,
};

static struct link *make(struct cress_hub *hub, cress_t *c, unsigned flags)
{
	struct link *link = cress_alloc(sizeof *link);

	if (link == NULL)
		return NULL;
	if (!(flags & CRESS_LINK_RAW)) {
		link->runner = cress_spawn_make(hub, call_plain, link, NULL);
		if (link->runner == NULL) {
			cress_free(link);
			return NULL;
		}
	}
	link->due.run = call_raw;
	link->waiter.kind = &end_of_target;
	link->waiter.object = link;
	link->target = c;
	link->flags = flags;
	c->references++;
	return link;
}

int cress_link(cress_t *c, cress_link_fn *fn, void *arg, unsigned flags)
{
	int error = cress_misowned(c);
	struct cress_hub *hub;
	struct link *link;

	if (error == 0 && (fn == NULL || flags & ~KNOWN_FLAGS ||
			   c->kind & CRESS_KIND_HUB))
		error = EINVAL;
	if (error != 0)
		return fail(error);
	hub = cress_hub_get();
	link = hub == NULL ? NULL : make(hub, c, flags);
	if (link == NULL)
		return -1;
	link->fn = fn;
	link->arg = arg;
	if (c->state == CRESS_DEAD)
		fire(hub, link);
	else
		cress_waiter_append(&c->joiners, &link->waiter);
	return 0;
}

int cress_unlink(cress_t *c, cress_link_fn *fn, void *arg)
{
	int error = cress_misowned(c);
	struct cress_waiter *waiter;

	if (error != 0)
		return fail(error);
	for (waiter = c->joiners.first; waiter; waiter = waiter->next) {
		struct link *link = waiter->object;

		if (waiter->kind != &end_of_target || link->fn != fn ||
		    link->arg != arg)
			continue;
		cress_waiter_remove(&c->joiners, waiter);
		cress_release(link->runner);
		free_link(link);
		return 0;
	}
	return fail(ENOENT);
}
