/* SPDX-License-Identifier: MIT */
/*
 * Channels. A call first tries; what it needs for that lies in the channel and
 * in who waits there. Only if it has to wait does it get a frame of its own,
 * with the waiter in it: whoever meets it copies the item between the two
 * callers' memory and wakes it.
 */
#include "sync/channel.h"

#include <errno.h>

#include "core/memory.h"

_Static_assert(sizeof(struct cress_channel_impl) <=
	       sizeof(cress_channel_t) - 32, "room to grow");

static struct cress_channel_impl *impl(cress_channel_t *channel)
{
	return (struct cress_channel_impl *)channel;
}

static void unlink_sender(struct cress_waiter *waiter)
{
	struct cress_channel_impl *channel = waiter->object;

	cress_waiter_remove(&channel->senders, waiter);
}

static void unlink_receiver(struct cress_waiter *waiter)
{
	struct cress_channel_impl *channel = waiter->object;

	cress_waiter_remove(&channel->receivers, waiter);
}

static const struct cress_wait_kind to_send = {
	.what = "a receiver from channel",
	.borrowed = 1,
	.unlink = unlink_sender,
	.describe = cress_object_describe,
};

static const struct cress_wait_kind to_receive = {
	.what = "a sender to channel",
	.borrowed = 1,
	.unlink = unlink_receiver,
	.describe = cress_object_describe,
};

int cress_channel_check(struct cress_channel_impl *channel)
{
	if (channel == NULL || channel->made != channel)
		return cress_object_fail(EINVAL);
	return cress_object_own(&channel->thread);
}

/* The checks of a parking call that the short way could not do. */
static int enter_slowly(struct cress_channel_impl *channel, const void *item)
{
	if (cress_channel_check(channel) != 0)
		return -1;
	if (item == NULL && channel->item_size != 0)
		return cress_object_fail(EINVAL);
	return cress_object_enter_own(&channel->thread);
}

static inline int enter(struct cress_channel_impl *channel, const void *item)
{
	if (likely(channel != NULL && item != NULL &&
		   cress_object_admits(channel->thread)))
		return 0;
	return enter_slowly(channel, item);
}

int cress_channel_init(cress_channel_t *channel, size_t item_size,
		       size_t capacity)
{
	struct cress_channel_impl *made = impl(channel);
	char *room = (char *)made;

	if (channel == NULL)
		return cress_object_fail(EINVAL);
	/* Nobody looks at a room without bytes: any address will do. */
	if (capacity != 0 && item_size != 0) {
		room = cress_alloc_array(capacity, item_size);
		if (room == NULL)
			return -1;
	}
	memset(channel, 0, sizeof *channel);
	made->made = made;
	made->item_size = item_size;
	made->limit = capacity;
	made->room = made->next_in = made->next_out = room;
	made->room_end = room == (char *)made
		? room : room + capacity * item_size;
	return 0;
}

int cress_channel_fini(cress_channel_t *channel)
{
	struct cress_channel_impl *old = impl(channel);

	if (old == NULL)
		return 0;
	if (cress_channel_check(old) != 0)
		return -1;
	if (old->senders.first != NULL || old->receivers.first != NULL)
		return cress_object_misused(old, "channel", EBUSY,
					    "destroys it while others wait");
	if (old->room != (char *)old)
		cress_free(old->room);
	memset(channel, 0, sizeof *channel);
	return 0;
}

/* Wait in `list` until somebody meets us there. */
static int wait_in(struct cress_channel_impl *channel,
		   struct cress_wait_list *list,
		   const struct cress_wait_kind *kind, void *item)
{
	struct cress_channel_waiter waiter;
	struct cress_hub *hub;

	if (unlikely(channel->closed))
		return cress_object_fail(EPIPE);
	hub = cress_wait_begin();
	if (unlikely(hub == NULL))
		return -1;
	waiter.waiter.kind = kind;
	waiter.waiter.object = channel;
	waiter.item = item;
	waiter.select = NULL;
	cress_waiter_append(list, &waiter.waiter);
	return cress_park(hub, &waiter.waiter);
}

int cress_channel_send(cress_channel_t *channel, const void *item)
{
	struct cress_channel_impl *to = impl(channel);

	if (enter(to, item) != 0)
		return -1;
	if (cress_channel_send_now(to, item))
		return 0;
	return wait_in(to, &to->senders, &to_send, (void *)(uintptr_t)item);
}

int cress_channel_receive(cress_channel_t *channel, void *item)
{
	struct cress_channel_impl *from = impl(channel);

	if (enter(from, item) != 0)
		return -1;
	if (cress_channel_receive_now(from, item))
		return 0;
	return wait_in(from, &from->receivers, &to_receive, item);
}

int cress_channel_try_send(cress_channel_t *channel, const void *item)
{
	struct cress_channel_impl *to = impl(channel);

	if (cress_channel_check(to) != 0)
		return -1;
	if (item == NULL && to->item_size != 0)
		return cress_object_fail(EINVAL);
	if (cress_channel_send_now(to, item))
		return 0;
	return cress_object_fail(to->closed ? EPIPE : EAGAIN);
}

int cress_channel_try_receive(cress_channel_t *channel, void *item)
{
	struct cress_channel_impl *from = impl(channel);

	if (cress_channel_check(from) != 0)
		return -1;
	if (item == NULL && from->item_size != 0)
		return cress_object_fail(EINVAL);
	if (cress_channel_receive_now(from, item))
		return 0;
	return cress_object_fail(from->closed ? EPIPE : EAGAIN);
}

static void turn_all_away(struct cress_channel_impl *channel,
			  struct cress_wait_list *list)
{
	struct cress_hub *hub = channel->thread->hub;

	while (list->first != NULL) {
		struct cress_channel_waiter *first =
			(struct cress_channel_waiter *)list->first;

		if (first->select != NULL) {
			cress_select_end(hub, first, EPIPE);
		} else {
			cress_object_pop(list);
			cress_object_turn_away(hub, &first->waiter, EPIPE);
		}
	}
}

int cress_channel_close(cress_channel_t *channel)
{
	struct cress_channel_impl *open = impl(channel);

	if (cress_channel_check(open) != 0)
		return -1;
	if (open->closed)
		return cress_object_fail(EALREADY);
	open->closed = 1;
	open->limit = 0;
	turn_all_away(open, &open->receivers);
	turn_all_away(open, &open->senders);
	return 0;
}

ptrdiff_t cress_channel_size(const cress_channel_t *channel)
{
	struct cress_channel_impl *of = impl((cress_channel_t *)channel);

	return cress_channel_check(of) != 0 ? -1 : (ptrdiff_t)of->count;
}

int cress_channel_is_closed(const cress_channel_t *channel)
{
	struct cress_channel_impl *of = impl((cress_channel_t *)channel);

	return cress_channel_check(of) != 0 ? -1 : of->closed;
}
