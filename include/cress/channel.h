/* SPDX-License-Identifier: MIT */
/*
 * Channels: items of one size go from coroutine to coroutine, in order, each
 * to exactly one receiver.
 *
 * A channel has room for `capacity` items. With none it is a meeting place: a
 * send lasts until its item is taken, and sender and receiver know that the
 * other was there. With some, a send waits only while the room is full. Items
 * are copied, as bytes; to hand over something large, send its address. Those
 * who wait are served in the order in which they came, and nobody can take an
 * item from under them.
 *
 *     static cress_channel_t numbers;
 *
 *     static void *count(void *unused)
 *     {
 *             for (int i = 1; i <= 3; i++)
 *                     if (cress_channel_send(&numbers, &i) != 0)
 *                             return cress_fail(errno);
 *             cress_channel_close(&numbers);
 *             return unused;
 *     }
 *
 *     cress_channel_init(&numbers, sizeof(int), 0);
 *     cress_go(count, NULL);
 *     while (cress_channel_receive(&numbers, &i) == 0)
 *             printf("%d\n", i);
 *     cress_channel_fini(&numbers);
 *
 * To close a channel says that no more will be sent. What is in it is still
 * received; then every receive fails with EPIPE, and so ends a loop.
 *
 * A receiver that waits is handed the item by the send, and as a rule goes on
 * before the others that are ready as soon as the sender parks. So work that
 * passes through channels is finished before new work is begun.
 *
 * A channel belongs to the thread that first uses it: all calls of another
 * fail with EXDEV. A call that fails has moved nothing. A call that was handed
 * an item, or had its own taken, succeeds even if it is killed or its scope is
 * over before it runs on; the next parking call then fails. In a scope that is
 * over a parking call fails even if it would not have to wait. These rules, and
 * what becomes of a channel whose thread ends while somebody waits, are those
 * of sync.h. The calls never allocate, but for cress_channel_init().
 *
 * Where parking is forbidden, in what the event loop calls, a parking call
 * that can go through at once does, and otherwise fails with EDEADLK.
 */
#ifndef CRESS_CHANNEL_H
#define CRESS_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A channel, which must not be copied or moved. Reports show `name`, a string
 * that outlives it, or NULL; set it after cress_channel_init(). The rest is
 * private.
 */
typedef struct cress_channel {
	const char *name;
	uint64_t opaque[19];
} cress_channel_t;

/*
 * Make a channel of items of `item_size` bytes, with room for `capacity`. A
 * size of 0 makes a channel of bare signals, whose items may be NULL. The room
 * is allocated here. A zeroed channel is none: every call refuses it.
 *
 * Returns 0, or -1 with errno: EINVAL no channel, ENOMEM. Does not park.
 */
int cress_channel_init(cress_channel_t *channel, size_t item_size,
		       size_t capacity);

/*
 * Free what the channel has allocated, and forget the items in it; NULL is
 * allowed. It must be made anew before it is used again.
 *
 * Returns 0, or -1 with errno: EBUSY somebody waits in it, which is logged, and
 * it is unchanged; EINVAL it is not made; EXDEV. Does not park.
 */
int cress_channel_fini(cress_channel_t *channel);

/*
 * Send a copy of `*item`. Parks until a receiver has taken it, or until it has
 * its place in the channel.
 *
 * Returns 0, or -1 with errno: EPIPE the channel is closed, also while it
 * waited, and the item was not sent; EINVAL no channel or no item; EXDEV.
 */
int cress_channel_send(cress_channel_t *channel, const void *item);

/*
 * As cress_channel_send(), but never parks, and takes no notice of scopes:
 * EAGAIN if it would have to wait.
 */
int cress_channel_try_send(cress_channel_t *channel, const void *item);

/*
 * Receive the next item into `*item`. Parks until there is one.
 *
 * Returns 0, or -1 with errno: EPIPE the channel is closed and nothing is left
 * in it; EINVAL no channel or no place for the item; EXDEV.
 */
int cress_channel_receive(cress_channel_t *channel, void *item);

/*
 * As cress_channel_receive(), but never parks, and takes no notice of scopes:
 * EAGAIN if it would have to wait.
 */
int cress_channel_try_receive(cress_channel_t *channel, void *item);

/*
 * Close the channel. Whoever waits fails with EPIPE: senders, and receivers
 * too, since nothing is left for them.
 *
 * Returns 0, or -1 with errno: EALREADY it is closed; EINVAL; EXDEV. Does not
 * park.
 */
int cress_channel_close(cress_channel_t *channel);

/*
 * Return how many items are in the channel, those of waiting senders not
 * counted, or -1 with errno EINVAL or EXDEV. Does not park.
 */
ptrdiff_t cress_channel_size(const cress_channel_t *channel);

/* Is it closed? 1, 0, or -1 with errno EINVAL or EXDEV. Does not park. */
int cress_channel_is_closed(const cress_channel_t *channel);

/* What a case of a select is about. */
enum cress_channel_operation {
	CRESS_CHANNEL_SEND = 1,
	CRESS_CHANNEL_RECEIVE = 2
};

/* One of several operations, of which a select does one. */
typedef struct cress_channel_case {
	cress_channel_t *channel;	/* NULL: this one never goes through */
	void *item;			/* what is sent, or where it goes */
	int operation;
	int error;			/* of the one that was chosen */
	uint64_t opaque[10];		/* private, need not be zeroed */
} cress_channel_case_t;

/*
 * Do exactly one of `count` operations, whichever can go through first; if
 * several can at once, each is as likely as the others. Parks for at most
 * `seconds` if none can: INFINITY waits for ever, and 0 never parks and takes
 * no notice of scopes. The cases lie in the caller's memory, and nothing else
 * is used; a thousand of them cost a thousand times what one costs. The same
 * channel may be in several.
 *
 *     cress_channel_case_t cases[] = {
 *             {.channel = &work, .item = &job,
 *              .operation = CRESS_CHANNEL_RECEIVE},
 *             {.channel = &quit, .operation = CRESS_CHANNEL_RECEIVE},
 *     };
 *     switch (cress_channel_select(cases, 2, INFINITY)) {
 *
 * A closed channel can always go through, once nothing is left to receive: the
 * index is returned, and the `error` of its case is EPIPE, which is otherwise
 * 0. Set its `channel` to NULL to leave it out from then on.
 *
 * Returns the index of the case, or -1 with errno, and then nothing has moved:
 * EAGAIN none could go through in `seconds`; EINVAL no cases, more than
 * INT_MAX, an operation that is none, a channel that is not made, no item, or
 * `seconds` negative or NaN; EXDEV. Descriptors are no cases: let a coroutine
 * wait for one, and send.
 */
int cress_channel_select(cress_channel_case_t *cases, size_t count,
			 double seconds);

#ifdef __cplusplus
}
#endif

#endif
