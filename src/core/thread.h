/* SPDX-License-Identifier: MIT */
/*
 * What the library knows of a thread, and of a coroutine: the two structures
 * that every file of core works on.
 *
 * A coroutine's control block is touched at every switch; its fields are in
 * the order of how often. It lies in a slab of its thread, never on the stack,
 * which goes back to the pool at death while handles may live on.
 */
#ifndef CRESS_CORE_THREAD_H
#define CRESS_CORE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "arch/switch.h"

#include <system.h>

#include <cress/coroutine.h>
#include <cress/trace.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Functions that do little but jump to the switch; arch/README.md says why. */
#define NEAR_THE_SWITCH __attribute__((hot))

/*
 * The one that runs is CRESS_ACTIVE and thread->current. Active is 0, and so is
 * what shares nothing: then a switch has one word to test on each side.
 */
enum cress_state {
	CRESS_ACTIVE,		/* running, or suspended in a raw switch */
	CRESS_UNSTARTED,
	CRESS_QUEUED,		/* in the ready queue of the hub */
	CRESS_PARKED,		/* waits for something, known to the hub */
	CRESS_IDLE_HUB,		/* a hub that is not running */
	CRESS_DEAD,
	CRESS_FREE		/* no coroutine, just a block in a slab */
};

/* Bits of cress.kind. */
enum {
	CRESS_KIND_MAIN = 1,	/* a thread's own stack */
	CRESS_KIND_HUB = 2,
	CRESS_KIND_SPAWNED = 4,
	CRESS_KIND_STARTED = 8,
	CRESS_KIND_HOST = 16	/* a main that runs a loop: it must not park */
};

/* The start of __cxa_eh_globals in the Itanium C++ ABI. */
struct cress_exceptions {
	void *caught;
	unsigned uncaught;
};

/* A list of those who wait for something; wait owns what is in it. */
struct cress_wait_list {
	struct cress_waiter *first, *last;
};

struct cress_scope_impl;
struct cress_defer;
struct cress_locals;

struct cress {
	struct arch_context context;
	union {
		uint64_t special;	/* 0: a plain switch to it will do */
		struct {
			uint8_t state;
			uint8_t shared_fp;
			int error;	/* last delivered, or its death */
		};
	};
	struct cress_thread *thread;
	int saved_errno;
	int16_t kill_error;	/* of the first kill, or 0 */
	uint16_t held;		/* locks that it holds */
	void *value;		/* for its next resumption; its result */

	uint8_t kind;
	uint8_t own_stack;	/* `stack` is memory of the caller's */
	uint8_t attributes;	/* CRESS_SHARED_FP and so on */
	uint8_t cancelled;	/* its next parking call will fail */
	uint8_t kill_seen;	/* a call has failed because of the kill */
	uint8_t cancel_seen;	/* or because of a cancelled scope */
	uint8_t io_count;	/* calls since it last went behind the others */
	struct cress_waiter *waiter;	/* what it is parked on */
	uint32_t references;
	_Atomic uint32_t foreign;	/* taken by other threads, not merged */

	struct cress_wait_list joiners;	/* who waits for its end */
	cress_t *parent;	/* a reference, except of a main or a hub */
	cress_fn *fn;
	char *stack;		/* its lowest byte, guard included */
	size_t stack_size;
	struct cress_scope_impl *scope;	/* innermost open one */
	char *name;

	struct cress_defer *defers;
	struct cress_locals *locals;
	struct cress_exceptions exceptions;	/* zero while it runs */
	void *sanitizer;	/* ASan's fake stack, or TSan's fiber */
	uint32_t foreign_drops;	/* references dropped elsewhere */
	int fail_error;		/* of cress_fail() */
	union {			/* valgrind knows no shadow stacks */
		uint32_t valgrind_id;
		uint32_t shadow;
	};
	int pending_throw;	/* for its next parking call, or 0 */
	cress_t *drops_next;	/* or the next free block */
} __attribute__((aligned(64)));

/*
 * What core calls in the scheduler, filled in by loop. Core never knows more
 * of it, and works without it.
 */
struct cress_upcalls {
	/* Is there a hub, and room in its ring for one more? 0, or -1. */
	int (*may_yield)(void);
	/* After that: queue the current one and run the others; 0 or -1. */
	int (*yield)(void);
	/*
	 * Wake who waits for the end of `dead`, which has no more to run, give
	 * its stack back and leave it for whoever is ready. Never returns.
	 */
	void (*leave)(cress_t *dead);
	/* Make a parked or queued coroutine's call fail with `error`. */
	void (*interrupt)(cress_t *c, int error);
	/*
	 * The end of `c` has come, and somebody waits for it. Not 0 if its
	 * parent is among them, and so knows.
	 */
	int (*ended)(cress_t *c);
	/* It ended with locks held: who waits for one of them must fail. */
	void (*ended_holding)(cress_t *c);
	/* The thread ends. */
	void (*thread_exit)(struct cress_thread *thread);
	/* This is the child of a fork(), and the thread its only one. */
	void (*forked)(struct cress_thread *thread);
};

/* Bits of cress_thread.slow: why a switch cannot take the short way. */
enum {
	CRESS_SLOW_DROPS = 1,	/* other threads have released handles */
	CRESS_SLOW_TRACE = 2,
	CRESS_SLOW_SANITIZER = 4,
	CRESS_SLOW_CXX = 8,	/* there are C++ exception globals to swap */
	CRESS_SLOW_SHADOW = 16,	/* each side has a shadow stack */

