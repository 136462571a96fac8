/* SPDX-License-Identifier: MIT */
/* A queue of small numbers, which stand for the items' addresses. */
#ifndef TESTS_SYNC_NUMBERS_H
#define TESTS_SYNC_NUMBERS_H

#include "loop/support.h"

#include <cress/queue.h>

static cress_queue_t queue;

static inline int by_tens(const void *a, const void *b)
{
	return as_number(a) / 10 - as_number(b) / 10;
}

static inline void make(int kind, ptrdiff_t limit)
{
	check_int(cress_queue_init(&queue, kind, limit,
				   kind == CRESS_QUEUE_PRIORITY ? by_tens
								: NULL), 0);
}

/* It would be refused if somebody were left in a line. */
static inline void unmake(void)
{
	check_int(cress_queue_fini(&queue), 0);
}

static inline int put(int number)
{
	return cress_queue_put(&queue, as_value(number));
}

static inline int try_put(int number)
{
	return cress_queue_try_put(&queue, as_value(number));
}

/* The number, or the negative errno value. */
static inline int get(void)
{
	void *item;

	return cress_queue_get(&queue, &item) == 0 ? as_number(item) : -errno;
}

static inline int try_get(void)
{
	void *item;

	return cress_queue_try_get(&queue, &item) == 0 ? as_number(item)
						       : -errno;
}

static inline int peek(void)
{
	void *item;

	return cress_queue_peek(&queue, &item) == 0 ? as_number(item) : -errno;
}

static inline int try_peek(void)
{
	void *item;

	return cress_queue_try_peek(&queue, &item) == 0 ? as_number(item)
							: -errno;
}

/* Entry functions that note how it went. */
static inline void *putter(void *number)
{
	note("p%d:%d", as_number(number),
	     put(as_number(number)) == 0 ? 0 : errno);
	return NULL;
}

static inline void *getter(void *name)
{
	int got = get();

	note("g%d:%d", as_number(name), got);
	return NULL;
}

static inline void *peeker(void *name)
{
	int seen = peek();

	note("k%d:%d", as_number(name), seen);
	return NULL;
}

#endif
