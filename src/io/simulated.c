/* SPDX-License-Identifier: MIT */
/*
 * The life of simulated sockets and pipes, their readiness, and the table of
 * calls that work on them.
 *
 * A socket is freed when its number is closed; what its peer still has to
 * learn lies in the peer's way. So no end outlives its number, and what is
 * left open at the end of the hub is all there is.
 */
#include "io/simulated.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "core/memory.h"
#include "io/simulated_calls.h"
#include "io/syscalls.h"

struct cress_end *cress_end_find(int fd)
{
	return cress_virtual_fd_object(cress_thread_self->hub, fd);
}

struct cress_end *cress_end_socket(int fd)
{
	struct cress_end *end = cress_end_find(fd);

	if (end == NULL || end->type != 0)
		return end;
	errno = ENOTSOCK;
	return NULL;
}

struct cress_end *cress_end_make(int domain, int type)
{
	struct cress_end *end = cress_alloc(sizeof(*end));

	if (end == NULL)
		return NULL;
	end->fd = -1;
	end->domain = domain;
	end->type = type;
	end->reads = end->writes = 1;
	return end;
}

void cress_end_free(struct cress_end *end)
{
	cress_timer_remove(&cress_thread_self->hub->timers, &end->way.timer);
	cress_end_datagram_drop(end);
	cress_free(end->way.bytes);
	cress_free(end);
}

/* Give it a number, and return that; or free it, and -1 with errno. */
static int number(struct cress_end *end)
{
	int fd = cress_virtual_fd_open(cress_thread_self->hub, end);

	if (fd < 0)
		cress_end_free(end);
	else
		end->fd = fd;
	return fd;
}

/* The peer of a stream learns that this end is gone. */
static void part(struct cress_end *end)
{
	struct cress_end *peer = end->peer;

	peer->peer = NULL;
	if (end->type == SOCK_DGRAM)
		return;
	/* What nobody will read was sent in vain: that is no good end. */
	if (end->type != 0 && end->way.sent != end->way.taken)
		cress_end_break(peer, ECONNRESET);
	else if (!end->no_write)
		cress_end_tell(peer, CRESS_NEWS_END, 0, cress_end_delay(end));
	cress_end_touch(peer);
}

static void close_end(struct cress_hub *hub, void *object)
{
	struct cress_end *end = object;

	(void)hub;
	if (end->state == CRESS_END_LISTENING)
		cress_end_hang_up(end);
	cress_end_unbind(end);
	if (end->peer != NULL && end->peer->state == CRESS_END_CALLED)
		cress_end_free(end->peer);
	else if (end->peer != NULL)
		part(end);
	cress_end_free(end);
}

int cress_end_close(int fd)
{
	struct cress_hub *hub = cress_thread_self->hub;
	struct cress_end *end = cress_virtual_fd_close(hub, fd);

	if (end == NULL)
		return -1;
	end->fd = -1;
	close_end(hub, end);
	return 0;
}

void cress_end_touch(const struct cress_end *end)
{
	if (end->fd >= 0)
		cress_virtual_fd_touch(cress_thread_self->hub, end->fd);
}

int cress_end_is_readable(const struct cress_end *end)
{
	if (end->type == SOCK_DGRAM)
		return end->way.arrived || end->no_read || end->error;
	switch (end->state) {
	case CRESS_END_LISTENING:
		return end->queued > 0;
	case CRESS_END_OPEN:
		return end->reads &&
		       (end->way.arrived != end->way.taken ||
			end->way.ended || end->no_read || end->error);
	case CRESS_END_FRESH:
		return end->error || !cress_end_is_near(end);
	default:
		return 0;
	}
}

int cress_end_is_writable(const struct cress_end *end)
{
	/* A pipe is when it has room for a write that must not be cut. */
	size_t least = end->type == 0 ? PIPE_BUF : 1;

	if (end->type == SOCK_DGRAM)
		return 1;
	switch (end->state) {
	case CRESS_END_OPEN:
		return end->writes &&
		       (end->no_write || end->error || end->peer == NULL ||
			(cress_end_is_near(end) && end->peer->no_read) ||
			cress_end_room(end->peer) >= least);
	case CRESS_END_FRESH:
		return end->error || !cress_end_is_near(end);
	default:
		return 0;
	}
}

