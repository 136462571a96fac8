/* SPDX-License-Identifier: MIT */
/*
 * Parking, waking, and what core calls in the scheduler.
 *
 * The result of a parked call travels in the coroutine's `value`, as 0 or -1;
 * its errno in `saved_errno`, which the switch puts in place.
 */
#include "wait/wait.h"

#include <errno.h>
#include <stdint.h>

#include "core/stack.h"
#include "loop/host.h"
#include "wait/report.h"
#include "wait/scope.h"

#include <cress/hub.h>

#define FAILED ((void *)(intptr_t)-1)

void cress_wake(struct cress_hub *hub, struct cress_waiter *waiter)
{
	hub->outside -= (size_t)waiter->kind->outside;
	waiter->coroutine->waiter = NULL;
	cress_hub_push(hub, waiter->coroutine, NULL);
}

void cress_wake_first(struct cress_hub *hub, struct cress_wait_list *list)
{
	struct cress_waiter *waiter = list->first;

	if (waiter == NULL)
		return;
	cress_waiter_remove(list, waiter);
	cress_wake(hub, waiter);
}

void cress_wake_all(struct cress_hub *hub, struct cress_wait_list *list)
{
	while (list->first != NULL)
		cress_wake_first(hub, list);
}

void cress_unlink_from_list(struct cress_waiter *waiter)
{
	cress_waiter_remove(waiter->object, waiter);
}

int cress_interrupt(struct cress_hub *hub, cress_t *c, int error)
{
	struct cress_waiter *waiter = c->waiter;
	int refused = 0;

	if (waiter->kind->refuse)
		refused = waiter->kind->refuse(waiter, error);
	if (refused)
		return refused != CRESS_WAIT_KEPT;
	hub->outside -= (size_t)waiter->kind->outside;
	c->waiter = NULL;
	waiter->kind->unlink(waiter);
	c->saved_errno = error == CRESS_EXIT ? ECANCELED : error;
	cress_hub_push(hub, c, FAILED);
	return 1;
}

void cress_throw_later(struct cress_hub *hub, cress_t *c, int error)
{
	c->error = error;
	c->saved_errno = error == CRESS_EXIT ? ECANCELED : error;
	cress_hub_push(hub, c, NULL);
}

struct cress_hub *cress_wait_begin_slow(void)
{
	struct cress_hub *hub = cress_hub_get();
	cress_t *c;

	if (unlikely(hub == NULL))
		return NULL;
	c = hub->thread->current;
	if (unlikely(c->kind & (CRESS_KIND_HUB | CRESS_KIND_HOST))) {
		errno = EDEADLK;
		return NULL;
	}
	if (unlikely(cress_hub_reserve(hub) != 0))
		return NULL;
	if (unlikely(c->cancelled) && cress_cancel_point(hub, c) != 0)
		return NULL;
	return hub;
}

/* The upcalls of core. */

static int upcall_may_yield(void)
{
	struct cress_hub *hub = cress_hub_get();
	cress_t *c;

	if (hub == NULL)
		return -1;
	c = hub->thread->current;
	if (c->kind & CRESS_KIND_HOST)
		return 0;
	if (c == hub->coroutine) {
		errno = EDEADLK;
		return -1;
	}
	return cress_hub_reserve(hub);
}

/*
 * A switch never fails because its caller is cancelled: it only queues it. A
 * host does not park, but what it has asked for is done all the same.
 */
static int upcall_yield(void)
{
	struct cress_hub *hub = cress_thread_self->hub;
	cress_t *c = hub->thread->current;

	if (c->kind & CRESS_KIND_HOST)
		return 0;
	cress_hub_push(hub, c, NULL);
	return (int)(intptr_t)cress_hub_switch(hub, c);
}

/* A throw at somebody parked or queued: now, or at its next parking call. */
static void upcall_interrupt(cress_t *c, int error)
{
	struct cress_hub *hub = c->thread->hub;

	/* It runs its loop, where no call could bring the error. */
	if (c->kind & CRESS_KIND_HOST) {
		cress_host_missed(error);
	} else if (!(c->kind & CRESS_KIND_STARTED)) {
		cress_kill(c, error);
	} else if (c->state != CRESS_PARKED ||
		   !cress_interrupt(hub, c, error)) {
		c->pending_throw = error;
		c->cancelled = 1;
	}
}

static int upcall_ended(cress_t *c)
{
	struct cress_hub *hub = c->thread->hub;
	struct cress_waiter *waiter;
	int parent_knows = 0;

	while ((waiter = c->joiners.first) != NULL) {
		if (waiter->kind->ended != NULL) {
			cress_waiter_remove(&c->joiners, waiter);
			waiter->kind->ended(waiter);
			continue;
		}
		/* Who was parked when the hub went never runs again. */
		if (hub == NULL)
			break;
		if (waiter->coroutine == c->parent)
			parent_knows = 1;
		cress_wake_first(hub, &c->joiners);
	}
	return parent_knows;
}

