/* SPDX-License-Identifier: MIT */
/*
 * Making coroutines, and the counting of handles.
 *
 * The owner's count is plain; references taken on other threads are counted
 * in `foreign` under the thread's lock and merged when the plain count meets
 * zero. Without a reference a coroutine lives on while it runs, is queued or
 * is parked, and is freed at its death. Each holds a reference to its parent.
 */
#include "core/coroutine.h"

#include <errno.h>
#include <string.h>

#include "core/defer.h"
#include "core/local.h"
#include "core/memory.h"
#include "core/stack.h"
#include "core/switch.h"

#include <cress/stack.h>

#define KNOWN_FLAGS \
	(CRESS_SHARED_FP | CRESS_CLEAN_STACK | CRESS_NO_OVERFLOW_REPORT)

static int fail(int error)
{
	errno = error;
	return -1;
}

/* 0, or the error that cress_new() reports. */
static int check_attributes(const cress_attr_t *attr)
{
	if (attr->flags & ~KNOWN_FLAGS || attr->reserved0 ||
	    attr->reserved[0] || attr->reserved[1] || attr->reserved[2])
		return EINVAL;
	if (attr->stack != NULL || attr->stack_size != 0)
		if (!cress_stack_size_is_valid(attr->stack, attr->stack_size))
			return EINVAL;
	return attr->parent == NULL ? 0 : cress_misowned(attr->parent);
}

static int apply_attributes(cress_t *c, const cress_attr_t *attr)
{
	c->attributes = (uint8_t)attr->flags;
	c->shared_fp = (attr->flags & CRESS_SHARED_FP) != 0;
	c->stack = attr->stack;
	c->own_stack = attr->stack != NULL;
	if (attr->stack_size != 0)
		c->stack_size = attr->stack_size;
	if (attr->name == NULL)
		return 0;
	c->name = cress_strdup(attr->name);
	return c->name == NULL ? -1 : 0;
}

cress_t *cress_make(struct cress_thread *thread, cress_fn *fn, void *value,
		    const cress_attr_t *attr, cress_t *parent, unsigned kind)
{
	int error = attr == NULL ? 0 : check_attributes(attr);
	cress_t *c;

	if (unlikely(error != 0)) {
		errno = error;
		return NULL;
	}
	if (attr != NULL && attr->parent != NULL)
		parent = attr->parent;
	c = cress_make_plain(thread, fn, value, parent, kind);
	if (attr != NULL && c != NULL && apply_attributes(c, attr) != 0) {
		cress_last_drop(c);
		return NULL;
	}
	return c;
}

cress_t *cress_new(cress_fn *fn, const cress_attr_t *attr)
{
	struct cress_thread *thread = cress_thread_get();

	if (thread == NULL)
		return NULL;
	return cress_make(thread, fn, NULL, attr, thread->current, 0);
}

int cress_set_entry(cress_t *c, cress_fn *fn)
{
	int error = cress_misowned(c);

	if (error == 0 && fn == NULL)
		error = EINVAL;
	if (error == 0 && c->state != CRESS_UNSTARTED)
		error = EBUSY;
	if (error != 0)
		return fail(error);
	c->fn = fn;
	return 0;
}

cress_t *cress_current(void)
{
	struct cress_thread *thread = cress_thread_get();

	return thread == NULL ? NULL : thread->current;
}

int cress_error(void)
{
	struct cress_thread *thread = cress_thread_self;

	return thread == NULL ? 0 : thread->current->error;
}

cress_t *cress_parent(const cress_t *c)
{
	return c == NULL ? NULL : c->parent;
}

int cress_set_parent(cress_t *c, cress_t *parent)
{
	int error = cress_misowned(c);
	cress_t *old;

	if (error == 0 && (c->kind & (CRESS_KIND_MAIN | CRESS_KIND_HUB)))
		error = EINVAL;
	if (error == 0)
		error = cress_misowned(parent);
	if (error != 0)
		return fail(error);
	for (cress_t *p = parent; p != NULL; p = p->parent)
		if (p == c)
			return fail(ELOOP);
	old = c->parent;
	parent->references++;
	c->parent = parent;
	if (old != NULL)
		cress_drop(old);
	return 0;
}

int cress_is_dead(const cress_t *c)
{
	return c != NULL && __atomic_load_n(&c->state, __ATOMIC_ACQUIRE) ==
				    CRESS_DEAD;
}

int cress_is_active(const cress_t *c)
{
	return c != NULL && !cress_is_dead(c) &&
	       (__atomic_load_n(&c->kind, __ATOMIC_ACQUIRE) &
		CRESS_KIND_STARTED) != 0;
}

cress_t *cress_retain(cress_t *c)
{
	if (c == NULL)
		return NULL;
	if (c->thread == cress_thread_self) {
		c->references++;
		return c;
	}
	pthread_mutex_lock(&c->thread->lock);
	if (c->thread->gone)
		c->references++;
	else
		atomic_fetch_add_explicit(&c->foreign, 1, memory_order_relaxed);
	pthread_mutex_unlock(&c->thread->lock);
	return c;
}

