/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of a virtual driver: their numbers, and telling who is ready.
 *
 * A direction is in the queue if it may be ready and is watched. A report takes
 * each out once; one that is still ready goes to the end, so that it is
 * reported until somebody takes what there is or stops watching, as epoll does.
 * hub->reports counts the queue: while there is something in it, no deadlock.
 */
#include "loop/virtual_fd.h"

#include <errno.h>
#include <string.h>

#include "core/memory.h"
#include "loop/hub.h"
#include "loop/virtual_driver.h"

#define CHUNK 32		/* descriptors */
#define BATCH 64		/* reported at once */

struct cress_virtual_net *cress_virtual_net(struct cress_hub *hub)
{
	struct cress_virtual *virtual = hub->loop;

	return &virtual->net;
}

/* The picks go on from the same seed, but never see what is drawn here. */
static void seed(struct cress_hub *hub)
{
	struct cress_virtual *virtual = hub->loop;
	struct cress_virtual_net *net = &virtual->net;

	if (net->seeded)
		return;
	net->seeded = 1;
	if (net->random == 0)
		net->random = virtual->random * 0x9e3779b97f4a7c15ull;
}

/* xorshift64*, as the picks. */
uint64_t cress_virtual_draw(struct cress_virtual_net *net, uint64_t bound)
{
	uint64_t x = net->random;

	if (x == 0 || bound == 0)
		return 0;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	net->random = x;
	return ((x * 0x2545f4914f6cdd1dull) >> 24) % bound;
}

int cress_virtual_chance(struct cress_virtual_net *net, double probability)
{
	const uint64_t parts = 1 << 20;

	if (net->random == 0 || !(probability > 0))
		return 0;
	return (double)cress_virtual_draw(net, parts) < probability * parts;
}

/* FNV-1a, a word at a time. */
void cress_virtual_digest(struct cress_virtual_net *net, uint64_t what)
{
	net->digest = (net->digest ^ what) * 0x100000001b3ull;
	net->digest ^= net->digest >> 29;
}

static void dequeue(struct cress_hub *hub, struct cress_virtual_event *event)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);

	if (!event->queued)
		return;
	if (event->previous != NULL)
		event->previous->next = event->next;
	else
		net->first = event->next;
	if (event->next != NULL)
		event->next->previous = event->previous;
	else
		net->last = event->previous;
	event->queued = 0;
	hub->reports--;
}

static void enqueue(struct cress_hub *hub, struct cress_virtual_event *event)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);

	if (event->queued)
		return;
	event->next = NULL;
	event->previous = net->last;
	if (net->last != NULL)
		net->last->next = event;
	else
		net->first = event;
	net->last = event;
	event->queued = 1;
	hub->reports++;
}

static int is_due(const struct cress_virtual_net *net,
		  const struct cress_virtual_event *event)
{
	const struct cress_virtual_slot *slot = event->slot;
	enum cress_direction direction = (enum cress_direction)event->direction;

	return slot->object != NULL && slot->fd.watching[direction] &&
	       net->is_ready(slot->object, direction);
}

size_t cress_virtual_fd_report(struct cress_hub *hub)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);
	struct cress_fd_event batch[BATCH];
	size_t left = hub->reports;
	size_t count = 0;

	for (; left > 0 && count < BATCH; left--) {
		struct cress_virtual_event *event = net->first;

		dequeue(hub, event);
		if (!is_due(net, event))
			continue;
		enqueue(hub, event);
		batch[count++] = (struct cress_fd_event){
			&event->slot->fd,
			(enum cress_direction)event->direction,
		};
	}
	if (count != 0)
		hub->fds_ready(hub, batch, count);
	return count;
}

static struct cress_virtual_slot *slot_at(const struct cress_virtual_net *net,
					  size_t i)
{
	if (i / CHUNK >= net->chunk_count)
		return NULL;
	return &net->chunks[i / CHUNK][i % CHUNK];
}

static struct cress_virtual_slot *slot_of(struct cress_hub *hub, int fd)
{
	if (fd < CRESS_VIRTUAL_FD)
		return NULL;
	return slot_at(cress_virtual_net(hub), (size_t)(fd - CRESS_VIRTUAL_FD));
}

