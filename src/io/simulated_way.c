/* SPDX-License-Identifier: MIT */
/*
 * The ways between the ends of simulated connections: streams of bytes, their
 * end, and what breaks them.
 *
 * What is told arrives in the order in which it was told, each at its time or
 * as soon as what was before it. A way's timer is pending exactly while
 * something is under way; if there is no memory for it, all arrives at once.
 */
#include "io/simulated.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/memory.h"
#include "io/simulated_calls.h"

#define DEFAULT_ROOM ((size_t)64 * 1024)
#define FIRST_RING 256
#define DEFAULT_DELAY 50e-3
/* A power of two: products with it are exact, on every machine. */
#define TICK 0x1p-20
#define CUT_CHANCE 0.25

static struct cress_hub *here(void)
{
	return cress_thread_self->hub;
}

static double now(void)
{
	struct cress_hub *hub = here();

	return hub->driver->now(hub);
}

double cress_end_delay(const struct cress_end *end)
{
	struct cress_virtual_net *net = cress_virtual_net(here());
	double longest = net->delay == 0 ? DEFAULT_DELAY : net->delay;
	uint64_t ticks;

	if (cress_end_is_near(end) || longest < 0)
		return 0;
	ticks = (uint64_t)(longest / TICK);
	if (!net->steady)
		ticks = cress_virtual_draw(net, ticks + 1);
	return (double)ticks * TICK;
}

/* What goes through a pipe is not cut: its writes are atomic. */
size_t cress_end_cut(const struct cress_end *end, size_t size)
{
	struct cress_virtual_net *net = cress_virtual_net(here());

	if (end->type != SOCK_STREAM || net->whole || size < 2 ||
	    !cress_virtual_chance(net, CUT_CHANCE))
		return size;
	return 1 + (size_t)cress_virtual_draw(net, size - 1);
}

static void note(const struct cress_end *end, uint64_t what, uint64_t size)
{
	cress_virtual_digest(cress_virtual_net(here()),
			     size << 24 ^ (uint64_t)end->fd << 3 ^ what);
}

static void apply_break(struct cress_end *end, int error)
{
	struct cress_way *way = &end->way;

	way->breaking = 0;
	end->no_write = end->state == CRESS_END_OPEN;
	/* One that has seen the end learns of it by writing only. */
	if (!way->ended)
		end->error = error;
	if (end->state == CRESS_END_CALLING)
		end->state = CRESS_END_FRESH;
	else
		way->ended = 1;
}

/* Let all that is due arrive, or all at all; then wait for the rest. */
static void deliver(struct cress_end *end, int all)
{
	struct cress_way *way = &end->way;

	while (way->count != 0) {
		struct cress_news_item item = way->items[way->first];

		if (!all && item.when > now())
			break;
		way->first = (way->first + 1) % CRESS_NEWS_ROOM;
		way->count--;
		note(end, item.news, item.end);
		switch (item.news) {
		case CRESS_NEWS_BYTES:
			way->arrived = item.end;
			break;
		case CRESS_NEWS_CALL:
			/* It may be gone after this; nothing else follows. */
			cress_end_arrive(end);
			return;
		case CRESS_NEWS_ANSWER:
			end->state = CRESS_END_OPEN;
			break;
		case CRESS_NEWS_END:
			way->ended = 1;
			break;
		case CRESS_NEWS_BREAK:
			apply_break(end, item.error);
			break;
		}
	}
	cress_end_touch(end);
}

static void wait_for_rest(struct cress_end *end);

static void on_time(struct cress_timer *timer)
{
	struct cress_end *end = (struct cress_end *)timer;
	int calls = end->way.items[end->way.first].news == CRESS_NEWS_CALL;

	deliver(end, 0);
	if (!calls)
		wait_for_rest(end);
}

