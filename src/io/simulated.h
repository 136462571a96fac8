/* SPDX-License-Identifier: MIT */
/*
 * Sockets of a simulation: what the calls of io and net work on when the hub's
 * driver is the virtual one. They behave as non-blocking ones of the kernel do.
 *
 * An end of a connection has the way that leads to it, in which bytes and what
 * else one end tells the other travel in order and arrive by a timer. Between
 * internet addresses a way takes time, which is drawn, and may break; within
 * the machine (Unix sockets, pipes) what is sent is there, as the kernel has
 * it. So connections overtake each other, and bytes of one never do.
 */
#ifndef CRESS_IO_SIMULATED_H
#define CRESS_IO_SIMULATED_H

#include <sys/socket.h>
#include <sys/uio.h>

#include "loop/hub.h"
#include "loop/virtual_fd.h"

/* What travels. */
enum cress_news {
	CRESS_NEWS_BYTES,	/* all up to `end` */
	CRESS_NEWS_CALL,	/* somebody wants to connect */
	CRESS_NEWS_ANSWER,	/* and may */
	CRESS_NEWS_END,		/* no more bytes will come */
	CRESS_NEWS_BREAK	/* nor can any be sent, because of `error` */
};

struct cress_news_item {
	double when;
	uint64_t end;
	int error;
	enum cress_news news;
};

/* The last entries are left to what must not fail: an end and a break. */
#define CRESS_NEWS_ROOM 8
#define CRESS_NEWS_SPARE 3

/* The way to a socket. Offsets count the bytes of the stream. */
struct cress_way {
	struct cress_timer timer;
	unsigned char *bytes;	/* a ring of `size`; NULL: none was sent */
	size_t size;
	uint64_t sent, arrived, taken;
	struct cress_news_item items[CRESS_NEWS_ROOM];
	unsigned first, count;
	uint8_t breaking;	/* a break is under way */
	uint8_t ended;
};

enum cress_end_state {
	CRESS_END_FRESH,
	CRESS_END_CALLING,	/* connect() is under way */
	CRESS_END_CALLED,	/* what will be accepted, before it arrives */
	CRESS_END_OPEN,
	CRESS_END_LISTENING
};

struct cress_end_address {
	struct sockaddr_storage name;
	socklen_t size;		/* 0: none */
};

struct cress_datagram;

/* A socket, or an end of a pipe. */
struct cress_end {
	struct cress_way way;
	struct cress_end *peer;	/* NULL: none, or it is closed */
	enum cress_end_state state;
	int fd;			/* -1: not accepted yet */
	int domain;
	int type;		/* 0: of a pipe */
	int error;		/* to be told once */
	uint8_t no_read, no_write;
	uint8_t reads, writes;	/* a pipe's end does one of them */
	struct cress_end_address local, remote;

	/* One that listens, and those that wait to be accepted. */
	struct cress_end *first, *last, *next;
	int backlog, queued;
	unsigned tries;		/* of one that found no room there */
	struct cress_end *next_bound;
	uint8_t is_bound;

	struct cress_datagram *datagrams;
	size_t datagram_count;
};

/* Give this hub the calls of a simulation. */
void cress_simulated_open(struct cress_hub *hub);

/* The one with this number; NULL with errno EBADF, ENOTSUP. */
struct cress_end *cress_end_find(int fd);

/* The same for a socket: ENOTSOCK too. */
struct cress_end *cress_end_socket(int fd);

/* A new one without a number; NULL with errno ENOMEM. */
struct cress_end *cress_end_make(int domain, int type);
void cress_end_free(struct cress_end *end);

/* It may have become ready. */
void cress_end_touch(const struct cress_end *end);
int cress_end_is_readable(const struct cress_end *end);
int cress_end_is_writable(const struct cress_end *end);

/* Does it stay within the machine? */
static inline int cress_end_is_near(const struct cress_end *end)
{
	return end->domain == AF_UNIX;
}

/* A transfer that could move `size` moves so much. */
size_t cress_end_cut(const struct cress_end *end, size_t size);

/* A time that a way takes, from now. */
double cress_end_delay(const struct cress_end *end);

/* Streams. */
void cress_end_tell(struct cress_end *to, enum cress_news news, int error,
		    double when);
void cress_end_break(struct cress_end *to, int error);
size_t cress_end_room(const struct cress_end *to);
ssize_t cress_end_put(struct cress_end *end, const struct iovec *iov,
		      size_t count);
ssize_t cress_end_take(struct cress_end *end, const struct iovec *iov,
		       size_t count, int flags);

/* Connections. */
void cress_end_arrive(struct cress_end *called);
void cress_end_hang_up(struct cress_end *listener);

/* Addresses. */
struct cress_end *cress_end_at(struct cress_end_address *name, int type);
int cress_end_bind_any(struct cress_end *end);
void cress_end_unbind(struct cress_end *end);
void cress_end_name(const struct cress_end_address *from,
		    struct sockaddr *address, socklen_t *size);

/*
 * It is to be connected with `address`; it gets one of its own if it has none.
 * 0, or -1 with errno.
 */
int cress_end_name_peer(struct cress_end *end, const struct sockaddr *address,
			socklen_t size);

/* Datagrams. */
int cress_end_datagram_connect(struct cress_end *end,
			       const struct sockaddr *address, socklen_t size);
ssize_t cress_end_datagram_put(struct cress_end *end, const struct iovec *iov,
			       size_t count, const struct sockaddr *to,
			       socklen_t tolen);
ssize_t cress_end_datagram_take(struct cress_end *end, const struct iovec *iov,
				size_t count, int flags,
				struct cress_end_address *from);
void cress_end_datagram_drop(struct cress_end *end);

#endif