/* One chunk more, at an address that stays. 0, or -1 with errno ENOMEM. */
static int grow(struct cress_virtual_net *net)
{
	struct cress_virtual_slot **chunks;
	struct cress_virtual_slot *slots;
	size_t count = net->chunk_count;

	chunks = cress_alloc_array(count + 1, sizeof(*chunks));
	if (chunks == NULL)
		return -1;
	slots = cress_alloc(CHUNK * sizeof(*slots));
	if (slots == NULL) {
		cress_free(chunks);
		return -1;
	}
	for (size_t i = 0; i < CHUNK; i++) {
		slots[i].fd.fd = CRESS_VIRTUAL_FD + (int)(count * CHUNK + i);
		for (int d = CRESS_READ; d <= CRESS_WRITE; d++) {
			slots[i].events[d].slot = &slots[i];
			slots[i].events[d].direction = (uint8_t)d;
		}
	}
	if (count != 0)
		memcpy(chunks, net->chunks, count * sizeof(*chunks));
	chunks[count] = slots;
	cress_free(net->chunks);
	net->chunks = chunks;
	net->chunk_count = count + 1;
	return 0;
}

int cress_virtual_fd_open(struct cress_hub *hub, void *object)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);
	struct cress_virtual_slot *slot;
	size_t i = net->lowest;

	seed(hub);
	while ((slot = slot_at(net, i)) != NULL && slot->object != NULL)
		i++;
	if (slot == NULL) {
		if (grow(net) != 0)
			return -1;
		slot = slot_at(net, i);
	}
	net->lowest = i + 1;
	net->open++;
	slot->object = object;
	cress_virtual_digest(net, i);
	return slot->fd.fd;
}

void *cress_virtual_fd_close(struct cress_hub *hub, int fd)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);
	void *object = cress_virtual_fd_object(hub, fd);
	size_t i = (size_t)(fd - CRESS_VIRTUAL_FD);

	if (object == NULL)
		return NULL;
	slot_at(net, i)->object = NULL;
	if (i < net->lowest)
		net->lowest = i;
	net->open--;
	return object;
}

void *cress_virtual_fd_object(struct cress_hub *hub, int fd)
{
	struct cress_virtual_slot *slot = slot_of(hub, fd);

	if (slot != NULL && slot->object != NULL)
		return slot->object;
	errno = fd >= 0 && fd < CRESS_VIRTUAL_FD ? ENOTSUP : EBADF;
	return NULL;
}

static void touch(struct cress_hub *hub, struct cress_virtual_slot *slot,
		  enum cress_direction direction)
{
	struct cress_virtual_event *event = &slot->events[direction];

	if (!event->queued && is_due(cress_virtual_net(hub), event))
		enqueue(hub, event);
}

void cress_virtual_fd_touch(struct cress_hub *hub, int fd)
{
	struct cress_virtual_slot *slot = slot_of(hub, fd);

	if (slot == NULL)
		return;
	touch(hub, slot, CRESS_READ);
	touch(hub, slot, CRESS_WRITE);
}

struct cress_fd *cress_virtual_fd(struct cress_hub *hub, int fd)
{
	struct cress_virtual_slot *slot = slot_of(hub, fd);

	if (slot != NULL)
		return &slot->fd;
	errno = fd >= 0 && fd < CRESS_VIRTUAL_FD ? ENOTSUP : EBADF;
	return NULL;
}

struct cress_fd *cress_virtual_known_fd(struct cress_hub *hub, int fd)
{
	struct cress_virtual_slot *slot = slot_of(hub, fd);

	return slot == NULL ? NULL : &slot->fd;
}

void cress_virtual_watch(struct cress_hub *hub, struct cress_fd *fd,
			 enum cress_direction direction)
{
	fd->watching[direction] = 1;
	touch(hub, (struct cress_virtual_slot *)fd, direction);
}

void cress_virtual_unwatch(struct cress_hub *hub, struct cress_fd *fd,
			   enum cress_direction direction)
{
	struct cress_virtual_slot *slot = (struct cress_virtual_slot *)fd;

	fd->watching[direction] = 0;
	dequeue(hub, &slot->events[direction]);
}

void cress_virtual_forget(struct cress_hub *hub, struct cress_fd *fd)
{
	cress_virtual_unwatch(hub, fd, CRESS_READ);
	cress_virtual_unwatch(hub, fd, CRESS_WRITE);
}

void cress_virtual_fd_free(struct cress_hub *hub)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);
	struct cress_virtual_slot *slot;

	for (size_t i = 0; (slot = slot_at(net, i)) != NULL; i++)
		if (slot->object != NULL)
			net->free_object(hub, slot->object);
	for (size_t i = 0; i < net->chunk_count; i++)
		cress_free(net->chunks[i]);
	cress_free(net->chunks);
	net->chunks = NULL;
	net->chunk_count = 0;
}
