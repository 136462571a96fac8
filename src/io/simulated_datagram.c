/* SPDX-License-Identifier: MIT */
/*
 * Datagrams of a simulation. Each has its own time to arrive, so they overtake
 * each other; between machines they may be lost, and are if too many wait.
 * Within the machine none is.
 *
 * A socket's datagrams lie in the order of their arrival; its timer is pending
 * if the first of them has not arrived.
 */
#include "io/simulated.h"

#include <errno.h>
#include <string.h>

#include "core/memory.h"

#define MOST_WAITING 256
#define LONGEST 65507

struct cress_datagram {
	struct cress_datagram *next;
	double when;
	struct cress_end_address from;
	size_t size;
	char bytes[];
};

static struct cress_hub *here(void)
{
	return cress_thread_self->hub;
}

static double now(void)
{
	struct cress_hub *hub = here();

	return hub->driver->now(hub);
}

static ssize_t refuse(int error)
{
	errno = error;
	return -1;
}

static int has_arrived(const struct cress_end *end)
{
	return end->datagrams != NULL && end->datagrams->when <= now();
}

static void wait_for_first(struct cress_end *end);

static void on_time(struct cress_timer *timer)
{
	struct cress_end *end = (struct cress_end *)timer;

	wait_for_first(end);
}

static void wait_for_first(struct cress_end *end)
{
	struct cress_timers *timers = &here()->timers;

	cress_timer_remove(timers, &end->way.timer);
	end->way.arrived = has_arrived(end);
	if (end->way.arrived || end->datagrams == NULL) {
		cress_end_touch(end);
		return;
	}
	end->way.timer.fire = on_time;
	if (cress_timers_reserve(timers) == 0) {
		cress_timer_add(timers, &end->way.timer, end->datagrams->when);
		return;
	}
	end->datagrams->when = now();
	end->way.arrived = 1;
	cress_end_touch(end);
}

int cress_end_datagram_connect(struct cress_end *end,
			       const struct sockaddr *address, socklen_t size)
{
	if (cress_end_name_peer(end, address, size) != 0)
		return -1;
	if (cress_end_is_near(end) &&
	    cress_end_at(&end->remote, SOCK_DGRAM) == NULL)
		return (int)refuse(ECONNREFUSED);
	end->state = CRESS_END_OPEN;
	return 0;
}

static int is_same(const struct cress_end_address *a,
		   const struct cress_end_address *b)
{
	return a->size == b->size && memcmp(&a->name, &b->name, a->size) == 0;
}

/* Whom it is for: NULL with errno 0 if for nobody, else with the error. */
static struct cress_end *receiver(struct cress_end *end,
				  const struct sockaddr *to, socklen_t tolen)
{
	struct cress_end named = {.domain = end->domain, .type = SOCK_DGRAM,
				  .local = end->local};
	struct cress_end *found = end->peer;

	if (found != NULL)
		return found;
	errno = EDESTADDRREQ;
	if (to == NULL && end->remote.size == 0)
		return NULL;
	if (to == NULL)
		named.remote = end->remote;
	else if (cress_end_name_peer(&named, to, tolen) != 0)
		return NULL;
	/* Who only sends can be answered all the same. */
	if (end->local.size == 0 && !cress_end_is_near(end) &&
	    cress_end_bind_any(end) != 0)
		return NULL;
	found = cress_end_at(&named.remote, SOCK_DGRAM);
	if (found != NULL && found->state == CRESS_END_OPEN &&
	    !is_same(&found->remote, &end->local))
		found = NULL;
	errno = found == NULL && cress_end_is_near(end) ? ECONNREFUSED : 0;
	return found;
}

static void add(struct cress_end *to, struct cress_datagram *datagram)
{
	struct cress_datagram **link = &to->datagrams;

	while (*link != NULL && (*link)->when <= datagram->when)
		link = &(*link)->next;
	datagram->next = *link;
	*link = datagram;
	to->datagram_count++;
	wait_for_first(to);
}

ssize_t cress_end_datagram_put(struct cress_end *end, const struct iovec *iov,
			       size_t count, const struct sockaddr *to,
			       socklen_t tolen)
{
	struct cress_virtual_net *net = cress_virtual_net(here());
	struct cress_datagram *datagram;
	struct cress_end *found;
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += iov[i].iov_len;
	if (end->no_write)
		return refuse(EPIPE);
	if (size > LONGEST)
		return refuse(EMSGSIZE);
	found = receiver(end, to, tolen);
	if (found == NULL)
		return errno == 0 ? (ssize_t)size : -1;
	if (!cress_end_is_near(end) &&
	    (found->datagram_count >= MOST_WAITING ||
	     cress_virtual_chance(net, net->loss)))
		return (ssize_t)size;
	datagram = cress_alloc(sizeof(*datagram) + size);
	if (datagram == NULL)
		return -1;
	datagram->when = now() + cress_end_delay(end);
	datagram->from = end->local;
	for (size_t i = 0; i < count; i++) {
		memcpy(datagram->bytes + datagram->size, iov[i].iov_base,
		       iov[i].iov_len);
		datagram->size += iov[i].iov_len;
	}
	cress_virtual_digest(net, size << 24 ^ (uint64_t)found->fd);
	add(found, datagram);
	return (ssize_t)size;
}

static void remove_first(struct cress_end *end)
{
	struct cress_datagram *datagram = end->datagrams;

	end->datagrams = datagram->next;
	end->datagram_count--;
	cress_free(datagram);
}

/* The size of the whole datagram, of which the vector got what it holds. */
ssize_t cress_end_datagram_take(struct cress_end *end, const struct iovec *iov,
				size_t count, int flags,
				struct cress_end_address *from)
{
	struct cress_datagram *datagram = end->datagrams;
	size_t done = 0, size;

	if (!has_arrived(end))
		return end->no_read ? 0 : refuse(EAGAIN);
	size = datagram->size;
	for (size_t i = 0; i < count && done < size; i++) {
		size_t part = iov[i].iov_len;

		if (part > size - done)
			part = size - done;
		memcpy(iov[i].iov_base, datagram->bytes + done, part);
		done += part;
	}
	*from = datagram->from;
	if (!(flags & MSG_PEEK)) {
		remove_first(end);
		wait_for_first(end);
	}
	return (ssize_t)size;
}

void cress_end_datagram_drop(struct cress_end *end)
{
	while (end->datagrams != NULL)
		remove_first(end);
}
