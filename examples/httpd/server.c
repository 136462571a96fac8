/* SPDX-License-Identifier: MIT */
/*
 * The server's life. All connections are members of one group. One coroutine
 * accepts, as long as the group has room: at its limit nobody does, and the
 * kernel's queue fills up, which clients notice as a connection that takes its
 * time. The main one waits for signals, and closes the group at the end.
 */
#define _GNU_SOURCE /* accept4 */
#include "server.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <cress.h>
#include "../serve.h"
#include "connection.h"
#include "crowd.h"

#define PAUSE_MIN 0.01
#define PAUSE_MAX 1.0

static struct site *site;
static int listener, signals;

static void *serve(void *arg)
{
	connection_serve((int)(intptr_t)arg, site);
	return NULL;
}

/*
 * Start a connection, if there is one; there is a place. By a call that never
 * parks, so that who came in time is served though the acceptor is to end.
 * Returns 0, or -1.
 */
static int start(int fd)
{
	cress_t *c;

	if (fd < 0)
		return -1;
	c = cress_group_try_spawn(&site->crowd->group, serve,
				  (void *)(intptr_t)fd, NULL);
	if (c != NULL) {
		cress_release(c);
		return 0;
	}
	int error = errno;
	cress_close(fd);
	errno = error;
	return -1;
}

/* A lack of descriptors or memory ends some day: wait, longer each time. */
static void *accept_all(void *arg)
{
	double pause = PAUSE_MIN;

	(void)arg;
	while (cress_group_wait_free(&site->crowd->group) == 0) {
		if (start(cress_accept4(listener, NULL, NULL, 0)) == 0) {
			pause = PAUSE_MIN;
			continue;
		}
		if (cress_scope_error() != 0)
			break;
		if (errno == ECONNABORTED)
			continue;
		fprintf(stderr, "accept: %s; next try in %g s\n",
			strerror(errno), pause);
		cress_sleep(pause);
		pause = pause < PAUSE_MAX / 2 ? 2 * pause : PAUSE_MAX;
	}
	return NULL;
}

/* Those who stand in the kernel's queue came in time: a close resets them. */
static void accept_last(void)
{
	int flags = SOCK_NONBLOCK | SOCK_CLOEXEC, fd;

	while (cress_group_free_count(&site->crowd->group) > 0 &&
	       (fd = accept4(listener, NULL, NULL, flags)) >= 0) {
		cress_fd_adopt(fd);
		if (start(fd) < 0)
			break;
	}
	cress_close(listener);
}

static int wait_for_signal(void)
{
	struct signalfd_siginfo info;

	return cress_read(signals, &info, sizeof info) == sizeof info ? 0 : -1;
}

static void *await_impatience(void *grace)
{
	if (wait_for_signal() == 0)
		cress_scope_cancel(grace);
	return NULL;
}

/* Let all finish, but for no longer than the grace, or a second signal. */
static void finish(struct crowd *crowd)
{
	cress_scope_t grace;

	crowd_end(crowd);
	if (cress_scope_open(&grace, site->grace) < 0)
		return;
	cress_t *impatience = cress_spawn(await_impatience, &grace);
	cress_group_join(&crowd->group);
	cress_scope_close(&grace);
	/* It knows the scope: it must not outlive it. */
	if (impatience != NULL && cress_kill(impatience, 0) == 0)
		cress_join(impatience, NULL);
}

/* The signals must be blocked, or they would act in their own way first. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Serve until the first signal. Returns 0, or -1 with errno. */
static int serve_all(void)
{
	cress_t *acceptor = cress_spawn(accept_all, NULL);

	if (acceptor == NULL)
		return -1;
	int result = wait_for_signal();
	cress_kill(acceptor, 0);
	cress_join(acceptor, NULL);
	accept_last();
	return result;
}

int server_run(const char *address, struct site *for_site)
{
	struct crowd *crowd = for_site->crowd;

	site = for_site;
	/* Before anything can start a thread, which would get them instead. */
	signals = open_signals();
	listener = serve_listen(address);
	if (listener < 0)
		return 1;
	if (signals < 0 ||
	    cress_group_open(&crowd->group, INFINITY, CRESS_GROUP_FORGET) < 0) {
		perror("httpd");
		return 1;
	}
	cress_group_set_limit(&crowd->group, crowd->limit);
	int result = serve_all();
	if (result == 0)
		finish(crowd);
	else
		perror("httpd");
	/* Ends those who are still there. */
	cress_group_close(&crowd->group);
	return result == 0 ? 0 : 1;
}
