/* SPDX-License-Identifier: MIT */
/*
 * Scopes: the stack of an owner's open ones, and whom a failing call is to
 * blame on.
 *
 * c->cancelled is 0 whenever a parking call may go on, so that the usual case
 * is one test; whatever changes a scope, a kill or a pending throw computes it
 * anew. A kill acts as a scope outside all others.
 */
#include "wait/scope.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "wait/wait.h"

#include <cress/hub.h>
#include <cress/scope.h>

_Static_assert(sizeof(struct cress_scope_impl) <= sizeof(cress_scope_t) - 32,
	       "room to grow");

static int fail(int error)
{
	errno = error;
	return -1;
}

static struct cress_scope_impl *impl(cress_scope_t *scope)
{
	return (struct cress_scope_impl *)scope;
}

/*
 * The error that the next parking call of `c` fails with, or 0. `*blame` is the
 * scope that it comes from, NULL if it is a kill.
 */
static int verdict(const cress_t *c, struct cress_scope_impl **blame)
{
	struct cress_scope_impl *scope;
	int error = 0;

	*blame = NULL;
	for (scope = c->scope; scope != NULL; scope = scope->outer) {
		if (scope->error != 0) {
			error = scope->error;
			*blame = scope;
		}
		if (scope->shield)
			return error;
	}
	if (c->kill_error == 0)
		return error;
	*blame = NULL;
	return c->kill_error;
}

static void refresh(cress_t *c)
{
	struct cress_scope_impl *blame;

	c->cancelled = verdict(c, &blame) != 0 || c->pending_throw != 0 ||
		       c->kind & CRESS_KIND_HOST;
}

/* Put the blame; returns whether it was blamed before. */
static int put_blame(cress_t *c, struct cress_scope_impl *blame)
{
	uint8_t *blamed = blame != NULL ? &blame->blamed : &c->kill_seen;
	int before = *blamed;

	*blamed = 1;
	c->cancel_seen |= blame == NULL || blame->error == ECANCELED;
	return before;
}

int cress_cancel_point(struct cress_hub *hub, cress_t *c)
{
	struct cress_scope_impl *blame;
	int error = c->pending_throw;

	if (error != 0) {
		c->pending_throw = 0;
		refresh(c);
		return fail(error == CRESS_EXIT ? ECANCELED : error);
	}
	error = verdict(c, &blame);
	if (error == 0) {
		c->cancelled = 0;
		return 0;
	}
	/* Who ignores its errors still lets the others run. */
	if (put_blame(c, blame)) {
		hub->poll_next = 1;
		hub->slice = 0;
		hub->picks = 0;
		cress_hub_push(hub, c, NULL);
		cress_hub_switch(hub, c);
	}
	return fail(error == CRESS_EXIT ? ECANCELED : error);
}

void cress_cancel_apply(struct cress_hub *hub, cress_t *c)
{
	struct cress_scope_impl *blame;
	int error = verdict(c, &blame);

	refresh(c);
	if (error == 0 || c == c->thread->current)
		return;
	if (c->state == CRESS_PARKED && c->waiter != NULL) {
		if (cress_interrupt(hub, c, error))
			put_blame(c, blame);
	} else if (c->state == CRESS_ACTIVE && !put_blame(c, blame)) {
		cress_throw_later(hub, c, error);
	}
}

/* The hub may be gone, and its timers with it. */
static void stop_timer(struct cress_scope_impl *scope)
{
	struct cress_hub *hub = scope->owner->thread->hub;

	if (hub != NULL)
		cress_timer_remove(&hub->timers, &scope->timer);
}

void cress_scope_end(struct cress_hub *hub, struct cress_scope_impl *scope,
		     int error)
{
	if (scope->error != 0)
		return;
	scope->error = error;
	stop_timer(scope);
	cress_cancel_apply(hub, scope->owner);
	if (scope->kind != NULL)
		scope->kind->over(scope);
}

static void on_deadline(struct cress_timer *timer)
{
	struct cress_scope_impl *scope = (struct cress_scope_impl *)timer;

	cress_scope_end(scope->owner->thread->hub, scope, ETIMEDOUT);
}

struct cress_timer *cress_scope_deadline(const cress_t *c)
{
	struct cress_scope_impl *scope = c->scope;

	while (scope != NULL && scope->timer.place == 0)
		scope = scope->outer;
	return scope == NULL ? NULL : &scope->timer;
}

static int is_open_in(const cress_t *c, const struct cress_scope_impl *scope)
{
	const struct cress_scope_impl *s = c->scope;

	while (s != NULL && s != scope)
		s = s->outer;
	return s != NULL;
}

