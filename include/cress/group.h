/* SPDX-License-Identifier: MIT */
/*
 * Groups: scopes that own coroutines. A group with a limit is a pool.
 *
 * A group is opened and closed by one coroutine, and nests with its scopes. It
 * is a scope: it has a deadline and a cancel switch, and what lies between open
 * and close is inside it. Members are spawned into it, or added while they
 * run. cress_group_close() does not return while a member lives: it kills
 * those that are left, and waits for them whatever happens. So no member
 * outlives the block that it was made in, nor the memory that it works on.
 *
 *     cress_group_t group;
 *     cress_group_open(&group, 10, CRESS_GROUP_FAIL_FAST);
 *     cress_group_set_limit(&group, 4);
 *     for (int i = 0; i < count; i++)
 *             cress_group_go(&group, fetch, &pages[i]);
 *     cress_group_join(&group);
 *     if (cress_group_close(&group) == ETIMEDOUT)
 *             puts("too slow");
 *
 * When the group's deadline has come, or it was cancelled, its members are
 * killed with that error, its opener's parking calls fail until it closes, and
 * it takes no more members. A kill or an outer scope that makes its opener fail
 * reaches the members when that closes the group, as it must.
 *
 * With a limit, whoever spawns parks while the group is full; a place is handed
 * on to the first of those who wait as soon as a member has ended, in whatever
 * way. A member may spawn siblings, wait for their results, and cancel.
 *
 * What a member ends with is kept until cress_group_next() has taken it or the
 * group is closed. A group that lives for long and whose results nobody takes
 * must be opened with CRESS_GROUP_FORGET, or it grows with every member. A
 * member that dies of an error is logged, as any spawned coroutine is.
 *
 * map.h builds on this. From gevent and multiprocessing: start and spawn are
 * cress_group_spawn(), apply_async with it (callback: link.h), full is
 * cress_group_free_count() == 0, killone is cress_kill(), greenlet_class the
 * attributes, iwait is CRESS_GROUP_WATCH; Pool.close is cress_group_shut(),
 * terminate is that and cress_group_kill(), then join.
 *
 * Every call here says EINVAL for no group or one that was never opened,
 * ESHUTDOWN for one that is closed or being closed, and EXDEV for another
 * thread's. Zeroed memory counts as never opened.
 */
#ifndef CRESS_GROUP_H
#define CRESS_GROUP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cress/coroutine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A group. Its content is private; it must not move while it is open. */
typedef struct cress_group {
	uint64_t opaque[48];
} cress_group_t;

/* How a member ended. */
typedef struct cress_group_result {
	void *value;		/* what it returned; NULL with an error */
	void *arg;		/* what it was spawned with; NULL if added */
	size_t index;		/* the how manieth it was, from 0 */
	cress_t *coroutine;	/* valid only for those who hold a reference */
	int error;		/* 0: it succeeded */
	int reserved0;
	void *reserved[3];
} cress_group_result_t;

/* The first member that dies of an error cancels the group. */
#define CRESS_GROUP_FAIL_FAST 0x1u
/* Results are not kept; only the first error is. */
#define CRESS_GROUP_FORGET 0x2u
/*
 * The group does not own its members but watches them: its end, deadline and
 * cancel let go of them, alive. Nothing can be spawned into it.
 */
#define CRESS_GROUP_WATCH 0x4u

/*
 * Open a group in the current coroutine, without a limit, that is over in
 * `seconds`; INFINITY: no deadline.
 *
 * Returns 0, or -1 with errno as cress_scope_open(), or EINVAL for an unknown
 * flag. Does not park.
 */
int cress_group_open(cress_group_t *group, double seconds, unsigned flags);

/*
 * Let at most `limit` members live at a time. 0: none may be spawned. Those
 * that live already go on; those who wait for a place get it if there is one.
 *
 * Returns 0, or -1 with errno: EINVAL negative. Does not park.
 */
int cress_group_set_limit(cress_group_t *group, long limit);

/*
 * Spawn a member, as cress_spawn() and cress_spawn_with() do; cress_group_go()
 * keeps no handle, as cress_go(). They park while the group is full, in a
 * queue, and any coroutine of the thread may call them. cress_group_try_spawn()
 * never parks: EAGAIN if the group is full.
 *
 * They return as their kin, or with errno ECANCELED or ETIMEDOUT if the group
 * is over, EINVAL if it only watches. Nothing runs then. In another scope that
 * is over all but cress_group_try_spawn() fail, though the group has room.
 */
cress_t *cress_group_spawn(cress_group_t *group, cress_fn *fn, void *arg);
cress_t *cress_group_spawn_with(cress_group_t *group, cress_fn *fn, void *arg,
				const cress_attr_t *attr);