	/* Something is to be done when the target goes on. */
	CRESS_SLOW_ARRIVAL = CRESS_SLOW_TRACE | CRESS_SLOW_SANITIZER |
			     CRESS_SLOW_SHADOW
};

struct cress_slab;
struct cress_hub;
struct cress_simulator;

/* Free stacks of one size, last in first out, and the slab they come from. */
struct cress_stack_pool {
	char **free;
	size_t free_count;
	size_t size;		/* of each, or 0 in the pool without any */
	size_t capacity;	/* of `free`: all stacks ever carved fit */
	size_t carved;
	char *slab_next;
	size_t slab_left;	/* stacks */
	size_t slab_count;	/* stacks in the next slab */
};

/*
 * What a block that is taken again must clear: all behind the registers. Where
 * these end in the middle of a line, it begins in front of the last three.
 */
#define CRESS_BLOCK_CLEARED (sizeof(cress_t) - offsetof(cress_t, special))
_Static_assert(CRESS_BLOCK_CLEARED <= 256, "three lines, or a bit more");
_Static_assert(sizeof(cress_t) >= 192, "a block has three lines");

#define CRESS_STACK_CLASSES 64

struct cress_thread {
	cress_t *current;
	int *errno_address;
	struct cress_exceptions *exceptions;	/* NULL without C++ */
	_Atomic unsigned slow;
	struct cress_thread *_Atomic *plain;	/* the thread's own variable */
	struct cress_hub *hub;
	const struct cress_upcalls *upcalls;
	cress_t *dying;		/* its last switch away is under way */
	cress_t *free_blocks;	/* control blocks, linked by `drops_next` */
	struct cress_slab *slabs;

	cress_trace_fn *trace;
	void *trace_context;
	cress_t *trace_from;
	int in_trace;		/* while the trace function runs */

	struct cress_stack_pool *pools[CRESS_STACK_CLASSES];
	struct cress_stack_pool *hot;	/* of default ones, if all is usual */
	size_t stack_default;
	struct cress_mapping *mappings;
	char *last_given;	/* the stack that was given back last */
	size_t stack_bytes;

	struct cress_shadow *shadows;	/* see shadow.c */
	size_t shadow_room;
	size_t shadow_free;	/* the next number to take */

	void *signal_stack;	/* ours, or NULL */
	int overflow_armed;

	/* The run that this thread was made for, and who keeps its log. */
	struct cress_simulator *simulator;
	void (*keep_line)(struct cress_simulator *simulator, const char *line);

	size_t live;		/* control blocks that are not free */
	pthread_mutex_t lock;	/* of the two below and of foreign counts */
	cress_t *drops;
	int gone;
	cress_t main;
};

/* The thread if nothing holds its switches up, else NULL. */
static inline struct cress_thread *cress_thread_unhindered(void)
{
	return atomic_load_explicit(&cress_thread_plain, memory_order_relaxed);
}

/* Set or clear a bit of `slow`. Any thread. */
void cress_thread_slow(struct cress_thread *thread, unsigned bit, int on);

/* Make what cress_thread_self points to, or NULL with errno ENOMEM. */
struct cress_thread *cress_thread_make(void);

/*
 * Be another thread from now on, with nothing of the one before: NULL with
 * errno ENOMEM. And be the one before again, which may be NULL; the other one
 * ends as threads do, or is left as it lies.
 */
struct cress_thread *cress_thread_enter(void);
void cress_thread_leave(struct cress_thread *before, int end);

static inline struct cress_thread *cress_thread_get(void)
{
	struct cress_thread *thread = cress_thread_self;

	return likely(thread != NULL) ? thread : cress_thread_make();
}

/* Is it a number that can be thrown, and died of? */
static inline int cress_is_error(int error)
{
	return error == CRESS_EXIT || (error > 0 && error < 4096);
}

/*
 * Take and give back a control block; a new one is zeroed, or NULL. One that
 * nobody had before comes from a slab.
 */
static inline cress_t *cress_block_take(struct cress_thread *thread);
cress_t *cress_block_carve(struct cress_thread *thread);
static inline void cress_block_give(cress_t *c);

/* The next coroutine of the thread after `c`, NULL for the first; or NULL. */
cress_t *cress_next_of_thread(struct cress_thread *thread, const cress_t *c);

/* 0 if `c` belongs to the caller's thread, else EINVAL, EXDEV or ESRCH. */
int cress_misowned(const cress_t *c);

static inline cress_t *cress_block_take(struct cress_thread *thread)
{
	cress_t *c = thread->free_blocks;
	char *end;

	if (unlikely(c == NULL))
		return cress_block_carve(thread);
	end = (char *)(c + 1);
	thread->free_blocks = c->drops_next;
	/*
	 * All but the registers, which a start sets. In pieces, for which a
	 * compiler emits plain stores and no string loop.
	 */
	memset(end - 192, 0, 64);
	memset(end - 128, 0, 64);
	memset(end - 64, 0, 64);
	if (CRESS_BLOCK_CLEARED > 192)
		memset(end - CRESS_BLOCK_CLEARED, 0, 64);
	thread->live++;
	c->thread = thread;
	return c;
}

static inline void cress_block_give(cress_t *c)
{
	struct cress_thread *thread = c->thread;

	c->state = CRESS_FREE;
	c->drops_next = thread->free_blocks;
	thread->free_blocks = c;
	thread->live--;
}

/* Free the memory of a thread that is gone, if no handle is left. */
void cress_thread_reap(struct cress_thread *thread);

#endif