int cress_scope_prepare(struct cress_hub *hub,
			const struct cress_scope_impl *scope)
{
	cress_t *c = hub->thread->current;

	if (is_open_in(c, scope))
		return fail(EINVAL);
	if (c == hub->coroutine)
		return fail(EDEADLK);
	if (cress_timers_reserve(&hub->timers) != 0 ||
	    cress_hub_reserve(hub) != 0)
		return -1;
	return 0;
}

void cress_scope_enter(struct cress_hub *hub, struct cress_scope_impl *scope,
		       double when)
{
	cress_t *c = hub->thread->current;

	scope->owner = c;
	scope->open = scope;
	scope->outer = c->scope;
	scope->timer.fire = on_deadline;
	c->scope = scope;
	if (isinf(when) && when > 0)
		return;
	if (when <= hub->driver->now(hub)) {
		scope->error = ETIMEDOUT;
		refresh(c);
		return;
	}
	cress_timer_add(&hub->timers, &scope->timer, when);
}

void cress_scope_protect(struct cress_scope_impl *scope)
{
	scope->shield = 1;
	refresh(scope->owner);
}

int cress_scope_leave(struct cress_scope_impl *scope)
{
	cress_t *c = scope->owner;

	stop_timer(scope);
	scope->open = NULL;
	c->scope = scope->outer;
	refresh(c);
	return scope->blamed ? scope->error : 0;
}

/*
 * To close one that could not be opened is an error too, whatever the memory
 * held. errno is set.
 */
static int not_opened(cress_scope_t *memory)
{
	struct cress_thread *thread = cress_thread_self;

	if (thread == NULL || !is_open_in(thread->current, impl(memory)))
		impl(memory)->open = NULL;
	return -1;
}

static int open_at(struct cress_hub *hub, cress_scope_t *memory, double when)
{
	if (cress_scope_prepare(hub, impl(memory)) != 0)
		return not_opened(memory);
	memset(memory, 0, sizeof *memory);
	cress_scope_enter(hub, impl(memory), when);
	return 0;
}

int cress_scope_open_at(cress_scope_t *scope, double when)
{
	struct cress_hub *hub;

	if (scope == NULL)
		return fail(EINVAL);
	if (isnan(when)) {
		errno = EINVAL;
		return not_opened(scope);
	}
	hub = cress_hub_get();
	return hub == NULL ? not_opened(scope) : open_at(hub, scope, when);
}

int cress_scope_open(cress_scope_t *scope, double seconds)
{
	struct cress_hub *hub;

	if (scope == NULL)
		return fail(EINVAL);
	if (isnan(seconds) || seconds < 0) {
		errno = EINVAL;
		return not_opened(scope);
	}
	hub = cress_hub_get();
	if (hub == NULL)
		return not_opened(scope);
	return open_at(hub, scope, hub->driver->now(hub) + seconds);
}

static int check_open(const struct cress_scope_impl *scope)
{
	return scope == NULL || scope->open != scope ? EINVAL : 0;
}

int cress_scope_cancel(cress_scope_t *memory)
{
	struct cress_scope_impl *scope = impl(memory);
	int error = check_open(scope);
	struct cress_hub *hub;

	if (error == 0)
		error = cress_misowned(scope->owner);
	if (error != 0)
		return fail(error);
	if (scope->error != 0)
		return 0;
	hub = cress_hub_get();
	if (hub == NULL || cress_hub_reserve(hub) != 0)
		return -1;
	cress_scope_end(hub, scope, ECANCELED);
	return 0;
}

int cress_scope_shield(cress_scope_t *memory)
{
	struct cress_scope_impl *scope = impl(memory);
	int error = check_open(scope);

	if (error == 0 && scope->owner != cress_current())
		error = EPERM;
	if (error != 0)
		return fail(error);
	cress_scope_protect(scope);
	return 0;
}

int cress_scope_close(cress_scope_t *memory)
{
	struct cress_scope_impl *scope = impl(memory);
	int error = check_open(scope);
	cress_t *c;

	if (error != 0)
		return fail(error);
	c = scope->owner;
	if (c != cress_current())
		return fail(EPERM);
	if (c->scope != scope)
		return fail(EINVAL);
	return cress_scope_leave(scope);
}

int cress_scope_error(void)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_scope_impl *blame;
	int error;

	if (thread == NULL || !thread->current->cancelled)
		return 0;
	error = thread->current->pending_throw;
	if (error == 0)
		error = verdict(thread->current, &blame);
	return error == CRESS_EXIT ? ECANCELED : error;
}
