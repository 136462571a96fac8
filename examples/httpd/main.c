/* SPDX-License-Identifier: MIT */
/*
 * A server for static files over HTTP/1.1:
 *
 *     httpd [-a ADDRESS] [-t SECONDS] ROOT
 *
 * One thread, one coroutine per connection, each written as if it were alone:
 * connection.c reads requests, answer.c answers them. SIGINT and SIGTERM end
 * the server: when body() returns, cress_run() kills and joins them all.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <cress.h>
#include "../serve.h"
#include "connection.h"
#include "root.h"

#define DEFAULT_ADDRESS "127.0.0.1:8080"
#define DEFAULT_PATIENCE 30.0

static struct site site;
static int listener;

static void *serve(void *arg)
{
	connection_serve((int)(intptr_t)arg, &site);
	return NULL;
}

static void *accept_all(void *arg)
{
	(void)arg;
	serve_accept(listener, serve);
	return NULL;
}

/* The signals must be blocked, or they would act in their own way first. */
static int wait_for_signal(const sigset_t *signals)
{
	struct signalfd_siginfo info;
	int fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);

	if (fd < 0)
		return -1;
	ssize_t got = cress_read(fd, &info, sizeof info);
	cress_close(fd);
	return got == sizeof info ? 0 : -1;
}

static int body(void *address)
{
	sigset_t signals;

	/* Before anything can start a thread, which would get them instead. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	listener = serve_listen(address);
	if (listener < 0)
		return 1;
	if (cress_go(accept_all, NULL) < 0 || wait_for_signal(&signals) < 0) {
		perror("httpd");
		return 1;
	}
	return 0;
}

/* Each connection takes a descriptor, and each file that is being sent. */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int is_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds > 0 &&
	       isfinite(*seconds);
}

static int usage(void)
{
	fputs("usage: httpd [-a ADDRESS] [-t SECONDS] ROOT\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	char *address = DEFAULT_ADDRESS;
	int option;

	site.patience = DEFAULT_PATIENCE;
	while ((option = getopt(argc, argv, "a:t:")) != -1) {
		if (option == 'a')
			address = optarg;
		else if (option != 't' || !is_seconds(optarg, &site.patience))
			return usage();
	}
	if (optind != argc - 1)
		return usage();
	site.root = root_open(argv[optind]);
	if (site.root < 0) {
		fprintf(stderr, "%s: %s\n", argv[optind], strerror(errno));
		return 1;
	}
	allow_many_files();
	return cress_run(body, address);
}
