/* SPDX-License-Identifier: MIT */
/*
 * The server's life. One coroutine accepts, as long as there is room: at the
 * limit it does not, and the kernel's queue fills up, which clients notice as
 * a connection that takes its time. The main one waits for signals.
 */
#define _GNU_SOURCE /* accept4 */
#include "server.h"

#include <errno.h>
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
	crowd_give_place(site->crowd);
	return NULL;
}

/* Start a connection, which has its place already. Returns 0, or -1. */
static int start(int fd)
{
	if (fd >= 0 && cress_go(serve, (void *)(intptr_t)fd) == 0)
		return 0;
	int error = errno;
	if (fd >= 0)
		cress_close(fd);
	crowd_give_place(site->crowd);
	errno = error;
	return -1;
}

/* A lack of descriptors or memory ends some day: wait, longer each time. */
static void *accept_all(void *arg)
{
	double pause = PAUSE_MIN;

	(void)arg;
	while (crowd_take_place(site->crowd) == 0) {
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

	while (site->crowd->count < site->crowd->limit &&
	       (fd = accept4(listener, NULL, NULL, flags)) >= 0) {
		site->crowd->count++;
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

static void *await_impatience(void *arg)
{
	(void)arg;
	if (wait_for_signal() == 0)
		crowd_hurry(site->crowd);
	return NULL;
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

int server_run(const char *address, struct site *for_site)
{
	site = for_site;
	/* Before anything can start a thread, which would get them instead. */
	signals = open_signals();
	listener = serve_listen(address);
	if (listener < 0)
		return 1;
	cress_t *acceptor = cress_spawn(accept_all, NULL);
	if (signals < 0 || acceptor == NULL || wait_for_signal() < 0) {
		perror("httpd");
		return 1;
	}

	cress_kill(acceptor, 0);
	cress_join(acceptor, NULL);
	accept_last();
	crowd_end(site->crowd);
	cress_go(await_impatience, NULL);
	crowd_wait_end(site->crowd, site->grace);
	return 0;
}
