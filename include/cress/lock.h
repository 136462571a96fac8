/* SPDX-License-Identifier: MIT */
/*
 * Locks: mutexes, recursive mutexes, and reader-writer locks. The common rules
 * are in sync.h.
 *
 * A lock is needed only where a coroutine parks in the middle of something:
 * without that nobody can get in between anyway. It belongs to the coroutine
 * that took it, and only that one may give it back. It is handed over: an
 * unlock makes the one who has waited longest the owner, and who locks again
 * stands in line behind it. So nobody starves.
 *
 *     static cress_mutex_t accounts = {.name = "accounts"};
 *
 *     if (cress_mutex_lock(&accounts) != 0)
 *             return cress_fail(errno);
 *     store(balance);
 *     cress_mutex_unlock(&accounts);
 *
 * The owner of a lock must unlock it before it ends. One that ends without is
 * logged; then all who wait for its mutex or for its write lock, and all who
 * come later, fail with EOWNERDEAD and take nothing, because what the lock
 * protects may be half done. Who can repair that takes the lock over with a
 * _recover. A read lock that is left behind stays.
 *
 * A coroutine may hold 65,535 locks at once; for one more, locking fails with
 * EAGAIN. If coroutines wait for each other in a ring, the report of the
 * deadlock says who waits for what, and who holds it.
 */
#ifndef CRESS_LOCK_H
#define CRESS_LOCK_H

#include <stdint.h>

#include <cress/attr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A mutex; zeroed: it is free. */
typedef struct cress_mutex {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_mutex_t;

/*
 * Lock. Parks if another one has it, behind all who wait already. Returns 0,
 * or -1 with errno, and it is not taken: EDEADLK the caller has it already,
 * logged; EOWNERDEAD its owner ended with it, now or before; EAGAIN the caller
 * holds too many; EXDEV its owner belongs to another thread.
 */
int cress_mutex_lock(cress_mutex_t *mutex);

/*
 * Lock if it is free, else fail with EBUSY, or as above. Never parks, and takes
 * no notice of scopes.
 */
int cress_mutex_try_lock(cress_mutex_t *mutex);

/*
 * Hand it to the first who waits, or leave it free. Does not park. Returns 0,
 * or -1 with errno EPERM: the caller does not hold it, logged.
 */
int cress_mutex_unlock(cress_mutex_t *mutex);

/* Return who has it, borrowed; NULL if it is free. Does not park. */
cress_t *cress_mutex_owner(const cress_mutex_t *mutex);

/*
 * Become the owner of a mutex whose owner has ended with it. Does not park.
 * Returns 0, or -1 with errno EINVAL: it is free, or its owner lives.
 */
int cress_mutex_recover(cress_mutex_t *mutex);

/*
 * Check that it is free, and zero it; NULL is allowed. Its owner may be dead.
 * Does not park. Returns 0, or -1 with errno EBUSY, logged, and it is as it
 * was.
 */
int cress_mutex_fini(cress_mutex_t *mutex);

/* A recursive mutex; zeroed: it is free. */
typedef struct cress_recursive_mutex {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[7];
} cress_recursive_mutex_t;

/*
 * As the calls of cress_mutex_t, except that the owner may lock again, and must
 * then unlock as often. Who recovers one has locked it once.
 */
int cress_recursive_mutex_lock(cress_recursive_mutex_t *mutex);

/* These do not park. */
int cress_recursive_mutex_try_lock(cress_recursive_mutex_t *mutex);
int cress_recursive_mutex_unlock(cress_recursive_mutex_t *mutex);
cress_t *cress_recursive_mutex_owner(const cress_recursive_mutex_t *mutex);
int cress_recursive_mutex_recover(cress_recursive_mutex_t *mutex);
int cress_recursive_mutex_fini(cress_recursive_mutex_t *mutex);

/*
 * A reader-writer lock; zeroed: it is free. One coroutine has it for writing,
 * or any number have it for reading. Readers and writers take turns: after a
 * write all go in who wait to read, after the last read the first who waits to
 * write. Who comes to read while others wait to write, waits for one of them.
 *
 * It knows six readers at a time by name. One of these may lock for reading
 * again at any time, and must then unlock as often; to lock for writing fails
 * with EDEADLK. Others who try that wait, until a scope or a kill ends it.
 */
typedef struct cress_rwlock {
	const char *name;	/* for reports, or NULL */
	uint64_t opaque[17];
} cress_rwlock_t;

/*
 * Lock for reading, or for writing. Parks if that is not possible at once.
 * Returns 0, or -1 with errno, and it is not taken: EDEADLK the caller has it
 * already, logged; EOWNERDEAD who wrote ended with it, now or before; EAGAIN
 * the caller holds too many locks; EXDEV it is in use by another thread.
 */
int cress_rwlock_read_lock(cress_rwlock_t *lock);
int cress_rwlock_write_lock(cress_rwlock_t *lock);

/* The same if it is possible at once, else fail with EBUSY. Never park. */
int cress_rwlock_try_read_lock(cress_rwlock_t *lock);
int cress_rwlock_try_write_lock(cress_rwlock_t *lock);

/*
 * Give back what the caller has. Does not park. Returns 0, or -1 with errno
 * EPERM: it has nothing, logged.
 */
int cress_rwlock_unlock(cress_rwlock_t *lock);

/* As cress_mutex_recover(): to have it for writing. Does not park. */
int cress_rwlock_recover(cress_rwlock_t *lock);

/* As cress_mutex_fini(). Does not park. */
int cress_rwlock_fini(cress_rwlock_t *lock);

#ifdef __cplusplus
}
#endif

#endif
