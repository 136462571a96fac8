/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks, phase-fair: readers and writers take turns. A reader
 * waits if somebody writes or waits to; the end of a write lets in all readers
 * who wait by then, the end of the last read one writer. So a reader waits for
 * one writer at most, and a writer for the readers of one phase between two.
 *
 * Nobody waits while it is free. Readers wait only while somebody writes or
 * waits to write: so if the last who waits to write gives up, they come in.
 */
#include "sync/mutex.h"

#include <stdio.h>
#include <string.h>

#include "core/coroutine.h"

/* Of so many readers at a time is it known who they are. */
#define KNOWN 6

struct rwlock {
	/* Who writes, and those who wait to: as a mutex has them. */
	struct cress_mutex_impl write;
	struct cress_wait_list reading;	/* who waits to read */
	size_t readers;
	size_t strangers;		/* readers that are not known */
	cress_t *known[KNOWN];
} __attribute__((may_alias));

_Static_assert(sizeof(struct rwlock) <= sizeof(cress_rwlock_t) - 16,
	       "room to grow");

static void unlink_writer(struct cress_waiter *waiter);

static void unlink_reader(struct cress_waiter *waiter)
{
	struct rwlock *lock = waiter->object;

	cress_waiter_remove(&lock->reading, waiter);
}

static void describe(const struct cress_waiter *waiter, char *line,
		     size_t size)
{
	const struct rwlock *lock = waiter->object;
	size_t length;

	cress_object_describe(waiter, line, size);
	length = strlen(line);
	for (size_t i = 0; i < KNOWN; i++) {
		if (lock->known[i] == NULL)
			continue;
		snprintf(line + length, size - length,
			 ", read by %zu, one is coroutine \"%s\" (%p)",
			 lock->readers, cress_label(lock->known[i]),
			 (const void *)lock->known[i]);
		return;
	}
}

static const struct cress_wait_kind to_write = {
	.what = "rwlock",
	.borrowed = 1,
	.unlink = unlink_writer,
	.owner = cress_mutex_owner_of_wait,
	.describe = describe,
};

static const struct cress_wait_kind to_read = {
	.what = "rwlock",
	.borrowed = 1,
	.unlink = unlink_reader,
	.owner = cress_mutex_owner_of_wait,
	.describe = describe,
};

static struct rwlock *impl(cress_rwlock_t *memory)
{
	return (struct rwlock *)memory;
}

/* The place of `c` among the known readers, or a free one; NULL: none. */
static cress_t **find(struct rwlock *lock, const cress_t *c)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (lock->known[i] == c)
			return &lock->known[i];
	return NULL;
}

static void admit(struct rwlock *lock, cress_t *c)
{
	cress_t **place = find(lock, NULL);

	lock->readers++;
	c->held++;
	if (place != NULL)
		*place = c;
	else
		lock->strangers++;
}

static void admit_all(struct rwlock *lock, struct cress_hub *hub)
{
	while (lock->reading.first != NULL) {
		struct cress_waiter *next = cress_object_pop(&lock->reading);

		admit(lock, next->coroutine);
		cress_object_wake(hub, next);
	}
}

static void unlink_writer(struct cress_waiter *waiter)
{
	struct rwlock *lock = waiter->object;

	cress_object_unlink(waiter);
	if (lock->write.owner == NULL &&
	    lock->write.object.waiting.first == NULL)
		admit_all(lock, waiter->coroutine->thread->hub);
}

/* 0 if `c` may have the lock or wait for it, or why not. */
static int check(const struct rwlock *lock, const cress_t *c)
{
	const cress_t *reader = lock->known[0];

	if (c->held == CRESS_HELD_MAX)
		return EAGAIN;
	if (lock->write.owner != NULL)
		return cress_mutex_check_owner(lock->write.owner, c);
	return reader != NULL && reader->thread != c->thread ? EXDEV : 0;
}

/* Read if that is possible at once: 0, or an error, EBUSY if not. */
static int read_now(struct rwlock *lock, cress_t **caller)
{
	cress_t *c = *caller = cress_current();
	int error = lock == NULL ? EINVAL : c == NULL ? ENOMEM : check(lock, c);

	if (error != 0)
		return error;
	if (lock->write.owner != NULL)
		return EBUSY;
	/* Who reads already would wait for ever behind a writer. */
	if (lock->write.object.waiting.first != NULL && find(lock, c) == NULL)
		return EBUSY;
	admit(lock, c);
	return 0;
}

