/* SPDX-License-Identifier: MIT */
/*
 * Switch, throw, and the end of a coroutine.
 *
 * A switch that needs nothing special is a few tests and a jump into the
 * assembly; everything else comes through deliver(), which follows greenlet's
 * rules on who goes on: the dead stand for their nearest living ancestor, and
 * an error thrown at one that has not started kills it and travels on.
 *
 * Invariant: thread->current is the coroutine whose stack is in use, except
 * between transfer and the stack change, where nobody looks.
 */
#include "core/switch.h"

#include <stdint.h>
#include <string.h>

#include "core/coroutine.h"
#include "core/defer.h"
#include "core/local.h"
#include "core/log.h"
#include "core/shadow.h"
#include "core/stack.h"
#include "core/trace.h"

#include <cress/runtime.h>

/* What an entry function returns to die of an error: no other object's. */
static char fail_marker;

static void coroutine_main(void *value);

/* NULL, with `error` delivered to the caller itself. */
static void *refuse(struct cress_thread *thread, int error)
{
	if (thread != NULL)
		thread->current->error = error;
	errno = error == CRESS_EXIT ? ECANCELED : error;
	return NULL;
}

/* Runs on the target's stack, before the target goes on. */
static void *arrive(void *value)
{
	struct cress_thread *thread = cress_thread_self;
	cress_t *current = thread->current;
	cress_t *dying = thread->dying;

	cress_sanitizer_arrive(current, dying);
	if (thread->trace != NULL && cress_trace_arrival(thread) != 0)
		value = NULL;
	if (dying != NULL) {
		thread->dying = NULL;
		if (unlikely(cress_shadow_is_active(thread)))
			cress_shadow_give(thread, dying->shadow);
		cress_drop(dying);
	}
	return value;
}

void *cress_transfer_slow(struct cress_thread *thread, cress_t *from,
			  cress_t *to, void *value)
{
	unsigned slow = atomic_load_explicit(&thread->slow,
					     memory_order_relaxed);

	if (thread->exceptions != NULL)
		cress_swap_exceptions(thread, from, to);
	if (!(slow & CRESS_SLOW_ARRIVAL))
		return cress_arch_switch(&to->context, value, &from->context);
	thread->trace_from = from;
	cress_sanitizer_leave(from, to);
	return cress_arch_switch_on(&to->context, value, &from->context,
				    arrive);
}

static inline int start(struct cress_thread *thread, cress_t *to)
{
	char *top = cress_stack_take(thread, to);

	if (unlikely(top == NULL))
		return -1;
	to->kind |= CRESS_KIND_STARTED;
	to->state = CRESS_ACTIVE;
	arch_context_init(&to->context, top, coroutine_main);
	cress_system_stack(&to->context, to->stack, to->stack_size,
			   to->own_stack);
	return 0;
}

static int start_with_shadow(struct cress_thread *thread, cress_t *to)
	__attribute__((noinline, cold));

static int start_with_shadow(struct cress_thread *thread, cress_t *to)
{
	uint32_t number = cress_shadow_take(thread, to->stack_size);

	if (number == 0)
		return -1;
	if (start(thread, to) != 0) {
		cress_shadow_give(thread, number);
		return -1;
	}
	cress_shadow_begin(thread, to, number);
	return 0;
}

int cress_start(struct cress_thread *thread, cress_t *to)
{
	if (unlikely(cress_shadow_is_active(thread)))
		return start_with_shadow(thread, to);
	return start(thread, to);
}

/* Not 0 if the parent waited for the end, and so needs no throw. */
static int tell_end(struct cress_thread *thread, cress_t *c)
{
	return c->joiners.first == NULL ? 0 : thread->upcalls->ended(c);
}

void cress_end_unstarted(cress_t *c, int error)
{
	c->error = error == CRESS_EXIT ? 0 : error;
	c->value = NULL;
	c->state = CRESS_DEAD;
	cress_locals_put(c);
	tell_end(c->thread, c);
	if (c->references == 0)
		cress_last_drop(c);
}

/*
 * Who goes on when `to` is switched or thrown at: pass the dead, and kill the
 * unstarted that an error hits. `*value` and `*error` become what arrives.
 */
static cress_t *resolve(cress_t *to, void **value, int *error)
{
	for (;;) {
		cress_t *parent = to->parent;

		if (to->state == CRESS_UNSTARTED && *error != 0) {
			if (to->fn == NULL)
				return to;
			to->references++;
			cress_end_unstarted(to, *error);
			cress_drop(to);
		} else if (to->state != CRESS_DEAD) {
			return to;
		}
		if (*error != 0)
			*value = NULL;
		if (*error == CRESS_EXIT)
			*error = 0;
		to = parent;
	}
}

