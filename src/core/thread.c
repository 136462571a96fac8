/* SPDX-License-Identifier: MIT */
/*
 * Threads: their beginning and end, and the slabs of their control blocks.
 *
 * A thread's memory outlives the thread while other threads hold handles to
 * its coroutines; `live` counts them, main included. Blocks are zeroed when
 * they are taken, so the rest of core relies on zero being empty.
 */
#include "core/thread.h"

#include <errno.h>
#include <string.h>

#include "core/coroutine.h"
#include "core/defer.h"
#include "core/guard.h"
#include "core/local.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/sanitizer.h"
#include "core/stack.h"

#define FIRST_SLAB (64 * 1024)
#define LARGEST_SLAB (16 * 1024 * 1024)

struct cress_slab {
	struct cress_slab *next;
	size_t size;
	size_t used;
	size_t room;
};

/* Blocks start where a cache line does. */
#define SLAB_HEADER 64
_Static_assert(sizeof(struct cress_slab) <= SLAB_HEADER, "slab header");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t exit_key;
static int exit_key_made;

static cress_t *block_at(struct cress_slab *slab, size_t i)
{
	return (cress_t *)((char *)slab + SLAB_HEADER) + i;
}

static struct cress_slab *add_slab(struct cress_thread *thread)
{
	size_t size = thread->slabs == NULL ? FIRST_SLAB
					    : thread->slabs->size * 2;
	struct cress_slab *slab;

	if (size > LARGEST_SLAB)
		size = LARGEST_SLAB;
	slab = cress_map(size);
	if (slab == NULL)
		return NULL;
	cress_sanitizer_root(slab, size);
	slab->size = size;
	slab->room = (size - SLAB_HEADER) / sizeof(cress_t);
	slab->next = thread->slabs;
	thread->slabs = slab;
	return slab;
}

cress_t *cress_block_carve(struct cress_thread *thread)
{
	struct cress_slab *slab = thread->slabs;
	cress_t *c;

	if (slab == NULL || slab->used == slab->room)
		slab = add_slab(thread);
	if (slab == NULL)
		return NULL;
	c = block_at(slab, slab->used++);
	thread->live++;
	c->thread = thread;
	return c;
}

cress_t *cress_next_of_thread(struct cress_thread *thread, const cress_t *c)
{
	struct cress_slab *slab = thread->slabs;
	size_t i = 0;

	if (c != NULL) {
		while (c < block_at(slab, 0) || c >= block_at(slab, slab->room))
			slab = slab->next;
		i = (size_t)(c - block_at(slab, 0)) + 1;
	}
	for (; slab != NULL; slab = slab->next, i = 0)
		for (; i < slab->used; i++)
			if (block_at(slab, i)->state != CRESS_FREE)
				return block_at(slab, i);
	return NULL;
}

int cress_misowned(const cress_t *c)
{
	struct cress_thread *self = cress_thread_get();
	int gone;

	if (self == NULL)
		return ENOMEM;
	if (c == NULL)
		return EINVAL;
	if (likely(c->thread == self))
		return 0;
	pthread_mutex_lock(&c->thread->lock);
	gone = c->thread->gone;
	pthread_mutex_unlock(&c->thread->lock);
	return gone ? ESRCH : EXDEV;
}

void cress_thread_reap(struct cress_thread *thread)
{
	struct cress_slab *slab;

	if (thread->live != 0)
		return;
	while ((slab = thread->slabs) != NULL) {
		thread->slabs = slab->next;
		cress_sanitizer_unroot(slab, slab->size);
		cress_unmap(slab, slab->size);
	}
	pthread_mutex_destroy(&thread->lock);
	cress_sanitizer_unroot(thread, sizeof *thread);
	cress_unmap(thread, sizeof *thread);
}

/*
 * The end of a thread: main dies, with its handlers and locals; coroutines
 * that are suspended are left where they are, and their stacks go. Blocks
 * without a handle go too; the rest waits for the last release, anywhere.
 */