/* A walk through all, because it is a mistake, and must cost nobody else. */
static void upcall_ended_holding(cress_t *dead)
{
	struct cress_thread *thread = dead->thread;
	struct cress_hub *hub = thread->hub;
	cress_t *c = &thread->main;

	if (hub == NULL)
		return;
	do {
		const struct cress_waiter *waiter = c->waiter;

		if (waiter != NULL && waiter->kind->owner != NULL &&
		    waiter->kind->owner(waiter) == dead)
			cress_interrupt(hub, c, EOWNERDEAD);
		c = cress_next_of_thread(thread,
					 c == &thread->main ? NULL : c);
	} while (c != NULL);
}

static void upcall_leave(cress_t *dead)
{
	struct cress_thread *thread = dead->thread;
	struct cress_waiter *waiter = dead->joiners.first;
	struct cress_hub *hub = thread->hub;
	cress_t *to;

	/* Most have one who waits, in cress_join(). */
	if (likely(waiter != NULL && waiter->next == NULL &&
		   waiter->kind->ended == NULL)) {
		dead->joiners = (struct cress_wait_list){NULL, NULL};
		cress_wake(hub, waiter);
	} else if (waiter != NULL) {
		upcall_ended(dead);
	}
	cress_stack_give(thread, dead);
	cress_bury(thread, dead);
	to = cress_hub_next(hub);
	if (likely(to != NULL))
		cress_transfer_last(thread, dead, to, to->value);
	else
		cress_hub_switch_slow(hub, dead);
}

/* Its coroutine never runs again. Who refuses is waited for by its layer. */
static void let_go(struct cress_waiter *waiter)
{
	const struct cress_wait_kind *kind = waiter->kind;

	if (kind->borrowed)
		return;
	if (kind->abandon != NULL)
		kind->abandon(waiter);
	else if (kind->refuse == NULL || !kind->refuse(waiter, ECANCELED))
		kind->unlink(waiter);
}

/* What waits for the end of `c` without a coroutine. */
static void let_go_of_others(cress_t *c)
{
	struct cress_waiter *waiter = c->joiners.first;

	while (waiter != NULL) {
		struct cress_waiter *next = waiter->next;

		if (waiter->kind->ended != NULL)
			waiter->kind->unlink(waiter);
		waiter = next;
	}
}

/* Its groups, whose members must not be looked at any more. */
static void abandon_scopes(const cress_t *c)
{
	struct cress_scope_impl *scope = c->scope;

	for (; scope != NULL; scope = scope->outer)
		if (scope->kind != NULL)
			scope->kind->abandon(scope);
}

static void upcall_thread_exit(struct cress_thread *thread)
{
	cress_t *c = NULL;

	/* What lies on their stacks, or in blocks of its own, is let go of. */
	while ((c = cress_next_of_thread(thread, c)) != NULL)
		if (c->state == CRESS_PARKED && c->waiter != NULL)
			let_go(c->waiter);
	let_go_of_others(&thread->main);
	while ((c = cress_next_of_thread(thread, c)) != NULL)
		let_go_of_others(c);
	/* Main's have gone with its frames. */
	while ((c = cress_next_of_thread(thread, c)) != NULL)
		abandon_scopes(c);
	if (thread->hub == NULL)
		return;
	cress_hub_drop_due(thread->hub);
	cress_hub_abandon(thread->hub);
}

static void upcall_forked(struct cress_thread *thread)
{
	struct cress_hub *hub = thread->hub;

	if (hub != NULL && hub->driver->forked != NULL)
		hub->driver->forked(hub);
}

static const struct cress_upcalls upcalls = {
	.may_yield = upcall_may_yield,
	.yield = upcall_yield,
	.leave = upcall_leave,
	.interrupt = upcall_interrupt,
	.ended = upcall_ended,
	.ended_holding = upcall_ended_holding,
	.thread_exit = upcall_thread_exit,
	.forked = upcall_forked,
};

/*
 * Nothing can ever run: tell everything that is known, and let main fail. It
 * is parked, or suspended in a raw switch that nobody will answer.
 */
static void on_deadlock(struct cress_hub *hub)
{
	cress_t *main = &hub->thread->main;

	cress_report_deadlock(hub);
	if (main->waiter != NULL)
		cress_interrupt(hub, main, EDEADLK);
	else
		cress_throw_later(hub, main, EDEADLK);
}

struct cress_hub *cress_hub_open(const struct cress_driver *driver, void *loop)
{
	struct cress_thread *thread = cress_thread_get();
	struct cress_hub *hub;

	if (thread == NULL)
		return NULL;
	hub = cress_hub_make(thread, driver, loop);
	if (hub == NULL)
		return NULL;
	thread->upcalls = &upcalls;
	hub->deadlocked = on_deadlock;
	return hub;
}

struct cress_hub *cress_hub_get_slow(void)
{
	return cress_hub_open(&cress_driver_libev, NULL);
}