static void wait_for_rest(struct cress_end *end)
{
	struct cress_timers *timers = &here()->timers;
	struct cress_way *way = &end->way;

	if (way->count == 0 || way->timer.place != 0)
		return;
	way->timer.fire = on_time;
	if (cress_timers_reserve(timers) == 0)
		cress_timer_add(timers, &way->timer,
				way->items[way->first].when);
	else
		deliver(end, 1);
}

void cress_end_tell(struct cress_end *to, enum cress_news news, int error,
		    double delay)
{
	struct cress_way *way = &to->way;
	unsigned last = (way->first + way->count - 1) % CRESS_NEWS_ROOM;
	double when = now() + delay;

	if (way->count != 0 && way->items[last].when > when)
		when = way->items[last].when;
	/* Few stretches are enough: the last one becomes longer. */
	if (news != CRESS_NEWS_BYTES ||
	    way->count < CRESS_NEWS_ROOM - CRESS_NEWS_SPARE) {
		last = (way->first + way->count) % CRESS_NEWS_ROOM;
		way->count++;
	}
	way->items[last] = (struct cress_news_item){
		.when = when, .end = way->sent, .error = error, .news = news};
	if (way->count == 1 && when <= now())
		deliver(to, 0);
	else
		wait_for_rest(to);
}

/* Its peer is gone; what was still under way is lost. */
void cress_end_break(struct cress_end *to, int error)
{
	struct cress_way *way = &to->way;

	if (way->breaking)
		return;
	cress_timer_remove(&here()->timers, &way->timer);
	way->sent = way->arrived;
	way->count = 0;
	way->breaking = 1;
	cress_end_tell(to, CRESS_NEWS_BREAK, error, cress_end_delay(to));
}

size_t cress_end_room(const struct cress_end *to)
{
	size_t room = cress_virtual_net(here())->room;
	size_t held = (size_t)(to->way.sent - to->way.taken);

	if (room == 0)
		room = DEFAULT_ROOM;
	if (to->type == 0 && room < PIPE_BUF)
		room = PIPE_BUF;
	return held < room ? room - held : 0;
}

/* Make the ring hold `more` bytes. 0, or -1 with errno ENOMEM. */
static int grow(struct cress_way *way, size_t more)
{
	size_t needed = (size_t)(way->sent - way->taken) + more;
	size_t size = way->size == 0 ? FIRST_RING : way->size;
	unsigned char *bytes;

	if (needed <= way->size)
		return 0;
	while (size < needed)
		size *= 2;
	bytes = cress_alloc_array(size, 1);
	if (bytes == NULL)
		return -1;
	for (uint64_t i = way->taken; i != way->sent; i++)
		bytes[i % size] = way->bytes[i % way->size];
	cress_free(way->bytes);
	way->bytes = bytes;
	way->size = size;
	return 0;
}

/* Copy between the ring and memory, where the ring goes on at its start. */
static void copy(struct cress_way *way, uint64_t at, char *memory, size_t size,
		 int in)
{
	while (size > 0) {
		size_t place = (size_t)(at % way->size);
		size_t part = way->size - place;

		if (part > size)
			part = size;
		if (in)
			memcpy(way->bytes + place, memory, part);
		else
			memcpy(memory, way->bytes + place, part);
		at += part;
		memory += part;
		size -= part;
	}
}

static size_t total(const struct iovec *iov, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += iov[i].iov_len;
	return size;
}

/* The first `size` bytes of the vector, to or from the way. */
static void copy_parts(struct cress_way *way, uint64_t at,
		       const struct iovec *iov, size_t size, int in)
{
	for (; size > 0; iov++) {
		size_t part = iov->iov_len < size ? iov->iov_len : size;

		copy(way, at, iov->iov_base, part, in);
		at += part;
		size -= part;
	}
}

static ssize_t refuse(int error)
{
	errno = error;
	return -1;
}

/* Tell an error that is kept, once. */
static ssize_t tell_error(struct cress_end *end)
{
	int error = end->error;

	end->error = 0;
	return refuse(error);
}

