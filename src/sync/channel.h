/* SPDX-License-Identifier: MIT */
/*
 * What lies in a channel, and how an item moves: the same for a plain call and
 * for a case of a select.
 *
 * Receivers wait only while nothing is in the channel, and senders only while
 * it is full or has no room. A closed one has a limit of 0 and nobody waits in
 * it; so the tests for room and for those who wait also tell that it is open.
 */
#ifndef CRESS_SYNC_CHANNEL_H
#define CRESS_SYNC_CHANNEL_H

#include <string.h>

#include "sync/object.h"

#include <cress/channel.h>

struct cress_select;

struct cress_channel_impl {
	const char *name;
	struct cress_thread *thread;	/* NULL until it is first used */
	struct cress_wait_list receivers, senders;
	size_t item_size;
	size_t count;			/* items in it */
	size_t limit;			/* sends wait from here on */
	char *next_in, *next_out;	/* places in the room */
	char *room, *room_end;
	const void *made;		/* its own address */
	int closed;
} __attribute__((may_alias));

/* One who waits in a list of the channel, the waiter's object. */
struct cress_channel_waiter {
	struct cress_waiter waiter;
	void *item;			/* the caller's own */
	struct cress_select *select;	/* NULL: a plain call */
};

/* A case of a select has gone through, with 0 or EPIPE: end the select. */
void cress_select_end(struct cress_hub *hub,
		      struct cress_channel_waiter *waiter, int error);

/* Is it a channel of the calling thread? 0, or -1 with errno. */
int cress_channel_check(struct cress_channel_impl *channel);

static inline void cress_channel_copy(void *to, const void *from, size_t size)
{
	/* A size that is known is one instruction, not a call. */
	if (size == sizeof(uint64_t))
		memcpy(to, from, sizeof(uint64_t));
	else if (size == sizeof(uint32_t))
		memcpy(to, from, sizeof(uint32_t));
	else if (size == 2 * sizeof(uint64_t))
		memcpy(to, from, 2 * sizeof(uint64_t));
	else if (size != 0)
		memcpy(to, from, size);
}

/* The first of a list has what it waited for. */
static inline void cress_channel_serve(struct cress_channel_impl *channel,
				       struct cress_wait_list *list)
{
	struct cress_channel_waiter *first =
		(struct cress_channel_waiter *)list->first;

	if (unlikely(first->select != NULL)) {
		cress_select_end(channel->thread->hub, first, 0);
		return;
	}
	cress_object_pop(list);
	cress_object_wake(channel->thread->hub, &first->waiter);
}

static inline void cress_channel_store(struct cress_channel_impl *channel,
				       const void *item)
{
	cress_channel_copy(channel->next_in, item, channel->item_size);
	channel->next_in += channel->item_size;
	if (channel->next_in == channel->room_end)
		channel->next_in = channel->room;
}

/*
 * Send if that needs no waiting. Not 0 if it was done. In one piece with its
 * callers: it is most of what they do.
 */
__attribute__((always_inline)) static inline int
cress_channel_send_now(struct cress_channel_impl *channel, const void *item)
{
	struct cress_channel_waiter *receiver =
		(struct cress_channel_waiter *)channel->receivers.first;

	if (receiver != NULL) {
		cress_channel_copy(receiver->item, item, channel->item_size);
		if (unlikely(receiver->select != NULL)) {
			cress_select_end(channel->thread->hub, receiver, 0);
			return 1;
		}
		cress_object_pop(&channel->receivers);
		cress_object_wake_first(channel->thread->hub,
					&receiver->waiter);
		return 1;
	}
	if (channel->count >= channel->limit)
		return 0;
	cress_channel_store(channel, item);
	channel->count++;
	return 1;
}

/* Receive if that needs no waiting. Not 0 if it was done. */
__attribute__((always_inline)) static inline int
cress_channel_receive_now(struct cress_channel_impl *channel, void *item)
{
	struct cress_channel_waiter *sender =
		(struct cress_channel_waiter *)channel->senders.first;

	if (channel->count != 0) {
		cress_channel_copy(item, channel->next_out,
				   channel->item_size);
		channel->next_out += channel->item_size;
		if (channel->next_out == channel->room_end)
			channel->next_out = channel->room;
		channel->count--;
		if (likely(sender == NULL))
			return 1;
		/* The room is another's at once, before anybody else runs. */
		cress_channel_store(channel, sender->item);
		channel->count++;
	} else if (sender != NULL) {
		cress_channel_copy(item, sender->item, channel->item_size);
	} else {
		return 0;
	}
	cress_channel_serve(channel, &channel->senders);
	return 1;
}

#endif