/* The same for writing. */
static int write_now(struct rwlock *lock, cress_t **caller)
{
	cress_t *c = *caller = cress_current();
	int error = lock == NULL ? EINVAL : c == NULL ? ENOMEM : check(lock, c);

	if (error != 0)
		return error;
	if (lock->write.owner != NULL || lock->readers != 0)
		return EBUSY;
	lock->write.owner = c;
	c->held++;
	return 0;
}

static int deadlock(struct rwlock *lock)
{
	return cress_object_misused(&lock->write.object, to_write.what,
				    EDEADLK, "holds it already");
}

int cress_rwlock_read_lock(cress_rwlock_t *memory)
{
	struct rwlock *lock = impl(memory);
	struct cress_waiter waiter = {.kind = &to_read, .object = lock};
	struct cress_hub *hub;
	cress_t *c;
	int error;

	if (lock != NULL && cress_object_enter() != 0)
		return -1;
	error = read_now(lock, &c);
	if (error != EBUSY)
		return error == 0 ? 0 : cress_object_fail(error);
	if (lock->write.owner == c)
		return deadlock(lock);
	hub = cress_wait_begin();
	if (hub == NULL)
		return -1;
	cress_waiter_append(&lock->reading, &waiter);
	return cress_park(hub, &waiter);
}

int cress_rwlock_write_lock(cress_rwlock_t *memory)
{
	struct rwlock *lock = impl(memory);
	cress_t *c;
	int error;

	if (lock != NULL && cress_object_enter() != 0)
		return -1;
	error = write_now(lock, &c);
	if (error != EBUSY)
		return error == 0 ? 0 : cress_object_fail(error);
	if (lock->write.owner == c || find(lock, c) != NULL)
		return deadlock(lock);
	return cress_object_wait(&lock->write.object, &to_write);
}

int cress_rwlock_try_read_lock(cress_rwlock_t *memory)
{
	cress_t *c;
	int error = read_now(impl(memory), &c);

	return error == 0 ? 0 : cress_object_fail(error);
}

int cress_rwlock_try_write_lock(cress_rwlock_t *memory)
{
	cress_t *c;
	int error = write_now(impl(memory), &c);

	return error == 0 ? 0 : cress_object_fail(error);
}

static void next_writer(struct rwlock *lock, struct cress_hub *hub)
{
	if (lock->write.object.waiting.first != NULL)
		cress_object_wake(hub, cress_mutex_hand_over(&lock->write));
}

/* Take `c` from the readers; 0 if it is none. */
static int dismiss(struct rwlock *lock, cress_t *c)
{
	cress_t **place = find(lock, c);

	if (place != NULL)
		*place = NULL;
	else if (lock->strangers != 0 && c->held != 0)
		lock->strangers--;
	else
		return 0;
	lock->readers--;
	return 1;
}

int cress_rwlock_unlock(cress_rwlock_t *memory)
{
	struct rwlock *lock = impl(memory);
	cress_t *c = cress_current();

	if (lock == NULL || c == NULL)
		return cress_object_fail(EINVAL);
	if (lock->write.owner == c) {
		lock->write.owner = NULL;
		if (lock->reading.first != NULL)
			admit_all(lock, c->thread->hub);
		else
			next_writer(lock, c->thread->hub);
	} else if (dismiss(lock, c)) {
		if (lock->readers == 0)
			next_writer(lock, c->thread->hub);
	} else {
		return cress_object_misused(&lock->write.object, to_write.what,
					    EPERM,
					    "unlocks it and does not hold it");
	}
	c->held--;
	return 0;
}

int cress_rwlock_recover(cress_rwlock_t *memory)
{
	return cress_mutex_recover((cress_mutex_t *)memory);
}

int cress_rwlock_fini(cress_rwlock_t *memory)
{
	struct rwlock *lock = impl(memory);

	if (lock == NULL)
		return 0;
	if (lock->readers != 0 ||
	    (lock->write.owner != NULL && cress_current() != NULL &&
	     cress_mutex_check_owner(lock->write.owner, cress_current()) !=
		     EOWNERDEAD))
		return cress_object_misused(&lock->write.object, to_write.what,
					    EBUSY, "destroys it while locked");
	if (cress_mutex_fini((cress_mutex_t *)memory) != 0)
		return -1;
	memset(memory, 0, sizeof *memory);
	return 0;
}