static int may_put(struct cress_end *end)
{
	if (end->type == 0 && !end->writes)
		return (int)refuse(EBADF);
	if (end->state == CRESS_END_CALLING)
		return (int)refuse(EAGAIN);
	if (end->error != 0)
		return (int)tell_error(end);
	if (end->state != CRESS_END_OPEN)
		return (int)refuse(cress_end_is_near(end) ? ENOTCONN : EPIPE);
	if (end->no_write ||
	    (cress_end_is_near(end) &&
	     (end->peer == NULL || end->peer->no_read)))
		return (int)refuse(EPIPE);
	return 0;
}

/* Nobody is there any more, or the line breaks now: it goes nowhere. */
static int is_lost(struct cress_end *end)
{
	struct cress_virtual_net *net = cress_virtual_net(here());

	if (end->peer == NULL) {
		cress_end_break(end, ECONNRESET);
		return 1;
	}
	if (cress_end_is_near(end) || !cress_virtual_chance(net, net->reset))
		return 0;
	cress_end_break(end->peer, ECONNRESET);
	end->peer->peer = NULL;
	end->peer = NULL;
	cress_end_break(end, ECONNRESET);
	return 1;
}

ssize_t cress_end_put(struct cress_end *end, const struct iovec *iov,
		      size_t count)
{
	size_t size = total(iov, count);
	struct cress_way *way;
	size_t room;

	if (may_put(end) != 0)
		return -1;
	if (size == 0)
		return 0;
	if (is_lost(end))
		return (ssize_t)size;
	room = cress_end_room(end->peer);
	if (room == 0 || (end->type == 0 && size <= PIPE_BUF && room < size))
		return refuse(EAGAIN);
	size = cress_end_cut(end, size < room ? size : room);
	way = &end->peer->way;
	if (grow(way, size) != 0)
		return -1;
	copy_parts(way, way->sent, iov, size, 1);
	way->sent += size;
	note(end, 7, size);
	cress_end_tell(end->peer, CRESS_NEWS_BYTES, 0, cress_end_delay(end));
	return (ssize_t)size;
}

ssize_t cress_end_take(struct cress_end *end, const struct iovec *iov,
		       size_t count, int flags)
{
	struct cress_way *way = &end->way;
	size_t there = (size_t)(way->arrived - way->taken);
	size_t size = total(iov, count);

	if (end->type == 0 && !end->reads)
		return refuse(EBADF);
	if (there == 0 && end->error != 0)
		return tell_error(end);
	if (end->state == CRESS_END_CALLING)
		return refuse(EAGAIN);
	if (end->state != CRESS_END_OPEN)
		return refuse(cress_end_is_near(end) ? EINVAL : ENOTCONN);
	if (there == 0 && (way->ended || end->no_read))
		return 0;
	if (there == 0)
		return refuse(EAGAIN);
	size = cress_end_cut(end, size < there ? size : there);
	copy_parts(way, way->taken, iov, size, 0);
	if (flags & MSG_PEEK)
		return (ssize_t)size;
	way->taken += size;
	note(end, 6, size);
	if (end->peer != NULL)
		cress_end_touch(end->peer);
	return (ssize_t)size;
}

int cress_end_shutdown(int fd, int how)
{
	struct cress_end *end = cress_end_socket(fd);

	if (end == NULL)
		return -1;
	if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
		return (int)refuse(EINVAL);
	if (end->state == CRESS_END_LISTENING && how != SHUT_WR) {
		cress_end_hang_up(end);
		end->state = CRESS_END_FRESH;
		return 0;
	}
	if (end->state != CRESS_END_OPEN)
		return (int)refuse(ENOTCONN);
	if (how != SHUT_RD && !end->no_write) {
		end->no_write = 1;
		if (end->peer != NULL && end->type == SOCK_STREAM)
			cress_end_tell(end->peer, CRESS_NEWS_END, 0,
				       cress_end_delay(end));
	}
	if (how != SHUT_WR)
		end->no_read = 1;
	if (end->peer != NULL)
		cress_end_touch(end->peer);
	cress_end_touch(end);
	return 0;
}