static int is_ready(const void *object, enum cress_direction direction)
{
	const struct cress_end *end = object;

	if (direction == CRESS_WRITE)
		return cress_end_is_writable(end);
	/* Who only writes to a pipe is told there that nobody reads. */
	return cress_end_is_readable(end) || (!end->reads && !end->peer);
}

static int new_socket(int domain, int type, int protocol)
{
	struct cress_end *end;

	(void)protocol;
	type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	errno = EAFNOSUPPORT;
	if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX)
		return -1;
	errno = ESOCKTNOSUPPORT;
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return -1;
	end = cress_end_make(domain, type);
	return end == NULL ? -1 : number(end);
}

/* Two ends of one line, both with numbers. 0, or -1 with errno. */
static int new_pair(int type, int fds[2])
{
	struct cress_end *ends[2];

	ends[0] = cress_end_make(AF_UNIX, type);
	if (ends[0] == NULL)
		return -1;
	ends[1] = cress_end_make(AF_UNIX, type);
	if (ends[1] == NULL) {
		cress_end_free(ends[0]);
		return -1;
	}
	fds[0] = number(ends[0]);
	if (fds[0] < 0) {
		cress_end_free(ends[1]);
		return -1;
	}
	fds[1] = number(ends[1]);
	if (fds[1] < 0) {
		cress_end_close(fds[0]);
		return -1;
	}
	for (int i = 0; i < 2; i++) {
		ends[i]->state = CRESS_END_OPEN;
		ends[i]->peer = ends[1 - i];
		/* As pipe(2) has it. */
		if (type == 0)
			*(i == 0 ? &ends[i]->writes : &ends[i]->reads) = 0;
	}
	return 0;
}

static int new_socketpair(int domain, int type, int protocol, int fds[2])
{
	(void)protocol;
	type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	errno = EOPNOTSUPP;
	if (domain != AF_UNIX)
		return -1;
	errno = ESOCKTNOSUPPORT;
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return -1;
	return new_pair(type, fds);
}

static int new_pipe(int fds[2], int flags)
{
	errno = EINVAL;
	return flags & ~(O_NONBLOCK | O_CLOEXEC) ? -1 : new_pair(0, fds);
}

static const struct cress_syscalls simulated = {
	.read = cress_end_read,
	.readv = cress_end_readv,
	.preadv2 = cress_end_preadv2,
	.write = cress_end_write,
	.writev = cress_end_writev,
	.pwritev2 = cress_end_pwritev2,
	.recv = cress_end_recv,
	.recvfrom = cress_end_recvfrom,
	.recvmsg = cress_end_recvmsg,
	.send = cress_end_send,
	.sendto = cress_end_sendto,
	.sendmsg = cress_end_sendmsg,
	.sendfile = cress_end_sendfile,
	.accept4 = cress_end_accept4,
	.connect = cress_end_connect,
	.socket = new_socket,
	.socketpair = new_socketpair,
	.pipe2 = new_pipe,
	.bind = cress_end_bind,
	.listen = cress_end_listen,
	.shutdown = cress_end_shutdown,
	.close = cress_end_close,
	.getsockname = cress_end_getsockname,
	.getpeername = cress_end_getpeername,
	.getsockopt = cress_end_getsockopt,
	.setsockopt = cress_end_setsockopt,
	.fcntl = cress_end_fcntl,
	.fstat = cress_end_fstat,
	.poll = cress_end_poll,
	.getaddrinfo = cress_end_getaddrinfo,
};

void cress_simulated_open(struct cress_hub *hub)
{
	struct cress_virtual_net *net = cress_virtual_net(hub);

	net->is_ready = is_ready;
	net->free_object = close_end;
	hub->syscalls = &simulated;
}
