/* SPDX-License-Identifier: MIT */
/*
 * Connections of a simulation: who calls, who listens, who is accepted.
 *
 * Both ends are made when one calls, so that nothing can fail on the way. The
 * called end belongs to the caller until it arrives, to the listener until it
 * is accepted, and then to its number.
 */
#include "io/simulated.h"

#include <errno.h>

#include "core/memory.h"
#include "io/simulated_calls.h"

/* A call that finds no room is repeated so often, after 1, 2, 4 ... s. */
#define MOST_TRIES 6
#define MOST_BACKLOG 4096

static int refuse(int error)
{
	errno = error;
	return -1;
}

int cress_end_listen(int fd, int backlog)
{
	struct cress_end *end = cress_end_socket(fd);

	if (end == NULL)
		return -1;
	if (end->type != SOCK_STREAM)
		return refuse(EOPNOTSUPP);
	if (end->state != CRESS_END_FRESH && end->state != CRESS_END_LISTENING)
		return refuse(EINVAL);
	if (!end->is_bound && cress_end_bind_any(end) != 0)
		return -1;
	if (backlog < 0 || backlog > MOST_BACKLOG)
		backlog = MOST_BACKLOG;
	end->backlog = backlog;
	end->state = CRESS_END_LISTENING;
	return 0;
}

static int is_full(const struct cress_end *listener)
{
	/* As Linux counts. */
	return listener->queued > listener->backlog;
}

/* Nobody will ever take up this call. */
static void refuse_call(struct cress_end *called, int error)
{
	struct cress_end *caller = called->peer;

	caller->peer = NULL;
	cress_end_free(called);
	cress_end_break(caller, error);
}

void cress_end_arrive(struct cress_end *called)
{
	struct cress_end *listener = cress_end_at(&called->local, SOCK_STREAM);
	struct cress_end *caller = called->peer;

	if (listener == NULL || listener->state != CRESS_END_LISTENING) {
		refuse_call(called, ECONNREFUSED);
	} else if (is_full(listener) && called->tries == MOST_TRIES) {
		refuse_call(called, ETIMEDOUT);
	} else if (is_full(listener)) {
		cress_end_tell(called, CRESS_NEWS_CALL, 0,
			       1u << called->tries++);
	} else {
		called->state = CRESS_END_OPEN;
		if (listener->last != NULL)
			listener->last->next = called;
		else
			listener->first = called;
		listener->last = called;
		listener->queued++;
		cress_end_touch(listener);
		cress_end_tell(caller, CRESS_NEWS_ANSWER, 0,
			       cress_end_delay(caller));
	}
}

/* What the kernel tells at once, where there is no way. 0, or -1. */
static int check_near(struct cress_end *end)
{
	struct cress_end *listener = cress_end_at(&end->remote, end->type);
	const struct sockaddr *name = (struct sockaddr *)&end->remote.name;

	if (listener == NULL && name->sa_data[0] != '\0')
		return refuse(ENOENT);
	if (listener == NULL || listener->state != CRESS_END_LISTENING)
		return refuse(ECONNREFUSED);
	return is_full(listener) ? refuse(EAGAIN) : 0;
}

/* How a call went that was answered at once. */
static int outcome(struct cress_end *end)
{
	int error = end->error;

	end->error = 0;
	if (end->state == CRESS_END_CALLING)
		error = EINPROGRESS;
	return error == 0 ? 0 : refuse(error);
}

static int call(struct cress_end *end)
{
	struct cress_end *called;

	if (cress_end_is_near(end) && check_near(end) != 0)
		return -1;
	called = cress_end_make(end->domain, end->type);
	if (called == NULL)
		return -1;
	called->state = CRESS_END_CALLED;
	called->local = end->remote;
	called->remote = end->local;
	called->peer = end;
	end->peer = called;
	end->state = CRESS_END_CALLING;
	cress_end_tell(called, CRESS_NEWS_CALL, 0, cress_end_delay(end));
	return outcome(end);
}

int cress_end_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	struct cress_end *end = cress_end_socket(fd);

	if (end == NULL)
		return -1;
	if (end->type == SOCK_DGRAM)
		return cress_end_datagram_connect(end, address, size);
	if (end->error != 0)
		return outcome(end);
	if (end->state == CRESS_END_CALLING)
		return refuse(EALREADY);
	if (end->state != CRESS_END_FRESH)
		return refuse(EISCONN);
	if (cress_end_name_peer(end, address, size) != 0)
		return -1;
	return call(end);
}

int cress_end_accept4(int fd, struct sockaddr *address, socklen_t *size,
		      int flags)
{
	struct cress_end *end = cress_end_socket(fd);
	struct cress_end *called;
	int number;

	(void)flags;
	if (end == NULL)
		return -1;
	if (end->state != CRESS_END_LISTENING)
		return refuse(end->type == SOCK_STREAM ? EINVAL : EOPNOTSUPP);
	called = end->first;
	if (called == NULL)
		return refuse(EAGAIN);
	/* If there is no number for it, it stays where it is. */
	number = cress_virtual_fd_open(cress_thread_self->hub, called);
	if (number < 0)
		return -1;
	end->first = called->next;
	if (end->first == NULL)
		end->last = NULL;
	end->queued--;
	called->next = NULL;
	called->fd = number;
	cress_end_name(&called->remote, address, size);
	return number;
}

/* Those who wait to be accepted never will be. */
void cress_end_hang_up(struct cress_end *listener)
{
	struct cress_end *called;

	while ((called = listener->first) != NULL) {
		listener->first = called->next;
		if (called->peer != NULL) {
			called->peer->peer = NULL;
			cress_end_break(called->peer, ECONNRESET);
		}
		cress_end_free(called);
	}
	listener->last = NULL;
	listener->queued = 0;
}