/* Free `c` and return its parent, if that lost its last reference by it. */
static cress_t *free_block(cress_t *c)
{
	cress_t *parent = c->parent;

	if (unlikely(c->locals != NULL))
		cress_locals_put(c);
	if (c->name != NULL)
		cress_free(c->name);
	cress_block_give(c);
	return parent != NULL && --parent->references == 0 ? parent : NULL;
}

/* Are there references of other threads? Then count them here. */
static int merge_foreign(cress_t *c)
{
	if (likely(atomic_load_explicit(&c->foreign,
					memory_order_relaxed) == 0))
		return 0;
	pthread_mutex_lock(&c->thread->lock);
	c->references += atomic_exchange(&c->foreign, 0);
	pthread_mutex_unlock(&c->thread->lock);
	return c->references != 0;
}

/* A loop, because a chain of parents may be longer than a stack is deep. */
void cress_last_drop(cress_t *c)
{
	while (c != NULL && !merge_foreign(c)) {
		if (c->state == CRESS_ACTIVE && c != c->thread->current &&
		    !(c->kind & CRESS_KIND_MAIN)) {
			cress_force_exit(c);
			return;
		}
		if (c->state != CRESS_DEAD && c->state != CRESS_UNSTARTED)
			return;
		c = free_block(c);
	}
}

void cress_drop_later(cress_t *c)
{
	struct cress_thread *thread = c->thread;
	int gone;

	pthread_mutex_lock(&thread->lock);
	gone = thread->gone;
	if (!gone) {
		if (c->foreign_drops++ == 0) {
			c->drops_next = thread->drops;
			thread->drops = c;
		}
		cress_thread_slow(thread, CRESS_SLOW_DROPS, 1);
	}
	pthread_mutex_unlock(&thread->lock);
	if (gone)
		cress_release_gone(c);
}

void cress_release(cress_t *c)
{
	int saved = errno;

	if (c == NULL)
		return;
	if (c->thread == cress_thread_self)
		cress_drop(c);
	else
		cress_drop_later(c);
	errno = saved;
}

size_t cress_collect(void)
{
	struct cress_thread *thread = cress_thread_self;
	size_t dropped = 0;
	cress_t *c;

	while (thread != NULL) {
		uint32_t drops = 0;

		pthread_mutex_lock(&thread->lock);
		c = thread->drops;
		if (c != NULL) {
			thread->drops = c->drops_next;
			drops = c->foreign_drops;
			c->foreign_drops = 0;
			c->references += atomic_exchange(&c->foreign, 0);
		} else {
			cress_thread_slow(thread, CRESS_SLOW_DROPS, 0);
		}
		pthread_mutex_unlock(&thread->lock);
		if (c == NULL)
			break;
		dropped += drops;
		c->references -= drops - 1;
		cress_drop(c);
	}
	return dropped;
}

/* Nobody can run `c` again; only its handles are left to count. */
static int forget(cress_t *c)
{
	c->references += atomic_exchange(&c->foreign, 0);
	if (c->references != 0)
		return 0;
	cress_free(c->name);
	c->name = NULL;
	c->state = CRESS_FREE;
	return --c->thread->live == 0;
}

void cress_release_gone(cress_t *c)
{
	struct cress_thread *thread = c->thread;
	int empty;

	pthread_mutex_lock(&thread->lock);
	c->references--;
	empty = forget(c);
	pthread_mutex_unlock(&thread->lock);
	if (empty)
		cress_thread_reap(thread);
}

void cress_abandon_all(struct cress_thread *thread)
{
	cress_t *c, *next;

	for (c = cress_next_of_thread(thread, NULL); c != NULL;
	     c = cress_next_of_thread(thread, c)) {
		if (c->parent != NULL)
			c->parent->references--;
		c->parent = NULL;
		c->references -= c->foreign_drops;
		c->foreign_drops = 0;
		/* What it holds names it; one that is dead has seen to that. */
		if (c->state != CRESS_DEAD)
			c->references += c->held;
		c->stack = NULL;
		cress_free_defers(c);
	}
	for (c = cress_next_of_thread(thread, NULL); c != NULL; c = next) {
		next = cress_next_of_thread(thread, c);
		forget(c);
	}
}

int cress_set_name(cress_t *c, const char *name)
{
	int error = cress_misowned(c);
	char *copy = NULL;

	if (error != 0)
		return fail(error);
	if (name != NULL && (copy = cress_strdup(name)) == NULL)
		return -1;
	cress_free(c->name);
	c->name = copy;
	return 0;
}

const char *cress_name(const cress_t *c)
{
	return c == NULL || c->name == NULL ? "" : c->name;
}

const char *cress_label(const cress_t *c)
{
	if (c->kind & CRESS_KIND_MAIN)
		return "main";
	if (c->kind & CRESS_KIND_HUB)
		return "hub";
	return c->name == NULL ? "unnamed" : c->name;
}