/* The target is the scheduler's: queue the caller, and wake or refuse. */
static void *meet_scheduler(struct cress_thread *thread, cress_t *to,
			    int error)
{
	int is_hub = to->kind & CRESS_KIND_HUB;

	if (!is_hub && error == 0)
		return refuse(thread, EBUSY);
	/* What cannot be queued must not have thrown either. */
	if (thread->upcalls->may_yield() != 0)
		return refuse(thread, errno);
	if (!is_hub)
		thread->upcalls->interrupt(to, error);
	else if (error != 0)
		cress_log(CRESS_LOG_ERROR,
			  "error %d (%s) was thrown at the hub", error,
			  strerror(error));
	if (thread->upcalls->yield() != 0)
		return refuse(thread, errno);
	thread->current->error = 0;
	return NULL;
}

/* Control words that are shared go along, into the context to be loaded. */
static void share_fp(const cress_t *from, cress_t *to)
{
	if (from->shared_fp | to->shared_fp)
		arch_context_init_fp(&to->context);
}

static void *deliver(cress_t *to, void *value, int error)
{
	int refusal = cress_misowned(to);
	struct cress_thread *thread = cress_thread_self;
	cress_t *from;

	if (refusal != 0)
		return refuse(thread, refusal);
	if (atomic_load(&thread->slow) & CRESS_SLOW_DROPS) {
		to->references++;
		cress_collect();
		to->references--;
	}
	from = thread->current;
	to = resolve(to, &value, &error);
	if (to == from) {
		from->error = error;
		cress_trace_self(thread, from);
		return from->error != 0 ? refuse(thread, from->error) : value;
	}
	if (to->state != CRESS_ACTIVE && to->state != CRESS_UNSTARTED)
		return meet_scheduler(thread, to, error);
	if (to->state == CRESS_UNSTARTED) {
		if (to->fn == NULL)
			return refuse(thread, EINVAL);
		if (cress_start(thread, to) != 0)
			return refuse(thread, errno);
	}
	to->error = error;
	if (error != 0)
		to->saved_errno = error == CRESS_EXIT ? ECANCELED : error;
	share_fp(from, to);
	return cress_transfer(thread, from, to, error != 0 ? NULL : value);
}

/*
 * Still short if no more is special than shared control words, the error that
 * came with the switch before, or a C++ runtime with nothing in flight.
 */
static void *switch_specially(cress_t *to, void *value)
{
	struct cress_thread *thread = cress_thread_self;
	cress_t *from;

	if (thread == NULL || to == NULL || to->thread != thread)
		return deliver(to, value, 0);
	from = thread->current;
	if (to == from || to->state != CRESS_ACTIVE ||
	    cress_special(thread, to) != 0)
		return deliver(to, value, 0);
	if (to->error != 0)
		to->error = 0;
	cress_change_current(thread, from, to);
	if (from->shared_fp | to->shared_fp)
		return cress_arch_switch_shared(&to->context, value,
						&from->context);
	return cress_arch_switch(&to->context, value, &from->context);
}

/* Nothing is special but the control words, which go along. */
static inline int only_shares(const cress_t *c)
{
	return c->state == CRESS_ACTIVE && c->error == 0;
}

NEAR_THE_SWITCH void *cress_switch(cress_t *to, void *value)
{
	struct cress_thread *thread = cress_thread_unhindered();
	cress_t *from;

	if (unlikely(to == NULL || to->thread != thread))
		return switch_specially(to, value);
	from = thread->current;
	if (unlikely(to == from))
		return switch_specially(to, value);
	if ((from->special | to->special) != 0) {
		if (!only_shares(from) || !only_shares(to))
			return switch_specially(to, value);
		cress_change_current(thread, from, to);
		return cress_arch_switch_shared(&to->context, value,
						&from->context);
	}
	cress_change_current(thread, from, to);
	return cress_arch_switch(&to->context, value, &from->context);
}

void *cress_throw(cress_t *to, int error)
{
	if (error == 0)
		error = CRESS_EXIT;
	if (!cress_is_error(error))
		return refuse(cress_thread_get(), EINVAL);
	return deliver(to, NULL, error);
}

void *cress_fail(int error)
{
	struct cress_thread *thread = cress_thread_get();

	if (thread != NULL)
		thread->current->fail_error =
			cress_is_error(error) ? error : EINVAL;
	return &fail_marker;
}

/* A kill with CRESS_EXIT reads ECANCELED in the calls that it ends. */
static int error_of_death(const cress_t *c, void *result)
{
	int error = result == &fail_marker ? c->fail_error : 0;

	if (error == ECANCELED && c->kill_error == CRESS_EXIT)
		error = CRESS_EXIT;
	return error;
}