cress_t *cress_group_try_spawn(cress_group_t *group, cress_fn *fn, void *arg,
			       const cress_attr_t *attr);
int cress_group_go(cress_group_t *group, cress_fn *fn, void *arg);

/*
 * Make `c` a member: from now on the group waits for it, and kills it when it
 * ends. Parks while the group is full. One that is dead already counts as a
 * member that has ended. It may be in several groups.
 *
 * Returns 0, or -1 with errno as cress_group_spawn(), or EINVAL no coroutine, a
 * main one or a hub; EEXIST it is a member; EDEADLK it is the group's opener.
 */
int cress_group_add(cress_group_t *group, cress_t *c);

/*
 * Take a living member out of the group: it runs on, its place is free, and
 * its result goes nowhere.
 *
 * Returns 0, or -1 with errno: ENOENT it is no living member; EINVAL, ESRCH as
 * cress_kill(). Does not park, unless the group held its last reference and it
 * is suspended in a switch: see cress_release().
 */
int cress_group_discard(cress_group_t *group, cress_t *c);

/* How many members live; 0 without an open group. Does not park. */
size_t cress_group_count(const cress_group_t *group);

/* Is `c` a living member? 0 without an open group. Does not park. */
int cress_group_contains(const cress_group_t *group, const cress_t *c);

/*
 * Store the living members in `members`, in the order of their coming, at most
 * `room` of them; borrowed, so retain those that are to outlast the next park.
 * Returns how many were stored. Does not park.
 */
size_t cress_group_members(const cress_group_t *group, cress_t **members,
			   size_t room);

/* How many more may be spawned now; SIZE_MAX without a limit. */
size_t cress_group_free_count(const cress_group_t *group);

/*
 * Park until there is a place, without taking it: another may be faster.
 * Returns 0, or -1 with errno as cress_group_spawn().
 */
int cress_group_wait_free(cress_group_t *group);

/*
 * Park until no member lives, and say how they fared. More may have been
 * spawned by the time that the call returns.
 *
 * Returns 0 if all that have ended so far succeeded, the positive error that
 * the first of the others died of, or -1 if the waiting failed, with errno:
 * EDEADLK the caller is a member; cress_group_count() says how many are left.
 * With CRESS_GROUP_FAIL_FAST it fails with ECANCELED after an error if some
 * still live, since the group is cancelled then; cress_group_error() has the
 * error in any case.
 */
int cress_group_join(cress_group_t *group);

/*
 * Park until `count` results can be taken without parking, or no member lives.
 * Takes none, and returns how many there are, or -1 with errno: EINVAL results
 * are not kept, EDEADLK the caller is the last living member.
 */
ssize_t cress_group_wait(cress_group_t *group, size_t count);

/*
 * Take the result of the next member that ended, in the order of their ends;
 * parks while there is none. It may be left off at any time. `result` may be
 * NULL.
 *
 * Returns 1; 0 if no member lives and no result is left; or -1 with errno as
 * cress_group_wait().
 */
int cress_group_next(cress_group_t *group, cress_group_result_t *result);

/*
 * Return the error of the first member that died of one, whether anybody asked
 * for it or not, else 0. It can be asked for until the memory is used anew,
 * also after the group is closed. Never fails, does not park.
 */
int cress_group_error(const cress_group_t *group);

/* Take no more members from now on: ESHUTDOWN for who tries, or is waiting. */
int cress_group_shut(cress_group_t *group);

/*
 * Kill all members with `error`, as cress_kill() does, the caller included if
 * it is one. The group stays open; that it is empty, cress_group_join() tells.
 *
 * Returns 0, or -1 with errno: EINVAL no error. Never parks.
 */
int cress_group_kill(cress_group_t *group, int error);

/*
 * Cancel the group: its members are killed with ECANCELED, its opener's parking
 * calls fail with ECANCELED until it is closed. Any coroutine of the thread.
 *
 * Returns 0, or -1 with errno. Never parks.
 */
int cress_group_cancel(cress_group_t *group);

/*
 * Close the group: kill the members that live with ECANCELED, wait until they
 * have ended, and free what is kept of them. It must be the innermost scope of
 * the current coroutine. Parks if a member lives; no kill, throw or deadline
 * ends that wait, they meet the next parking call. If the members wait for ever
 * behind shields and nothing else is left to run, the process aborts with a
 * line.
 *
 * Returns 0; ETIMEDOUT or ECANCELED if this group's deadline or cancel made a
 * call of its opener fail; or -1 with errno: EPERM another coroutine opened
 * it, EINVAL it is not the innermost scope. On a stack that runs a host's loop
 * (embed.h) it cannot wait: EDEADLK if a member still lives. They are killed
 * then; let the loop run, and close it again.
 */
int cress_group_close(cress_group_t *group);

#ifdef __cplusplus
}
#endif

#endif
