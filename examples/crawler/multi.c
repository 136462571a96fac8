/* SPDX-License-Identifier: MIT */
/*
 * libcurl's multi interface, driven by coroutines.
 *
 * libcurl says by two callbacks what it waits for. The watchers (watch.h) wait
 * for its sockets, and one more coroutine, the clock, for its time; each lets
 * libcurl act when that has come. libcurl's functions never park, so they are
 * never entered twice, and whatever ends inside them is told by an event.
 *
 * The sockets come from cress_socket() and go by cress_close(): they stay
 * registered with the loop, so a request seldom costs a registration.
 */
#include "multi.h"
#include "event.h"
#include "watch.h"

#include <cress/hub.h>
#include <cress/io.h>
#include <cress/scope.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct multi {
	CURLM *curl;
	struct watch_table sockets;
	cress_t *clock;
	struct event earlier;	/* the deadline has come nearer */
	double deadline;	/* when libcurl wants to be called */
	double alarm;		/* when the clock wakes, if not earlier */
};

/* A transfer, on the stack of the coroutine that waits for it. */
struct transfer {
	struct event ended;
	CURLcode result;
	int done;
};

/* Let libcurl act, and wake those whose transfer is through. */
static void act(struct multi *multi, curl_socket_t fd, int what)
{
	int running, left;
	CURLMsg *message;

	curl_multi_socket_action(multi->curl, fd, what, &running);
	while ((message = curl_multi_info_read(multi->curl, &left)) != NULL) {
		struct transfer *transfer;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  (char **)&transfer);
		transfer->result = message->data.result;
		transfer->done = 1;
		event_wake(&transfer->ended);
	}
}

/* A socket is ready: tell libcurl in its words. */
static void on_ready(void *context, int fd, int events)
{
	int what = 0;

	if (events & POLLIN)
		what |= CURL_CSELECT_IN;
	if (events & POLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & POLLERR)
		what |= CURL_CSELECT_ERR;
	act(context, fd, what);
}

/* libcurl wants other events of a socket. It may close it after "remove". */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context,
		     void *socket_context)
{
	struct multi *multi = context;
	int events = 0;

	(void)easy;
	(void)socket_context;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= POLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= POLLOUT;
	return watch_set(&multi->sockets, fd, events);
}

/* libcurl wants to be called after a time. Called inside act(). */
static int on_timer(CURLM *curl, long milliseconds, void *context)
{
	struct multi *multi = context;

	(void)curl;
	multi->deadline = INFINITY;
	if (milliseconds >= 0)
		multi->deadline = cress_now() + (double)milliseconds / 1e3;
	/* A later deadline need not wake the clock: it looks again itself. */
	if (multi->deadline < multi->alarm)
		event_wake(&multi->earlier);
	return 0;
}

/* The clock: sleeps until the deadline, or until it has come nearer. */
static void *keep_time(void *arg)
{
	struct multi *multi = arg;
	cress_scope_t nap;

	for (;;) {
		multi->alarm = multi->deadline;
		if (cress_scope_open_at(&nap, multi->alarm))
			return NULL;
		int failed = event_wait(&multi->earlier);
		if (cress_scope_close(&nap) == 0 && failed)
			return NULL;

		/* Awake: whatever act() asks for is seen in the next round. */
		multi->alarm = -INFINITY;
		if (cress_now() < multi->deadline)
			continue;
		multi->deadline = INFINITY;
		act(multi, CURL_SOCKET_TIMEOUT, 0);
	}
}

/* libcurl opens and closes its sockets by these two. */
static curl_socket_t open_socket(void *context, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	(void)context;
	(void)purpose;
	int fd = cress_socket(address->family, address->socktype,
			      address->protocol);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int close_socket(void *context, curl_socket_t fd)
{
	(void)context;
	return cress_close(fd);
}

CURL *multi_easy_new(void)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Else each request looks through all hosts for addresses too old. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
	return easy;
}

int multi_perform(struct multi *multi, CURL *easy, CURLcode *result)
{
	struct transfer transfer = {.done = 0};

	curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
	if (curl_multi_add_handle(multi->curl, easy) != CURLM_OK) {
		errno = ENOMEM;
		return -1;
	}
	while (!transfer.done && event_wait(&transfer.ended) == 0)
		continue;
	int error = errno;
	/* Of a transfer that is not done this closes the connection. */
	curl_multi_remove_handle(multi->curl, easy);
	if (!transfer.done) {
		errno = error;
		return -1;
	}
	*result = transfer.result;
	return 0;
}

struct multi *multi_new(long connections)
{
	cress_attr_t attr = {.name = "clock"};
	struct multi *multi = calloc(1, sizeof *multi);

	if (multi == NULL)
		return NULL;
	multi->deadline = INFINITY;
	multi->sockets.on_ready = on_ready;
	multi->sockets.context = multi;
	multi->curl = curl_multi_init();
	if (multi->curl == NULL) {
		free(multi);
		errno = ENOMEM;
		return NULL;
	}
	curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
	curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
	curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, connections);
	multi->clock = cress_spawn_with(keep_time, multi, &attr);
	if (multi->clock != NULL)
		return multi;
	multi_free(multi);
	return NULL;
}

void multi_free(struct multi *multi)
{
	if (multi == NULL)
		return;
	/* This still closes sockets, and says so to the watchers. */
	curl_multi_cleanup(multi->curl);
	watch_end(&multi->sockets);
	if (multi->clock != NULL) {
		cress_kill(multi->clock, CRESS_EXIT);
		cress_join(multi->clock, NULL);
	}
	free(multi);
}
