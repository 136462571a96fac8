/* SPDX-License-Identifier: MIT */
/*
 * A server for static files over HTTP/1.1:
 *
 *     httpd [-lsZ] [-a ADDRESS] [-t SECONDS] [-g SECONDS] [-n CONNECTIONS]
 *           [-c MEBIBYTES] [-o LOG] [-H FIELD] ROOT
 *
 * One thread, one coroutine per connection, each written as if it were alone:
 * connection.c reads requests and has them answered. This file reads the
 * options; what they mean is told by the fields of struct site.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cress.h>
#include "access_log.h"
#include "cache.h"
#include "crowd.h"
#include "reader.h"
#include "root.h"
#include "server.h"

/* What every process needs for itself, with room for a few files. */
#define OTHER_DESCRIPTORS 16

/* The default, where descriptors allow it. */
#define CONNECTIONS_MOST 10000

struct options {
	const char *address, *log;
	double patience, grace, cache;
	double connections;	/* 0: as many as there are descriptors for */
	struct site site;
	struct crowd crowd;
};

static int is_number(const char *text, double least, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return end != text && *end == '\0' && *number >= least &&
	       isfinite(*number);
}

static int usage(void)
{
	fputs("usage: httpd [-lsZ] [-a ADDRESS] [-t SECONDS] [-g SECONDS]\n"
	      "             [-n CONNECTIONS] [-c MEBIBYTES] [-o LOG]\n"
	      "             [-H FIELD] ROOT\n", stderr);
	return 2;
}

/* Take one option. Returns whether it is a good one. */
static int take(struct options *options, int option, const char *value)
{
	struct site *site = &options->site;

	switch (option) {
	case 'a':
		options->address = value;
		return 1;
	case 'o':
		options->log = value;
		return 1;
	case 't':
		return is_number(value, 1e-6, &site->patience);
	case 'g':
		return is_number(value, 0, &site->grace);
	case 'n':
		return is_number(value, 1, &options->connections) &&
		       options->connections <= 1e6;
	case 'c':
		return is_number(value, 0, &options->cache) &&
		       options->cache <= 1e6;
	case 'H':
		site->field = value;
		return strlen(value) < 512 && strpbrk(value, "\r\n") == NULL &&
		       strchr(value, ':') != NULL;
	case 'l':
		return site->lists = 1;
	case 's':
		return site->shows_connections = 1;
	case 'Z':
		site->compresses = 0;
		return 1;
	default:
		return 0;
	}
}

/*
 * Each connection takes a descriptor, and so does each file that is being
 * sent. Returns how many connections there should be.
 */
static double allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur > CONNECTIONS_MOST + OTHER_DESCRIPTORS)
		return CONNECTIONS_MOST;
	if (limit.rlim_cur > OTHER_DESCRIPTORS)
		return (double)(limit.rlim_cur - OTHER_DESCRIPTORS);
	return 1;
}

static int body(void *arg)
{
	struct options *options = arg;
	struct site *site = &options->site;
	int result = 1;

	options->crowd.limit = (int)options->connections;
	site->crowd = &options->crowd;
	site->cache = cache_new(site->root, (size_t)(options->cache * 1048576));
	if (options->log != NULL)
		site->log = access_log_open(options->log);
	if (options->log != NULL && site->log == NULL)
		fprintf(stderr, "%s: %s\n", options->log, strerror(errno));
	else if (site->cache == NULL || reader_open_shared() < 0)
		perror("httpd");
	else
		result = server_run(options->address, site);
	access_log_close(site->log);
	site->log = NULL;
	return result;
}

int main(int argc, char **argv)
{
	struct options options = {
		.address = "127.0.0.1:8080",
		.cache = 16,
		.site = {.patience = 30, .grace = 10, .compresses = 1},
	};
	int option;

	while ((option = getopt(argc, argv, "a:c:g:H:ln:o:st:Z")) != -1)
		if (!take(&options, option, optarg))
			return usage();
	if (optind != argc - 1)
		return usage();
	options.site.root = root_open(argv[optind]);
	if (options.site.root < 0) {
		fprintf(stderr, "%s: %s\n", argv[optind], strerror(errno));
		return 1;
	}
	double descriptors = allow_many_files();
	if (options.connections == 0)
		options.connections = descriptors;
	int result = cress_run(body, &options);
	cache_free(options.site.cache);
	reader_close_shared();
	return result;
}