static void thread_exit(void *arg)
{
	struct cress_thread *thread = arg;

	cress_thread_self = thread;
	atomic_store(thread->plain, NULL);
	/* pthread_exit() may have left the thread from inside a coroutine. */
	thread->current = &thread->main;
	/* Its memory has gone with main's frames, and a timer looks at it. */
	if (unlikely(thread->main.scope != NULL))
		cress_fatal("a thread ended with a scope of its main "
			    "coroutine open");
	/* These may park; so the hub goes after them. */
	cress_run_defers(&thread->main);
	cress_locals_end(&thread->main);
	if (thread->upcalls != NULL)
		thread->upcalls->thread_exit(thread);
	cress_collect();
	/* Destructors are the application's code: not under the lock. */
	for (cress_t *c = cress_next_of_thread(thread, NULL); c != NULL;
	     c = cress_next_of_thread(thread, c))
		cress_locals_put(c);
	pthread_mutex_lock(&thread->lock);
	thread->gone = 1;
	thread->main.state = CRESS_DEAD;
	thread->main.references += thread->main.held;
	cress_abandon_all(thread);
	if (thread->main.stack != NULL)
		cress_sanitizer_unroot(thread->main.stack,
				       thread->main.stack_size);
	cress_stacks_free(thread);
	pthread_mutex_unlock(&thread->lock);
	cress_thread_self = NULL;
	cress_release_gone(&thread->main);
}

void cress_thread_slow(struct cress_thread *thread, unsigned bit, int on)
{
	unsigned slow;

	if (on) {
		atomic_fetch_or(&thread->slow, bit);
		atomic_store(thread->plain, NULL);
		return;
	}
	/* Only the owner clears; another may set a bit in between. */
	slow = atomic_fetch_and(&thread->slow, ~bit) & ~bit;
	atomic_store(thread->plain, slow == 0 ? thread : NULL);
	if (atomic_load(&thread->slow) != 0)
		atomic_store(thread->plain, NULL);
}

/* Nobody else may hold the lock, or the child would wait for it for ever. */
static void before_fork(void)
{
	if (cress_thread_self != NULL)
		pthread_mutex_lock(&cress_thread_self->lock);
}

static void after_fork(void)
{
	if (cress_thread_self != NULL)
		pthread_mutex_unlock(&cress_thread_self->lock);
}

static void in_child(void)
{
	struct cress_thread *thread = cress_thread_self;

	after_fork();
	if (thread != NULL && thread->upcalls != NULL)
		thread->upcalls->forked(thread);
}

static void make_key(void)
{
	exit_key_made =
		pthread_key_create(&exit_key, thread_exit) == 0 &&
		cress_fork_watch(before_fork, after_fork, in_child) == 0;
}

struct cress_thread *cress_thread_enter(void)
{
	struct cress_thread *before = cress_thread_self;
	struct cress_thread *thread;

	/* One alternate stack will do for both: the kernel knows one thread. */
	if (before != NULL && !before->overflow_armed)
		cress_overflow_arm(before);
	thread = cress_thread_make();
	if (thread != NULL)
		thread->overflow_armed = before != NULL;
	return thread;
}

void cress_thread_leave(struct cress_thread *before, int end)
{
	if (end)
		thread_exit(cress_thread_self);
	cress_thread_self = before;
	pthread_setspecific(exit_key, before);
	atomic_store(&cress_thread_plain, NULL);
	if (before != NULL)
		cress_thread_slow(before, 0, 0);
}

struct cress_thread *cress_thread_make(void)
{
	struct cress_thread *thread;

	pthread_once(&once, make_key);
	thread = exit_key_made ? cress_map(sizeof *thread) : NULL;
	if (thread == NULL || pthread_setspecific(exit_key, thread) != 0) {
		if (thread != NULL)
			cress_unmap(thread, sizeof *thread);
		errno = ENOMEM;
		return NULL;
	}
	pthread_mutex_init(&thread->lock, NULL);
	cress_sanitizer_root(thread, sizeof *thread);
	thread->errno_address = &errno;
	thread->live = 1;
	cress_stacks_init(thread);
	thread->current = &thread->main;
	thread->main.thread = thread;
	thread->main.references = 1;
	thread->main.kind = CRESS_KIND_MAIN | CRESS_KIND_STARTED;
	cress_thread_self = thread;
	thread->plain = &cress_thread_plain;
	atomic_store(thread->plain, thread);
	cress_sanitizer_thread(thread);
	if (arch_shadow_is_active())
		cress_thread_slow(thread, CRESS_SLOW_SHADOW, 1);
	return thread;
}