static void report_death(const cress_t *c, int error)
{
	if (error == c->kill_error && c->kill_error != 0)
		return;
	if (error == ECANCELED && c->cancel_seen)
		return;
	cress_log(CRESS_LOG_ERROR, "coroutine \"%s\" (%p) died of error %d: %s",
		  cress_label(c), (const void *)c, error, strerror(error));
}

void cress_bury_slowly(struct cress_thread *thread, cress_t *dead)
{
	unsigned slow = atomic_load_explicit(&thread->slow,
					     memory_order_relaxed);

	if (unlikely(slow & CRESS_SLOW_ARRIVAL)) {
		dead->references++;
		thread->dying = dead;
	} else if (dead->references == 0) {
		cress_last_drop(dead);
	}
}

/*
 * Nobody will ever unlock what it holds. Each lock keeps a reference, so that
 * the owner which it names is this one for good, and dead.
 */
static void end_holding(struct cress_thread *thread, cress_t *c)
	__attribute__((noinline, cold));

static void end_holding(struct cress_thread *thread, cress_t *c)
{
	cress_log(CRESS_LOG_ERROR, "coroutine \"%s\" (%p) ended holding %u %s",
		  cress_label(c), (const void *)c, c->held,
		  c->held == 1 ? "lock" : "locks");
	c->references += c->held;
	if (thread->upcalls != NULL)
		thread->upcalls->ended_holding(c);
}

/*
 * Leave a coroutine that has ended, for its parent or whoever is ready. None of
 * this returns, but it is not declared so, nor is coroutine_main(): it is to
 * reach the last switch by jumps, see cress_transfer_last().
 */
static void leave_for_parent(struct cress_thread *thread, cress_t *c,
			     void *value, int error)
{
	int parent_knows = tell_end(thread, c);
	cress_t *to = resolve(c->parent, &value, &error);

	while (to->state == CRESS_UNSTARTED) {
		if (to->fn != NULL && cress_start(thread, to) == 0)
			break;
		error = to->fn == NULL ? EINVAL : errno;
		to = resolve(to->parent, &value, &error);
	}
	if (error != 0 && to->kind & CRESS_KIND_HUB)
		report_death(c, error);
	if (to->state != CRESS_ACTIVE) {
		if (error != 0 && !(to->kind & CRESS_KIND_HUB) &&
		    !(parent_knows && to == c->parent))
			thread->upcalls->interrupt(to, error);
		thread->upcalls->leave(c);
		return;
	}
	/* Not before: a parent that starts must not get this very stack. */
	cress_stack_give(thread, c);
	to->error = error;
	if (error != 0)
		to->saved_errno = error;
	to->references++;
	cress_bury(thread, c);
	to->references--;
	share_fp(c, to);
	cress_transfer_last(thread, c, to, error != 0 ? NULL : value);
}

static void coroutine_main(void *value)
{
	struct cress_thread *thread = cress_thread_self;
	cress_t *c = thread->current;
	int error = c->error;	/* the trace function may have raised one */
	void *result = NULL;

	if (likely(error == 0)) {
		result = c->fn(value);
		error = error_of_death(c, result);
	}
	if (error != 0)
		result = NULL;
	if (unlikely(c->defers != NULL))
		cress_run_defers(c);
	if (unlikely(c->locals != NULL))
		cress_locals_end(c);
	if (unlikely(c->scope != NULL))
		cress_fatal("coroutine \"%s\" ended with a scope open",
			    cress_label(c));
	if (error == CRESS_EXIT)
		error = 0;
	c->value = result;
	c->error = error;
	c->state = CRESS_DEAD;
	if (unlikely(c->held != 0))
		end_holding(thread, c);
	/* Most have the hub for a parent, which takes neither. */
	if (likely(c->parent->state == CRESS_IDLE_HUB && error == 0))
		thread->upcalls->leave(c);
	else
		leave_for_parent(thread, c, result, error);
}

/*
 * As greenlet: the dropper becomes the parent, so that the end of `c` comes
 * back here. If it does not end it stays alive without a handle.
 */
void cress_force_exit(cress_t *c)
{
	struct cress_thread *thread = c->thread;
	cress_t *current = thread->current;
	cress_t *old = c->parent;
	int saved_error = current->error;

	c->references++;
	current->references++;
	c->parent = current;
	deliver(c, NULL, CRESS_EXIT);
	if (current->error > 0)
		cress_log(CRESS_LOG_ERROR,
			  "coroutine \"%s\" died of error %d (%s) when its "
			  "last handle went", cress_label(c), current->error,
			  strerror(current->error));
	current->error = saved_error;
	if (old != NULL)
		cress_drop(old);
	c->references--;
	if (c->references == 0 && c->state == CRESS_DEAD)
		cress_last_drop(c);
}
